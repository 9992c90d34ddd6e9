"""Template tags of the sections with the evidence of a finding and of a measure.

{% load evidence %}{% finding_evidence dossier unassigned %} or {% measure_evidence dossier %}

The context must have ``user``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from accounts.web.back import way_back
from accounts.web.tables import url_builder
from findings.evidence.models import Evidence, StoredFile
from findings.evidence.store import known_pages
from findings.inspections.display import measure_number
from findings.work.evidence_forms import FILE_IDS, UploadForm, files_fields
from findings.work.evidence_list import EvidenceList, is_previewed, withheld_reason
from findings.work.evidence_tables import evidence_state
from findings.work.http import submitted

register = template.Library()
register.filter("number_within", measure_number)
register.filter("shown_in_page", is_previewed)
register.filter("evidence_state", evidence_state)
register.filter("pages_known", known_pages)
register.filter("withheld", withheld_reason)
ICONS = {"xlsx": "spreadsheet", "et": "spreadsheet", "pptx": "slides"}  # of files without a picture
LAST_PART = 10  # characters of a file's name that are never cut


@register.filter
def kind_icon(file: StoredFile) -> str:
    """The name of the icon that stands for a file of which no page is shown."""
    return "withheld" if withheld_reason(file) else ICONS.get(file.extension, "document")


@register.filter
def name_parts(name: str) -> tuple[str, str]:
    """A file's name in two: what may be cut where there is no room, and its ending."""
    return name[:-LAST_PART], name[-LAST_PART:]


@dataclass(frozen=True)
class Row:
    """A piece of evidence on a page, with its URLs and the number and URL of each measure it proves."""

    evidence: Evidence
    proved: list[tuple[str, str]]
    preview: str
    download: str  # empty while the file is withheld
    edit: str  # empty for users who may not edit
    withheld: str  # why the file is withheld, or empty


def rows(shown: list[Evidence], dossier: EvidenceList) -> Iterator[Row]:
    """The rows of the shown evidence, in its order."""
    preview, download, edit, sheet = (
        url_builder(f"findings:{view}")
        for view in ("evidence_preview", "evidence_download", "evidence_edit", "measure_detail")
    )
    for one in shown:
        withheld = withheld_reason(one.file)
        yield Row(
            one,
            [(measure_number(measure), sheet(measure.pk)) for measure in dossier.proved_by(one)],
            preview(one.pk),
            "" if withheld else download(one.pk),
            edit(one.pk) if dossier.may_change(one) else "",
            withheld,
        )


@register.inclusion_tag("findings/evidence/measure_evidence.html", takes_context=True)
def measure_evidence(context: Context, dossier: EvidenceList) -> dict[str, Any]:
    """The evidence of a measure that is read, with the folded upload form for users who may add to it."""
    return _section(context, dossier)


@register.inclusion_tag("findings/evidence/finding_evidence.html", takes_context=True)
def finding_evidence(context: Context, dossier: EvidenceList, unassigned: list[Evidence]) -> dict[str, Any]:
    """The evidence of a finding that its page has loaded; ``unassigned`` is what proves none of its measures.

    The catalogue is written where ``?files=`` asks for it: it has several links for each file.
    """
    is_listed = bool(dossier.everything) and "files" in context["request"].GET
    section = _section(context, dossier, has_rows=is_listed)
    return section | {"unassigned": unassigned, "is_listed": is_listed, "files_address": context["files_address"]}


def _section(context: Context, dossier: EvidenceList, *, has_rows: bool = True) -> dict[str, Any]:
    finding, measure = dossier.finding, dossier.measure
    typed = submitted(context["request"])
    ticked = {"measures": typed.getlist("measures")} if typed else {}
    form = UploadForm(dossier=dossier, auto_id=FILE_IDS, initial=ticked) if dossier.may_add else None
    route = ("measure_evidence", measure.pk) if measure else ("finding_evidence", finding.pk)
    return {
        "dossier": dossier,
        "finding": finding,
        "measure": measure,
        "live": list(rows(dossier.live, dossier)) if has_rows else [],
        "past": list(rows(dossier.past, dossier)) if has_rows else [],
        "files": files_fields(typed) if form else "",
        "measures": form["measures"] if form and "measures" in form.fields else None,
        "files_typed": typed is not None,
        "upload_address": reverse(f"findings:{route[0]}", args=[route[1]]),
        "query": f"?measure={measure.pk}" if measure else "",
        "csrf_token": context.get("csrf_token"),
        **way_back(context),
    }
