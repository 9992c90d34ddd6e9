"""Who is told of a step, and in which words. The page with the button and the step itself ask the same function.

The words name the record and nothing of what was said about it: they go into e-mails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import NoticeKind
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import notify, short_name
from findings.notifications.recipients import Recipients, ids
from findings.workflow.models.signoffs import ReviewStage, Step
from findings.workflow.stages import open_stage
from findings.workflow.transitions import Transition, Workpiece

NAMED_ON_BUTTON = 2


@dataclass(frozen=True)
class Told:
    """The people who are told of a step, by name, and the stage of review that it opens."""

    people: tuple[User, ...] = ()
    stage: ReviewStage | None = None


def told_of(step: Transition, record: Workpiece, user: User | None) -> Told:
    """Whom a step tells when this person, or a command, takes it with the record as it stands before; never himself."""
    if (step.kind, step.name) not in CONCERNED:
        return Told()
    finding, measure = (record, None) if isinstance(record, Finding) else (record.finding, record)
    recipients, stage = Recipients.of(finding, measure), _stage_opened(step, finding, user)
    concerned = CONCERNED[step.kind, step.name](record, recipients, stage) - ids(user.pk if user else None)
    if step.name == "review" and stage == open_stage(finding):
        return Told()  # the others of a joint review know already
    return Told(tuple(one for one in recipients.allowed_to_see() if one.pk in concerned), stage)


def people_told(step: Transition, record: Workpiece, user: User) -> list[str]:
    """The names of those who are told when this person takes the step now."""
    return [str(person) for person in told_of(step, record, user).people]


def sentence_of(people: list[str]) -> str:
    """What a button says of them: 将通知：张三、李四等 5 人。"""
    if not people:
        return ""
    if len(people) <= NAMED_ON_BUTTON:
        return f"将通知：{'、'.join(people)}。"
    return f"将通知：{'、'.join(people[:NAMED_ON_BUTTON])}等 {len(people)} 人。"


def announce(step: Step, told: Told) -> None:
    """Tell of a step that was just taken, in its transaction."""
    if told.people:
        kind, words = _words(step, told.stage)
        notify((person.pk for person in told.people), kind, words, step.finding, step.measure)


def _stage_opened(step: Transition, finding: Finding, user: User | None) -> ReviewStage | None:
    if step.name == "submit":
        return finding.inspection.stages.prefetch_related("reviewers").order_by("order").first()
    return open_stage(finding, user) if step.name == "review" else None


def _next_hands(finding: Finding, recipients: Recipients, stage: ReviewStage | None) -> set[int]:
    if stage is None:
        return recipients.with_right(Right.CLOSE)
    return {person.pk for person in stage.reviewers.all()} or recipients.with_role(stage.role)


def _applicants(finding: Finding, _recipients: Recipients, _stage: ReviewStage | None) -> set[int]:
    in_charge: Iterable[int | None] = finding.measures.order_by().values_list("person_in_charge", flat=True)
    return ids(finding.submitted_by_id, finding.person_in_charge_id, *in_charge)


def _lead(finding: Finding, recipients: Recipients, _stage: ReviewStage | None) -> set[int]:
    return ids(finding.submitted_by_id) | recipients.reporters_of(finding.leading_unit_id)


def _verifiers(_measure: Measure, recipients: Recipients, _stage: ReviewStage | None) -> set[int]:
    return recipients.with_right(Right.VERIFY_WORK)


def _who_verified(measure: Measure, _recipients: Recipients, _stage: ReviewStage | None) -> set[int]:
    return ids(measure.verified_by_id)


def _who_reported(measure: Measure, _recipients: Recipients, _stage: ReviewStage | None) -> set[int]:
    return ids(measure.reported_by_id)


CONCERNED: dict[tuple[type[Workpiece], str], Callable[..., set[int]]] = {
    (Finding, "submit"): _next_hands,
    (Finding, "review"): _next_hands,
    (Finding, "close"): _applicants,
    (Finding, "send_back"): _applicants,
    (Finding, "reopen"): _lead,
    (Measure, "report"): _verifiers,
    (Measure, "verify"): _who_reported,
    (Measure, "lapse"): _who_verified,
    (Measure, "return"): _who_reported,
}


def _words(step: Step, stage: ReviewStage | None) -> tuple[NoticeKind, str]:
    name = short_name(step.measure or step.finding)
    if step.transition in {"submit", "review"}:
        if stage:
            return NoticeKind.TURN, f"问题“{name}”申请销号，现在是“{stage.name}”，请您审核。"
        return NoticeKind.TURN, f"问题“{name}”等待销号，请您办理。"
    kind, sentence = SENTENCES[step.transition]
    return kind, sentence.format(name=name)


SENTENCES = {
    "close": (NoticeKind.RESULT, "问题“{name}”已同意销号。"),
    "send_back": (NoticeKind.RESULT, "问题“{name}”的销号申请被退回，请查看意见后继续整改。"),
    "reopen": (NoticeKind.RESULT, "问题“{name}”需要重新整改，请查看理由。"),
    "report": (NoticeKind.TURN, "措施“{name}”已报完成，请您核实。"),
    "verify": (NoticeKind.RESULT, "措施“{name}”已核实。"),
    "lapse": (NoticeKind.TURN, "措施“{name}”核实以后内容有变，请您重新核实。"),
    "return": (NoticeKind.RESULT, "措施“{name}”被退回，请查看理由。"),
}
