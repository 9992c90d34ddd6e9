"""The records. Import models from here."""

from findings.models.accountability import Accountability, Recovery
from findings.models.aspects import Aspect
from findings.models.comments import Comment
from findings.models.evidence import Evidence, StoredFile, StoreUse
from findings.models.extensions import Extension
from findings.models.facets import Facet
from findings.models.findings import Finding
from findings.models.follow_up import FollowUpReview, SpotCheck, SpotCheckItem
from findings.models.inspections import Inspection
from findings.models.measures import Measure, Progress
from findings.models.notices import Digest, Notice
from findings.models.regulations import Regulation
from findings.models.signoffs import ReviewStage, SignOff, Step
from findings.models.supervision import Supervision
from findings.models.units import Membership, Unit

__all__ = [
    "Accountability",
    "Aspect",
    "Comment",
    "Digest",
    "Evidence",
    "Extension",
    "Facet",
    "Finding",
    "FollowUpReview",
    "Inspection",
    "Measure",
    "Membership",
    "Notice",
    "Progress",
    "Recovery",
    "Regulation",
    "ReviewStage",
    "SignOff",
    "SpotCheck",
    "SpotCheckItem",
    "Step",
    "StoreUse",
    "StoredFile",
    "Supervision",
    "Unit",
]
