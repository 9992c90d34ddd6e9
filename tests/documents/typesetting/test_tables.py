"""Tables and annexes on the grid: rows whole, heads repeated, annexes on pages of their own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from documents.document import Block, BlockKind
from documents.typesetting.grid import GridRow, Page
from documents.typesetting.pages import set_pages
from documents.typesetting.profiles import MM, OFFICIAL
from tests.documents.documents import block, table

HEAD = ("序号", "问题", "时限")
WIDTHS = (1, 6, 3)
LINES = OFFICIAL.lines


def pages(*blocks: Block) -> list[Page]:
    return set_pages(blocks, OFFICIAL, lambda style: lambda char: 0.5 if char.isascii() else 1.0)


def problems(*heights: int, head: tuple[str, ...] = HEAD) -> Block:
    """A table whose rows are so many rows of the grid high."""
    rows = [(str(order), "题" * (48 * height), "2026年3月") for order, height in enumerate(heights, start=1)]
    return table(head, rows, WIDTHS)


def annex(title: str = "问题清单") -> list[Block]:
    return [block(BlockKind.ANNEX, "", "附件1"), block(BlockKind.ANNEX_TITLE, title)]


def texts(page: Page) -> list[str]:
    """What each row of the grid says; in a table its first column."""
    return [
        "".join(one.line.text for one in row.table.lines if one.column == 0) if row.table else row.line.text
        for row in page
    ]


def table_rows(page: Page) -> list[int]:
    """The row of the table in each row of the grid."""
    return [row.table.row for row in page if row.table]


def ends(page: Page) -> bool:
    """Whether a page ends with the end of a row of a table."""
    last: GridRow = page[-1]
    return last.table is not None and last.table.ends


@pytest.mark.parametrize("heights", [(1,) * 90, (2, 3, 4) * 20, (21,) * 4, (7, 16) * 5, (20, 1) * 4])
def test_no_row_is_cut_and_the_head_is_above_each_page(heights: tuple[int, ...]) -> None:
    printed = pages(problems(*heights))
    for page in printed:
        assert len(page) <= LINES
        assert table_rows(page)[0] == 0
        assert ends(page)
    assert not any(row.repeated for row in printed[0])
    assert all([row.repeated for row in page].count(True) == 1 for page in printed[1:])
    body = [row for page in printed for row in table_rows(page) if row]
    assert body == [order for order, height in enumerate(heights, start=1) for _ in range(height)]


def test_pages_are_filled_as_far_as_whole_rows_go() -> None:
    assert [len(page) for page in pages(problems(*(2,) * 25))] == [21, 21, 11]


def test_a_row_higher_than_a_page_is_cut_at_a_line() -> None:
    printed = pages(*annex(), problems(2, 60, 1))
    assert [len(page) for page in printed] == [LINES, LINES, LINES, 5]
    assert [ends(page) for page in printed] == [False, False, False, True]
    cut = [line for row in printed[1] if row.table and not row.repeated for line in row.table.lines if line.column == 1]
    # Every line within its row of the grid, so that none is cut through.
    assert {round(line.below / OFFICIAL.pitch, 3) for line in cut} == {-0.25, 0.25}


def test_a_row_that_does_not_fit_below_its_heading_is_cut_rather_than_leaving_an_empty_head() -> None:
    printed = pages(*annex(), problems(18, 21))
    assert [len(page) for page in printed] == [LINES, 2, LINES]
    assert not ends(printed[0]) and ends(printed[1])


def test_a_row_that_just_fits_below_its_heading_is_whole() -> None:
    assert [table_rows(page)[-1] for page in pages(*annex(), problems(17, 21))] == [1, 2]


def test_a_head_higher_than_half_a_page_is_printed_once() -> None:
    printed = pages(problems(*(3,) * 9, head=("序号", "题" * 600, "时限")))
    assert [any(row.repeated for row in page) for page in printed] == [False] * len(printed)
    assert all(len(page) <= LINES and ends(page) for page in printed)


def test_an_annex_begins_a_page_with_its_title_in_the_third_line() -> None:
    text = [block(BlockKind.PARAGRAPH, "正文。"), *annex(), problems(1), *annex("制度清单"), problems(2)]
    first, second, third = pages(*text)
    assert texts(first) == ["正文。"]
    assert texts(second) == ["附件1", "", "问题清单", "", "序号", "1"]
    assert texts(third)[:4] == ["附件1", "", "制度清单", ""]


def test_an_annex_at_the_start_leaves_no_empty_page() -> None:
    assert len(pages(*annex(), problems(1))) == 1


def test_the_heading_of_an_annex_stays_with_its_table() -> None:
    text = [block(BlockKind.PARAGRAPH, "正文。")] * 19
    before, after = pages(*text, block(BlockKind.HEADING_1, "清单", "一、"), problems(2))
    assert len(before) == 19
    assert texts(after)[:2] == ["一、清单", "序号"]


def test_notes_of_annexes_stand_below_each_other_after_a_blank_line() -> None:
    notes = [
        block(BlockKind.ANNEX_NOTE, "问题及其整改情况的完整清单" * 3, "附件：1."),
        block(BlockKind.ANNEX_NOTE, "制度清单", "2."),
    ]
    [page] = pages(block(BlockKind.PARAGRAPH, "正文。"), *notes)
    assert [row.line.text[:5] for row in page] == ["正文。", "", "附件：1.", page[3].line.text[:5], "2.制度清"]
    assert [row.x / OFFICIAL.cell for row in page[2:]] == pytest.approx([2, 6, 5])


def test_short_columns_are_centred_and_long_ones_begin_at_the_left() -> None:
    [[head, *body]] = pages(problems(2))
    assert head.table
    middles = [(left + right) / 2 for left, right in pairwise(head.table.edges)]
    lines = [line for row in body if row.table for line in row.table.lines]
    assert [line.x for line in lines if line.column == 0] == pytest.approx([middles[0] - 10.5 / 4])
    assert {line.x for line in lines if line.column == 1} == {head.table.edges[1] + MM}
    # 2026年3月: two full characters and five half ones.
    assert [line.x for line in lines if line.column == 2] == pytest.approx([middles[2] - 10.5 * 4.5 / 2])


def test_an_empty_table_is_nothing() -> None:
    assert pages(Block(BlockKind.TABLE, (), block(BlockKind.TABLE, "").source)) == [[]]
