"""Composition of the document of an inspection's report."""

from __future__ import annotations

from documents.document import Document
from findings.models import Inspection
from reports.gathering import gather
from reports.masking import EDITIONS
from reports.wording import compose


def draft(inspection: Inspection, edition: str = "full") -> Document:
    """The report from the present records; KeyError for an edition that is not in ``EDITIONS``."""
    return EDITIONS[edition].apply(compose(gather(inspection)))
