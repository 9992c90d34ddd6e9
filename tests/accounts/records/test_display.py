"""Values in words, and long texts cut down to where they differ."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from accounts.models import User
from accounts.records.display import LONGEST, diff_excerpt, display_value
from findings.models import Finding, Inspection, Recovery

MOMENT = dt.datetime(2026, 3, 1, 1, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("model", "field", "value", "words"),
    [
        (Finding, "due_on", dt.date(2026, 3, 1), "2026年3月1日"),
        (Finding, "closed_at", MOMENT, "2026年3月1日 09:05"),
        (Finding, "status", "in_progress", "整改中"),
        (Finding, "long_term", True, "是"),
        (Finding, "long_term", False, "否"),
        (Finding, "completion", "", "「空」"),
        (Finding, "review_cycle_months", None, "「空」"),
        (Finding, "order", 0, "0"),
        (Finding, "lead_unit", 7, "第7单位"),
        (Finding, "supporting_units", frozenset({2, 1}), "第1单位、第2单位"),
        (Finding, "supporting_units", frozenset(), "「空」"),
        (Inspection, "counting", "leaves", "分项问题（有分项的只计分项）"),
        (Recovery, "amount", Decimal("1234.50"), "1234.50"),
    ],
)
def test_a_value_is_said_as_pages_say_it(model: type[models.Model], field: str, value: Any, words: str) -> None:
    described: Any = model._meta.get_field(field)
    assert display_value(described, value, lambda kind, key: f"第{key}{kind._meta.verbose_name}") == words


def test_short_texts_stay_whole() -> None:
    assert diff_excerpt("甲乙", "甲丙") == ("甲乙", "甲丙")


@pytest.mark.parametrize("place", [0, 300, 600])
def test_a_long_text_is_shown_around_its_difference(place: int) -> None:
    text = "字" * 600
    before, after = diff_excerpt(text, f"{text[:place]}【插入】{text[place:]}")
    assert "【插入】" in after
    assert "【插入】" not in before
    assert max(len(before), len(after)) < LONGEST
    assert after.startswith("…") == (place > 0)
    assert after.endswith("…") == (place < 600)


def test_a_long_difference_keeps_both_of_its_ends() -> None:
    before, after = diff_excerpt("始" + "甲" * 900 + "终", "始" + "乙" * 900 + "终")
    assert before.startswith("始甲")
    assert before.endswith("甲终")
    assert "……" in after
    assert len(after) < 2 * LONGEST


@pytest.mark.parametrize(("before", "after"), [("", "字" * 300), ("字" * 300, ""), ("字" * 300, "字" * 301)])
def test_no_pair_of_texts_is_cut_into_the_same(before: str, after: str) -> None:
    assert diff_excerpt(before, after)[0] != diff_excerpt(before, after)[1]


def test_passwords_are_not_in_a_history() -> None:
    people: Any = User
    assert {"password", "last_login"}.isdisjoint(field.name for field in people.history.model.tracked_fields)
