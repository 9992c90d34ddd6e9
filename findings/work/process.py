"""What happened with a finding, newest first: steps, progress, letters and extensions, comments, changes of records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone

from accounts.audit.models import Action, Event, Result
from accounts.models import User
from accounts.records.history import model_of_event
from accounts.web.components import Chip
from accounts.web.text import shorten
from documents.numerals import full_date
from findings.choices import Decision
from findings.inspections.display import measure_number
from findings.inspections.due_status import short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.models.comments import Comment
from findings.work.finding_parts import FindingParts
from findings.workflow import StepName
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import Step
from findings.workflow.wording import step_label

Part = Literal["work", "comments", "changes"]
Address = Callable[[dict[str, str]], str]
LABELS: dict[str, str] = {"": "全部", "work": "办理", "comments": "评论", "changes": "改动"}
NEWEST = 5  # rows that are shown at once
MOST_EVENTS = 500  # that are read of the trail
CHANGES = (Action.CREATE, Action.CHANGE, Action.MOVE, Action.WITHDRAW, Action.VOID)
BACK = frozenset((StepName.SEND_BACK, StepName.EXPIRE_VERIFICATION, StepName.REOPEN))
SIGNED = frozenset((StepName.VERIFY, StepName.REVIEW, StepName.CLOSE))
NAMED = 40  # characters of a record's name


@dataclass(frozen=True)
class ProcessRow:
    """One thing that happened: when, who, what in the words of the trail, and what was said with it.

    ``comment`` and ``letter`` are the records behind a row that shows more of them; ``is_day`` marks a row of which
    only the day is known.
    """

    at: dt.datetime
    who: str
    act: str
    part: Part
    text: str = ""
    tone: Literal["", "back", "good"] = ""
    is_day: bool = False
    comment: Comment | None = None
    may_withdraw: bool = False
    letter: Any = None
    address: str = ""

    @property
    def when(self) -> str:
        """The day, and the time where it is known."""
        at = timezone.localtime(self.at)
        day = short_date(at.date(), timezone.localdate())
        return day if self.is_day else f"{day} {at:%H:%M}"


@dataclass(frozen=True)
class Process:
    """The rows of the chosen part that are shown, how many older ones there are, and the choice of the part."""

    rows: list[ProcessRow]
    older: int
    chips: list[Chip]
    part: str
    older_address: str = ""


@dataclass(frozen=True)
class ProcessChoice:
    """What of the process a page asks for: the part, "" for all of them, and whether older rows are shown."""

    part: str = ""
    is_whole: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ProcessChoice:
        """The choice in the query of an address; an unknown part is all of them."""
        part = query.get("part", "")
        return cls(part if part in LABELS else "", "older" in query)


def process_of(finding: Finding, parts: FindingParts, user: User, choice: ProcessChoice, address: Address) -> Process:
    """The process of a finding as far as the user sees it; one query, of the trail.

    ``address`` makes the address of the page from a query (a dict).
    """
    every = sorted(_rows(finding, parts, user), key=lambda row: row.at, reverse=True)
    chips = [
        Chip(
            label,
            address({"part": part} if part else {}),
            sum(not part or row.part == part for row in every),
            is_current=part == choice.part,
        )
        for part, label in LABELS.items()
    ]
    chosen = [row for row in every if not choice.part or row.part == choice.part]
    shown = chosen if choice.is_whole else chosen[:NEWEST]
    older = {"older": "on"} | ({"part": choice.part} if choice.part else {})
    return Process(shown, len(chosen) - len(shown), chips, choice.part, address(older))


def _rows(finding: Finding, parts: FindingParts, user: User) -> Iterator[ProcessRow]:
    own = {measure.pk for measure in parts.measures}
    yield from (_of_step(step) for step in finding.steps.all() if step.measure_id is None or step.measure_id in own)
    yield from _of_progress(parts.measures)
    yield from (row for one in parts.extensions for row in _of_extension(one))
    yield from (_of_supervision(one) for one in parts.filed["supervision"])
    yield from (_of_comment(one, user) for one in parts.comments)
    yield from _of_events(finding, parts)


def _act_words(act: str, measure: Measure | None) -> str:
    return f"{act}措施 {measure_number(measure)}" if measure is not None else act


def _of_step(step: Step) -> ProcessRow:
    tone: Literal["", "back", "good"] = (
        "back" if step.transition in BACK else "good" if step.transition in SIGNED else ""
    )
    act = _act_words(step_label(step), step.measure)
    return ProcessRow(step.taken_at, str(step.taken_by or "系统命令"), act, "work", step.comment, tone)


def _of_progress(measures: Iterable[Measure]) -> Iterator[ProcessRow]:
    for measure in measures:
        for entry in measure.progress.all():
            is_same_day = timezone.localdate(entry.logged_at) == entry.reported_on
            day = "" if is_same_day else f"{full_date(entry.reported_on)}："
            act = f"填报措施 {measure_number(measure)} 的进展"
            yield ProcessRow(entry.logged_at, str(entry.logged_by), act, "work", f"{day}{entry.text}")


def _of_extension(one: Extension) -> Iterator[ProcessRow]:
    days = f"{full_date(one.old_due_on)}改为{full_date(one.new_due_on)}。"
    about = f"措施 {measure_number(one.measure)} " if one.measure else ""
    address = one.get_absolute_url()
    asked = "调整时限" if one.is_direct else one.label
    yield ProcessRow(
        one.requested_at, str(one.requested_by), f"{about}{asked}", "work", f"{days}{one.reason}", address=address
    )
    if one.decided_at is not None and not one.is_direct:
        tone: Literal["good", "back"] = "good" if one.decision == Decision.GRANTED else "back"
        act = f"{about}{one.label}：{one.get_decision_display()}"
        yield ProcessRow(one.decided_at, str(one.decided_by), act, "work", one.opinion, tone, address=address)


def _of_supervision(one: Any) -> ProcessRow:
    at = timezone.make_aware(dt.datetime.combine(one.held_on, dt.time.min))
    act = f"发出{one}" if one.letter else one.get_kind_display()
    text = "" if one.letter else one.found
    return ProcessRow(at, one.held_by, act, "work", text, is_day=True, letter=one, address=one.get_absolute_url())


def _of_comment(one: Comment, user: User) -> ProcessRow:
    act = _act_words("评论", one.measure)
    text = "" if one.withdrawn_at else one.text
    return ProcessRow(
        one.written_at, str(one.written_by), act, "comments", text, comment=one, may_withdraw=one.may_withdraw(user)
    )


def _of_events(finding: Finding, parts: FindingParts) -> Iterator[ProcessRow]:
    """What the trail says of the finding and of what stands below it now; the whole history is a page of its own."""
    below: dict[str, Iterable[int]] = {
        "findings.measure": (measure.pk for measure in parts.measures),
        "findings.facet": (facet.pk for facet in parts.facets),
        "findings.evidence": (one.pk for one in parts.dossier.everything),
    }
    for name, records in parts.filed.items():
        if name in {"regulations", "accountability", "recoveries"}:
            below |= {one._meta.label_lower: [record.pk for record in records] for one in records[:1]}
    about = Q(record_type=finding._meta.label_lower, record_id=finding.pk)
    for kind, keys in below.items():
        if named := list(keys):
            about |= Q(record_type=kind, record_id__in=named)
    events = Event.objects.filter(about, result=Result.DONE, action__in=CHANGES)
    numbers = {measure.pk: measure_number(measure) for measure in parts.measures}
    shown = events.only("at", "who", "action", "record_type", "record_id", "record_words", "reason")
    yield from (_of_event(event, finding, numbers) for event in shown[:MOST_EVENTS])


def _of_event(event: Event, finding: Finding, numbers: Mapping[int, str]) -> ProcessRow:
    if event.action == Action.VOID:
        return ProcessRow(event.at, event.who, "销号失效", "work", event.reason, "back")
    model, label = model_of_event(event), Action(event.action).label
    if event.record_type == "findings.measure":
        name = f"措施 {numbers.get(event.record_id or 0, '')}"
    elif event.record_type == finding._meta.label_lower:
        name = "问题"
    else:
        if event.record_type == "findings.evidence" and event.action == Action.CREATE:
            label = Action.UPLOAD.label
        name = f"{model._meta.verbose_name if model else ''}“{shorten(event.record_words, NAMED)}”"
    return ProcessRow(event.at, event.who, f"{label}{name}", "changes", event.reason)
