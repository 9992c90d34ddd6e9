"""Reminders of the work: deadlines near or passed, missed reviews, and what waits for reviewers and deciders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.users.roles import Right
from findings.choices import MeasureStatus, NoticeKind
from findings.inspections.due_status import DueStatus, short_date
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.participation import Participants
from findings.notifications.models.notices import short_name
from findings.notifications.recipients import Recipients, ids
from findings.workflow.models.extensions import Extension
from findings.workflow.models.signoffs import ReviewStage
from findings.workflow.stages import open_stage

WEEK = 7  # days between two reminders of one overdue record


@dataclass(frozen=True)
class Reminder:
    """One sentence to some users (keys); each of them is reminded once for each occasion.

    ``address`` is the page of a record that is neither a finding nor a measure.
    """

    people: frozenset[int]
    kind: NoticeKind
    words: str
    occasion: str
    finding: Finding | None = None
    measure: Measure | None = None
    address: str = ""


def work_reminders(inspection: Inspection, day: dt.date) -> Iterator[Reminder]:
    """The reminders of findings, measures and requests of one inspection on a day.

    Nothing is queried about users when nothing is due.
    """
    last = day + dt.timedelta(days=inspection.notice_days)
    at_work = Finding.objects.of(inspection).with_unit()
    findings = list(at_work.filter(due_on__lte=last).select_related("inspection", "parent"))
    measures = list(open_measures(inspection, last))
    missed = list(Finding.objects.of(inspection).review_missed(day).select_related("inspection", "parent"))
    stalled = list(findings_in_review(inspection, day))
    unverified = list(measures_to_verify(inspection, day))
    waiting = list(Extension.objects.waiting().of(inspection).select_related(*OF_REQUESTS))
    # Spares the queries for recipients on a day without reminders.
    if not (findings or measures or missed or stalled or unverified or waiting):
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
    yield from _reviewers(stalled, recipients, day)
    yield from _verifiers(unverified, recipients.with_right(Right.VERIFY_WORK), day)
    yield from _requests(waiting, recipients.with_role(inspection.extensions_by), day)


OF_REQUESTS = ("finding__inspection", "measure__finding", "requested_by")


def open_measures(inspection: Inspection, last: dt.date) -> QuerySet[Measure]:
    """Open measures due by that day."""
    due = Measure.objects.of(inspection).open().filter(due_on__lte=last)
    return due.select_related("finding__inspection", "finding__parent").prefetch_related("other_people_in_charge")


def findings_in_review(inspection: Inspection, day: dt.date) -> QuerySet[Finding]:
    """Findings that were submitted a week before that day or earlier, and still wait for review or sign-off."""
    submitted = Finding.objects.of(inspection).in_review().filter(submitted_at__date__lte=day - dt.timedelta(days=WEEK))
    return submitted.select_related("inspection", "parent").prefetch_related("steps", "inspection__stages__reviewers")


def measures_to_verify(inspection: Inspection, day: dt.date) -> QuerySet[Measure]:
    """Measures that were reported a week before that day or earlier and are not verified."""
    reported = Measure.objects.of(inspection).filter(
        status=MeasureStatus.REPORTED, reported_at__date__lte=day - dt.timedelta(days=WEEK)
    )
    return reported.select_related("finding__inspection", "finding__parent")


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


def _reviewers(findings: list[Finding], recipients: Recipients, day: dt.date) -> Iterator[Reminder]:
    for finding in findings:
        # Submitted findings have the moment of their submission; for the type checker.
        if finding.submitted_at is None:
            continue
        stage = open_stage(finding)
        closers = recipients.with_right(Right.CLOSE)
        people = closers if stage is None else _hands(stage, recipients)
        waited = (day - timezone.localdate(finding.submitted_at)).days
        what = stage.name if stage else "销号"
        words = f"问题“{short_name(finding)}”申请销号已{waited}天，现在等待{what}，请您办理。"
        occasion = f"review of {finding.pk} {finding.submission} {stage.order if stage else 0} {waited // WEEK}"
        yield Reminder(frozenset(people - ids(finding.submitted_by_id)), NoticeKind.TURN, words, occasion, finding)


def _hands(stage: ReviewStage, recipients: Recipients) -> set[int]:
    return {person.pk for person in stage.reviewers.all()} or recipients.with_role(stage.role)


def _verifiers(measures: list[Measure], verifiers: set[int], day: dt.date) -> Iterator[Reminder]:
    for measure in measures:
        # Reported measures have the moment of their report; for the type checker.
        if measure.reported_at is None:
            continue
        waited = (day - timezone.localdate(measure.reported_at)).days
        people = frozenset(verifiers - ids(measure.reported_by_id))
        words = f"措施“{short_name(measure)}”报完成已{waited}天，还没有核实，请您核实。"
        occasion = f"verification of {measure.pk} {measure.reported_at:%Y-%m-%d} {waited // WEEK}"
        yield Reminder(people, NoticeKind.TURN, words, occasion, measure.finding, measure)


def _requests(waiting: list[Extension], deciders: set[int], day: dt.date) -> Iterator[Reminder]:
    for request in waiting:
        days = (day - timezone.localdate(request.requested_at)).days
        if days < 1:
            continue  # the deciders got a notice of the request itself
        people = frozenset(deciders - {request.requested_by_id})
        what = "问题" if request.measure is None else "措施"
        name = f"{what}“{short_name(request.record)}”"
        words = f"{request.requested_by}为{name}提交的{request.label}，已等待{days}天，请您审批。"
        occasion = f"extension {request.pk} {(days - 1) // WEEK}"
        yield Reminder(people, NoticeKind.EXTENSION, words, occasion, request.finding, request.measure)
