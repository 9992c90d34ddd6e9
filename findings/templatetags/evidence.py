"""The section with the evidence of a finding or a measure: one line on a page adds it.

    {% load evidence %}{% evidence_section finding %} or {% evidence_section measure.finding measure %}

The context must know ``user``; the page needs nothing else.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from findings.dossiers import Dossier, measure_number, shown_in_page, why_withheld
from findings.evidence_forms import UploadForm
from findings.evidence_tables import evidence_state
from findings.models import Finding, Measure

register = template.Library()
register.filter("number_within", measure_number)
register.filter("why_withheld", why_withheld)
register.filter("shown_in_page", shown_in_page)
register.filter("evidence_state", evidence_state)


@register.inclusion_tag("findings/evidence_section.html", takes_context=True)
def evidence_section(context: dict[str, Any], finding: Finding, measure: Measure | None = None) -> dict[str, Any]:
    """What proves a finding or one of its measures, and the form to upload more for those who may."""
    dossier = Dossier(finding, context["user"], measure)
    route = ("measure_evidence", measure.pk) if measure else ("finding_evidence", finding.pk)
    return {
        "dossier": dossier,
        "finding": finding,
        "measure": measure,
        "live": [(one, dossier.may_change(one)) for one in dossier.live],
        "past": [(one, False) for one in dossier.past],
        "form": UploadForm(dossier=dossier, auto_id="evidence_%s") if dossier.may_add else None,
        "upload_address": reverse(f"findings:{route[0]}", args=[route[1]]),
        "query": f"?measure={measure.pk}" if measure else "",
    }
