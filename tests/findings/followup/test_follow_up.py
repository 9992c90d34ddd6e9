"""What is looked at again: spot checks that reopen and change the counts, reviews that move on or reopen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Result, User
from findings.choices import CheckResult, Status, Timing
from findings.factories import (
    closing_fields,
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_reporter,
    make_spot_check,
    make_supervision,
    make_unit,
    make_user,
)
from findings.followup.recording import draw, record_review
from findings.models import Finding, FollowUpReview, Inspection, SpotCheck, SpotCheckItem, Supervision
from findings.workflow import RefusedError
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import newest, query_count, seen, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> User:
    return make_user(name="李督查", role="supervisor")


@pytest.fixture
def inspection(supervisor: User) -> Inspection:
    """An inspection with ten closed findings and an open one."""
    made = make_inspection(unit=make_unit(name="区政府办"))
    aspect = make_aspect(made)
    for _ in range(10):
        make_finding(aspect, **closing_fields(supervisor, dt.date(2026, 6, 1)))
    make_finding(aspect)
    return made


def findings_of(inspection: Inspection) -> list[int]:
    return list(Finding.objects.of(inspection).closed().order_by("pk").values_list("pk", flat=True))


def test_a_sample_is_stored_with_everything_needed_to_draw_it_again(supervisor: User, inspection: Inspection) -> None:
    population = findings_of(inspection)
    one, two = (draw(SpotCheck(inspection=inspection, share=25, seed="20260701"), supervisor) for _ in range(2))
    drawn = list(one.items.order_by("place").values_list("finding", flat=True))
    assert len(drawn) == 3
    assert drawn == one.drawn_again() == two.drawn_again()
    assert sorted(one.population.values_list("pk", flat=True)) == population
    # What is closed or reopened later changes nothing in it.
    make_finding(Finding.objects.get(pk=population[0]).aspect, **closing_fields(supervisor, dt.date(2026, 6, 2)))
    assert one.drawn_again() == drawn


def test_a_sample_is_drawn_from_what_was_asked_for(supervisor: User, inspection: Inspection) -> None:
    unit, first, second, third = make_unit(), *Finding.objects.of(inspection).order_by("pk")[:3]
    with unchecked_writes():
        Finding.objects.filter(pk=first.pk).update(timing=Timing.IMMEDIATE)
        Finding.objects.filter(pk=second.pk).update(long_term=True)
        Finding.objects.filter(pk=third.pk).update(lead_unit=unit)
    sub = make_finding(parent=third, **closing_fields(supervisor, dt.date(2026, 6, 2)))
    for fields, numbers in (
        ({"sample_of": "immediate"}, {first.pk}),
        ({"sample_of": "long_term"}, {second.pk}),
        ({"unit": unit}, {third.pk, sub.pk}),
    ):
        check = draw(SpotCheck(inspection=inspection, share=100, **fields), supervisor)
        assert set(check.items.values_list("finding", flat=True)) == numbers
        assert len(check.seed) == 16


def test_nothing_is_drawn_from_nothing(supervisor: User) -> None:
    with pytest.raises(RefusedError, match="没有符合条件的已销号问题"):
        draw(SpotCheck(inspection=make_inspection()), supervisor)
    assert not SpotCheck.objects.exists()


def test_a_sample_is_drawn_and_proved_on_pages(client: Client, supervisor: User, inspection: Inspection) -> None:
    client.force_login(supervisor)
    address = reverse("findings:spot_check_create", args=[inspection.pk])
    answer = client.post(address, {"share": "20", "sample_of": "all", "seed": ""}, follow=True)
    words = words_of(answer.content.decode())
    assert "已抽中 2 个问题。" in words
    assert "用同一种子重新抽样，结果一致" in words
    with unchecked_writes():
        SpotCheckItem.objects.filter(spot_check__inspection=inspection).latest("pk").delete()
    page = client.get(SpotCheck.objects.get().get_absolute_url())
    assert "结果与保存的不一致" in page.content.decode()
    assert client.post(address, {"share": "0", "sample_of": "all"}).context["form"].errors["share"]


def answer_of(item: SpotCheckItem, result: str, **more: str) -> dict[str, object]:
    """What the form of a result submits, confirmed."""
    words = {"result": result, "visited_on": "2026-07-01", "visitor": "李敏", "note": "台账是空的。", "confirmed": "on"}
    return {**words, **more, **seen(item)}


def test_a_result_that_reopens_is_asked_about_once_and_what_was_entered_stays(
    client: Client, supervisor: User, inspection: Inspection
) -> None:
    item = make_spot_check(supervisor, Finding.objects.of(inspection).closed().earliest("pk")).items.get()
    client.force_login(supervisor)
    address = reverse("findings:spot_check_item_edit", args=[item.pk])
    asked = client.post(address, answer_of(item, "untrue", confirmed=""))
    question = "登记为“不实”以后不能改动，问题随即转为重新整改。核对无误的，请勾选后再提交。"
    assert asked.context["form"].errors == {"confirmed": [question]}
    assert "台账是空的。" in asked.content.decode()
    item.refresh_from_db()
    assert item.result == CheckResult.WAITING
    assert client.post(address, answer_of(item, "true", confirmed="")).status_code == 302  # nothing is reopened


def test_what_is_not_so_is_reopened_and_no_longer_counted(
    client: Client, supervisor: User, inspection: Inspection
) -> None:
    finding = Finding.objects.of(inspection).closed().earliest("pk")
    item = make_spot_check(supervisor, finding).items.get()
    client.force_login(supervisor)
    address = reverse("findings:spot_check_item_edit", args=[item.pk])
    before = Finding.objects.completed(inspection).count()
    assert "note" in client.post(address, answer_of(item, "untrue", note="")).context["form"].errors
    assert "visited_on" in client.post(address, answer_of(item, "true", visited_on="")).context["form"].errors
    assert "visited_on" in client.post(address, answer_of(item, "true", visited_on="2099-01-01")).context["form"].errors
    answer = client.post(address, answer_of(item, "untrue"), follow=True)
    assert "需要重新整改" in answer.content.decode()
    finding.refresh_from_db()
    item.refresh_from_db()
    assert (finding.status, item.result, item.checked_by) == (Status.IN_PROGRESS, CheckResult.UNTRUE, supervisor)
    assert Finding.objects.completed(inspection).count() == before - 1
    assert finding.steps.get().comment == "反向核查不实：台账是空的。"
    page = words_of(client.get(finding.get_absolute_url()).content.decode())
    assert "反向核查" in page
    assert "不实" in page
    # The result stays; only when, who and what may still be put right.
    assert "result" not in client.get(address).context["form"].fields
    client.post(address, answer_of(item, "untrue", note="台账没有签字。"))
    item.refresh_from_db()
    assert (item.result, item.note) == (CheckResult.UNTRUE, "台账没有签字。")


def test_what_is_so_stays_closed(client: Client, supervisor: User, inspection: Inspection) -> None:
    finding = Finding.objects.of(inspection).closed().earliest("pk")
    item = make_spot_check(supervisor, finding).items.get()
    client.force_login(supervisor)
    client.post(reverse("findings:spot_check_item_edit", args=[item.pk]), answer_of(item, "true"))
    finding.refresh_from_db()
    item.refresh_from_db()
    assert (finding.status, item.result) == (Status.CLOSED, CheckResult.TRUE)


def test_who_may_not_reopen_cannot_state_that_something_is_not_so(
    office_client: Client, supervisor: User, inspection: Inspection
) -> None:
    finding = Finding.objects.of(inspection).closed().earliest("pk")
    item = make_spot_check(supervisor, finding).items.get()
    answer = office_client.post(reverse("findings:spot_check_item_edit", args=[item.pk]), answer_of(item, "untrue"))
    assert "问题要因此重新整改。只有督查员可以" in words_of(answer.content.decode())
    finding.refresh_from_db()
    item.refresh_from_db()
    assert (finding.status, item.result, item.checked_at) == (Status.CLOSED, CheckResult.WAITING, None)
    assert Event.objects.filter(result=Result.REFUSED, record_id=item.pk, reason__contains="重新整改").exists()


def test_two_people_state_one_result(client: Client, supervisor: User, inspection: Inspection) -> None:
    finding = Finding.objects.of(inspection).closed().earliest("pk")
    item = make_spot_check(supervisor, finding).items.get()
    client.force_login(supervisor)
    address, late = reverse("findings:spot_check_item_edit", args=[item.pk]), answer_of(item, "untrue")
    client.post(address, answer_of(item, "true"))
    assert "核查结果已经登记为“属实”，不能再改。" in client.post(address, late).content.decode()
    finding.refresh_from_db()
    assert finding.status == Status.CLOSED


@pytest.fixture
def lasting(supervisor: User, inspection: Inspection) -> Finding:
    """A long-term finding whose review was due yesterday."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    fields = {"long_term": True, "review_cycle_months": 3, "next_review_on": yesterday}
    return make_finding(inspection.aspects.get(), **closing_fields(supervisor, dt.date(2026, 6, 1)), **fields)


def test_a_review_that_finds_all_well_moves_the_next_one_on(
    client: Client, supervisor: User, inspection: Inspection, lasting: Finding
) -> None:
    client.force_login(supervisor)
    listed = words_of(
        client.get(reverse("findings:review_list", args=[inspection.pk]), {"missed": "on"}).content.decode()
    )
    assert lasting.title in listed
    assert "逾期1天" in listed
    assert lasting not in Finding.objects.completed(inspection)
    address = reverse("findings:review_create", args=[lasting.pk])
    data = {"reviewed_on": "2026-01-31", "result": "held", "note": "制度还在执行。"}
    assert "下次复查日期已顺延" in client.post(address, data, follow=True).content.decode()
    lasting.refresh_from_db()
    assert (lasting.status, lasting.next_review_on) == (Status.CLOSED, dt.date(2026, 4, 30))
    again = client.post(address, data)
    assert "这一天已经登记过复查" in again.content.decode()
    assert FollowUpReview.objects.get().recorded_by == supervisor


def test_a_review_that_finds_a_relapse_reopens(client: Client, supervisor: User, lasting: Finding) -> None:
    client.force_login(supervisor)
    today = timezone.localdate().isoformat()
    address = reverse("findings:review_create", args=[lasting.pk])
    client.post(address, {"reviewed_on": today, "result": "relapsed", "note": "又出现了。", "confirmed": "on"})
    lasting.refresh_from_db()
    assert (lasting.status, lasting.next_review_on) == (Status.IN_PROGRESS, None)
    assert lasting.steps.get().comment == "复查发现反弹：又出现了。"
    refused = client.post(address, {"reviewed_on": "2026-01-01", "result": "held", "note": "好。"})
    assert "现在没有复查安排" in refused.content.decode()


def test_a_relapse_is_stated_by_who_may_reopen(office_client: Client, lasting: Finding) -> None:
    data = {"reviewed_on": "2026-01-31", "result": "relapsed", "note": "又出现了。", "confirmed": "on"}
    answer = office_client.post(reverse("findings:review_create", args=[lasting.pk]), data)
    assert "只有督查员可以" in answer.content.decode()
    assert not FollowUpReview.objects.exists()
    lasting.refresh_from_db()
    assert lasting.status == Status.CLOSED


def on_the_timeline(client: Client, finding: Finding) -> list[str]:
    """What the whole history of a finding says of supervision and of what was looked at again."""
    page = client.get(reverse("findings:history", args=["finding", finding.pk]))
    words = [entry.words for entry in page.context["timeline"].entries]
    return [one for one in words if "督查回访" in one or "复查" in one or "核查" in one]


def test_supervision_is_on_the_timeline_of_the_findings_it_is_about(
    client: Client, supervisor: User, lasting: Finding
) -> None:
    client.force_login(supervisor)
    other = make_finding(lasting.aspect)
    visit = make_supervision(lasting.inspection, findings=[lasting], held_on=dt.date(2026, 3, 2))
    assert on_the_timeline(client, lasting) == ["新建督查回访记录“2026年3月2日现场督查”"]
    assert on_the_timeline(client, other) == []
    visit.answered_on, visit.answer = dt.date(2026, 3, 9), "已整改。"
    workflow_writer.save(visit, seen=visit.version, linked={"findings": [lasting, other]})
    visit.refresh_from_db()
    assert on_the_timeline(client, other) == [
        "修改督查回访记录“2026年3月2日现场督查”",
        "新建督查回访记录“2026年3月2日现场督查”",
    ]
    workflow_writer.save(visit, seen=visit.version, linked={"findings": [other]})
    workflow_writer.delete(gone := Supervision.objects.get(), seen=gone.version)
    lines = [f"{did}督查回访记录“2026年3月2日现场督查”" for did in ("删除", "修改", "修改", "新建")]
    assert on_the_timeline(client, lasting) == lines  # what was about it, or was once
    assert "督查回访记录" in newest(client, lasting)


def test_a_reporter_finds_there_the_supervision_of_his_own_findings(client: Client, inspection: Inspection) -> None:
    unit = make_unit()
    reporter = make_reporter(unit)
    own, other = make_finding(make_aspect(inspection), lead_unit=unit), make_finding(make_aspect(inspection))
    visit = make_supervision(inspection, findings=[own, other])
    client.force_login(reporter)
    assert on_the_timeline(client, own) == [f"新建督查回访记录“{visit}”"]


def test_samples_and_reviews_are_there_as_well(client: Client, supervisor: User, lasting: Finding) -> None:
    client.force_login(supervisor)
    make_spot_check(supervisor, lasting)
    review = FollowUpReview(finding=lasting, result="held", note="保持得好。", reviewed_on=dt.date(2026, 7, 1))
    record_review(review, supervisor)
    assert [one[:6] for one in on_the_timeline(client, lasting)] == ["新建复查记录", "新建核查结果"]


def test_a_reporter_sees_the_results_of_his_own_findings_alone(
    client: Client, reporter: User, supervisor: User, inspection: Inspection
) -> None:
    unit = make_unit(parent=inspection.unit)
    make_member(unit, reporter)
    make_grant(reporter, "reporter", unit)
    aspect = inspection.aspects.get()
    mine, other = (
        make_finding(aspect, title=title, lead_unit=lead, **closing_fields(supervisor, dt.date(2026, 6, 1)))
        for title, lead in (("本单位的问题", unit), ("别的单位的问题", None))
    )
    check = make_spot_check(supervisor, mine, other)
    client.force_login(reporter)
    words = words_of(client.get(check.get_absolute_url()).content.decode())
    assert "本单位的问题" in words
    assert "别的单位的问题" not in words
    assert "抽样证明" not in words
    foreign = make_spot_check(supervisor, other)
    assert client.get(foreign.get_absolute_url()).status_code == 404


def test_the_pages_need_as_many_queries_for_one_row_as_for_ten(
    client: Client, supervisor: User, inspection: Inspection
) -> None:
    client.force_login(supervisor)
    findings = list(Finding.objects.of(inspection).closed())
    for finding in findings[:1]:
        make_measure(finding)
    one = make_spot_check(supervisor, findings[0])
    addresses = [reverse("findings:spot_check_list", args=[inspection.pk]), one.get_absolute_url()]
    counts = [query_count(client, address) for address in addresses]
    ten = make_spot_check(supervisor, *findings)
    addresses[1] = ten.get_absolute_url()
    assert [query_count(client, address) for address in addresses] == counts
    reviews = reverse("findings:review_list", args=[inspection.pk])
    day = timezone.localdate()
    with unchecked_writes():
        Finding.objects.filter(pk=findings[0].pk).update(next_review_on=day, long_term=True)
    count = query_count(client, reviews)
    with unchecked_writes():
        Finding.objects.of(inspection).filter(status=Status.CLOSED).update(next_review_on=day, lead_unit=make_unit())
    assert query_count(client, reviews) == count
