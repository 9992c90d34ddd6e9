"""Composition of the document of an inspection's report."""

from __future__ import annotations

from documents.document import Document
from findings.models import Inspection
from reports.gathering import details_of, gather
from reports.masking import EDITIONS
from reports.models import ReportDetails
from reports.wording import compose


def draft(inspection: Inspection, edition: str = "full", details: ReportDetails | None = None) -> Document:
    """The report from the present records; KeyError for an edition that is not in ``EDITIONS``.

    ``details`` are the report's own unless others are given, which need not be saved.
    """
    details = details or details_of(inspection)
    facts = gather(inspection, details)
    return EDITIONS[edition].apply(compose(facts, details.style, details.annexes))
