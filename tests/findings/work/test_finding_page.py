"""The page of a finding: its status and the one act on top, its measures, its process, and what an edit would undo."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Action, Event, User
from findings.choices import MeasureStatus, Status
from findings.factories import (
    make_aspect,
    make_evidence,
    make_extension,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Comment, Finding, Measure
from findings.work.reason_forms import FindingPageForm
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.comments import post_comment
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, query_count, seen, words_of
from tests.findings.submissions import browser, ready, signed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
MAIN = re.compile(r'<a class="btn btn-primary" href="([^"]*)" data-main-act[^>]*>([^<]*)</a>')


def main_act(client: Client, finding: Finding) -> tuple[str, str]:
    """The address and the words of the one primary button of a finding, empty when there is none."""
    html = client.get(finding.get_absolute_url()).content.decode()
    found = MAIN.findall(html)
    assert html.count("btn-primary") == len(found) <= 1
    return found[0] if found else ("", "")


def menu_of(client: Client, finding: Finding) -> str:
    """The words of the menu 修改."""
    html = client.get(finding.get_absolute_url()).content.decode()
    return words_of(html[html.index('<summary class="btn btn-outline-secondary">修改') :].split("</details>")[0])


def late(case: Case) -> Finding:
    """The finding of the case, past its deadline."""
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(due_on=timezone.localdate() - dt.timedelta(days=18))
    case.finding.refresh_from_db()
    return case.finding


def test_the_office_demands_the_late_work_of_the_unit(office_client: Client, case: Case) -> None:
    address, words = main_act(office_client, late(case))
    assert words == "催办综合科"
    assert address == f"{reverse('ledgers:letter_list', args=[case.inspection.pk])}?unit={case.unit.pk}"
    assert office_client.get(address).context["ticked"] == {case.unit.pk}


def test_a_unit_is_sent_no_letter_while_reviewers_are_late(office: User) -> None:
    supervisor, _ = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    with unchecked_writes():
        day = timezone.localdate()
        Finding.objects.filter(pk=finding.pk).update(
            due_on=day - dt.timedelta(days=3), submitted_at=timezone.now() - dt.timedelta(days=9)
        )
    _, other = browser("office")
    page = other.get(finding.get_absolute_url()).content.decode()
    assert "催办" not in page
    assert "单位按时报来，不算单位逾期。" in page


def test_a_reporter_is_led_to_what_was_sent_back_first(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    assert main_act(client, case.finding) == (case.measure.get_absolute_url(), "填报措施 1")
    second = make_measure(case.finding, plan="第二条。")
    with unchecked_writes():
        Measure.objects.filter(pk=second.pk).update(status=MeasureStatus.SENT_BACK)
    step = {"measure": second, "source": "reported", "target": "sent_back", "comment": "缺签到表。"}
    case.finding.steps.create(transition=StepName.SEND_BACK, taken_by=make_user(name="秦督查"), **step)
    address, words = main_act(client, case.finding)
    assert (address, words) == (second.get_absolute_url(), f"补正措施 {second.order}")
    page = words_of(client.get(case.finding.get_absolute_url()).content.decode())
    assert "退回：缺签到表。" in page
    assert "轮到 我" in page


def test_a_supervisor_is_led_to_the_measure_that_waits(office: User, case: Case) -> None:
    measure = make_measure(case.finding, completed_on=dt.date(2026, 5, 1), outcome="已经建立。")
    make_evidence(measure, by=office)
    take_step(StepName.REPORT, measure, office, measure.version)
    _, client = browser("supervisor")
    address, words = main_act(client, case.finding)
    assert words == f"核实措施 {measure.order}"
    assert client.get(address).status_code == 200


def test_the_reviewer_the_signer_and_the_submitter_have_their_own_act(office: User, office_client: Client) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    assert main_act(client, finding) == (reverse("findings:step", args=["finding", finding.pk, "close"]), "同意销号…")
    assert main_act(office_client, finding) == ("", "")
    assert "撤回申请…" in office_client.get(finding.get_absolute_url()).content.decode()


def test_a_signed_finding_is_settled(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    assert main_act(office_client, finding) == ("", "")
    html = office_client.get(finding.get_absolute_url()).content.decode()
    assert "核实；之后没有改动" in html
    assert html.count('class="step-past"') == 4
    assert "step-now" not in html


def test_the_menu_says_what_an_edit_undoes_and_why_one_is_impossible(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, measure = ready(by=office, verified_by=supervisor)
    day = timezone.localdate(measure.verified_at)
    menu = menu_of(office_client, finding)
    assert f"会使{supervisor} {day.month}月{day.day}日的核实作废，要重新核实" in menu
    assert "修改问题表述、类型、责任 正在审核，审核人会看到改动" in menu
    assert "删除问题… 有 1 条措施、1 份材料，不能删除" in menu
    other, _, _ = signed(by=office, signer=supervisor)
    assert f"会使{supervisor} {day.month}月{day.day}日的销号作废，要重新申请销号" in menu_of(office_client, other)
    empty = make_finding(make_aspect(make_inspection()))
    delete = reverse("findings:finding_delete", args=[empty.pk])
    assert f'<a href="{delete}">删除问题…' in office_client.get(empty.get_absolute_url()).content.decode()


def test_only_who_may_edit_has_the_menu(client: Client, reporter: User, case: Case) -> None:
    client.force_login(reporter)
    page = client.get(case.finding.get_absolute_url()).content.decode()
    assert ">修改</summary>" not in page
    assert ">登记</summary>" not in page


def values(client: Client, address: str) -> dict[str, Any]:
    """The values with which a form is submitted unchanged."""
    form = client.get(address).context["form"]
    filled = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in filled.items() if not isinstance(value, list) and value not in {None, ""}}


def test_a_change_that_ends_a_signature_needs_its_reason(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, measure, _ = signed(by=office, signer=supervisor)
    address = reverse("findings:measure_edit", args=[measure.pk])
    data = values(office_client, address) | {"plan": "换一种做法。"}
    refused = office_client.post(address, data)
    assert "这些改动会使销号和核实作废，请写明理由。" in refused.content.decode()
    finding.refresh_from_db()
    assert not finding.is_void
    assert office_client.post(address, data | {"change_reason": "方案经党组会调整。"}).status_code == 302
    finding.refresh_from_db()
    assert finding.is_void
    event = Event.objects.get(record_type="findings.measure", record_id=measure.pk, action=Action.CHANGE)
    assert event.reason == "方案经党组会调整。"
    page = words_of(office_client.get(finding.get_absolute_url(), {"older": "on"}).content.decode())
    assert "修改措施 1 方案经党组会调整。" in page
    assert "核实已经作废，等待重新核实" in page


def test_a_change_that_ends_nothing_needs_no_reason(office: User, office_client: Client, case: Case) -> None:
    supervisor, _ = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    address = reverse("findings:finding_edit", args=[finding.pk])
    assert "change_reason" in office_client.get(address).context["form"].fields
    data = values(office_client, address) | {"person_in_charge": office.pk}
    assert office_client.post(address, data).status_code == 302
    finding.refresh_from_db()
    assert (finding.is_void, finding.person_in_charge) == (False, office)
    assert office_client.post(address, data | seen(finding) | {"title": "换了题目"}).status_code == 200
    unsigned = reverse("findings:finding_edit", args=[case.finding.pk])
    assert "change_reason" not in office_client.get(unsigned).context["form"].fields


def test_a_text_of_several_lines_that_was_not_changed_needs_no_reason(office: User) -> None:
    supervisor, _ = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    finding.detail = "第一行\n第二行"
    form = FindingPageForm(instance=finding, user=office)
    shown = {name: form[name].value() for name in form.fields if name != "change_reason"}
    sent = shown | {"detail": "第一行\r\n第二行", "seen": finding.version}  # as browsers do
    assert "change_reason" not in FindingPageForm(sent, instance=finding, user=office).errors
    changed = sent | {"detail": "第一行\r\n改了第二行"}
    assert "change_reason" in FindingPageForm(changed, instance=finding, user=office).errors


def test_a_facet_below_a_signed_finding_is_renamed_with_a_reason(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, _, _ = signed(by=office, signer=supervisor)
    address = reverse("findings:facet_create", args=[finding.pk])
    assert "这些改动会使销号作废" in office_client.post(address, {"title": "在制度方面", "seen": 0}).content.decode()
    data = {"title": "在制度方面", "seen": 0, "change_reason": "按方面分写。"}
    assert office_client.post(address, data).status_code == 302
    assert Event.objects.get(record_type="findings.facet", action=Action.CREATE).reason == "按方面分写。"


def rows(client: Client, finding: Finding, **query: str) -> list[str]:
    """What the process of a finding says, row by row."""
    html = client.get(finding.get_absolute_url(), query).content.decode()
    listed = re.search(r'<ol class="timeline process">(.*?)</ol>', html, re.DOTALL)
    return [words_of(row).strip() for row in listed[1].split("</li>")[:-1]] if listed else []


def test_the_process_shows_everything_newest_first(office: User, office_client: Client, case: Case) -> None:
    take_step(StepName.START, case.measure, office, case.measure.version)
    for measure in (None, case.measure):
        about = Comment.about(measure or case.finding, office)
        about.text = "请抓紧。"
        post_comment(about, [])
    make_extension(case.finding, reason="文件未到。")
    make_supervision(case.inspection, findings=[case.finding], held_on=dt.date(2026, 3, 2), found="台账不全。")
    every = rows(office_client, case.finding, older="on")
    for words in ("开始整改措施 1", "评论 请抓紧", "评论措施 1 请抓紧", "填报措施 1 的进展", "文件未到。", "新建问题"):
        assert any(words in row for row in every), words
    page = office_client.get(case.finding.get_absolute_url())
    numbers = [chip.number for chip in page.context["process"].chips]
    assert numbers[0] == sum(numbers[1:]) == len(every)
    assert len(rows(office_client, case.finding)) == 5
    assert f"再早的 {len(every) - 5} 条" in page.content.decode()
    for part, number in zip(("work", "comments", "changes"), numbers[1:], strict=True):
        assert len(rows(office_client, case.finding, part=part, older="on")) == number
    assert rows(office_client, case.finding, part="nothing") == rows(office_client, case.finding)


def test_sent_back_is_red_and_signed_is_green(office: User, office_client: Client) -> None:
    supervisor, _ = browser("supervisor")
    finding, _ = ready(by=office, verified_by=supervisor)
    take_step(StepName.SEND_BACK, finding, supervisor, finding.version, StepInput("缺会议纪要。"))
    html = office_client.get(finding.get_absolute_url(), {"part": "work"}).content.decode()
    assert re.search(r'class="timeline-back">[^/]*<time[^/]*</time> [^<]*退回', html)
    assert re.search(r'class="timeline-good">[^/]*<time[^/]*</time> [^<]*核实措施 1', html)


def test_who_sees_a_sub_finding_only_sees_nothing_of_the_measures_above(
    client: Client, office: User, case: Case
) -> None:
    unit = make_unit(parent=case.inspection.unit)
    below = make_finding(parent=case.finding, lead_unit=unit)
    outsider = make_user()
    make_member(unit, outsider)
    make_grant(outsider, "reporter", unit)
    comment = Comment.about(case.measure, office)
    comment.text = "只说这条措施。"
    post_comment(comment, [])
    client.force_login(outsider)
    page = client.get(case.finding.get_absolute_url(), {"older": "on"}).content.decode()
    assert below.title in page
    assert not any(words in page for words in ("建立督查台账", "台账已经建立", "只说这条措施", "销号单"))
    assert client.get(below.get_absolute_url()).context["neighbours"].before.pk == case.finding.pk


def test_neighbours_follow_the_list_through_sub_findings_and_aspects(office_client: Client, case: Case) -> None:
    first, below = case.finding, case.sub_finding
    second = make_finding(case.aspect, order=2)
    later = make_aspect(case.inspection, order=3)
    third = make_finding(later, order=1)
    order = [first, below, second, third]
    for place, finding in enumerate(order):
        found = office_client.get(finding.get_absolute_url()).context["neighbours"]
        around = (found.before and found.before.pk, found.after and found.after.pk)
        assert around == (
            order[place - 1].pk if place else None,
            order[place + 1].pk if place + 1 < len(order) else None,
        )
    assert office_client.get(second.get_absolute_url()).context["neighbours"].before.number == "1-1-1"


def test_a_reporter_goes_on_to_his_own_findings_only(client: Client, reporter: User, case: Case) -> None:
    make_finding(case.aspect, order=2)
    own = make_finding(case.aspect, order=3, lead_unit=case.unit)
    client.force_login(reporter)
    found = client.get(case.finding.get_absolute_url()).context["neighbours"]
    assert found.after.pk in {case.sub_finding.pk, own.pk}
    assert client.get(own.get_absolute_url()).context["neighbours"].after is None


def test_the_report_says_what_is_not_settled(office_client: Client, case: Case) -> None:
    case.measure.outcome = "台账已经建立"
    workflow_writer.save(case.measure, seen=case.measure.version)
    page = words_of(office_client.get(case.finding.get_absolute_url()).content.decode())
    assert "报告里这一段" in page
    assert "台账已经建立。" in page
    assert "措施 1、1.1 还没有核实。" in page
    case.faceted.outcome = ""
    workflow_writer.save(case.faceted, seen=case.faceted.version)
    page = words_of(office_client.get(case.finding.get_absolute_url()).content.decode())
    assert "措施 1.1 没有成效，报告里空着。" in page


def test_a_measure_says_what_it_lacks(office_client: Client, case: Case) -> None:
    page = words_of(office_client.get(case.finding.get_absolute_url()).content.decode())
    assert "还差：完成日期、佐证材料" in page or "还差：整改成效、完成日期、佐证材料" in page
    case.measure.outcome, case.measure.completed_on = "已经建立。", dt.date(2026, 3, 1)
    workflow_writer.save(case.measure, seen=case.measure.version)
    make_evidence(case.measure)
    assert (
        "成效、完成日期、佐证材料都有了，可以报完成。"
        in office_client.get(case.finding.get_absolute_url()).content.decode()
    )


def test_the_catalogue_is_written_where_it_is_asked_for(office_client: Client, case: Case) -> None:
    make_evidence(case.measure, name="会议纪要.pdf")
    page = case.finding.get_absolute_url()
    shown = office_client.get(page).content.decode()
    assert "会议纪要.pdf" in shown
    assert "evidence-row" not in shown
    assert "目录，共 1 份" in shown
    assert "evidence-row" in office_client.get(page, {"files": "on"}).content.decode()


def test_a_finding_with_everything_takes_few_queries(office_client: Client, office: User, case: Case) -> None:
    def fill() -> None:
        comment = Comment.about(case.finding, office)
        comment.text = "请抓紧。"
        post_comment(comment, [])
        make_evidence(case.measure)
        make_finding(parent=case.finding)
        make_finding(case.aspect, order=Finding.objects.filter(aspect=case.aspect, parent=None).count() + 1)

    fill()
    make_extension(case.finding)
    before = query_count(office_client, case.finding.get_absolute_url())
    for _ in range(3):
        fill()
    assert query_count(office_client, case.finding.get_absolute_url()) == before
    assert before <= 22


def test_an_open_finding_has_not_begun(office_client: Client) -> None:
    finding = make_finding(make_aspect(make_inspection()))
    page = office_client.get(finding.get_absolute_url())
    assert finding.status == Status.OPEN
    assert [step.state for step in page.context["steps"]] == ["now", "to_come", "to_come", "to_come"]
