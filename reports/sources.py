"""Addresses of the pages that the sentences and numbers of the report come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from django.urls import reverse

from accounts.models import User
from accounts.users.roles import Right
from documents.document import Source
from findings.inspections.totals import BY_KEY
from findings.models import Facet, Inspection
from reports.facts import SourceKind

RECORD_PAGES: dict[str, str] = {
    SourceKind.INSPECTION: "findings:inspection_detail",
    SourceKind.DETAILS: "reports:details_edit",
    SourceKind.FINDING: "findings:finding_detail",
    SourceKind.FACET: "findings:facet_edit",
    SourceKind.MEASURE: "findings:measure_detail",
    SourceKind.ASPECT: "findings:aspect_edit",
    SourceKind.REGULATION: "findings:regulation_edit",
}
# The lists of what totals count, by the relation of the total.
TOTAL_PAGES = {
    "findings": "findings:finding_list",
    "measures": "findings:measure_list",
    "regulations": "findings:regulation_list",
    "accountability": "findings:accountability_list",
    "recoveries": "findings:recovery_list",
    "supervision": "findings:supervision_list",
}
COUNT_PAGES = {
    "aspects": ("findings:inspection_detail", ""),
    "findings": ("findings:finding_list", "?counted=on"),
    "completed": ("findings:finding_list", "?counted=on&status=completed"),
    "long_term": ("findings:finding_list", "?counted=on&status=completed&long_term=on"),
    "including_substantially": ("findings:finding_list", "?counted=on&status=substantially"),
    "including_staged": ("findings:finding_list", "?counted=on&status=staged"),
    "substantially": ("findings:finding_list", "?counted=on&status=substantially"),
    "staged": ("findings:finding_list", "?counted=on&status=staged"),
    "in_progress": ("findings:finding_list", "?counted=on&status=unfinished"),
    "regulations": ("findings:regulation_list", ""),
    "measures": ("findings:measure_list", ""),
}


def source_addresses(inspection: Inspection, user: User) -> Callable[[Source], str]:
    """A function from a source in this inspection's report to its address; "" for fixed wording.

    For users who may not edit an aspect, a facet or the report's texts, the address is that of a page that shows it.
    """
    pages = dict(RECORD_PAGES)
    if not inspection.allows(user, Right.EDIT_REPORT):
        pages[SourceKind.DETAILS] = "findings:inspection_detail"
    # The rights are those in this inspection and are asked once, not for each of thousands of spans.
    if inspection.allows(user, Right.EDIT_RECORDS):
        return partial(address, inspection, pages)
    # One query for all facets instead of one for each span of the report.
    facets = Facet.objects.filter(finding__inspection=inspection).order_by()
    finding_of = {str(facet): finding for facet, finding in facets.values_list("pk", "finding")}

    def readonly_address(source: Source) -> str:
        if source.kind == SourceKind.ASPECT:
            return f"{reverse('findings:finding_list', args=[inspection.pk])}?aspect={source.key}"
        if source.kind == SourceKind.REGULATION:
            return reverse("findings:regulation_list", args=[inspection.pk])
        if source.kind == SourceKind.FACET:
            return reverse("findings:finding_detail", args=[finding_of[source.key]])
        return address(inspection, pages, source)

    return readonly_address


def address(inspection: Inspection, pages: Mapping[str, str], source: Source) -> str:
    """The address of the page of a source; "" when it has none."""
    if source.kind == SourceKind.COUNT:
        page, query = COUNT_PAGES.get(source.key) or (_total_page(source.key), "")
        return reverse(page, args=[inspection.pk]) + query if page else ""
    page = pages.get(source.kind, "")
    return reverse(page, args=[int(source.key)]) if page and source.key else ""


def _total_page(key: str) -> str:
    """The name of the page that lists what a total counts; "" for a key that is none, or has no list of its own."""
    return TOTAL_PAGES.get(BY_KEY[key].relation, "") if key in BY_KEY else ""
