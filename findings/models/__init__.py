"""The records. Import models from here."""

from findings.models.accountability import Accountability, Recovery
from findings.models.facets import Facet
from findings.models.findings import Aspect, Finding
from findings.models.inspections import Inspection
from findings.models.measures import Measure, Progress
from findings.models.regulations import Regulation
from findings.models.units import Membership, Unit

__all__ = [
    "Accountability",
    "Aspect",
    "Facet",
    "Finding",
    "Inspection",
    "Measure",
    "Membership",
    "Progress",
    "Recovery",
    "Regulation",
    "Unit",
]
