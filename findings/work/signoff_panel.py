"""The sign-off of a finding on its page: whose turn it is, available steps, steps taken, and differences."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import Completion, MeasureStatus, Status, Timing
from findings.evidence.models import Evidence
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import label_of
from findings.inspections.models.measures import Measure
from findings.workflow import (
    AvailableStep,
    StepName,
    Turn,
    WorkflowRecord,
    available_steps,
    has_right_on,
    turn_of,
)
from findings.workflow.extensions import request_objections
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import SignOff, Step
from findings.workflow.signed_content import signed_payload

SHORT_DIGEST = 12
Content = dict[str, Any]
Rows = dict[int, Content]


@dataclass(frozen=True)
class Difference:
    """One difference between the signed and the present content."""

    where: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class VoidedSignOff:
    """The last sign-off of a finding, now void, with the differences of the present content from it."""

    signoff: SignOff
    differences: list[Difference]


@dataclass(frozen=True)
class SignOffPanel:
    """The state of a finding's sign-off for one user."""

    turn: Turn
    extensions: list[Extension]
    may_extend: bool
    available_steps: list[AvailableStep[Any]]
    steps: list[Step]
    sent_back: Step | None
    ended: VoidedSignOff | None

    @property
    def offers_submission(self) -> bool:
        """Whether the user may submit the finding, so that the button shows what is still missing."""
        return any(step.transition.name == StepName.SUBMIT for step in self.available_steps)


def panel_for(finding: Finding, measures: Sequence[Measure], user: User) -> SignOffPanel:
    """The panel for a user who sees these measures of the finding; steps of other measures are left out."""
    every = list(finding.steps.all())
    # A user who sees a sub-finding only does not see the steps of the parent's measures.
    own = {measure.pk for measure in measures}
    steps = [step for step in every if step.measure_id is None or step.measure_id in own]
    extensions = list(Extension.objects.about(finding).select_related("requested_by"))
    works = has_right_on(user, Right.REPORT_WORK, finding)
    return SignOffPanel(
        turn=turn_of(finding, every, extensions),
        extensions=extensions,
        may_extend=works and not request_objections(finding, extensions),
        available_steps=available_steps(finding, user),
        steps=steps,
        sent_back=last_send_back(finding, steps),
        ended=voided_signoff(finding),
    )


def voided_signoff(finding: Finding) -> VoidedSignOff | None:
    """The last void sign-off, for those who submit again or review that; None for other findings."""
    # After a new submission the finding is no longer void; reviewers compare with the former sign-off.
    if not finding.is_void and not (finding.status == Status.SUBMITTED and finding.submission > 1):
        return None
    ended = finding.signoffs.select_related("signed_by", "voided_by").filter(voided_at__isnull=False).first()
    return VoidedSignOff(ended, differences(ended.content, signed_payload(finding))) if ended else None


def last_send_back(record: WorkflowRecord, steps: Iterable[Step]) -> Step | None:
    """The step that sent the record back, if it is the last of ``steps`` (newest first), or None.

    The steps are not evaluated, so that no query is made, when the status shows that it was not sent back.
    """
    measure, status = (
        (record.pk, MeasureStatus.SENT_BACK) if isinstance(record, Measure) else (None, Status.IN_PROGRESS)
    )
    if record.status != status:
        return None
    last = next((one for one in steps if one.measure_id == measure), None)
    return last if last is not None and last.transition == StepName.SEND_BACK else None


def differences(signed: str, present: str) -> list[Difference]:
    """The differences of two canonical contents of one finding, field by field and file by file."""
    before, after = json.loads(signed), json.loads(present)
    found = list(_fields("问题", Finding, before["finding"], after["finding"]))
    measures = _by_number(before["measures"]), _by_number(after["measures"])
    # Numbered as listed here, since the signed content has keys instead of order numbers.
    for place, number in enumerate(sorted(measures[0].keys() | measures[1].keys()), start=1):
        found += _rows(f"措施 {place}", Measure, number, *measures)
    files = _by_number(before["evidence"]), _by_number(after["evidence"])
    for number in sorted(files[0].keys() | files[1].keys()):
        found += _rows(f"佐证材料 {number} 号", Evidence, number, *files)
    return [*found, *_sub_finding_differences(_by_number(before["sub_findings"]), _by_number(after["sub_findings"]))]


def _sub_finding_differences(before: Rows, after: Rows) -> Iterator[Difference]:
    """Compare the sub-findings by their sign-offs, which the parent's sign-off covers."""
    for place, number in enumerate(sorted(before.keys() | after.keys()), start=1):
        old, new = (_signature_state(rows.get(number)) for rows in (before, after))
        if old != new:
            yield Difference(f"分项问题 {place}", "销号", old, new)


def _signature_state(row: Content | None) -> str:
    if row is None:
        return "没有这个分项问题"
    return f"已销号（摘要 {row['signed'][:SHORT_DIGEST]}…）" if row["signed"] else "没有销号"


def _by_number(rows: list[Content]) -> Rows:
    return {row["number"]: row for row in rows}


def _rows(where: str, model: type[models.Model], number: int, before: Rows, after: Rows) -> Iterator[Difference]:
    if number not in before:
        yield Difference(where, "新增", "", _summary(after[number]))
    elif number not in after:
        yield Difference(where, "不再计入", _summary(before[number]), "")
    else:
        yield from _fields(where, model, before[number], after[number])


def _summary(row: Content) -> str:
    if "digest" in row:
        return f"{row['name']}（摘要 {row['digest'][:SHORT_DIGEST]}…）"
    return str(row["plan"] or row["outcome"])


def _fields(where: str, model: type[models.Model], before: Content, after: Content) -> Iterator[Difference]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            label = LABELS.get(name) or label_of(model, name)
            yield Difference(where, label, _display(name, old), _display(name, new))


LABELS = {"digest": "文件内容", "measures": "证明的措施", "totals": "引用的数字"}
FORMATTERS: dict[str, Callable[[Any], str]] = {
    "digest": lambda digest: f"摘要 {digest[:SHORT_DIGEST]}…",
    "measures": lambda numbers: f"{len(numbers)} 条措施",
    "facet": lambda texts: "：".join(filter(None, texts)),
    "totals": lambda totals: "、".join(f"{key} {number}" for key, number in (totals or {}).items()),
}
WORDS = {"timing": dict(Timing.choices), "completion": dict(Completion.choices)}


def _display(name: str, value: Any) -> str:
    """A value of a canonical content in Chinese words."""
    if name in WORDS:
        return WORDS[name].get(value, "")
    if name in FORMATTERS:
        return FORMATTERS[name](value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_on") and value:
        day = dt.date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    return "" if value is None else str(value)
