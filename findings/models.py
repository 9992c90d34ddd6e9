"""All models of the app; import them from here outside of it."""

from findings.evidence.models import Evidence, StoredFile, StoreUse
from findings.evidence.regulations import Regulation
from findings.followup.models.letter_rules import LetterRule
from findings.followup.models.reviews import FollowUpReview, SpotCheck, SpotCheckItem
from findings.followup.models.supervision import Supervision
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.notifications.models.comments import Comment
from findings.notifications.models.notices import Digest, Notice
from findings.units.models import Membership, Unit
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import ReviewStage, SignOff, Step

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
    "LetterRule",
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
