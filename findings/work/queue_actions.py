"""What is done with rows of the queue: each row with its own right, version, transaction and result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.models import User
from accounts.records.saving import ConflictError
from accounts.web.http import parse_pk
from accounts.web.text import shorten
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow import RefusedError, StepInput, StepName, WorkflowRecord, find_transition, perform, take_step
from findings.workflow.stages import open_stage

Act = Callable[[WorkflowRecord, int], str]  # acts on a record that was seen as a version and gives the result in words
SIGN_ONE_BY_ONE = "销号要逐个看过内容再签，请打开这个问题单独销号。"
GONE = "有一项已不存在或不在您的范围内，没有办理。"


@dataclass(frozen=True)
class ActionResult:
    """The result of one row."""

    words: str
    is_done: bool


def next_step(record: WorkflowRecord) -> StepName:
    """The step that takes a reported measure or a submitted finding forward."""
    if isinstance(record, Measure):
        return StepName.VERIFY
    return StepName.REVIEW if open_stage(record) else StepName.CLOSE


def is_sign_off(record: WorkflowRecord) -> bool:
    """Whether the next step of a record is a signature."""
    return find_transition(record, next_step(record)).is_sign_off


def find_row(user: User, value: str) -> tuple[WorkflowRecord | None, int]:
    """The record that a row names and the version it was shown in; None when it is gone or not visible."""
    kind, _, rest = value.partition("-")
    pk, _, seen = rest.partition("-")
    records: dict[str, Any] = {"finding": Finding.objects, "measure": Measure.objects}
    record = records[kind].visible_to(user).filter(pk=parse_pk(pk)).first() if kind in records else None
    return record, parse_pk(seen)


def take_forward(user: User, entered: Mapping[str, Any], *, may_sign: bool) -> Act:
    """The act that verifies, consents or, with ``may_sign``, closes; ``entered`` are the values of ``ForwardForm``."""

    def forward(record: WorkflowRecord, seen: int) -> str:
        transition = find_transition(record, next_step(record))
        # A signature covers the content on the signer's page, and only the open record is shown with it (ADR 11).
        if transition.is_sign_off and not may_sign:
            raise RefusedError([SIGN_ONE_BY_ONE])
        comment = entered["opinion"] if transition.needs_comment else ""
        perform(transition, record, user, seen, StepInput(comment, entered["completion"], entered["seen_digest"]))
        return f"{transition.after.removesuffix('。')}：{shorten(str(record))}"

    return forward


def send_back(user: User, reason: str) -> Act:
    """The act that sends a record back with a reason."""

    def back(record: WorkflowRecord, seen: int) -> str:
        take_step(StepName.SEND_BACK, record, user, seen, StepInput(reason))
        return f"已退回：{shorten(str(record))}"

    return back


def act_on(user: User, values: Iterable[str], act: Act) -> list[ActionResult]:
    """Act on each row in a transaction of its own; what is against one row does not affect the others."""
    return [_act_on_row(user, value, act) for value in values]


def _act_on_row(user: User, value: str, act: Act) -> ActionResult:
    record, seen = find_row(user, value)
    if record is None:
        return ActionResult(GONE, is_done=False)
    try:
        return ActionResult(act(record, seen), is_done=True)
    except RefusedError as refused:
        why = str(refused)
    except ConflictError as conflict:
        why = f"{conflict}请看过现在的内容再办理。"
    return ActionResult(f"没有办理“{shorten(str(record))}”：{why}", is_done=False)


def dump_results(results: Iterable[ActionResult]) -> str:
    """Results as text, for the form that goes on with the rest."""
    return json.dumps([asdict(result) for result in results], ensure_ascii=False)


def load_results(text: str) -> list[ActionResult]:
    """The results of ``dump_results``; empty for a text that is none."""
    try:
        return [ActionResult(str(one["words"]), one["is_done"] is True) for one in json.loads(text or "[]")]
    except (ValueError, TypeError, KeyError):
        return []
