"""The section with the evidence of a finding or a measure: one line on a page adds it.

    {% load evidence %}{% evidence_section finding %} or {% evidence_section measure.finding measure %}

The context must know ``user``; the page needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from accounts.web.tables import url_builder
from findings.evidence.models import Evidence
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.work.evidence_forms import UploadForm, blank_files
from findings.work.evidence_list import EvidenceList, is_previewed, measure_number, withheld_reason
from findings.work.evidence_tables import evidence_state

register = template.Library()
FIELD_IDS = "evidence_%s"  # beside other forms
register.filter("number_within", measure_number)
register.filter("shown_in_page", is_previewed)
register.filter("evidence_state", evidence_state)


@dataclass(frozen=True)
class Row:
    """A piece of evidence on a page: what it proves, each measure's number and address, and where it leads."""

    evidence: Evidence
    proved: list[tuple[str, str]]
    preview: str
    download: str  # empty while nobody gets to read it
    edit: str  # empty for who may not
    withheld: str  # why nobody gets to read it


def rows(shown: list[Evidence], dossier: EvidenceList) -> Iterator[Row]:
    """The rows of some evidence of a finding."""
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


@register.inclusion_tag("findings/evidence/evidence_section.html", takes_context=True)
def evidence_section(context: dict[str, Any], finding: Finding, measure: Measure | None = None) -> dict[str, Any]:
    """What proves a finding or one of its measures, and the form to upload more for those who may."""
    dossier = EvidenceList(finding, context["user"], measure)
    form = UploadForm(dossier=dossier, auto_id=FIELD_IDS) if dossier.may_add else None
    route = ("measure_evidence", measure.pk) if measure else ("finding_evidence", finding.pk)
    return {
        "dossier": dossier,
        "finding": finding,
        "measure": measure,
        "live": list(rows(dossier.live, dossier)),
        "past": list(rows(dossier.past, dossier)),
        "files": blank_files(FIELD_IDS) if form else "",
        "measures": form["measures"] if form and "measures" in form.fields else None,
        "upload_address": reverse(f"findings:{route[0]}", args=[route[1]]),
        "query": f"?measure={measure.pk}" if measure else "",
    }
