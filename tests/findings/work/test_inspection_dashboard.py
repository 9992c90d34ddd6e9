"""The dashboard of an inspection: numbers that add up, whom to ask, what waits for me, the course; a fixed cost."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from findings.choices import Counting, MeasureStatus
from findings.factories import (
    closing_fields,
    make_aspect,
    make_extension,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
    submission_fields,
)
from findings.inspections.finding_counts import FindingCounts
from findings.models import Finding, Measure, ReviewStage, SignOff
from findings.work.burn_up import BurnUp
from findings.work.burn_up_chart import draw, grid_numbers
from findings.workflow import StepInput, StepName, take_step
from tests.findings.conftest import TODAY, Case, days, query_count, signed_in, words_of
from tests.raw_writes import unchecked_writes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_of_june")]
BOARD = "/dashboard/"
LINK = re.compile(r'<a\b[^>]*href="(/inspections/\d+/findings/\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture
def leader() -> Client:
    """The browser of somebody who leads."""
    return signed_in(make_user(role="leader"))


def four(counts: FindingCounts) -> tuple[int, int, int, int]:
    """The four numbers of the page."""
    return counts.total, counts.closed, counts.outstanding, counts.not_due


def one_of_each(case: Case) -> None:
    """Beside the finding of the case, which is due later: a finding in each state that the four numbers tell apart."""
    signed = closing_fields(make_user(), days(-9))
    submitted = submission_fields(make_user())
    for fields in (
        {"due_on": days(-4), "title": "单位拖着的"},
        {"due_on": days(-3), "title": "审核拖着的", **submitted},
        {"due_on": days(3), "title": "报得早的", **submitted},
        {"due_on": days(0), "title": "今天到期的"},
        {"due_on": None, "title": "没有时限的"},
        {"due_on": days(-9), "title": "按期销号的", **signed},
        {"due_on": days(9), "title": "提前销号的", **signed},
        {"due_on": days(-9), "title": "失效且到期的", "is_void": True, **signed},
        {"due_on": days(9), "title": "失效没到期的", "is_void": True, **signed},
        {"due_on": days(-9), "title": "复查逾期的", "next_review_on": days(-1), **signed},
        {"due_on": None, "title": "没有时限而复查逾期的", "next_review_on": days(-2), **signed},
    ):
        make_finding(case.aspect, lead_unit=case.unit, **fields)


def test_the_four_numbers_add_up_whatever_state_findings_are_in(case: Case, leader: Client) -> None:
    one_of_each(case)
    board = leader.get(BOARD).context["board"]
    # 12 findings: 2 closed; the unit's, the reviewers', a void one and two missed reviews; 5 with time, one undated.
    assert four(board.counts) == (12, 2, 5, 5)
    assert board.counts.outstanding_in_review == 1
    assert board.verdict == "12 个问题，已销号 2 个，5 个应完未完"
    assert [tile.number for tile in board.tiles] == [12, 2, 5, 5]
    notes = "".join(board.notes)
    assert "销号失效的不算已销号，现有 2 个；复查逾期的不算已销号，计入应完未完，现有 2 个。" in notes
    assert "没有定时限的计入未到期，现有 1 个。" in notes


def test_every_number_opens_a_list_of_as_many(case: Case, leader: Client) -> None:
    one_of_each(case)
    make_finding(case.aspect, due_on=days(-1))  # nobody leads it
    make_finding(make_aspect(case.inspection), lead_unit=case.other_unit, due_on=days(-1))
    page = leader.get(BOARD).content.decode()
    linked = [
        (address.replace("&amp;", "&"), re.findall(r"\d+", strip_tags(inner))) for address, inner in LINK.findall(page)
    ]
    numbers = [(address, int(found[0])) for address, found in linked if len(found) == 1]
    assert len(numbers) > 20
    for address, number in numbers:
        listing = leader.get(address).context["listing"]
        assert (listing.page.total, listing.problems) == (number, []), address


def test_tables_have_the_same_columns_and_name_what_has_no_unit(case: Case, leader: Client) -> None:
    make_finding(case.aspect, due_on=days(-1), lead_unit=case.other_unit)
    make_finding(case.aspect, due_on=days(-1))
    by_aspect, by_unit = leader.get(BOARD).context["board"].tables
    assert by_aspect.labels == by_unit.labels == ["问题", "已销号", "应完未完", "未到期"]
    assert [(row.name, four(row.counts)) for row in by_unit.rows] == [
        (str(case.other_unit), (1, 0, 1, 0)),  # first who has most outstanding
        (str(case.unit), (1, 0, 0, 1)),
        ("未定单位", (1, 0, 1, 0)),
        ("合计", (3, 0, 2, 1)),
    ]
    assert [four(row.counts) for row in by_aspect.rows] == [(3, 0, 2, 1), (3, 0, 2, 1)]


def late_rows(client: Client) -> dict[str, Any]:
    """The rows of outstanding findings by their titles."""
    return {row.finding.title: row for row in client.get(BOARD).context["late"]}


def test_who_is_late_is_named_with_what_is_missing(case: Case, leader: Client) -> None:
    person, above = make_user(name="孙负责"), make_user(name="周分管")
    late = make_finding(
        case.aspect,
        title="单位拖着的",
        due_on=days(-4),
        lead_unit=case.unit,
        person_in_charge=person,
        responsible_leader=above,
    )
    make_measure(late)
    back = make_measure(late)
    with unchecked_writes():
        Measure.objects.filter(pk=back.pk).update(status=MeasureStatus.SENT_BACK)
    make_finding(parent=late)
    empty = make_finding(case.aspect, title="什么都没有的", due_on=days(-2))
    rows = late_rows(leader)
    assert not rows[late.title].holder  # the unit's turn
    assert rows[late.title].missing == ["1 个分项问题没有销号", "2 条措施没有报完成，其中 1 条被退回"]
    assert rows[empty.title].missing == ["没有定牵头单位", "没有整改措施"]
    words = words_of(leader.get(BOARD).content.decode())
    assert "孙负责" in words
    assert "责任领导 周分管" in words
    assert "5月28日 · 逾期4天" in words


def test_a_missed_review_stands_by_its_day(case: Case, leader: Client) -> None:
    one_of_each(case)
    assert list(late_rows(leader)) == ["失效且到期的", "单位拖着的", "审核拖着的", "没有时限而复查逾期的", "复查逾期的"]


def test_the_reviewers_delay_is_not_the_units(case: Case, leader: Client) -> None:
    asked = submission_fields(make_user())
    with time_machine.travel(dt.datetime(2026, 5, 20, 2, tzinfo=dt.UTC)):
        early = submission_fields(make_user())
    make_finding(case.aspect, title="按时报的", due_on=days(-4), lead_unit=case.unit, **early)
    make_finding(case.aspect, title="晚报的", due_on=days(-4), lead_unit=case.unit, **asked)
    rows = late_rows(leader)
    assert rows["按时报的"].holder == "督查员"
    assert rows["按时报的"].fairness == "单位5月20日按时报来，不算单位逾期"
    assert rows["晚报的"].fairness == "单位6月1日报来，晚了 4 天"
    words = words_of(leader.get(BOARD).content.decode())
    assert "在 督查员 手上，已 12 天 单位5月20日按时报来，不算单位逾期" in words
    assert "欠 2 个。欠的里面有 2 个单位已经报来，在审核人手上。" in words
    with unchecked_writes():
        ReviewStage.objects.create(inspection=case.inspection, order=1, name="领导审签", role="leader", version=1)
    assert late_rows(leader)["按时报的"].holder == "分管领导"


def test_void_sign_offs_and_missed_reviews_say_what_they_are(case: Case, leader: Client) -> None:
    signer = make_user(name="周督查")
    signed = closing_fields(signer, days(-9))
    void = make_finding(case.aspect, title="失效的", due_on=days(-5), lead_unit=case.unit, is_void=True, **signed)
    make_finding(case.aspect, title="没复查的", next_review_on=days(-2), lead_unit=case.unit, **signed)
    SignOff.objects.create(
        finding=void,
        submission=0,
        completion="complete",
        opinion="同意。",
        content="{}",
        digest="0" * 64,
        signed_by=signer,
        voided_at=timezone.now() - dt.timedelta(days=3),
        void_reason="整改成效改了。",
    )
    rows = late_rows(leader)
    assert rows["失效的"].missing == ["销号失效，要重新申请"]
    assert (rows["失效的"].holder, rows["失效的"].days) == ("", 3)
    assert rows["没复查的"].missing == ["已销号，没有按期复查"]
    assert "5月30日 · 逾期2天" in rows["没复查的"].due


def test_nothing_late_is_said_in_words(case: Case, leader: Client) -> None:
    answer = leader.get(BOARD)
    words = words_of(answer.content.decode())
    assert answer.context["board"].verdict == "1 个问题，已销号 0 个，没有逾期的"
    assert "没有逾期的" in words
    assert "找谁" not in words
    assert "到今天还没有到期的问题。" in words


def test_only_the_longest_are_listed_and_sub_findings_are_not_hidden(case: Case, leader: Client) -> None:
    for number in range(25):
        make_finding(case.aspect, due_on=days(-1 - number), lead_unit=case.unit)
    make_finding(parent=case.finding, due_on=days(-40))
    answer = leader.get(BOARD)
    assert [row.finding.due_on for row in answer.context["late"]] == [days(-number) for number in range(25, 5, -1)]
    page = answer.content.decode()
    assert "应完未完的 25 个，找谁" in page
    assert "看全部 25 个" in page
    assert "连同不计入问题数的，应完未完共 26 个" in page


def test_what_waits_for_the_user_stands_first(case: Case) -> None:
    user = make_user(role="supervisor")
    client = signed_in(user)
    assert client.get(BOARD).context["approvals"].total == 0
    assert "等您签批" not in client.get(BOARD).content.decode()
    asked = make_finding(case.aspect, title="等销号的", due_on=days(2), **submission_fields(make_user(name="李填报")))
    make_finding(case.aspect, title="自己报的", due_on=days(1), **submission_fields(user))
    with unchecked_writes():
        type(case.inspection).objects.filter(pk=case.inspection.pk).update(extensions_by="supervisor")
    extension = make_extension(case.measure, reason="文件还没有印发。")
    found = client.get(BOARD).context["approvals"]
    assert found.total == 2
    assert [(row.kind, row.act, row.address) for row in found.rows] == [
        ("销号", "看后销号", f"/queue/?open=finding-{asked.pk}"),
        ("延期", "审批", extension.get_absolute_url()),
    ]
    assert client.get(found.rows[0].address).status_code == 200
    assert "文件还没有印发。" in found.rows[1].quote


def test_a_request_names_its_measure_with_the_facet(case: Case) -> None:
    with unchecked_writes():
        type(case.inspection).objects.filter(pk=case.inspection.pk).update(extensions_by="supervisor")
    make_extension(case.faceted, old_due_on=days(9))
    (row,) = signed_in(make_user(role="supervisor")).get(BOARD).context["approvals"].rows
    assert row.title.startswith("1-1/1.1 ")


def test_a_stage_waits_for_its_reviewers(case: Case) -> None:
    first, second = make_user(role="leader"), make_user(role="leader", name="郑分管")
    with unchecked_writes():
        stage = ReviewStage.objects.create(
            inspection=case.inspection, order=1, name="领导审签", role="leader", by_all=True, version=1
        )
        stage.reviewers.set([first, second])
    finding = make_finding(case.aspect, title="等会签的", due_on=days(2), **submission_fields(make_user()))
    take_step(StepName.REVIEW, finding, second, finding.version, StepInput("同意。"))
    assert signed_in(second).get(BOARD).context["approvals"].total == 0
    (row,) = signed_in(first).get(BOARD).context["approvals"].rows
    assert (row.kind, row.act, row.quote) == ("领导审签", "看后审核", "郑分管 6月1日同意")


def test_many_approvals_are_counted_and_the_nearest_listed(case: Case) -> None:
    client, by = signed_in(make_user(role="supervisor")), make_user()
    for number in range(13):
        make_finding(case.aspect, due_on=days(20 - number), **submission_fields(by))
    found = client.get(BOARD).context["approvals"]
    assert (found.total, len(found.rows), found.rows[0].due_on) == (13, 10, days(8))
    assert "这里是时限最近的 10 件。" in client.get(BOARD).content.decode()


def test_the_course_ends_at_the_numbers_of_the_tiles(case: Case, leader: Client) -> None:
    one_of_each(case)
    course: BurnUp = leader.get(BOARD).context["course"]
    assert sum(course.closed.values()) == course.counts.closed == 2
    assert course.early == 1
    assert course.planned_by_now == 6  # 5 outstanding and the one closed in time
    assert course.sentences == [
        "到今天应完成 6 个，已销号 1 个，欠 5 个。",
        "欠的里面有 1 个单位已经报来，在审核人手上。",
        "另有 1 个没到时限就已销号。",
    ]
    assert (TODAY, 6, 2) in course.rows
    assert all(closed is None for day, _, closed in course.rows if day > TODAY)


def test_the_words_of_the_inspection_are_used(case: Case, leader: Client) -> None:
    with unchecked_writes():
        type(case.inspection).objects.filter(pk=case.inspection.pk).update(closed_word="已办结")
        Finding.objects.filter(pk=case.finding.pk).update(**closing_fields(make_user(), days(-9)))
    answer = leader.get(BOARD)
    assert answer.context["board"].verdict == "1 个问题全部已办结"
    assert "已销号" not in words_of(answer.content.decode())


def test_findings_are_counted_as_the_inspection_counts_them(case: Case, leader: Client) -> None:
    make_finding(parent=case.finding, due_on=days(-1))
    assert four(leader.get(BOARD).context["board"].counts) == (1, 0, 0, 1)
    with unchecked_writes():
        type(case.inspection).objects.filter(pk=case.inspection.pk).update(counting=Counting.LEAVES)
    answer = leader.get(BOARD)
    assert four(answer.context["board"].counts) == (2, 0, 1, 1)
    assert [row.number for row in answer.context["late"]] == ["1-1-2"]


def test_one_chooses_among_the_inspections_one_sees_as_a_whole(case: Case) -> None:
    other = make_inspection(name="第四轮巡察", unit=case.inspection.unit, feedback_on=dt.date(2025, 12, 1))
    foreign = make_inspection(name="外单位巡察", unit=make_unit())
    user = make_user()
    make_grant(user, "leader", case.inspection.unit)
    client = signed_in(user)
    assert client.get(BOARD).context["board"].inspection == case.inspection
    assert client.get(BOARD, {"inspection": other.pk}).context["board"].inspection == other
    for odd in (str(foreign.pk), "987654", "x", "9" * 40):
        answer = client.get(BOARD, {"inspection": odd})
        assert answer.context["board"].inspection == case.inspection
        assert "“巡察”的值" in answer.content.decode()
    assert "外单位巡察" not in client.get(BOARD).content.decode()


def test_an_inspection_just_made_does_not_hide_the_one_at_work(case: Case, leader: Client) -> None:
    fresh = make_inspection(name="刚新建的巡察", feedback_on=TODAY)
    assert leader.get(BOARD).context["board"].inspection == case.inspection
    assert leader.get(BOARD, {"inspection": fresh.pk}).context["board"].inspection == fresh


def test_a_request_names_its_measure_without_a_full_stop_in_mid_sentence(case: Case) -> None:
    make_extension(case.measure)  # whose plan ends with a full stop
    answer = signed_in(make_user(role="office")).get(BOARD)
    assert "建立督查台账，申请延到 7月30日" in words_of(answer.content.decode())


def test_without_an_inspection_or_findings_it_says_so(leader: Client) -> None:
    assert "还没有可看的巡察。" in leader.get(BOARD).content.decode()
    make_inspection()
    answer = leader.get(BOARD)
    assert answer.context["board"].verdict == "还没有问题"
    assert '<svg class="chart' not in answer.content.decode()


def test_whoever_sees_only_a_part_is_told_who_may(case: Case, reporter: User) -> None:
    answer = signed_in(reporter).get(BOARD)
    assert answer.status_code == 403
    assert "分管领导" in answer.content.decode()


@pytest.mark.parametrize("role", ["leader", "office", "supervisor"])
def test_it_costs_the_same_for_one_record_and_for_many(case: Case, role: str) -> None:
    client = signed_in(make_user(role=role))
    records_of_every_kind(case)
    before = query_count(client, BOARD)
    for _ in range(4):
        records_of_every_kind(case)
    assert query_count(client, BOARD) == before
    assert before <= 28


def records_of_every_kind(case: Case) -> None:
    """Something for every row and number of the page."""
    one_of_each(case)
    by = make_user()
    make_finding(parent=make_finding(case.aspect, due_on=days(-6), lead_unit=make_unit(), responsible_leader=by))
    measure = make_measure(make_finding(case.aspect, due_on=days(-7), person_in_charge=by), due_on=days(3))
    make_extension(measure)
    with unchecked_writes():
        order = ReviewStage.objects.filter(inspection=case.inspection).count() + 1
        if order == 1:
            ReviewStage.objects.create(inspection=case.inspection, order=1, name="整改办审核", role="office", version=1)


def course_of(total: int, planned: dict[int, int], closed: dict[int, int]) -> BurnUp:
    """A course with these numbers by days from today."""
    due = sum(number for day, number in planned.items() if day < 0)
    done = sum(closed.values())
    counts = FindingCounts(total=total, closed=done, overdue=due - done, outstanding=due - done)
    due_on, closed_on = (Counter({days(day): number for day, number in of.items()}) for of in (planned, closed))
    return BurnUp(TODAY, counts, due_on, closed_on, closed_word="已销号", feedback_on=days(-90))


def test_the_drawing_stays_inside_its_frame_and_its_labels_apart() -> None:
    for course in (
        course_of(13, {-60: 3, -10: 4, 40: 6}, {-50: 2, -5: 2}),
        course_of(3, {-60: 3}, {-50: 3}),  # all done, and today at the right edge
        course_of(1, {400: 1}, {}),
        course_of(3000, dict.fromkeys(range(-900, 900), 1), dict.fromkeys(range(-900, -1), 1)),
    ):
        for width, height in ((560, 250), (340, 220)):
            chart = draw(course, "wide", width, height)
            places = [
                int(found) for path in (chart.plan, chart.closed, chart.area) for found in re.findall(r"-?\d+", path)
            ]
            assert min(places) >= 0
            assert max(places) <= width
            assert chart.left <= chart.today <= chart.right
            labels = [chart.planned_label, chart.closed_label]
            if chart.today + 40 > chart.right:
                labels.append(chart.total_label)
            heights = sorted(label.y for label in labels)
            assert all(lower - upper >= 12 for upper, lower in pairwise(heights))
            assert heights[-1] <= height - 20
            months = [label.x for label in chart.months]
            assert all(right - left >= 24 for left, right in pairwise(months))


def test_the_grid_has_few_round_numbers() -> None:
    assert grid_numbers(1) == [0, 1]
    assert grid_numbers(13) == [0, 3, 6, 9, 12]
    assert grid_numbers(48) == [0, 10, 20, 30, 40]
    assert all(len(grid_numbers(total)) <= 6 for total in range(1, 5000))
