"""What the tests of the special ledgers share: forms as pages send them, and findings signed with a quoted total."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_evidence,
    make_facet,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
)
from findings.models import Finding, Inspection, Measure
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import signed_payload
from ledgers.factories import make_entry
from ledgers.models import Entry


def sent(entry: Entry, **values: Any) -> dict[str, Any]:
    """What the form of an entry sends as it stands, with some of it typed otherwise."""
    entry.refresh_from_db()
    names = [column.key for column in entry.definition.columns if column.key not in {"status", "done_on"}]
    shown = {name: getattr(entry, name) for name in names if not entry._meta.get_field(name).is_relation}
    links = {name: [one.pk for one in getattr(entry, name).all()] for name in ("units", "findings", "measures")}
    return (
        {name: "" if value is None else value for name, value in shown.items()}
        | links
        | {"seen": entry.version}
        | values
    )


def held(inspection: Inspection, kind: str = "学习", **fields: Any) -> Entry:
    """An activity that took place."""
    day = dt.date(2026, 5, 1)
    done = {"kind": kind, "status": "held", "received_on": day, "done_on": day, "quantity": 10}
    return make_entry(inspection, "activities", **(done | fields))


def signed_quoting(
    outcome: str,
    *,
    by: User,
    signer: User,
    inspection: Inspection | None = None,
    introduction: str = "",
    facet_introduction: str = "",
) -> tuple[Finding, Measure]:
    """A finding signed off whose one measure has this outcome; it has a facet when that has an introduction."""
    finding = make_finding(
        make_aspect(inspection or make_inspection()),
        lead_unit=make_unit(),
        due_on=dt.date(2026, 6, 30),
        introduction=introduction,
    )
    facet = make_facet(finding, introduction=facet_introduction) if facet_introduction else None
    measure = make_measure(finding, facet=facet, outcome=outcome, completed_on=dt.date(2026, 5, 1))
    make_evidence(measure, by=by)
    take_step(StepName.REPORT, measure, by, measure.version)
    take_step(StepName.VERIFY, measure, signer, measure.version)
    finding.refresh_from_db()
    take_step(StepName.SUBMIT, finding, by, finding.version)
    take_step(
        StepName.CLOSE,
        finding,
        signer,
        finding.version,
        StepInput("同意。", "complete", digest_of(signed_payload(finding))),
    )
    finding.refresh_from_db()
    measure.refresh_from_db()
    return finding, measure
