"""The reminders of a day: those of the work, and of letters, visits and notices whose answer is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from django.db import transaction

from findings.choices import LetterKind, NoticeKind
from findings.followup.models.letter_rules import LetterRule, letter_rules
from findings.followup.models.supervision import Supervision
from findings.inspections.due_status import short_date
from findings.inspections.models.inspections import Inspection
from findings.inspections.participation import Participants
from findings.notifications.models.notices import Notice, notify
from findings.notifications.recipients import Recipients
from findings.work.reminders import WEEK, Reminder, work_reminders


def remind(day: dt.date, *, dry_run: bool = False) -> int:
    """Write the notices of a day and return the number of new ones; a second run on the day writes none.

    ``dry_run`` only counts.
    """
    new = 0
    for inspection in Inspection.objects.order_by("pk"):
        reminders = [*work_reminders(inspection, day), *answer_reminders(inspection, day)]
        if dry_run:
            new += sum(len(one.people - _users_reminded(one)) for one in reminders)
            continue
        # One transaction for each inspection, so that an error does not undo the others.
        with transaction.atomic():
            # ``bulk_create`` does not return which rows the database ignored.
            before = Notice.objects.count()
            for one in reminders:
                links = {"occasion": one.occasion, "address": one.address}
                notify(one.people, one.kind, one.words, one.finding, one.measure, **links)
            new += Notice.objects.count() - before
    return new


def _users_reminded(reminder: Reminder) -> set[int]:
    told = Notice.objects.filter(occasion=reminder.occasion, user__in=reminder.people)
    return set(told.values_list("user", flat=True))


def answer_reminders(inspection: Inspection, day: dt.date) -> Iterator[Reminder]:
    """The reminders of one inspection; nothing is queried about users when no answer is missing."""
    missing = list(Supervision.objects.of(inspection).unanswered(day).prefetch_related("units"))
    if not missing:
        return
    units = {unit.pk for record in missing for unit in record.units.all()}
    recipients = Recipients(inspection, Participants(inspection.unit_id, units))
    rules = letter_rules(inspection)
    for record in missing:
        # ``unanswered`` selects by this date; for the type checker.
        if record.answer_due_on is None:
            continue
        late = (day - record.answer_due_on).days
        on = short_date(record.answer_due_on, day)
        words = f"{_units_of(record)}{record}应在{on}前答复，已过{late}天，还没有登记答复。"
        occasion = f"answer {record.pk} {record.answer_due_on:%Y-%m-%d} {(late - 1) // WEEK}"
        people = frozenset(_people_to_remind(record, recipients, rules))
        kind = NoticeKind.LETTER if record.letter else NoticeKind.LATE
        yield Reminder(people, kind, words, occasion, address=record.get_absolute_url())


def _units_of(record: Supervision) -> str:
    units = "、".join(str(unit) for unit in record.units.all())
    return f"{units}：" if units else ""


def _people_to_remind(record: Supervision, recipients: Recipients, rules: Mapping[LetterKind, LetterRule]) -> set[int]:
    """Those who answer for the units, the body's own office and those who send such letters.

    Units are not told of a letter about them that is not to them.
    """
    senders = recipients.with_role(rules[LetterKind(record.letter)].role) if record.letter else set[int]()
    if record.letter == LetterKind.ACCOUNTABILITY:
        return senders
    reporters = set[int]().union(*(recipients.reporters_of(unit.pk) for unit in record.units.all()))
    return reporters | recipients.with_role("office") | senders
