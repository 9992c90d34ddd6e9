"""Who takes part in the workflow of one finding, and short ways to bring that finding to any of its states."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.models import Event, User
from findings.choices import Completion, MeasureStatus, Status
from findings.factories import (
    make_aspect,
    make_evidence,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
)
from findings.models import Evidence, Finding, Inspection, Measure, ReviewStage, SignOff, Step, Unit
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from tests.findings.test_versions import versions_of

DONE = "台账已经建立。"
DUE = dt.date(2026, 6, 30)
COMPLETED = dt.date(2026, 3, 1)


@dataclass(frozen=True)
class Cast:
    """One finding led by ``unit``; people by what they are. ``clerk`` reports and submits for the others to judge."""

    body: Unit
    unit: Unit
    inspection: Inspection
    finding: Finding
    people: dict[str, User]

    def __getitem__(self, name: str) -> User:
        return self.people[name]


def cast_of(measures: int = 1) -> Cast:
    """An inspection of one body, with a finding and so many measures nobody has begun with."""
    body, elsewhere = make_unit(name="区政府办"), make_unit(name="区卫健局")
    unit, other, foreign = (
        make_unit(name="综合科", parent=body),
        make_unit(name="热线中心", parent=body),
        make_unit(name="疾控科", parent=elsewhere),
    )
    inspection = make_inspection(name="第三轮巡察", unit=body)
    finding = make_finding(make_aspect(inspection), title="督查重部署轻问效", lead_unit=unit, due_on=DUE)
    for _ in range(measures):
        make_measure(finding, plan="建立台账。", outcome=DONE, completed_on=COMPLETED)
    people = {name: _person(name, unit, "reporter") for name in ("clerk", "reporter")}
    people["other_reporter"] = _person("other_reporter", other, "reporter")
    people["foreign_reporter"] = _person("foreign_reporter", foreign, "reporter")
    for role in ("office", "leader", "supervisor", "publisher"):
        people[role] = _person(role, body, role)
    people["second_supervisor"] = _person("second_supervisor", body, "supervisor")
    for role in ("office", "supervisor"):
        people[f"foreign_{role}"] = _person(f"foreign_{role}", elsewhere, role)
    people["nobody"] = make_user(username="nobody", name="无角色")
    return Cast(body, unit, inspection, finding, people)


def _person(name: str, unit: Unit, role: str) -> User:
    person = make_user(username=name, name=name)
    make_member(unit, person)
    make_grant(person, role, unit)
    return person


def step(name: str, record: Finding | Measure, user: User, comment: str = "同意。", **given: Any) -> Step:
    """Take a step with a record as it is now, with what the page before the step would have shown."""
    record.refresh_from_db()
    if name == "close":
        seen = {"completion": Completion.COMPLETE, "seen_digest": digest_of(signed_payload(record))}  # type: ignore[arg-type]
        given = seen | given
    taken = take_step(StepName(name), record, user, record.version, StepInput(comment=comment, **given))
    assert taken.log_row is not None
    return taken.log_row


def stage(cast: Cast, order: int, role: str = "leader", people: tuple[User, ...] = (), *, by_all: bool = False) -> None:
    """One more stage of review."""
    row = ReviewStage(inspection=cast.inspection, order=order, name=f"第{order}级审核", role=role, by_all=by_all)
    workflow_writer.create(row, {"reviewers": people})


def prove(measure: Measure, by: User, **fields: Any) -> Evidence:
    """Upload evidence that is as good as any."""
    return make_evidence(measure, by=by, **fields)


def bring_measure(cast: Cast, measure: Measure, status: str) -> Measure:
    """Bring a new measure to a status, by the clerk's hand as far as he may."""
    path = {
        MeasureStatus.NOT_STARTED: (),
        MeasureStatus.UNDER_WAY: ("start",),
        MeasureStatus.REPORTED: ("report",),
        MeasureStatus.VERIFIED: ("report", "verify"),
        MeasureStatus.SENT_BACK: ("report", "send_back"),
    }[MeasureStatus(status)]
    if not measure.evidence.exists():
        prove(measure, cast["clerk"])
    measure.refresh_from_db()
    for name in path[1:] if measure.status == MeasureStatus.REPORTED else path:
        step(name, measure, cast["supervisor" if name in {"verify", "send_back"} else "clerk"])
    return measure


def bring(cast: Cast, status: str, finding: Finding | None = None) -> Finding:
    """Bring a new finding to a status, "void" among them; submitted by the clerk, consented to by whoever reviews."""
    finding = finding or cast.finding
    if status == Status.OPEN:
        return finding
    finding.refresh_from_db()
    if finding.status == Status.OPEN:  # the first work on a measure begins it too
        step("start", finding, cast["clerk"])
    if status == Status.IN_PROGRESS:
        return finding
    submit(cast, finding)
    if status == Status.SUBMITTED:
        return finding
    for _ in finding.inspection.stages.all():
        step("review", finding, cast["leader"])
    step("close", finding, cast["supervisor"])
    if status == "void":
        edit(finding.measures.get(order=1), outcome="台账已经建立并用起来。")
    finding.refresh_from_db()
    return finding


def submit(cast: Cast, finding: Finding | None = None) -> Finding:
    """Have every measure verified and ask for the sign-off."""
    finding = finding or cast.finding
    for measure in finding.measures.exclude(status=MeasureStatus.VERIFIED):
        bring_measure(cast, measure, MeasureStatus.VERIFIED)
    step("submit", finding, cast["clerk"])
    return finding


def edit(record: Any, **fields: Any) -> None:
    """Change a record as a form would; as it was last stored, and with these values."""
    record.refresh_from_db()
    for name, value in fields.items():
        setattr(record, name, value)
    workflow_writer.save(record, seen=record.version)


def in_force(finding: Finding) -> list[SignOff]:
    """The sign-offs of a finding that hold."""
    return list(finding.signoffs.filter(voided_at=None))


def everything(finding: Finding) -> list[Any]:
    """All that a step could change; the trail's rows only as far as something was done."""
    below = (
        Finding.objects.filter(pk=finding.pk),
        finding.measures,
        finding.steps,
        finding.signoffs,
        finding.evidence,
    )
    return [
        *[list(rows.order_by("pk").values()) for rows in below],
        [versions_of(record) for record in (finding, *finding.measures.order_by("pk"))],
        Event.objects.filter(result="done").count(),
    ]
