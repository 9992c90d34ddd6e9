"""How deadlines are said."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from findings.factories import closing_fields, make_aspect, make_finding, make_inspection, make_measure, report_fields
from findings.inspections.due_status import Delay, DueStatus, delay_of, short_date
from findings.models import Finding, Measure
from findings.workflow import submission_is_complete
from tests.findings.conftest import words_of
from tests.raw_writes import unchecked_writes

TODAY = dt.date(2026, 11, 24)
LIGHTS = DueStatus(TODAY, notice_days=20, warning_days=10)


@pytest.mark.parametrize(
    ("handed_in", "delay"),
    [
        ("2026-11-20T15:59+00:00", Delay(0, 4)),
        ("2026-11-20T16:30+00:00", Delay(1, 3)),  # 21 November in Shanghai
        ("2026-11-24T01:00+00:00", Delay(4, 0)),
    ],
)
def test_the_days_past_a_deadline_are_told_apart_by_the_day_here(handed_in: str, delay: Delay) -> None:
    assert delay_of(dt.date(2026, 11, 20), dt.datetime.fromisoformat(handed_in), TODAY) == delay
    assert delay.is_reviewers is (delay.unit_days == 0)


def test_nothing_is_delayed_before_its_deadline_has_passed_or_without_one() -> None:
    moment = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
    assert delay_of(TODAY, moment, TODAY) is delay_of(None, moment, TODAY) is None
    assert delay_of(dt.date(2026, 11, 20), None, TODAY) is None


@pytest.mark.parametrize(
    ("day", "words", "light"),
    [
        (dt.date(2026, 11, 30), "11月30日 · 还剩6天", "warn"),
        (dt.date(2026, 11, 21), "11月21日 · 逾期3天", "late"),
        (dt.date(2026, 11, 24), "11月24日 · 今天到期", "warn"),
        (dt.date(2026, 12, 4), "12月4日 · 还剩10天", "warn"),
        (dt.date(2026, 12, 5), "12月5日 · 还剩11天", "notice"),
        (dt.date(2026, 12, 14), "12月14日 · 还剩20天", "notice"),
        (dt.date(2026, 12, 15), "12月15日 · 还剩21天", ""),
        (dt.date(2027, 1, 3), "2027年1月3日 · 还剩40天", ""),
    ],
)
def test_a_deadline_says_date_and_distance(day: dt.date, words: str, light: str) -> None:
    assert LIGHTS.words(day) == words
    assert LIGHTS.light(day) == light
    assert words_of(LIGHTS.html(day, settled=False)).strip() == words


def test_what_is_settled_has_a_date_and_no_light() -> None:
    html = LIGHTS.html(dt.date(2026, 1, 3), settled=True)
    assert words_of(html).strip() == "1月3日"
    assert "due-late" not in html
    assert "未定时限" in LIGHTS.html(None, settled=False)
    assert short_date(dt.date(2025, 1, 3), TODAY) == "2025年1月3日"


@pytest.mark.django_db
def test_the_light_goes_out_when_the_work_is_done(office_client: Client, office: User) -> None:
    inspection = make_inspection(rectification_due_on=dt.date(2026, 3, 1))
    finding = make_finding(make_aspect(inspection), due_on=dt.date(2026, 3, 1))
    measure = make_measure(finding, due_on=dt.date(2026, 3, 1))
    addresses = (inspection.get_absolute_url(), finding.get_absolute_url(), measure.get_absolute_url(), "/inspections/")
    lists = tuple(f"/inspections/{inspection.pk}/{name}/" for name in ("findings", "measures"))
    with time_machine.travel(dt.datetime(2026, 3, 4, 4, tzinfo=dt.UTC), tick=False):
        office_client.force_login(office)
        for address in addresses + lists:
            assert "逾期3天" in office_client.get(address).content.decode(), address
        with unchecked_writes():
            Measure.objects.filter(pk=measure.pk).update(**report_fields(office))
            Finding.objects.filter(pk=finding.pk).update(**closing_fields(office, dt.date(2026, 3, 2)))
        for address in addresses + lists:
            assert "due-late" not in office_client.get(address).content.decode(), address


@pytest.mark.django_db
def test_what_is_missing_is_said_until_nothing_is(office: User) -> None:
    finding = make_finding(long_term=True)
    assert submission_is_complete(finding, office) == [
        "没有确定牵头单位。",
        "没有填写完成时限。",
        "长期坚持的问题没有填写复查周期。",
        "还没有整改措施。",
    ]
    make_measure(finding)
    assert submission_is_complete(finding, office)[-1] == "还有 1 条措施没有报完成。"
