"""What is done with rows of the queue: each row with its own right, version, transaction and result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.models import User
from accounts.records.conflicts import changes_since
from accounts.records.saving import ConflictError
from accounts.web.http import parse_pk
from accounts.web.text import shorten
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.work.queue_rows import QueueRecord, back_transition, forward_transition
from findings.workflow import RefusedError, StepInput, perform
from findings.workflow.models.extensions import Extension

Act = Callable[[QueueRecord, int], str]  # acts on a record that was seen as a version and gives the result in words
SIGN_ONE_BY_ONE = "销号要逐个看过内容再签，请打开这个问题单独销号。"
DECIDE_ONE_BY_ONE = "延期要逐个看过理由再批，请打开这份申请单独批。"
NO_WORDS = "同意。"  # what is noted where an opinion is needed and none was written
CHANGED = "“{}”从“{}”改为“{}”。"
GONE = "有一项已不存在或不在您的范围内，没有办理。"


@dataclass(frozen=True)
class ActionResult:
    """The result of one row."""

    words: str
    is_done: bool


def objection_to_several(record: QueueRecord) -> str:
    """Why a record cannot be taken forward together with others (Chinese), or an empty string."""
    if isinstance(record, Extension):
        return DECIDE_ONE_BY_ONE
    # A signature covers the content on the signer's page, and only the open record is shown with it (ADR 11).
    return SIGN_ONE_BY_ONE if is_sign_off(record) else ""


def is_sign_off(record: QueueRecord) -> bool:
    """Whether the next step of a record is a signature."""
    return forward_transition(record).is_sign_off


def find_row(user: User, value: str) -> tuple[QueueRecord | None, int]:
    """The record that a row names and the version it was shown in; None when it is gone or not visible."""
    kind, _, rest = value.partition("-")
    pk, _, seen = rest.partition("-")
    records: dict[str, Any] = {
        "finding": Finding.objects,
        "measure": Measure.objects,
        "extension": Extension.objects.select_related("finding__inspection", "measure"),
    }
    record = records[kind].visible_to(user).filter(pk=parse_pk(pk)).first() if kind in records else None
    return record, parse_pk(seen)


def take_forward(user: User, entered: Mapping[str, Any], *, alone: bool) -> Act:
    """The act that verifies, consents or, for the open record ``alone``, closes or grants.

    ``entered`` are the values of ``ForwardForm``.
    """

    def forward(record: QueueRecord, seen: int) -> str:
        transition = forward_transition(record)
        if not alone and (against := objection_to_several(record)):
            raise RefusedError([against])
        comment = entered["opinion"] or (NO_WORDS if transition.needs_comment else "")
        perform(transition, record, user, seen, StepInput(comment, entered["completion"], entered["seen_digest"]))
        if isinstance(record, Extension):
            return f"已同意延期：{shorten(str(record.record)).rstrip('。')}，{record}"
        return f"{transition.after.removesuffix('。')}：{shorten(str(record))}"

    return forward


def send_back(user: User, reason: str, *, alone: bool) -> Act:
    """The act that sends a record back with a reason or, for the open record ``alone``, refuses a request."""

    def back(record: QueueRecord, seen: int) -> str:
        if not alone and isinstance(record, Extension):
            raise RefusedError([DECIDE_ONE_BY_ONE])
        perform(back_transition(record), record, user, seen, StepInput(reason))
        if isinstance(record, Extension):
            return f"没有同意延期：{shorten(str(record.record))}"
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
        why = "".join([str(conflict), *_changes(conflict), "请看过现在的内容再办理。"])
    return ActionResult(f"没有办理“{shorten(str(record))}”：{why}", is_done=False)


def _changes(conflict: ConflictError) -> list[str]:
    """A sentence (Chinese) for each field that was changed since the version that was seen: its old and new value."""
    if conflict.stored is None:
        return []
    changes = [change for _, fields in changes_since(conflict.stored, conflict.seen) for change in fields]
    return [CHANGED.format(one.label, one.before or "（空）", one.after or "（空）") for one in changes]


def dump_results(results: Iterable[ActionResult]) -> str:
    """Results as text, for the form that goes on with the rest."""
    return json.dumps([asdict(result) for result in results], ensure_ascii=False)


def load_results(text: str) -> list[ActionResult]:
    """The results of ``dump_results``; empty for a text that is none."""
    try:
        return [ActionResult(str(one["words"]), one["is_done"] is True) for one in json.loads(text or "[]")]
    except (ValueError, TypeError, KeyError):
        return []
