"""The deadlines that follow from the feedback."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.inspections.models.inspections import DATES_IN_ORDER
from findings.inspections.proposed_dates import RULES, proposed_dates
from findings.inspections.working_days import NOTICES, is_working_day

DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2029, 12, 31))


@pytest.mark.parametrize(
    ("feedback", "expected"),
    [
        # 10 October 2026 is a Saturday on which offices work.
        (dt.date(2026, 9, 10), ["2026-10-10", "2027-03-10", "2027-03-31"]),
        # 4 April to 6 April 2026 is the holiday of 清明; 中秋 is 25 to 27 September, worked off on the 20th.
        (dt.date(2026, 3, 5), ["2026-04-07", "2026-09-07", "2026-09-28"]),
        (dt.date(2025, 8, 31), ["2025-09-30", "2026-02-28", "2026-03-20"]),
    ],
)
def test_deadlines_fall_on_working_days(feedback: dt.date, expected: list[str]) -> None:
    found = proposed_dates({"feedback_on": feedback})
    assert [found[rule.field].day.isoformat() for rule in RULES] == expected


def test_a_proposal_says_its_rule_and_why_it_was_postponed() -> None:
    words = proposed_dates({"feedback_on": dt.date(2026, 3, 5)})["plan_due_on"].words
    assert words == "按反馈日期推算：2026年4月7日（反馈后1个月，2026年4月5日休息，顺延）。"


def test_a_year_without_a_notice_is_named() -> None:
    last = max(NOTICES)
    found = proposed_dates({"feedback_on": dt.date(last, 9, 10)})
    assert found["plan_due_on"].unannounced == ()
    assert found["rectification_due_on"].unannounced == (last + 1,)
    assert f"{last + 1}年的放假安排在系统里还没有" in found["rectification_due_on"].words


def test_without_a_feedback_nothing_is_proposed() -> None:
    assert proposed_dates({"rectification_due_on": dt.date(2026, 9, 10)}) == {}


def test_a_known_deadline_is_where_the_next_rule_starts() -> None:
    known = {"feedback_on": dt.date(2026, 3, 2), "rectification_due_on": dt.date(2026, 6, 1)}
    assert proposed_dates(known)["report_due_on"].day == dt.date(2026, 6, 23)


@given(st.dictionaries(st.sampled_from(DATES_IN_ORDER), DAYS))
def test_proposals_are_working_days_in_order_with_what_is_known(known: dict[str, dt.date]) -> None:
    for name, proposal in proposed_dates(known).items():
        assert is_working_day(proposal.day)
        place = DATES_IN_ORDER.index(name)
        assert all(known[one] <= proposal.day for one in DATES_IN_ORDER[:place] if one in known)
        assert all(proposal.day <= known[one] for one in DATES_IN_ORDER[place + 1 :] if one in known)
