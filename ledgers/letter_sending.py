"""Which letter can be sent to which unit, and sending it: the letter is a record of supervision (ADR 20)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Model, Prefetch

from accounts.locks import lock_until_commit
from accounts.models import User
from findings.choices import LetterKind, NoticeKind, SupervisionKind
from findings.followup.models.letter_rules import LetterRule
from findings.inspections.participation import Participants
from findings.models import Finding, Inspection, Supervision, Unit
from findings.notifications.models.notices import notify
from findings.notifications.recipients import Recipients
from findings.workflow import RefusedError
from findings.workflow.saving import workflow_writer
from ledgers.word_documents.formatting import day as day_words
from ledgers.word_documents.letter_items import Item, UnitItems, items_by_unit
from ledgers.word_documents.letter_wording import VISITS, LetterDraft, content, demand, opening

K = LetterKind
URGING = (K.SUPERVISION, K.GUIDANCE, K.NOTICE)  # one of these comes before an admonition
# While one of these runs for an item, another letter of this kind about it would say nothing new.
BLOCKED_BY: dict[LetterKind, tuple[LetterKind, ...]] = {
    K.REMINDER: (K.REMINDER,),
    **{kind: (kind, K.ADMONITION, K.ACCOUNTABILITY) for kind in URGING},
    K.ADMONITION: (K.ADMONITION, K.ACCOUNTABILITY),
    K.ACCOUNTABILITY: (K.ACCOUNTABILITY,),
}


@dataclass(frozen=True)
class UnitRegister:
    """One unit with its open items, the letters in force to it and the supervision that concerns it, oldest first."""

    inspection: Inspection
    day: dt.date
    open: UnitItems
    letters: Sequence[Supervision]
    visits: Sequence[Supervision]

    @property
    def unit(self) -> Unit:
        """The unit that is to be urged."""
        return self.open.unit

    @property
    def late(self) -> list[Item]:
        """The items that are overdue."""
        return self.open.late(self.day)

    @property
    def late_findings(self) -> int:
        """The number of overdue findings."""
        return sum(item.measure is None for item in self.late)

    @property
    def late_measures(self) -> int:
        """The number of overdue measures."""
        return sum(item.measure is not None for item in self.late)

    @property
    def most_days_late(self) -> int:
        """The days by which the oldest item is overdue, 0 when nothing is."""
        return max((item.days_late(self.day) for item in self.late), default=0)

    @property
    def upcoming(self) -> list[Item]:
        """The items that are due so soon that a letter may say so."""
        return self.open.upcoming(self.day, self.inspection.letter_days)

    @property
    def last_letter(self) -> Supervision | None:
        """The letter that was sent last."""
        return self.letters[-1] if self.letters else None

    def draft(self, kind: LetterKind) -> LetterDraft:
        """What a letter of this kind would say; its ``objection`` tells why it cannot be sent now."""
        return DRAFTS[kind](self)

    @property
    def sendable(self) -> list[LetterKind]:
        """The kinds that can be sent now, in the order of escalation."""
        return [kind for kind in LetterKind if not self.draft(kind).objection]

    def letters_of(self, kinds: Iterable[LetterKind], *, lapsed: bool) -> list[Supervision]:
        """The letters of some kinds whose time has passed, or is still running."""
        kinds = set(kinds)
        return [one for one in self.letters if one.letter in kinds and one.is_running(self.day) is not lapsed]

    def free_items(self, kind: LetterKind, items: Iterable[Item]) -> tuple[list[Item], str]:
        """The items that no running letter is about already, and a sentence about one when none is left."""
        running = self.letters_of(BLOCKED_BY[kind], lapsed=False)
        taken = set[tuple[int, int | None]]().union(*(letter.item_keys for letter in running))
        free = [item for item in items if item.key not in taken]
        return free, "" if free or not running else f"{running[-1].citation}的期限是{_due(running[-1])}，还没有到。"

    def standing_on(self, letters: Iterable[Supervision], items: Iterable[Item]) -> list[Item]:
        """The items that at least one of the letters is about."""
        keys = set[tuple[int, int | None]]().union(*(letter.item_keys for letter in letters))
        return [item for item in items if item.key in keys]


def _due(letter: Supervision) -> str:
    return day_words(letter.answer_due_on)


def registers(inspection: Inspection, user: User, day: dt.date) -> list[UnitRegister]:
    """The units with open items, the longest overdue first; the number of queries does not depend on the units."""
    letters, visits = _letters_and_visits(inspection, day)
    return [
        UnitRegister(inspection, day, one, letters[one.unit.pk], _visits_of(one, visits))
        for one in items_by_unit(inspection, user, day)
    ]


def _letters_and_visits(inspection: Inspection, day: dt.date) -> tuple[dict[int, list[Supervision]], list[Supervision]]:
    """The letters in force by unit (key), and the visits, until a day, oldest first."""
    findings = Prefetch("findings", Finding.objects.only("pk"))
    records = Supervision.objects.of(inspection).in_force().filter(held_on__lte=day).prefetch_related("units", findings)
    letters: dict[int, list[Supervision]] = defaultdict(list)
    visits = []
    for record in records.order_by("held_on", "pk"):
        if unit := record.recipient:
            letters[unit.pk].append(record)
        elif record.kind in VISITS:
            visits.append(record)
    return letters, visits


def _visits_of(items: UnitItems, visits: Iterable[Supervision]) -> list[Supervision]:
    """The supervision that names the unit or one of its findings."""
    findings = {item.finding.pk for item in items.items}
    return [
        visit
        for visit in visits
        if items.unit in visit.units.all() or any(one.pk in findings for one in visit.findings.all())
    ]


def _draft(register: UnitRegister, kind: LetterKind, items: Sequence[Item], objection: str = "") -> LetterDraft:
    """A draft about these items, citing the letters about any of them."""
    keys = {item.key for item in items}
    cited = [one for one in register.letters if one.letter != K.REMINDER and one.item_keys & keys]
    return LetterDraft(
        kind, register.inspection, register.unit, register.day, items, cited, register.visits, {}, objection
    )


def _reminder(register: UnitRegister) -> LetterDraft:
    items, running = register.free_items(K.REMINDER, register.late)
    return _draft(register, K.REMINDER, items, running or ("" if items else "没有逾期事项。"))


def _supervision(register: UnitRegister) -> LetterDraft:
    # At the start everything that is open; afterwards only what is late.
    candidates = register.late if register.late or register.letters else register.open.items
    items, running = register.free_items(K.SUPERVISION, candidates)
    return _draft(register, K.SUPERVISION, items, running or ("" if items else "没有逾期事项。"))


def _guidance(register: UnitRegister) -> LetterDraft:
    opinions = {finding.pk: visit for visit in register.visits if visit.demand for finding in visit.findings.all()}
    visited = [item for item in register.open.items if item.measure is None and item.finding.pk in opinions]
    items, running = register.free_items(K.GUIDANCE, visited)
    missing = "" if items else "还没有登记对这个单位未销号问题的督查和整改要求，没有可以写的指导意见。"
    draft = _draft(register, K.GUIDANCE, items, running or missing)
    return replace(draft, opinions={item.finding.pk: opinions[item.finding.pk] for item in items})


def _notice(register: UnitRegister) -> LetterDraft:
    items, running = register.free_items(K.NOTICE, register.upcoming)
    missing = "" if items else f"没有在 {register.inspection.letter_days} 天内到期的事项。"
    return _draft(register, K.NOTICE, items, running or missing)


def _after(register: UnitRegister, kind: LetterKind, before: tuple[LetterKind, ...], never: str) -> LetterDraft:
    """A draft of a kind that needs an earlier letter about the same items whose time has passed."""
    sent = register.letters_of(before, lapsed=True)
    items, running = register.free_items(kind, register.standing_on(sent, register.late))
    if items or not register.late:
        return _draft(register, kind, items, "" if items else "没有逾期事项。")
    waiting = register.letters_of(before, lapsed=False)
    if not running and waiting and register.standing_on(waiting, register.late):
        running = f"{waiting[-1].citation}的期限是{_due(waiting[-1])}，还没有到。"
    return _draft(register, kind, items, running or never)


def _admonition(register: UnitRegister) -> LetterDraft:
    names = "、".join(kind.label for kind in URGING)
    never = f"逾期事项还没有发过{names}中的任何一种，不能告诫。"
    draft = _after(register, K.ADMONITION, URGING, never)
    lapsed = [one for one in draft.cited if one.letter in URGING and not one.is_running(register.day)]
    return replace(draft, cited=lapsed)


def _accountability(register: UnitRegister) -> LetterDraft:
    return _after(register, K.ACCOUNTABILITY, (K.ADMONITION,), "逾期事项还没有发过情况告诫书，不能建议问责。")


DRAFTS: dict[LetterKind, Callable[[UnitRegister], LetterDraft]] = {
    K.REMINDER: _reminder,
    K.SUPERVISION: _supervision,
    K.GUIDANCE: _guidance,
    K.NOTICE: _notice,
    K.ADMONITION: _admonition,
    K.ACCOUNTABILITY: _accountability,
}


def series(rule: LetterRule, year: int) -> str:
    """What the numbers of a kind of letter begin with in a year, as 青巡办督〔2026〕."""
    return f"{rule.code}〔{year}〕"


def next_number(rule: LetterRule, year: int) -> int:
    """The next free number of the issuer's series in a year; numbers of void letters stay taken."""
    begin = series(rule, year)
    taken = Supervision.objects.letters().filter(held_by=rule.issuer, number__startswith=begin)
    found = (re.fullmatch(r"(\d{1,9})号", number[len(begin) :]) for number in taken.values_list("number", flat=True))
    return max((int(one[1]) for one in found if one), default=0) + 1


def send_letter(
    draft: LetterDraft, rule: LetterRule, user: User, due: dt.date, ordinal: int | None = None
) -> Supervision:
    """Record a letter as sent on the day of its draft, and notify the people of the unit.

    ``ordinal`` is the number within the series, by default the next free one. The caller has checked the draft's
    objection and the user's role. RefusedError when the number is taken.
    """
    with transaction.atomic():
        # Two users sending at once must not take the same number.
        lock_until_commit("letters")
        number = f"{series(rule, draft.day.year)}{ordinal or next_number(rule, draft.day.year)}号"
        if Supervision.objects.letters().filter(held_by=rule.issuer, number=number).exists():
            raise RefusedError([f"文号“{number}”已经用过，请改起始序号；不填则接着最后一个。"])
        letter = Supervision(
            inspection=draft.inspection,
            kind=SupervisionKind.NOTICE,
            letter=draft.kind,
            held_on=draft.day,
            number=number,
            held_by=rule.issuer,
            found=opening(draft),
            demand=demand(draft, due),
            answer_due_on=due,
            sent_by=user,
            as_sent={
                "content": content(draft, number, due, rule.issuer),
                "items": [list(item.key) for item in draft.items],
                "cited": [one.pk for one in draft.cited],
            },
        )
        linked: dict[str, list[Model]] = {
            "units": [draft.unit],
            "findings": list({item.finding.pk: item.finding for item in draft.items}.values()),
            "measures": [item.measure for item in draft.items if item.measure],
        }
        workflow_writer.create(letter, linked)
        if draft.kind != K.ACCOUNTABILITY:
            _notify(letter, draft, user)
    return letter


def _notify(letter: Supervision, draft: LetterDraft, sender: User) -> None:
    """Tell those who report for the unit, and the body's own office, of a letter to the unit."""
    recipients = Recipients(draft.inspection, Participants(draft.inspection.unit_id, {draft.unit.pk}))
    people = recipients.reporters_of(draft.unit.pk) | recipients.with_role("office")
    words = f"{draft.unit}收到{letter}，请于{day_words(letter.answer_due_on)}前答复。"
    notify(people - {sender.pk}, NoticeKind.LETTER, words, address=letter.get_absolute_url())
