"""The page of one finding, for reading; what is edited has a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.users.roles import Right
from accounts.web.back import list_address, returning
from accounts.web.http import PageRequest
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.units.scopes import user_scope
from findings.work.comment_forms import comment_field
from findings.work.edit_menu import edit_menu, filing_menu
from findings.work.finding_acts import acts_on, edge_of, is_late_by_reviewers, path_of
from findings.work.finding_parts import FindingParts, live_evidence, load_parts
from findings.work.measure_blocks import blocks_of, group_by_facet, summary_of, unsettled_in_report
from findings.work.neighbours import find_neighbours
from findings.work.process import Process, ProcessChoice, process_of
from findings.work.report_preview import finding_paragraphs
from findings.work.signoff_panel import panel_for
from findings.work.views.findings import crumbs_to, with_aspect

UPLOAD_FORM = "upload-form"  # the id of the form of files, to which the box of a comment belongs where there is one


def finding_detail(request: PageRequest, pk: int) -> HttpResponse:
    """The page of one finding with its measures, its process, and what is filed with it."""
    return finding_page(request, pk)


def limit_scope_to_inspection_of(request: PageRequest, pk: int) -> None:
    """Limit the lookup of the user's part to the inspection of a finding, for a page that shows nothing else."""
    if user_scope(request.user).depends_on_own_findings:
        for inspection in Finding.objects.filter(pk=pk).order_by().values_list("inspection", flat=True):
            Inspection.objects.limit_scope(request.user, inspection)


def finding_page(request: PageRequest, pk: int, comment_typed: str = "") -> HttpResponse:
    """The page of a finding; ``comment_typed`` stands in the box of a comment."""
    limit_scope_to_inspection_of(request, pk)
    finding = get_object_or_404(with_aspect(request), pk=pk)
    parts = load_parts(finding, request.user)
    return render(request, "findings/inspections/finding_detail.html", _context(request, finding, parts, comment_typed))


def _context(request: PageRequest, finding: Finding, parts: FindingParts, comment_typed: str) -> dict[str, Any]:
    user, inspection, back = request.user, finding.inspection, list_address(request)
    work = panel_for(finding, parts.measures, user, parts.own_extensions)
    evidence, unassigned = live_evidence(parts.dossier)
    blocks = blocks_of(parts.measures, work.steps, evidence, user)
    edits = inspection.allows(user, Right.EDIT_RECORDS)
    within = UPLOAD_FORM if parts.dossier.may_add else ""
    return {
        "inspection": inspection,
        "tab": "findings",
        "crumbs": crumbs_to(finding),
        "finding": finding,
        "lights": DueStatus.of(inspection),
        "neighbours": find_neighbours(finding, user),
        "parts": parts,
        "work": work,
        "acts": acts_on(finding, work, blocks, user),
        "steps": path_of(finding, blocks),
        "edge": edge_of(finding),
        "reviewers_are_late": is_late_by_reviewers(finding),
        "may_edit": edits,
        "menu": edit_menu(finding, parts, blocks, back) if edits else [],
        "menu_label": "修改",
        "groups": group_by_facet(blocks, parts.facets),
        "summary": summary_of(blocks),
        "unassigned": unassigned,
        "files_address": _address(finding, back, {"files": "on"}, "evidence"),
        "paragraphs": finding_paragraphs(finding, parts.measures, parts.facets),
        "unsettled": unsettled_in_report(blocks),
        "process": _process(request, finding, parts, back),
        "comment_form": comment_field(comment_typed, within),
        "within": within,
        "filing": filing_menu(finding, user, back),
    }


def _process(request: PageRequest, finding: Finding, parts: FindingParts, back: str) -> Process:
    choice = ProcessChoice.of(request.GET)
    return process_of(finding, parts, request.user, choice, lambda query: _address(finding, back, query, "comments"))


def _address(finding: Finding, back: str, query: dict[str, str], place: str) -> str:
    """The address of a place on the page with a query, and with the way back to the list."""
    own = finding.get_absolute_url()
    return f"{returning(f'{own}?{urlencode(query)}' if query else own, back)}#{place}"
