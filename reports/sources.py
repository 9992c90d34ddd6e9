"""Where in the system a piece of the report comes from: the page behind every sentence and number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from django.urls import reverse

from accounts.models import User
from accounts.users.roles import Right
from documents.document import Source
from findings.models import Facet, Inspection
from reports.facts import SourceKind

RECORD_PAGES: dict[str, str] = {
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


def addresses(inspection: Inspection, user: User) -> Callable[[Source], str]:
    """Answers the address of a source of this inspection's report; empty for the standard wording.

    Who may not change an aspect, a facet or the report's own texts is shown where they stand instead.
    """
    pages = dict(RECORD_PAGES)
    if not inspection.allows(user, Right.EDIT_REPORT):
        pages[SourceKind.DETAILS] = "findings:inspection_detail"
    if inspection.allows(user, Right.EDIT_RECORDS):
        return partial(address, inspection, pages)
    facets = Facet.objects.filter(finding__inspection=inspection).order_by()
    finding_of = {str(facet): finding for facet, finding in facets.values_list("pk", "finding")}

    def where_it_stands(source: Source) -> str:
        if source.kind == SourceKind.ASPECT:
            return f"{reverse('findings:finding_list', args=[inspection.pk])}?aspect={source.key}"
        if source.kind == SourceKind.FACET:
            return reverse("findings:finding_detail", args=[finding_of[source.key]])
        return address(inspection, pages, source)

    return where_it_stands


def address(inspection: Inspection, pages: Mapping[str, str], source: Source) -> str:
    """The page a source opens."""
    if source.kind == SourceKind.COUNT:
        page, query = COUNT_PAGES[source.key]
        return reverse(page, args=[inspection.pk]) + query
    page = pages.get(source.kind, "")
    return reverse(page, args=[int(source.key)]) if page and source.key else ""
