"""More time: asked for, and granted or refused by the role that the inspection names, never by whoever asked."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.audit import events
from accounts.models import Action, Result, User
from accounts.records.saving import ConflictError, bump_version, record_conflict
from accounts.users.roles import ROLES
from documents.numerals import full_date
from findings.choices import Decision, MeasureStatus, NoticeKind, Status
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import notify, short_name
from findings.notifications.recipients import Recipients, ids
from findings.units.scopes import user_scope
from findings.workflow.engine import RefusedError
from findings.workflow.models.extensions import Extension
from findings.workflow.saving import workflow_writer


def against_request(measure: Measure) -> list[str]:
    """Why no more time can be asked for now."""
    if measure.due_on is None:
        return ["这条措施没有完成时限，不需要申请延期。"]
    if measure.status in {MeasureStatus.REPORTED, MeasureStatus.VERIFIED}:
        return ["这条措施已报完成，不需要申请延期。"]
    if measure.finding.status in {Status.SUBMITTED, Status.CLOSED}:
        return ["问题已申请销号或已经销号，不需要申请延期。"]
    if measure.due_on < timezone.localdate():
        return ["完成时限已过，不能再申请延期；请在进展中说明原因，由整改办处理。"]
    if measure.extensions.waiting().exists():
        return ["这条措施已有一份待批的延期申请。"]
    return []


def against_decision(extension: Extension, user: User) -> list[str]:
    """Why this person cannot decide a request."""
    inspection = extension.inspection
    if extension.decision != Decision.WAITING:
        return ["这份延期申请已经批过。"]
    if inspection.unit_id not in user_scope(user).area_of(inspection.extensions_by):
        return [f"本次巡察的延期申请由{ROLES[inspection.extensions_by].label}批准。"]
    if extension.requested_by_id == user.pk:
        return ["您自己提出的延期申请，要由另一个人批准。"]
    return []


def against_granting(extension: Extension) -> list[str]:
    """Why a request cannot be granted any more: something else was decided about the measure meanwhile."""
    measure = extension.measure
    if measure.due_on != extension.old_due_on:
        now = full_date(measure.due_on) or "未定"
        return [f"提出申请以后，完成时限已改为{now}。请不同意这份申请，需要时另行申请。"]
    if measure.status in {MeasureStatus.REPORTED, MeasureStatus.VERIFIED}:
        return ["提出申请以后，这条措施已报完成，不再需要延期。"]
    return []


def told_of_request(measure: Measure, user: User) -> list[User]:
    """Those who decide when this person asks for more time."""
    recipients = Recipients.of(measure.finding, measure)
    return _allowed(recipients, recipients.with_role(measure.inspection.extensions_by), user)


def told_of_decision(extension: Extension, user: User) -> list[User]:
    """Whoever asked and those who carry the measure out, when this person decides."""
    measure = extension.measure
    recipients = Recipients.of(measure.finding, measure)
    unit = recipients.reporters_of(measure.answering_unit_id)
    concerned = ids(extension.requested_by_id, measure.person_in_charge_id) | unit
    return _allowed(recipients, concerned, user)


def _allowed(recipients: Recipients, people: set[int], user: User) -> list[User]:
    return [one for one in recipients.allowed_to_see() if one.pk in people - {user.pk}]


def ask(extension: Extension) -> None:
    """Store a request and tell those who decide, together or not at all."""
    measure, by = extension.measure, extension.requested_by
    with transaction.atomic():
        workflow_writer.create(extension)
        words = f"{by}为措施“{short_name(measure)}”申请延期，请您审批。"
        people = (person.pk for person in told_of_request(measure, by))
        notify(people, NoticeKind.EXTENSION, words, measure.finding, measure)


def decide(extension: Extension, user: User, seen: int | None, *, granted: bool, opinion: str) -> None:
    """Write a decision down and, when it grants, the measure's new deadline, together or not at all.

    RefusedError when somebody else decides or granting makes no sense any more, ConflictError when somebody was faster.
    """
    words = "同意延期" if granted else "不同意延期"
    before = extension.version
    try:
        with transaction.atomic():
            extension.measure.lock_parents()
            measure = Measure.objects.select_related("inspection").get(pk=extension.measure_id)
            extension.measure = measure
            if extension.version != seen:
                raise ConflictError(extension, seen, Action.STEP)
            bump_version(extension, Action.STEP)
            against = against_decision(extension, user) + (against_granting(extension) if granted else [])
            if against or not opinion.strip():
                raise RefusedError(against or ["请填写审批意见。"])
            extension.decision = Decision.GRANTED if granted else Decision.REFUSED
            extension.opinion, extension.decided_at, extension.decided_by = opinion, timezone.now(), user
            workflow_writer.save_version(extension, Action.STEP, reason=f"{words}：{opinion}")
            if granted:
                measure.due_on = extension.new_due_on
                workflow_writer.save(measure, seen=measure.version)
            _tell_of_decision(extension, user)
    except ConflictError as conflict:
        record_conflict(conflict)
        raise
    except RefusedError as refused:
        extension.version = before
        events.record(
            Action.STEP, extension, result=Result.REFUSED, before=before, reason=f"{words}：{refused}", user=user
        )
        raise


def _tell_of_decision(extension: Extension, user: User) -> None:
    measure, day = extension.measure, extension.new_due_on
    granted = f"已同意，完成时限改为{day.year}年{day.month}月{day.day}日"
    refused = "没有同意，仍按原来的完成时限，请查看意见"
    words = f"措施“{short_name(measure)}”的延期申请{granted if extension.decision == Decision.GRANTED else refused}。"
    people = (person.pk for person in told_of_decision(extension, user))
    notify(people, NoticeKind.EXTENSION, words, measure.finding, measure)
