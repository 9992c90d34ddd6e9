"""The engine knows no findings: a made-up table takes a regulation from draft to published as it takes any record."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Action, Event, Result, User
from accounts.records.saving import ConflictError
from accounts.users.roles import Right
from findings.choices import NoticeKind
from findings.evidence.regulations import Regulation
from findings.factories import make_inspection, make_user
from findings.models import Inspection, Notice, Step
from findings.workflow import RefusedError, StepInput, Transition, perform, reasons_against
from findings.workflow.definitions import RecipientRule, StepNotice, StepRecipients, StepRules, TakenStep
from findings.workflow.engine import available_steps
from findings.workflow.saving import workflow_writer
from tests.findings.test_versions import versions_of

pytestmark = pytest.mark.django_db
LABELS = {"": "没有", "draft": "草稿", "approved": "已批准", "published": "已公开"}


class PublicationRules(StepRules[Regulation]):
    """A status in a field of another name, and no log of its own."""

    model = Regulation
    status_field = "document_number"

    def has_right(self, user: User, right: Right, record: Regulation) -> bool:
        """Over the inspection."""
        return record.inspection.allows(user, right)

    def status_label(self, record: Regulation, status: str) -> str:
        """In Chinese."""
        return LABELS[status]

    def notice_target(self, record: Regulation) -> dict[str, Any]:
        """An address: it is neither a finding nor a measure."""
        return {"address": f"/regulations/{record.pk}/"}


def approved_by_another(record: Regulation, user: User) -> list[str]:
    """Four eyes."""
    return ["您自己批准的，要由另一个人公开。"] if record.title.endswith(f"（{user.name}批准）") else []


def sign_title(step: TakenStep[Regulation]) -> None:
    """Who approved it."""
    step.record.title += f"（{step.actor.name}批准）"


def archive(step: TakenStep[Regulation]) -> None:
    """What follows: another record."""
    number = step.step_input.comment
    copy = Regulation(inspection=step.record.inspection, title=f"{step.record.title}存档", document_number=number)
    workflow_writer.create(copy)


def everybody(record: Regulation, user: User | None) -> StepRecipients:
    """Two people at most."""
    others = User.objects.exclude(pk=user.pk) if user else User.objects.all()
    return StepRecipients(tuple(others.order_by("name")[:2]))


RULES = PublicationRules()
DRAFT = Transition("draft", "起草", RULES, frozenset(), "draft", Right.EDIT_RECORDS)
APPROVE = Transition(
    "approve", "批准", RULES, frozenset({"draft"}), "approved", Right.EDIT_RECORDS, effects=(sign_title,)
)
PUBLISH = Transition(
    "publish",
    "公开",
    RULES,
    frozenset({"approved"}),
    "published",
    Right.EDIT_RECORDS,
    objections=(approved_by_another,),
    needs_comment=True,
    input_check=lambda _record, step_input: [] if step_input.completion else ["请选择版本。"],
    after_save=(archive,),
    recipients=RecipientRule("所有人", everybody),
    notice=StepNotice(NoticeKind.RESULT, "“{name}”已由{user}公开。"),
)
TABLE = (DRAFT, APPROVE, PUBLISH)


@pytest.fixture
def inspection() -> Inspection:
    return make_inspection()


@pytest.fixture
def draft(inspection: Inspection, office: User) -> Regulation:
    """A record that its own table made."""
    return perform(DRAFT, Regulation(inspection=inspection, title="督查办法"), office, None).record


def approved(draft: Regulation, office: User) -> Regulation:
    """The record a step further."""
    return perform(APPROVE, draft, office, draft.version).record


def names(record: Regulation, user: User) -> list[str]:
    """The steps that the table offers."""
    return [step.transition.name for step in available_steps(TABLE, record, user)]


def test_a_step_without_sources_makes_the_record(inspection: Inspection, office: User) -> None:
    new = Regulation(inspection=inspection, title="督查办法")
    assert names(new, office) == ["draft"]
    step = perform(DRAFT, new, office, None)
    assert (new.pk is not None, new.version, new.document_number) == (True, 1, "draft")
    assert Event.objects.latest("number").action == Action.CREATE
    assert step.log_row is None
    assert not Step.objects.exists()
    assert names(new, office) == ["approve"]
    assert reasons_against(DRAFT, new, office) == ["现在是“草稿”，不能起草。"]


def test_a_step_writes_version_history_and_trail_once(draft: Regulation, office: User) -> None:
    step = perform(APPROVE, draft, office, 1)
    draft.refresh_from_db()
    assert (step.source, draft.document_number, draft.version) == ("draft", "approved", 2)
    assert draft.title == f"督查办法（{office.name}批准）"
    assert len(versions_of(draft)) == 2
    event = Event.objects.latest("number")
    assert (event.action, event.reason, event.version_before, event.version_after) == (Action.STEP, "批准", 1, 2)


def test_what_follows_is_stored_after_it_and_whom_it_names_is_told(draft: Regulation, office: User) -> None:
    approved(draft, office)
    other = make_user(role="office", name="王公开")
    assert names(draft, other) == ["publish"]
    perform(PUBLISH, draft, other, 2, StepInput("存字1号", completion="公开版"))
    assert Regulation.objects.filter(document_number="存字1号").exists()
    assert [event.action for event in Event.objects.order_by("number")][-2:] == [Action.STEP, Action.CREATE]
    notice = Notice.objects.get(user=office)
    assert notice.words == f"“《督查办法（{office.name}批准）》”已由王公开公开。"
    assert notice.get_absolute_url() == f"/regulations/{draft.pk}/"


def test_the_reasons_come_in_order_and_the_page_knows_them_before(draft: Regulation, office: User) -> None:
    stranger, other = make_user(), make_user(role="office")
    (without_right,) = reasons_against(PUBLISH, draft, stranger)
    assert without_right.startswith("只有整改办可以")
    assert reasons_against(PUBLISH, draft, office) == ["现在是“草稿”，不能公开。"]
    approved(draft, office)
    assert reasons_against(PUBLISH, draft, office) == ["您自己批准的，要由另一个人公开。"]
    assert reasons_against(PUBLISH, draft, other) == []
    assert reasons_against(PUBLISH, draft, other, StepInput()) == ["请填写意见。"]
    assert reasons_against(PUBLISH, draft, other, StepInput("好。")) == ["请选择版本。"]


def test_a_refusal_changes_nothing_and_is_in_the_trail(draft: Regulation, office: User) -> None:
    approved(draft, office)
    rows = Event.objects.count()
    with pytest.raises(RefusedError, match="另一个人"):
        perform(PUBLISH, draft, office, 2, StepInput("好。", completion="公开版"))
    assert (draft.version, draft.document_number) == (2, "approved")
    (event,) = Event.objects.order_by("-number")[: Event.objects.count() - rows]
    assert (event.result, event.user, event.version_before) == (Result.REFUSED, office, 2)
    assert event.reason == "公开：您自己批准的，要由另一个人公开。"


def test_a_refusal_by_what_follows_takes_the_step_back(draft: Regulation, office: User) -> None:
    def refuse(step: TakenStep[Regulation]) -> None:
        raise RefusedError([f"{step.record.title}不能存档。"])

    row = Transition(
        "approve", "批准", RULES, frozenset({"draft"}), "approved", Right.EDIT_RECORDS, after_save=(refuse,)
    )
    with pytest.raises(RefusedError, match="不能存档"):
        perform(row, draft, office, 1)
    assert draft.version == 1
    draft.refresh_from_db()
    assert (draft.version, draft.document_number) == (1, "draft")
    assert Event.objects.latest("number").reason == "批准：督查办法不能存档。"


def test_who_is_slower_gets_a_conflict_and_a_row_in_the_trail(draft: Regulation, office: User) -> None:
    late = Regulation.objects.get(pk=draft.pk)
    approved(draft, office)
    with pytest.raises(ConflictError):
        perform(APPROVE, late, office, 1)
    event = Event.objects.latest("number")
    assert (event.result, event.action, event.version_before, event.version_after) == (
        Result.CONFLICT,
        Action.STEP,
        1,
        2,
    )


def test_a_step_with_what_is_gone_is_a_conflict(draft: Regulation, office: User) -> None:
    late = Regulation.objects.get(pk=draft.pk)
    workflow_writer.delete(draft, seen=1)
    with pytest.raises(ConflictError) as conflict:
        perform(APPROVE, late, office, 1)
    assert conflict.value.is_gone
