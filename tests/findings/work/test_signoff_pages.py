"""The pages on which steps are taken: what they ask, refuse and keep."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Result, User
from findings.choices import MeasureStatus, Status
from findings.factories import make_finding, make_grant, make_inspection, make_unit, make_user
from findings.models import Finding, Measure, ReviewStage, Step
from findings.workflow import TRANSITIONS, StepName, Transition, take_step
from findings.workflow.extensions import EXTENSION_TRANSITIONS
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import words_of
from tests.findings.submissions import browser, ready, signed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def address(record: Finding | Measure, name: str) -> str:
    """The page of a step with a record."""
    return reverse("findings:step", args=[record._meta.model_name, record.pk, name])


def carried(client: Client, page: str) -> dict[str, str]:
    """What the form of a step carries unseen."""
    html = client.get(page).content.decode()
    return dict(re.findall(r'type="hidden" name="(seen\w*)" value="(\w*)"', html))


@pytest.mark.parametrize(("kind", "name"), [("finding", "verify"), ("measure", "close"), ("unit", "start"), ("x", "y")])
def test_forged_names_are_not_there(office_client: Client, kind: str, name: str) -> None:
    finding = make_finding()
    assert office_client.get(reverse("findings:step", args=[kind, finding.pk, name])).status_code == 404


def test_a_finding_is_submitted_in_two_clicks(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    assert finding.status == Status.SUBMITTED
    page = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "轮到 督查员" in page
    assert "撤回申请" in page
    assert "还不能同意销号：" not in page  # the office may not close: no button that would be refused


def test_the_status_says_what_is_missing_before_the_submission(office_client: Client) -> None:
    finding = make_finding(lead_unit=make_unit())
    page = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "还差： 没有填写完成时限。还没有整改措施。" in page
    assert "开始整改" in page


def test_a_sign_off_through_the_page(office: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    page = address(finding, "close")
    data = carried(client, page)
    assert client.post(page, data).status_code == 200  # says what is missing
    assert client.post(page, data | {"comment": "同意。", "completion": "staged"}).status_code == 302
    finding.refresh_from_db()
    assert (finding.status, finding.completion, finding.closed_by) == (Status.CLOSED, "staged", supervisor)
    assert "阶段性完成" in client.get(finding.get_absolute_url()).content.decode()


def test_whoever_submitted_gets_the_reason_and_keeps_his_words() -> None:
    supervisor, client = browser("supervisor")
    make_grant(supervisor, "office")
    other, _ = browser("supervisor")
    finding, _ = ready(by=supervisor, verified_by=other)
    page = address(finding, "close")
    answer = client.post(page, carried(client, page) | {"comment": "我自己同意。", "completion": "complete"})
    assert answer.status_code == 409
    assert "要由另一个人审核和销号" in words_of(answer.content.decode())
    assert "我自己同意。" in answer.content.decode()
    finding.refresh_from_db()
    assert finding.status == Status.SUBMITTED


def test_a_signer_whose_page_is_old_sees_the_present_one_with_his_words(office: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    page = address(finding, "close")
    data = carried(client, page)
    finding.refresh_from_db()
    finding.detail = "换了说法。"
    workflow_writer.save(finding, seen=finding.version)
    answer = client.post(page, data | {"comment": "同意，写得好。", "completion": "complete"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "没有办理：打开本页以后内容有变。" in html
    assert "同意，写得好。" in html
    assert "换了说法。" in html
    assert not finding.signoffs.exists()
    assert carried(client, page)["seen_digest"] in html  # the next press signs what is shown now


def test_sent_back_and_why(office: User, office_client: Client) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    page = address(finding, "send_back")
    assert client.post(page, carried(client, page) | {"comment": "缺会议纪要。"}).status_code == 302
    words = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "退回，理由： 缺会议纪要。" in words
    step = Step.objects.filter(finding=finding, transition="send_back").get()
    assert (step.comment, step.taken_by) == ("缺会议纪要。", supervisor)


def test_a_measure_is_taken_from_report_to_verified(office: User) -> None:
    _, client = browser("supervisor")
    _, measure = ready(by=office)
    page = address(measure, "verify")
    assert client.post(page, carried(client, page)).status_code == 302
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.VERIFIED
    again = client.get(page)
    assert "现在是“已核实”，不能核实。" in words_of(again.content.decode())


def test_a_step_without_the_version_changes_nothing(office: User) -> None:
    _, client = browser("supervisor")
    _, measure = ready(by=office)
    assert client.post(address(measure, "verify"), {}).status_code == 409
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.REPORTED


def test_a_finding_that_is_closed_lacks_nothing(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    page = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "已经销号。" in page
    assert "还差" not in page


def test_the_finding_says_when_its_next_review_is(office: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(long_term=True, next_review_on="2027-03-01")
    assert "下次复查 2027年3月1日" in words_of(client.get(finding.get_absolute_url()).content.decode())


def test_stages_of_review_are_kept_by_the_office(office: User, office_client: Client) -> None:
    inspection = make_inspection()
    page = reverse("findings:stage_create", args=[inspection.pk])
    data = {"order": 1, "name": "书记审签", "role": "leader", "seen": 0}
    leader, stranger = make_user(name="周书记", role="leader"), make_user(name="吴外人")
    offered = office_client.get(page).context["form"].fields["reviewers"].queryset
    assert leader in offered
    assert stranger not in offered
    refused = office_client.post(page, data | {"by_all": "on", "reviewers": [leader.pk]})
    assert "会签至少选定两个人。" in refused.content.decode()
    assert office_client.post(page, data | {"reviewers": [leader.pk]}).status_code == 302
    stage = ReviewStage.objects.get()
    assert list(stage.reviewers.all()) == [leader]
    listed = reverse("findings:stage_list", args=[inspection.pk])
    assert "周书记" in office_client.get(listed).content.decode()
    delete = reverse("findings:stage_delete", args=[stage.pk])
    finding, _ = ready(inspection, by=office)
    assert office_client.post(delete, {"seen": stage.version}).status_code == 409
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(status=Status.IN_PROGRESS, submitted_at=None, submitted_by=None)
    assert office_client.post(delete, {"seen": stage.version}).status_code == 302
    assert not ReviewStage.objects.exists()


@pytest.fixture
def reviewed(office: User) -> ReviewStage:
    """The one stage of an inspection in which four findings are being reviewed."""
    inspection = make_inspection()
    stage = workflow_writer.create(ReviewStage(inspection=inspection, order=1, name="整改办审核", role="office"))
    for _ in range(4):
        ready(inspection, by=office)
    return stage


def test_the_stages_stay_while_findings_go_through_them(office_client: Client, reviewed: ReviewStage) -> None:
    inspection = reviewed.inspection
    create_page = reverse("findings:stage_create", args=[inspection.pk])
    edit_page = reverse("findings:stage_edit", args=[reviewed.pk])
    listed = reverse("findings:stage_list", args=[inspection.pk])
    for page in (create_page, edit_page, listed):
        assert "有 4 个问题正在审核：“第1项工作不够扎实”、“第1项工作不够扎实”、“第1项工作不够扎实”等。" in (
            office_client.get(page).content.decode()
        )
    assert create_page not in office_client.get(listed).content.decode()
    same = {"order": 1, "name": "整改办审核", "role": "office", "seen": reviewed.version}
    rows = Event.objects.filter(result=Result.REFUSED)
    for number, (page, said) in enumerate(
        ((create_page, same | {"order": 2}), (edit_page, same | {"role": "leader"}), (edit_page, same | {"order": 2})),
        1,
    ):
        answer = office_client.post(page, said)
        assert answer.status_code == 200
        assert "请等审核结束，或者先由审核人退回、由申请人撤回这些申请，再改。" in answer.content.decode()
        assert rows.count() == number
    reviewed.refresh_from_db()
    assert (reviewed.role, reviewed.order, ReviewStage.objects.count()) == ("office", 1, 1)
    assert office_client.post(edit_page, same | {"name": "办公室审核"}).status_code == 302
    reviewed.refresh_from_db()
    assert reviewed.name == "办公室审核"


def test_once_nothing_is_in_review_the_stages_can_be_changed(office_client: Client, reviewed: ReviewStage) -> None:
    office = User.objects.get(username="office")
    for finding in Finding.objects.filter(status=Status.SUBMITTED):
        take_step(StepName.WITHDRAW, finding, office, finding.version)
    edit_page = reverse("findings:stage_edit", args=[reviewed.pk])
    assert "正在审核" not in office_client.get(edit_page).content.decode()
    said = {"order": 1, "name": "书记审签", "role": "leader", "seen": reviewed.version}
    assert office_client.post(edit_page, said).status_code == 302
    reviewed.refresh_from_db()
    assert reviewed.role == "leader"


def test_the_documented_table_is_the_table() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines() if "| `" in line]
    # The other table is that of what is not signed.
    rows = [row for row in rows if len(row) > 3]
    assert rows == [
        (
            str(one.model._meta.verbose_name),
            f"`{one.name}`",
            one.label,
            "、".join(label for state, label in states_of(one) if state in one.sources),
            dict(states_of(one))[one.target],
            f"`{one.right.name}`" if one.right else "",
            "yes" if one.needs_comment else "",
            one.recipients.label if one.recipients else "",
        )
        for one in (*TRANSITIONS, *EXTENSION_TRANSITIONS)
    ]


def states_of(step: Transition[Any]) -> list[tuple[str, str]]:
    """The states of the kind of record that a step is for, with their labels."""
    choices: list[tuple[str, str]] = step.model._meta.get_field(step.rules.status_field).choices
    return choices
