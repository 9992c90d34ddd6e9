"""Lists on paper: lines, pages, continued texts, and what of it is in the workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.excel.columns import CellFormat, SheetColumn
from documents.excel.lines import CONTINUED, MORE, NO_START, break_lines, continue_text, count_lines, text_width
from documents.excel.pages import PageFiller
from documents.excel.paper import PAPERS, WIDEST, possible_layouts
from documents.excel.rows import MOST_HEIGHT, fit_to_paper, list_rows
from documents.excel.sheet import ListRow, ListSheet, RecordIdentity
from documents.excel.workbook import HEADINGS_ROW, write_list

DAY = dt.date(2026, 11, 30)
LONG = "建立台账，按月核对；逐项销号、公开结果。" * 100  # 2,000 characters
UNIT = "青岚区政务服务中心及" * 6  # 60 characters
COLUMNS = (
    SheetColumn("number", "序号", 12, lambda one: one[0], shared_by=lambda one: one[0], is_repeated=True),
    SheetColumn("detail", "具体表现", 60, lambda one: one[1], shared_by=lambda one: one[0]),
    SheetColumn("plan", "整改措施", 90, lambda one: one[2]),
    SheetColumn("unit", "责任科室", 26, lambda one: UNIT),
    SheetColumn("due", "完成时限", 24, lambda one: DAY, CellFormat.DAY),
    SheetColumn("remark", "备注", 20, lambda one: ""),
)
Record = tuple[str, str, str]


def identify(record: Record) -> RecordIdentity:
    """The key of a record."""
    return RecordIdentity(f"measure-{abs(hash(record))}", "1")


def sheet_of(records: Sequence[Record]) -> ListSheet:
    """A list of findings and measures, laid out for these."""
    sheet = ListSheet(
        "台账", "区政府办党组", ("填报单位（盖章）：", "填报人："), possible_layouts(COLUMNS, [10] * 6)[-1]
    )
    return fit_to_paper(sheet, COLUMNS, records, identify, is_all=True)


def pages_of(rows: Sequence[ListRow]) -> list[list[ListRow]]:
    """The rows of each page."""
    pages: list[list[ListRow]] = [[]]
    for row in rows:
        if row.starts_page:
            pages.append([])
        pages[-1].append(row)
    return pages


def measures(findings: int, *plans: str, detail: str = "台账不全。") -> list[Record]:
    """So many findings, each with these measures."""
    return [
        (f"1-{number}", detail, f"{place}{plan}")
        for number in range(1, findings + 1)
        for place, plan in enumerate(plans)
    ]


@given(st.text("长，（）ab \n“”", max_size=120), st.integers(4, 40))
def test_no_line_is_wider_than_its_room_or_begins_with_a_closing_mark(text: str, room: int) -> None:
    starts = break_lines(text, room)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        assert text_width(text[start:end].rstrip(" \n")) <= max(room, 2)
    chinese = text.replace("a", "长").replace("b", "长").replace(" ", "").replace("\n", "")
    if not any(mark in NO_START for mark in chinese[1:2]) and "，，" not in chinese and room > 8:
        starts = break_lines("长，" * 40, room)
        assert not any(("长，" * 40)[start] in NO_START for start in starts)


@given(st.text("长，（）ab \n续", max_size=400), st.integers(1, 5), st.integers(6, 40))
def test_a_text_in_parts_is_the_text(text: str, lines: int, room: int) -> None:
    at, parts = 0, []
    while at < len(text):
        part, after = continue_text(text, at, lines, room)
        parts.append(part.removeprefix(CONTINUED) if at else part)
        assert after > at
        at = after
    assert "".join(parts) == text


@given(st.lists(st.integers(20, 380), min_size=1, max_size=12), st.integers(0, 60), st.booleans())
def test_pages_are_not_overfilled_and_rows_stay_together(heights: list[int], foot: int, is_fresh: bool) -> None:
    filler = PageFiller(400.0, 450.0)
    if not is_fresh:
        filler.fill(200.0)
    breaks, room = filler.break_rows(heights, foot=foot)
    bounds = [0, *breaks, len(heights)]
    parts = [heights[first:end] for first, end in pairwise(bounds)]
    rooms = [filler.room, *[450.0] * len(breaks)]
    assert all(sum(part) <= room for part, room in zip(parts, rooms, strict=True))
    assert room >= 0
    if len(heights) <= 3 and sum(heights) + foot <= (400 if is_fresh else 450):
        assert breaks in ([], [0])


def test_a_longer_finding_is_parted_with_two_rows_on_either_side_and_the_foot_has_two_above_it() -> None:
    filler = PageFiller(400.0, 400.0)
    assert filler.break_rows([130.0] * 4) == ([2], 140.0)
    assert filler.break_rows([90.0] * 4, foot=60.0) == ([2], 160.0)
    filler.fill(100.0)
    assert filler.break_rows([60.0] * 5) == ([0], 100.0)


def test_the_paper_is_chosen_by_the_columns_and_always_filled() -> None:
    for width, paper in ((30, PAPERS[0]), (60, PAPERS[1]), (90, PAPERS[2]), (140, PAPERS[2])):
        columns = [SheetColumn(str(place), "列", width, str) for place in range(4)]
        for layout in possible_layouts(columns, [10] * 4):
            assert layout.paper == paper
            assert sum(column.width for column in layout.columns) == pytest.approx(paper.filled_width, abs=0.1)
    assert min(min(paper.sizes) for paper in PAPERS) == 9.5


def test_of_the_sizes_with_the_fewest_pages_the_largest_is_taken() -> None:
    assert sheet_of(measures(1, "短")).layout.size == 12
    many = measures(40, "整改措施" * 20, "整改措施" * 20)
    assert sheet_of(many).layout.size == 10.5


@pytest.mark.parametrize(
    "records",
    [
        measures(9, *["逐项核对。" * 8] * 7),
        measures(1, "短", detail=LONG),
        measures(3, LONG, "短"),
        measures(2, *["短"] * 5, detail=LONG * 3),
    ],
    ids=["many measures", "a long detail", "long measures", "a long detail over measures"],
)
def test_every_page_has_room_for_its_rows_and_says_what_they_belong_to(records: list[Record]) -> None:
    sheet = sheet_of(records)
    rows = list(list_rows(sheet, records, identify))
    room = sheet.layout.paper.table_height - sheet.layout.heading_height
    for number, page in enumerate(pages_of(rows)):
        used = sum(row.height for row in page) + (0 if number else sum(sheet.head_heights))
        assert used <= room + 0.01
        assert not any(page[0].shares)
        assert all(page[0].values[:2])
        if number and page[0].values[0] == page[0].values[0].removesuffix(CONTINUED):  # type: ignore[union-attr]
            assert not str(page[0].values[1]).startswith(CONTINUED)
    assert all(row.height <= MOST_HEIGHT for row in rows)
    assert [row.key for row in rows if row.memory] == [
        row.key for row in rows if "+" not in row.key or "+1/" in row.key
    ]


def test_all_of_a_text_is_printed_whatever_its_length() -> None:
    records = measures(2, "甲" + LONG, "短", detail="乙" + LONG)
    rows = list(list_rows(sheet_of(records), records, identify))
    details = [str(row.values[1]).removeprefix(CONTINUED).removesuffix(MORE) for row in rows if row.values[1]]
    plans = [str(row.values[2]).removeprefix(CONTINUED) for row in rows]
    assert "".join(details).count("乙" + LONG) == 2
    assert "".join(plans).count("甲" + LONG) == 2


def printed(records: Sequence[Record]) -> Any:
    """The sheet of a list as it is read from its workbook."""
    file, sheet = io.BytesIO(), sheet_of(records)
    assert write_list(sheet, list_rows(sheet, records, identify), file) == len(records)
    return openpyxl.load_workbook(file).worksheets[0]


def test_the_workbook_is_set_up_to_be_printed_at_full_size() -> None:
    sheet = printed(measures(9, *["逐项核对。" * 8] * 7))
    setup, margins = sheet.page_setup, sheet.page_margins
    assert (setup.orientation, str(setup.paperSize), setup.scale) == ("landscape", "9", 100)
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${HEADINGS_ROW}:${HEADINGS_ROW}"
    assert "第 &P 页　共 &N 页" in sheet.oddFooter.center.text
    shown = [one for one in sheet.column_dimensions.values() if not one.hidden]
    width = sum(one.width for one in shown) * 6 * 25.4 / 72  # a digit of the workbook's own font has 6 points
    assert width == pytest.approx(261 / WIDEST, abs=0.5)
    assert width * WIDEST + (margins.left + margins.right) * 25.4 <= 297
    said = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert min(cell.font.sz for cell in said) >= 9.5
    assert (sheet["A1"].font.sz, sheet["A2"].font.sz, sheet.cell(HEADINGS_ROW, 1).font.sz) == (22, 12, 10.5)


def test_no_merged_cell_is_on_two_pages() -> None:
    sheet = printed(measures(9, *["逐项核对。" * 8] * 7))
    starts = [one.id + 1 for one in sheet.row_breaks.brk]
    assert len(starts) > 3
    assert sheet.merged_cells.ranges
    for area in sheet.merged_cells.ranges:
        assert not any(area.min_row < start <= area.max_row for start in starts)


def test_columns_that_say_nothing_are_hidden_and_named_below_the_list() -> None:
    sheet = printed(measures(2, "短"))
    assert sheet.column_dimensions["F"].hidden
    assert "没有内容、未印出的栏目：备注。" in str(sheet.cell(sheet.max_row - 1, 1).value)
    assert not any(sheet.column_dimensions[letter].hidden for letter in "ABCDE")


def test_a_heading_without_room_is_in_two_equal_lines() -> None:
    column = SheetColumn("one", "责任领导", 14, str)
    wide = SheetColumn("two", "整改成效", 200, str)
    file, layout = io.BytesIO(), possible_layouts([column, wide], [0, 0])[-1]
    write_list(ListSheet("台账", "", ("填报人：",), layout), [], file)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert [cell.value for cell in sheet[HEADINGS_ROW]][:2] == ["责任\n领导", "整改成效"]


def test_the_signature_has_room_to_sign_behind_each_label_on_every_paper() -> None:
    labels = ("填报单位（盖章）：", "主要负责人：", "审核人：", "填报人：", "填报日期：　　　　年　　月　　日")
    for width in (30, 60, 90):
        layout = possible_layouts([SheetColumn(str(place), "列", width, str) for place in range(4)], [0] * 4)[-1]
        text, height = ListSheet("清单", "", labels, layout).foot[-1]
        room = (layout.paper.table_width * 72 / 25.4 - 8) * 2 / 10.5
        assert all(text_width(line) <= room for line in text.split("\n"))
        assert height >= count_lines(text, room) * 10.5 * 1.45
        assert all(f"{label}　　　　　" in text for label in labels[:-1] if not text.split(label)[1].startswith("\n"))
