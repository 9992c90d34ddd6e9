"""Where in the system a piece of the report comes from: the page behind every sentence and number."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.urls import reverse

from findings.models import Inspection
from reports.document import Source, SourceKind

RECORD_PAGES = {
    SourceKind.INSPECTION: "findings:inspection_detail",
    SourceKind.DETAILS: "reports:details_edit",
    SourceKind.FINDING: "findings:finding_detail",
    SourceKind.FACET: "findings:facet_edit",
    SourceKind.MEASURE: "findings:measure_detail",
    SourceKind.ASPECT: "findings:aspect_edit",
}
COUNT_PAGES = {
    "aspects": ("findings:inspection_detail", ""),
    "findings": ("findings:finding_list", "?counted=on"),
    "completed": ("findings:finding_list", "?counted=on&status=completed"),
    "long_term": ("findings:finding_list", "?counted=on&status=completed&long_term=on"),
    "regulations": ("findings:regulation_list", ""),
    "measures": ("findings:measure_list", ""),
}


def addresses(inspection: Inspection) -> Callable[[Source], str]:
    """Answers the address of a source of this inspection's report; empty for the standard wording."""
    return partial(address, inspection)


def address(inspection: Inspection, source: Source) -> str:
    """The page a source opens."""
    if source.kind == SourceKind.COUNT:
        page, query = COUNT_PAGES[source.key]
        return reverse(page, args=[inspection.pk]) + query
    page = RECORD_PAGES.get(source.kind, "")
    return reverse(page, args=[int(source.key)]) if page and source.key else ""
