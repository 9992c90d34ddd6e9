"""The content that a sign-off signs and a verification verifies; both end when the record differs from it (ADR 12)."""

from __future__ import annotations

import json
from typing import Any

from findings.evidence.models import Evidence
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import totals_saying
from findings.inspections.models.measures import Measure
from findings.inspections.totals import TotalsRenderer
from findings.workflow.models.signoffs import SignOff, digest_of


def signed_payload(finding: Finding) -> str:
    """The content of a sign-off as canonical JSON: texts, dates, and the digests of the live evidence.

    Order numbers, users and units are left out: they may change without changing what was done. A finding with
    sub-findings rests on their sign-offs. A text that quotes totals is signed as it is written, with the numbers read
    at that moment.
    """
    saying = totals_saying(finding.inspection_id)
    evidence = finding.evidence.live().order_by("number").prefetch_related("measures")
    measures = finding.measures.select_related("facet").order_by("pk")
    # A change of these names changes the content of all sign-offs in force: the next write voids each of them.
    texts = (
        "title",
        "detail",
        "goal",
        "introduction",
        "timing",
        "due_on",
        "long_term",
        "review_cycle_months",
        "completion",
    )
    return canonical(
        {
            # Keys, because order numbers may change without a change of content.
            "finding": {"number": finding.pk}
            | {name: getattr(finding, name) for name in texts}
            | _quoted(saying, finding.introduction),
            "measures": [_measure(measure, saying) for measure in measures],
            "evidence": [_evidence(one) for one in evidence],
            "sub_findings": _sub_findings(finding),
        }
    )


def verified_digest(measure: Measure) -> str:
    """The SHA-256 digest of what is verified: plan, outcome, day of completion and the live files of evidence."""
    texts = {name: getattr(measure, name) for name in ("plan", "outcome", "completed_on")}
    files = measure.evidence.live().order_by().values_list("file", flat=True)
    return digest_of(canonical(texts | {"evidence": sorted(files)}))  # SQLite would go through all files in this order


def _measure(measure: Measure, saying: TotalsRenderer) -> dict[str, Any]:
    texts = {name: getattr(measure, name) for name in ("plan", "outcome", "due_on", "completed_on")}
    facet = [measure.facet.title, measure.facet.introduction] if measure.facet else []
    return {"number": measure.pk, "facet": facet} | texts | _quoted(saying, measure.outcome, *facet)


def _quoted(saying: TotalsRenderer, *texts: str) -> dict[str, Any]:
    """The totals that texts quote, with their numbers."""
    quoted = saying.quoted_totals("\n".join(texts))
    # Only when there are any, so that contents without totals keep their form.
    return {"totals": quoted} if quoted else {}


def _sub_findings(finding: Finding) -> list[dict[str, Any]]:
    # Only digests: what the sub-findings say is covered by their own sign-offs.
    in_force = SignOff.objects.filter(finding__parent=finding, voided_at=None)
    digests = dict(in_force.values_list("finding", "digest"))
    numbers = finding.sub_findings.order_by("pk").values_list("pk", flat=True)
    return [{"number": number, "signed": digests.get(number, "")} for number in numbers]


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "caption": one.caption,
        "digest": one.file_id,
        "measures": sorted(measure.pk for measure in one.measures.all()),
    }


def canonical(content: dict[str, Any]) -> str:
    """The canonical form of a content: JSON with sorted keys, no spaces, and days in ISO 8601."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
