"""Sign-offs that no longer hold: seen on the finding, in the lists and in the numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from findings.factories import (
    make_accountability,
    make_evidence,
    make_facet,
    make_finding,
    make_grant,
    make_recovery,
    make_regulation,
    make_user,
)
from findings.inspections.due_status import DueStatus
from findings.models import Finding, Progress
from findings.work.reminders import work_reminders
from findings.work.signed_differences import differences
from findings.work.signoff_panel import voided_signoff
from findings.workflow import turn_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from ledgers.factories import make_entry
from tests.findings.actors import edit, step
from tests.findings.conftest import figures_of, words_of
from tests.findings.submissions import browser, ready, signed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> User:
    return browser("supervisor")[0]


def test_the_finding_says_what_changed_since_it_was_signed(
    office: User, office_client: Client, supervisor: User
) -> None:
    finding, measure, _ = signed(by=office, signer=supervisor)
    before = measure.outcome
    measure.outcome = "后来改写的成效。"
    workflow_writer.save(measure, seen=measure.version)
    page = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "销号失效" in page
    assert "系统命令 于" in page  # nobody was signed in when it was changed
    finding.refresh_from_db()
    assert turn_of(finding, list(finding.steps.all())).since == finding.signoffs.get().voided_at
    assert f"措施 1 · 整改成效（公开用语） {before} 后来改写的成效。" in page


def test_what_was_changed_back_stays_void_and_says_so(office: User, office_client: Client, supervisor: User) -> None:
    finding, measure, _ = signed(by=office, signer=supervisor)
    before = measure.outcome
    for words in ("另一种说法。", before):
        measure.outcome = words
        workflow_writer.save(measure, seen=measure.version)
    page = words_of(office_client.get(finding.get_absolute_url()).content.decode())
    assert "失效的销号不会自动恢复" in page


def test_added_evidence_and_changed_dates_are_named(office: User, supervisor: User) -> None:
    finding, measure, signoff = signed(by=office, signer=supervisor)
    make_evidence(measure, name="补充材料.pdf")
    finding.refresh_from_db()
    finding.due_on = dt.date(2026, 5, 31)
    workflow_writer.save(finding, seen=finding.version)
    found = {
        (one.where, one.what): (one.before, one.after) for one in differences(signoff.content, signed_payload(finding))
    }
    assert found["问题", "完成时限"] == ("2026年6月30日", "2026年5月31日")
    before, after = found["佐证材料 2 号", "新增"]
    assert not before
    assert after.startswith("补充材料.pdf（摘要 ")


def test_a_facet_and_a_sub_finding_are_named_in_words(office: User, supervisor: User) -> None:
    finding, measure, _ = signed(by=office, signer=supervisor)
    edit(measure, facet=make_facet(finding, title="制度建设", introduction="抓制度。"))
    make_finding(parent=finding)
    ended = voided_signoff(Finding.objects.get(pk=finding.pk))
    assert ended is not None
    assert [(one.where, one.what, one.before, one.after) for one in ended.differences] == [
        ("措施 1", "分面", "", "制度建设"),
        ("分面 1", "新增", "", "制度建设：抓制度。"),
        ("分项问题 1", "销号", "没有这个分项问题", "没有销号"),
    ]


def test_what_is_filed_with_it_is_named_in_words(office: User, supervisor: User) -> None:
    finding, measure = ready(by=office, verified_by=supervisor)
    day = dt.date(2026, 5, 20)
    filed: dict[str, Any] = {"finding": finding}
    regulation = make_regulation(finding.inspection, title="督查规程", **filed)
    accountability = make_accountability(finding.inspection, persons=1, person_times=2, **filed)
    recovery = make_recovery(finding.inspection, **filed)
    entry = make_entry(finding.inspection, "tracked", title="群众来信", findings=[finding], received_on=day)
    step("close", finding, supervisor)
    workflow_writer.create(Progress(measure=measure, reported_on=day, text="已整改。", logged_by=office))
    edit(regulation, issued_on=day, kind="revised", evidence=finding.evidence.get())
    edit(accountability, person_times=3)
    edit(recovery, finding=None)
    edit(entry, amount=Decimal("12.5"), due_on=day)
    workflow_writer.save(entry, seen=entry.version, linked={"measures": [measure], "evidence": finding.evidence.all()})
    ended = voided_signoff(Finding.objects.get(pk=finding.pk))
    assert ended is not None
    digest = finding.evidence.get().file_id
    assert [(one.where, one.what, one.before, one.after) for one in ended.differences] == [
        ("整改进展 1", "新增", "", "2026年5月20日：已整改。"),
        ("规章制度 1", "制度文件", "", f"摘要 {digest[:12]}…"),
        ("规章制度 1", "印发日期", "", "2026年5月20日"),
        ("规章制度 1", "类型", "新制定", "修订"),
        ("处理情况 1", "人次", "2", "3"),
        ("资金情况 1", "不再计入", f"{recovery.get_kind_display()} 100.00 元", ""),
        ("台账事项 1", "金额（万元）", "", "12.50"),
        ("台账事项 1", "办理期限", "", "2026年5月20日"),
        ("台账事项 1", "佐证材料", "", "1 号"),
        ("台账事项 1", "对应措施", "0 条措施", "1 条措施"),
    ]


def test_whoever_signs_is_shown_everything_that_is_signed_and_what_there_is_not(office: User) -> None:
    supervisor, client = browser("supervisor")
    finding, measure = ready(by=office, verified_by=supervisor)
    addresses = (
        reverse("findings:step", args=["finding", finding.pk, "close"]),
        f"{reverse('findings:queue')}?open=finding-{finding.pk}",
    )
    for address in addresses:
        page = words_of(client.get(address).content.decode())
        for words in ("无建章立制事项。", "无处理事项。", "无资金事项。", "无对应的台账事项。", "没有填报整改进展。"):
            assert words in page
    day = dt.date(2026, 5, 20)
    filed: dict[str, Any] = {"finding": finding}
    make_regulation(finding.inspection, title="督查规程", document_number="青政办发〔2026〕7号", **filed)
    make_accountability(finding.inspection, persons=1, person_times=2, decided_on=day, **filed)
    make_recovery(finding.inspection, voucher="第 12 号", **filed)
    make_entry(finding.inspection, "tracked", title="群众来信", measures=[measure], received_on=day, done_on=day)
    workflow_writer.create(Progress(measure=measure, reported_on=day, text="已建立台账。", logged_by=office))
    make_facet(finding, title="制度建设", introduction="抓制度。")
    edit(finding, remark="另行上报", goal="件件有着落。")
    for address in addresses:
        page = words_of(client.get(address).content.decode())
        for words in (
            "新制定 《督查规程》 青政办发〔2026〕7号",
            "1 人（2 人次），2026年5月20日处理",
            "100.00 元，凭据号 第 12 号",
            "群众来信 ，2026年5月20日办结",
            "2026年5月20日： 已建立台账。",
            "【制度建设】抓制度。",
            "另行上报",
            "件件有着落。",
        ):
            assert words in page, words


def test_whoever_signs_again_reads_what_changed_since_the_last_time(office: User) -> None:
    supervisor, client = browser("supervisor")
    finding, measure, _ = signed(by=office, signer=supervisor)
    edit(measure, outcome="后来改写的成效。")
    step("submit", finding, office)
    for address in (
        finding.get_absolute_url(),
        reverse("findings:step", args=["finding", finding.pk, "close"]),
        f"{reverse('findings:queue')}?open=finding-{finding.pk}",
    ):
        page = words_of(client.get(address).content.decode())
        assert "上次销号以后" in page
        assert "措施 1 · 整改成效（公开用语） 第1条措施已经落实。 后来改写的成效。" in page
        assert "这次销号不再有效" not in page
    step("verify", measure, supervisor)
    step("close", finding, supervisor)
    assert "上次销号以后" not in client.get(finding.get_absolute_url()).content.decode()


@pytest.mark.parametrize("kind", ["finding", "measure", "facet"])
def test_the_form_says_beforehand_that_the_sign_off_will_be_void(
    office: User, office_client: Client, supervisor: User, kind: str
) -> None:
    finding, measure = ready(by=office, verified_by=supervisor)
    edit(measure, facet=make_facet(finding))
    step("close", finding, supervisor)
    measure.refresh_from_db()
    record = {"finding": finding, "measure": measure, "facet": measure.facet}[kind]
    assert record is not None
    address = reverse(f"findings:{kind}_edit", args=[record.pk])
    assert "销号即失效，需要重新申请销号" in office_client.get(address).content.decode()
    edit(measure, outcome="后来改写的成效。")
    assert "销号即失效" not in office_client.get(address).content.decode()  # it is void already
    sheet = words_of(office_client.get(measure.get_absolute_url()).content.decode())
    assert "问题的销号已失效 ，需要重新申请销号。" in sheet


def test_lists_and_numbers_leave_it_out_and_name_it(office: User, office_client: Client, supervisor: User) -> None:
    void, measure, _ = signed(by=office, signer=supervisor)
    measure.outcome = "改了。"
    workflow_writer.save(measure, seen=measure.version)
    inspection = void.inspection
    assert not Finding.objects.completed(inspection).exists()
    overview = office_client.get(inspection.get_absolute_url()).context["overview"]
    figures = figures_of(overview)
    assert (figures["已销号"].number, figures["销号失效"].number) == (0, 1)
    assert "复查逾期" not in figures
    page = office_client.get(figures["销号失效"].address)
    assert [finding.pk for finding in page.context["listing"].page.records] == [void.pk]
    assert "销号失效" in page.content.decode()


@pytest.fixture
def late(office: User, supervisor: User) -> Finding:
    """A finding signed off in time, whose sign-off became void after its deadline."""
    finding, measure, _ = signed(by=office, signer=supervisor)
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(due_on=timezone.localdate() - dt.timedelta(days=3))
    measure.outcome = "改了。"
    workflow_writer.save(measure, seen=measure.version)
    finding.refresh_from_db()
    assert finding.is_void
    return finding


def test_past_its_deadline_it_is_overdue_wherever_that_is_counted(office_client: Client, late: Finding) -> None:
    inspection, leader = late.inspection, browser("leader")[1]
    assert list(Finding.objects.overdue()) == [late]
    overview = office_client.get(inspection.get_absolute_url()).context["overview"]
    assert figures_of(overview)["逾期"].number == 1
    listed = reverse("findings:finding_list", args=[inspection.pk])
    for query, found in {"overdue=on": [late], "status=void": [late], "status=closed": []}.items():
        assert office_client.get(f"{listed}?{query}").context["listing"].page.records == found, query
    assert "逾期3天" in office_client.get(f"{listed}?overdue=on").content.decode()
    assert "逾期3天" in office_client.get(late.get_absolute_url()).content.decode()
    dashboard = leader.get(reverse("findings:dashboard")).context
    rows = [dashboard["board"].counts, *(row.counts for row in dashboard["board"].tables[0].rows)]
    assert {(one.closed, one.overdue, one.outstanding) for one in rows} == {(0, 1, 1)}
    assert [row.finding for row in dashboard["late"]] == [late]
    (progress,) = leader.get(reverse("findings:desk")).context["progress"]
    assert dict(progress.bar.numbers) == {"done": 0, "going": 0, "late": 1, "rest": 0}
    tiles = office_client.get(reverse("findings:desk")).context["tiles"]
    assert {one.label: one.number for one in tiles}["其中已逾期"] == 1
    row = office_client.get(reverse("findings:inspection_list")).context["listing"].page.records[0]
    assert (row.closed_count, row.overdue_count) == (0, 1)


def test_its_people_are_reminded_of_it_again(late: Finding) -> None:
    make_grant(make_user(), "reporter", late.lead_unit)
    words = [one.words for one in work_reminders(late.inspection, timezone.localdate())]
    assert words == [f"问题“{late.title}”的完成时限：{DueStatus.of(late.inspection).words(late.due_on)}。"]  # type: ignore[arg-type]


def test_due_soon_counts_it_as_well(late: Finding) -> None:
    soon = timezone.localdate() + dt.timedelta(days=5)
    with unchecked_writes():
        Finding.objects.filter(pk=late.pk).update(due_on=soon)
    assert list(Finding.objects.due_soon(late.inspection)) == [late]


def test_as_soon_as_its_measures_are_reported_it_can_be_asked_for(late: Finding) -> None:
    assert list(Finding.objects.all().ready()) == [late]
    step("send_back", late.measures.get(), browser("supervisor")[0], "补材料。")
    assert not Finding.objects.all().ready().exists()


def test_a_missed_review_is_named(office: User, office_client: Client, supervisor: User) -> None:
    finding, _, _ = signed(by=office, signer=supervisor)
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(next_review_on=timezone.localdate() - dt.timedelta(days=1))
    overview = office_client.get(finding.inspection.get_absolute_url()).context["overview"]
    assert figures_of(overview)["复查逾期"].number == 1
    listed = reverse("findings:finding_list", args=[finding.inspection_id])
    page = office_client.get(f"{listed}?review_missed=on")
    assert len(page.context["listing"].page.records) == 1
    assert '<span class="state state-missed">复查逾期</span>' in page.content.decode()
