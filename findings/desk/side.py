"""The column beside the list of the desk: how far each inspection is, and what the user did last."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils import timezone

from accounts.web.components import Bar
from accounts.web.text import shorten
from findings.choices import Counting, Status
from findings.desk.desk_filter import DONE, LATE, MINE, OTHERS
from findings.desk.keys import PLACES
from findings.desk.lists import DUE, FILL, PLACE, Lists
from findings.desk.sources import Records
from findings.desk.statements import Statement, compile_records, read_together
from findings.desk.viewer import Viewer
from findings.inspections.display import name_with_measure
from findings.inspections.due_status import short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.status_rules import MISSED, VOID, overdue, standings
from findings.workflow import StepName
from findings.workflow.models.signoffs import Step
from findings.workflow.wording import step_label

INSPECTIONS = 3  # whose progress is shown
NOT_COUNTED = "not counted"
STEPS = 5
QUOTED = 40  # characters of a comment
TONES = {StepName.SEND_BACK: "back", StepName.VERIFY: "good", StepName.CLOSE: "good", StepName.REVIEW: "good"}


@dataclass(frozen=True)
class ProgressBar:
    """How far an inspection or a unit is, as a bar with the same in words."""

    name: str
    address: str
    bar: Bar
    late: str = ""
    deadline: str = ""


@dataclass(frozen=True)
class DoneStep:
    """A step that the user has taken, for the list of what was done last."""

    when: str
    words: str
    address: str
    tone: str


def inspection_progress(viewer: Viewer) -> list[ProgressBar]:
    """The progress of the first inspections, or of the one to which the page is limited; one query."""
    shown = [one for one in viewer.whole if viewer.chosen in {None, one.pk}][:INSPECTIONS]
    if not shown:
        return []
    found = _counts(shown, viewer.today)
    return [_progress(one, _standings(found, one.pk), viewer) for one in shown]


def _counts(inspections: list[Any], today: dt.date) -> Counter[tuple[str, int, str]]:
    """The numbers of findings of these inspections by what is counted, inspection and status; one query."""
    counted = tuple((one.pk, one.counting) for one in inspections)
    return Counter(
        {(name, pk, status): number for name, pk, status, number in read_together(_counting(counted, today))}
    )


@lru_cache(maxsize=100)
def _counting(inspections: tuple[tuple[int, str], ...], today: dt.date) -> list[Statement | None]:
    """The statements that count the findings of inspections (key, way of counting).

    Each part is read along an index, which conditions on all of them together would not allow; what the inspection does
    not count is counted apart, since there is little of it. Kept, since building them takes longer than running.
    """
    own = Finding.objects.order_by().filter(inspection__in=[pk for pk, _ in inspections])
    late, void = Q(due_on__lt=today), Q(is_void=True)
    parts = {
        "all": own,
        LATE: own.filter(late, status__in=(Status.OPEN, Status.IN_PROGRESS)),
        VOID: own.filter(void, ~late | Q(due_on=None)),
        f"{LATE} {VOID}": own.filter(void, late),
        MISSED: own.filter(standings(today)[MISSED]),
    }
    counted = [_count(part, name, "status") for name, part in parts.items()]
    counted += [_count(part.annotate(state=_state(today)), NOT_COUNTED, "state") for part in _not_counted(inspections)]
    return [compile_records(one) for one in counted]


def _count(findings: Records, name: str, by: str) -> Records:
    counted: Records = findings.values_list(Value(name), "inspection", by).annotate(number=Count("pk"))
    return counted


def _not_counted(inspections: tuple[tuple[int, str], ...]) -> list[Records]:
    """The sub-findings or, where only these are counted, the findings above them."""
    below, every = Finding.objects.order_by().filter(parent__isnull=False), Finding.objects.order_by()
    tops = [pk for pk, counting in inspections if counting == Counting.FINDINGS]
    leaves = [pk for pk, counting in inspections if counting == Counting.LEAVES]
    return [
        every.filter(pk__in=below.filter(inspection__in=tops).values("pk")),
        every.filter(pk__in=below.filter(inspection__in=leaves).values("parent")),
    ]


def _state(today: dt.date) -> Case:
    """The standing of a finding, the first of these that is true of it."""
    standing = standings(today)
    return Case(
        When(standing[Status.CLOSED], then=Value("closed")),
        When(overdue(today), then=Value("late")),
        When(standing[VOID], then=Value(VOID)),
        When(standing[MISSED], then=Value(MISSED)),
        When(Q(status=Status.OPEN), then=Value("open")),
        default=Value("going"),
        output_field=CharField(),
    )


def _standings(found: Counter[tuple[str, int, str]], pk: int) -> Counter[str]:
    """Each finding of the inspection once: closed, late, void, with a missed review, under way or not begun."""

    def number(name: str, *statuses: Status) -> int:
        return sum(found[name, pk, status] for status in statuses)

    void, late_void = number(VOID, Status.CLOSED), number(f"{LATE} {VOID}", Status.CLOSED)
    missed = number(MISSED, Status.CLOSED)
    late_open, late_going = number(LATE, Status.OPEN), number(LATE, Status.IN_PROGRESS)
    whole = Counter(
        {
            "closed": number("all", Status.CLOSED) - void - late_void - missed,
            "late": late_open + late_going + late_void,
            VOID: void,
            MISSED: missed,
            "open": number("all", Status.OPEN) - late_open,
            "going": number("all", Status.IN_PROGRESS, Status.SUBMITTED) - late_going,
        }
    )
    return Counter({state: value - found[NOT_COUNTED, pk, state] for state, value in whole.items()})


def _progress(inspection: Any, numbers: Counter[str], viewer: Viewer) -> ProgressBar:
    total = sum(numbers.values())
    words = [f"{inspection.closed_word} {numbers['closed']}", f"办理中 {numbers['going']}"]
    words += [f"未开始 {numbers['open']}"] if numbers["open"] else []
    words += [f"销号失效 {numbers[VOID]}"] if numbers[VOID] else []
    words += [f"复查逾期 {numbers[MISSED]}"] if numbers[MISSED] else []
    rest = numbers["open"] + numbers[VOID] + numbers[MISSED]
    bar = Bar(
        [("done", numbers["closed"]), ("going", numbers["going"]), ("late", numbers["late"]), ("rest", rest)],
        f"{total} 个问题：{'，'.join(words)}" if total else "还没有问题",
    )
    late = f"逾期 {numbers['late']}" if numbers["late"] else ""
    return ProgressBar(inspection.name, inspection.get_absolute_url(), bar, late, _deadline(inspection, viewer))


def _deadline(inspection: Any, viewer: Viewer) -> str:
    """The next deadline of the whole inspection."""
    for name, label in (("rectification_due_on", "集中整改到"), ("report_due_on", "整改进展上报到")):
        day = getattr(inspection, name)
        if day is not None and day >= viewer.today:
            return f"{label} {short_date(day, viewer.today)}"
    return ""


def own_progress(lists: Lists) -> ProgressBar:
    """How far the measures are for which the user and their units answer; no query."""
    to_do = [key for key in lists.keys if key[PLACE] == FILL]
    late = sum(key[DUE] < lists.viewer.today.isoformat() for key in to_do)
    handed_in = sum(key[PLACE] == PLACES["reported"] for key in lists.show(OTHERS))
    verified = lists.number(DONE)[0]
    total = len(to_do) + handed_in + verified
    more = "以上" if lists.is_cut(MINE, places={FILL}) or lists.is_cut(OTHERS) or lists.number(DONE)[1] else ""
    words = (
        f"{total} 条{more}措施：核实 {verified}，等核实 {handed_in}，办理中 {len(to_do) - late}"
        if total
        else "还没有措施"
    )
    bar = Bar([("done", verified), ("going", handed_in + len(to_do) - late), ("late", late)], words)
    return ProgressBar("", "", bar, f"逾期 {late}" if late else "")


def last_steps(viewer: Viewer) -> list[DoneStep]:
    """The steps that the user took last, newest first; one query."""
    steps = Step.objects.filter(taken_by=viewer.user).select_related(
        "finding__aspect", "finding__parent", "measure__facet"
    )
    shown = ("transition", "comment", "taken_at", "finding__title", "finding__order", "finding__aspect__order")
    columns = (*shown, "finding__parent__order", "measure__order", "measure__facet__order")
    return [_done_step(step, viewer) for step in steps.only(*columns).order_by("-pk")[:STEPS]]


def _done_step(step: Step, viewer: Viewer) -> DoneStep:
    at = timezone.localtime(step.taken_at)
    days = (viewer.today - at.date()).days
    when = f"{at:%H:%M}" if not days else f"昨天 {at:%H:%M}" if days == 1 else short_date(at.date(), viewer.today)
    record = step.measure or step.finding
    name = name_with_measure(step.finding, step.measure)
    said = f"：{shorten(step.comment, QUOTED)}" if step.transition == StepName.SEND_BACK and step.comment else ""
    tone = TONES.get(StepName(step.transition), "")
    return DoneStep(when, f"{step_label(step)} {name}{said}", record.get_absolute_url(), tone)
