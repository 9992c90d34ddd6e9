"""The reminders of a day: deadlines near or passed, missed reviews, waiting extension requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.users.roles import Right
from findings.choices import NoticeKind
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.participation import Participants
from findings.notifications.models.notices import Notice, notify, short_name
from findings.notifications.recipients import Recipients
from findings.workflow.models.extensions import Extension

WEEK = 7  # days between two reminders of one overdue record


@dataclass(frozen=True)
class Reminder:
    """One sentence to some users (keys); each of them is reminded once for each occasion."""

    people: frozenset[int]
    kind: NoticeKind
    words: str
    occasion: str
    finding: Finding
    measure: Measure | None = None


def remind(day: dt.date, *, dry_run: bool = False) -> int:
    """Write the notices of a day and return the number of new ones; a second run on the day writes none.

    ``dry_run`` only counts.
    """
    new = 0
    for inspection in Inspection.objects.order_by("pk"):
        reminders = list(reminders_of(inspection, day))
        if dry_run:
            new += sum(len(one.people - _users_reminded(one)) for one in reminders)
            continue
        # One transaction for each inspection, so that an error does not undo the others.
        with transaction.atomic():
            # ``bulk_create`` does not return which rows the database ignored.
            before = Notice.objects.count()
            for one in reminders:
                notify(one.people, one.kind, one.words, one.finding, one.measure, occasion=one.occasion)
            new += Notice.objects.count() - before
    return new


def _users_reminded(reminder: Reminder) -> set[int]:
    told = Notice.objects.filter(occasion=reminder.occasion, user__in=reminder.people)
    return set(told.values_list("user", flat=True))


def reminders_of(inspection: Inspection, day: dt.date) -> Iterator[Reminder]:
    """The reminders of one inspection on a day; nothing is queried about users when nothing is due."""
    last = day + dt.timedelta(days=inspection.notice_days)
    at_work = Finding.objects.of(inspection).with_unit()
    findings = list(at_work.filter(due_on__lte=last).select_related("inspection", "parent"))
    measures = list(open_measures(inspection, last))
    missed = list(Finding.objects.of(inspection).review_missed(day).select_related("inspection", "parent"))
    waiting = list(Extension.objects.waiting().filter(measure__inspection=inspection).select_related(*OF_REQUESTS))
    # Spares the queries for recipients on a day without reminders.
    if not (findings or measures or missed or waiting):
        return
    answering = Participants(inspection.unit_id).merge(finding.answering for finding in [*findings, *missed])
    recipients = Recipients(inspection, answering.merge(measure.answering for measure in measures))
    lights = DueStatus(day, inspection.notice_days, inspection.warning_days)
    for finding in findings:
        people = recipients.answering(finding.answering)
        yield from _deadline(people, lights, finding)
    for measure in measures:
        people = recipients.answering(measure.answering)
        yield from _deadline(people, lights, measure.finding, measure)
    yield from _reviews(missed, recipients, day)
    yield from _requests(waiting, recipients.with_role(inspection.extensions_by), day)


OF_REQUESTS = ("measure__finding__inspection", "requested_by")


def open_measures(inspection: Inspection, last: dt.date) -> QuerySet[Measure]:
    """Open measures due by that day."""
    due = Measure.objects.of(inspection).open().filter(due_on__lte=last)
    return due.select_related("finding__inspection", "finding__parent")


def _deadline(
    people: frozenset[int], lights: DueStatus, finding: Finding, measure: Measure | None = None
) -> Iterator[Reminder]:
    record = measure or finding
    if record.due_on is None or not (light := lights.light(record.due_on)):
        return
    what = "措施" if measure else "问题"
    late = (lights.today - record.due_on).days
    kind = NoticeKind.LATE if light == "late" else NoticeKind.DUE
    # The week makes the occasion a new one, so that the reminder is repeated.
    stage = f"late {(late - 1) // WEEK}" if light == "late" else light
    words = f"{what}“{short_name(record)}”的完成时限：{lights.words(record.due_on)}。"
    occasion = f"{record._meta.model_name} {record.pk} {record.due_on:%Y-%m-%d} {stage}"
    yield Reminder(people, kind, words, occasion, finding, measure)


def _reviews(missed: list[Finding], recipients: Recipients, day: dt.date) -> Iterator[Reminder]:
    closers = recipients.with_right(Right.CLOSE)
    for finding in missed:
        # ``review_missed`` selects by this date; for the type checker.
        if finding.next_review_on is None:
            continue
        people = recipients.answering(finding.answering) | closers
        weeks = ((day - finding.next_review_on).days - 1) // WEEK
        on = short_date(finding.next_review_on, day)
        words = f"长期坚持的问题“{short_name(finding)}”应在{on}前复查，现在还没有复查。"
        occasion = f"review {finding.pk} {finding.next_review_on:%Y-%m-%d} {weeks}"
        yield Reminder(people, NoticeKind.REVIEW, words, occasion, finding)


def _requests(waiting: list[Extension], deciders: set[int], day: dt.date) -> Iterator[Reminder]:
    for request in waiting:
        days = (day - timezone.localdate(request.requested_at)).days
        if days < 1:
            continue  # the deciders got a notice of the request itself
        people = frozenset(deciders - {request.requested_by_id})
        measure = request.measure
        words = f"{request.requested_by}为措施“{short_name(measure)}”申请延期，已等待{days}天，请您审批。"
        occasion = f"extension {request.pk} {(days - 1) // WEEK}"
        yield Reminder(people, NoticeKind.EXTENSION, words, occasion, measure.finding, measure)
