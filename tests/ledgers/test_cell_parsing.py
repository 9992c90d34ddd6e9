"""Cells as people fill them in, and the three values that meet in one."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest

from accounts.models import User
from documents.excel.limits import Cell
from findings.factories import make_member, make_unit, make_user
from findings.models import Inspection
from ledgers.catalogue import LISTS
from ledgers.cell_parsing import parse_cell
from ledgers.cell_text import CellError, normalise
from ledgers.columns import Column
from ledgers.day_reading import parse_day
from ledgers.lookups import Lookup
from ledgers.merging import MergeOutcome, merge
from tests.findings.conftest import Case
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "outcome"),
    [
        ("甲", "甲", "甲", MergeOutcome.KEEP),
        ("甲", "甲", "乙", MergeOutcome.TAKE),  # only the file changed it
        ("甲", "乙", "甲", MergeOutcome.KEEP),  # only we did
        ("甲", "乙", "乙", MergeOutcome.KEEP),  # both the same
        ("甲", "乙", "丙", MergeOutcome.CLASH),  # both differently
        ("甲", "甲", "", MergeOutcome.TAKE),  # emptied
        ("甲", "乙", "", MergeOutcome.CLASH),
        ("", "", "乙", MergeOutcome.TAKE),
        (None, "甲", "甲", MergeOutcome.KEEP),  # nobody knows what it said
        (None, "甲", "乙", MergeOutcome.CLASH),
    ],
)
def test_three_values_meet(base: str | None, ours: str, theirs: str, outcome: MergeOutcome) -> None:
    assert merge(base, ours, theirs) == outcome


@pytest.mark.parametrize(
    "cell",
    [
        ("s", "2024.3.1"),
        ("s", "2024年3月1日"),
        ("s", "2024 年 3 月 1 日"),
        ("s", "2024/3/1"),
        ("s", "2024-03-01"),
        ("s", "２０２４．３．１"),
        ("s", "20240301"),
        ("s", "2024-03-01 00:00:00"),
        ("s", "45352"),
        ("n", 45352),
        ("n", 45352.0),
        ("d", "2024-03-01"),
    ],
)
def test_a_day_is_understood_as_people_write_it(cell: Cell) -> None:
    assert parse_day(cell, ends_month=False) == DAY


def test_a_month_is_its_last_day_in_a_deadline_alone() -> None:
    for text in ("2024年2月", "2024.2", "2024-02"):
        assert parse_day(("s", text), ends_month=True) == dt.date(2024, 2, 29)
        with pytest.raises(CellError, match="没有写明哪一天"):
            parse_day(("s", text), ends_month=False)


@pytest.mark.parametrize("cell", [("s", "近期"), ("s", "2024.13.1"), ("s", "2024.2.30"), ("n", 7), ("e", "#REF!")])
def test_what_is_no_day_is_said_to_be_none(cell: Cell) -> None:
    with pytest.raises(CellError, match=r"不是日期|没有“|单元格是"):
        parse_day(cell, ends_month=True)


def column(key: str, name: str) -> Column:
    """A column of a list."""
    return next(each for each in LISTS[key].columns if each.key == name)


@pytest.mark.parametrize(
    ("key", "name", "value", "text"),
    [
        ("recoveries", "amount", "1,234.5元", "1234.50"),
        ("recoveries", "amount", "1.2万元", "12000.00"),
        ("recoveries", "amount", "１，２３４", "1234.00"),
        ("recoveries", "amount", 1234.5, "1234.50"),
        ("recoveries", "amount", 0.1 + 0.2, "0.30"),
        ("accountability", "persons", "３人", "3"),
        ("accountability", "times", "1,024人次", "1024"),
        ("accountability", "persons", 3.0, "3"),
        ("problems", "timing", " 立行立改 ", "立行立改"),
        ("problems", "unit", "综合科", "综合科"),
        ("problems", "unit", "热线中心", "青山区政务服务便民热线工作管理服务中心"),
        ("responsibilities", "supporting", "综合科、热线中心", "综合科、青山区政务服务便民热线工作管理服务中心"),
        ("responsibilities", "supporting", "综合科，热线中心；", "综合科、青山区政务服务便民热线工作管理服务中心"),
        ("problems", "leader", "王强（督查科）", "王强"),
        ("problems", "leader", "王强 · 督查科", "王强"),
        ("problems", "leader", "李填报", "李填报"),
        ("accountability", "finding", "1-1", "1-1 督查工作重部署轻问效"),
        ("accountability", "finding", "督查工作重部署轻问效", "1-1 督查工作重部署轻问效"),
        ("supervision", "findings", "1-1、1-1-1", "1-1、1-1-1"),
        ("regulations", "document", 12, "12"),
    ],
)
def test_a_cell_means_what_people_mean(known: Lookup, key: str, name: str, value: Any, text: str) -> None:
    assert parse_cell(column(key, name), ("s" if isinstance(value, str) else "n", value), known).text == text


@pytest.mark.parametrize(
    ("key", "name", "value", "words"),
    [
        ("problems", "leader", "王强", "有 2 个：王强（综合科）；王强（督查科）"),
        ("problems", "leader", "王刚", "没有可选的人员“王刚”"),
        ("problems", "unit", "综合可", "是不是“综合科”"),
        ("problems", "timing", "马上改", "只能填：立行立改、限期整改"),
        ("accountability", "finding", "9-9", "没有可选的问题“9-9”"),
        ("recoveries", "amount", "若干", "请填写金额"),
        ("register", "progress", "", "只能新增"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_to_do(
    known: Lookup, key: str, name: str, value: str, words: str
) -> None:
    with pytest.raises(CellError, match=words):
        parse_cell(column(key, name), ("s", value), known)


@pytest.fixture
def known(case: Case, office: User) -> Lookup:
    """What can be named in the small inspection; two people are called 王强."""
    other = make_unit(name="督查科", parent=case.unit.parent)
    for unit in (case.unit, other):
        make_member(unit, make_user(name="王强"))
    with unchecked_writes():
        case.other_unit.__class__.objects.filter(pk=case.other_unit.pk).update(short_name="热线中心")
    return Lookup(Inspection.objects.get(pk=case.inspection.pk), office)


def test_what_a_cell_cannot_hold_is_no_difference() -> None:
    assert normalise("\u3000甲\r\n乙\x07 ") == normalise("甲\n乙")


def percent(cell: Cell) -> str:
    column = next(column for column in LISTS["tasks"].columns if column.key == "percent")
    return parse_cell(column, cell, cast("Any", None)).text


@pytest.mark.parametrize(
    ("cell", "text"), [(("s", "80%"), "80"), (("n", 0.8), "80"), (("n", 80), "80"), (("s", "８０％"), "80")]
)
def test_a_percentage_is_read_as_people_and_excel_write_it(cell: Cell, text: str) -> None:
    assert percent(cell) == text


def test_a_bare_one_is_asked_about() -> None:
    with pytest.raises(CellError, match="写明百分号"):
        percent(("n", 1))
