"""The annexes of a made file, measured: their headings, the grid of their tables, every row read back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pypdf
import pytest

from documents.document import BlockKind, Document
from documents.pdf.client import render_pdf
from tests.documents.documents import annexed_report, table
from tests.documents.pdf.measuring import MM, Char, PrintedPage, borders, marked_texts, measure

LEFT, RIGHT, TOP, BOTTOM = 28 * MM, 184 * MM, 37 * MM, 262 * MM
CELL = 156 * MM / 28
PITCH = 225 * MM / 22
HEAD = ["序号", "反馈问题", "整改措施及成效", "责任单位", "完成时限", "完成情况"]


@dataclass
class Made:
    """A file with annexes, and what is read back from it."""

    document: Document
    content: bytes

    @cached_property
    def sheets(self) -> list[PrintedPage]:
        return measure(self.content)

    @cached_property
    def lines(self) -> list[tuple[list[float], list[float]]]:
        return borders(self.content)

    def first_sheet(self, heading: str) -> int:
        """The index of the page that begins with a heading of an annex."""
        return next(index for index, sheet in enumerate(self.sheets) if sheet.rows[0].text == heading)

    def problems(self) -> Iterator[tuple[int, list[list[Char]]]]:
        """Each row between two lines of the first annex, by cells, with the index of its page."""
        for index in range(self.first_sheet("附件1"), self.first_sheet("附件2")):
            xs, ys = self.lines[index]
            chars = [char for row in self.sheets[index].rows for char in row.chars]
            for top, bottom in pairwise(ys):
                inside = [char for char in chars if top < char.y < bottom]
                yield index, [[char for char in inside if left <= char.x < right] for left, right in pairwise(xs)]


@pytest.fixture(scope="module")
def made(fonts: None) -> Made:
    document = annexed_report(2, 60)
    return Made(document, render_pdf(document).content)


def texts(cells: list[list[Char]]) -> list[str]:
    return ["".join(char.text for char in cell) for cell in cells]


def test_every_row_stands_whole_between_two_lines_under_a_repeated_head(made: Made) -> None:
    [expected, _] = cell_texts(made.document)
    pages = dict.fromkeys(index for index, _ in made.problems())
    assert len(pages) > 5
    rows = list(made.problems())
    for page in pages:
        head = next(cells for index, cells in rows if index == page)
        assert texts(head) == HEAD
        assert {char.font.partition("+")[2] for cell in head for char in cell} == {"FandolHei"}
    body = [texts(cells) for _, cells in rows if texts(cells) != HEAD]
    assert body == expected[1:]


def test_the_lines_of_a_table_stand_on_the_grid_of_22(made: Made) -> None:
    for index in {index for index, _ in made.problems()}:
        xs, ys = made.lines[index]
        assert (xs[0], xs[-1]) == pytest.approx((LEFT, RIGHT), abs=0.05)
        places = [(y - TOP) / PITCH for y in ys]
        assert places == pytest.approx([round(place) for place in places], abs=0.05 / PITCH)
        assert round(places[0]) >= 0 and round(places[-1]) <= 22


def test_the_ink_of_a_cell_stays_between_its_lines(made: Made) -> None:
    for index, cells in made.problems():
        xs, ys = made.lines[index]
        for cell, (left, right) in zip(cells, pairwise(xs), strict=True):
            for char in cell:
                assert char.size == pytest.approx(10.5)
                assert left < char.left and char.right < right
                assert not any(char.top < y < char.bottom for y in ys)


def test_an_annex_begins_a_page_with_its_heading_and_its_title(made: Made) -> None:
    for heading, name in (("附件1", "问题清单"), ("附件2", "制度清单")):
        first, title, *_ = made.sheets[made.first_sheet(heading)].rows
        assert (first.x, first.y) == pytest.approx((LEFT, TOP + PITCH / 2 + 0.38 * 16), abs=0.1)
        assert {(char.font.partition("+")[2], round(char.size)) for char in first.chars} == {("FandolHei", 16)}
        assert title.text == name
        assert title.y == pytest.approx(TOP + 2.5 * PITCH + 0.38 * 22, abs=0.1)
        assert title.x + title.chars[-1].x + 22 == pytest.approx(LEFT + RIGHT, abs=0.2)
        assert {char.font.partition("+")[2] for char in title.chars} == {"FandolSong-Bold"}


def test_the_notes_name_the_annexes_between_text_and_signature(made: Made) -> None:
    rows = [row for sheet in made.sheets for row in sheet.rows]
    place = next(order for order, row in enumerate(rows) if row.text.startswith("附件：1."))
    text, first, more, second, signature = rows[place - 1 : place + 4]
    assert first.x == pytest.approx(LEFT + 2 * CELL, abs=0.1)
    # The numbers below each other, the name below its first character; its full line is spaced out a little.
    assert second.x == pytest.approx(first.chars[3].x, abs=1)
    assert more.x == pytest.approx(first.chars[5].x, abs=1)
    assert [below.y - above.y for above, below in pairwise((text, first, more, second, signature))] == pytest.approx(
        [2 * PITCH, PITCH, PITCH, 2 * PITCH], abs=0.1
    )


def test_the_page_numbers_go_on(made: Made) -> None:
    assert [sheet.footer.text for sheet in made.sheets] == [
        f"— {number} —" for number in range(1, len(made.sheets) + 1)
    ]


class Reading:
    """The structure of a file, as a screen reader follows it."""

    def __init__(self, content: bytes) -> None:
        reader = pypdf.PdfReader(io.BytesIO(content))
        self.marked = marked_texts(content)
        self.pages = {
            page.indirect_reference.idnum: index for index, page in enumerate(reader.pages) if page.indirect_reference
        }
        root: Any = reader.trailer["/Root"]
        self.elements = [item.get_object() for item in root["/StructTreeRoot"]["/K"][0]["/K"]]

    def text(self, element: Any) -> str:
        """The text of a paragraph or a cell."""
        return "".join(self.marked[self.pages[one.raw_get("/Pg").idnum]][one["/MCID"]] for one in element["/K"])

    def tables(self) -> list[list[list[Any]]]:
        """The elements of the cells of each table, by rows."""
        tables = [element for element in self.elements if element["/S"] == "/Table"]
        return [[[cell.get_object() for cell in row.get_object()["/K"]] for row in table["/K"]] for table in tables]

    def texts(self) -> list[list[list[str]]]:
        """The texts of the cells of each table, by rows."""
        return [[[self.text(cell) for cell in row] for row in table] for table in self.tables()]


def cell_texts(document: Document) -> list[list[list[str]]]:
    """The texts of the cells of each table of a document, by rows."""
    tables = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    return [[[cell.text for cell in row] for row in table.rows] for table in tables]


def test_a_screen_reader_reads_the_tables_by_row_and_cell(made: Made) -> None:
    reading = Reading(made.content)
    assert reading.texts() == cell_texts(made.document)
    for head, *rows in reading.tables():
        assert {(cell["/S"], cell["/A"]["/Scope"]) for cell in head} == {("/TH", "/Column")}
        assert {cell["/S"] for row in rows for cell in row} == {"/TD"}
    headings = [(one["/S"], reading.text(one)) for one in reading.elements if one["/S"].startswith("/H")]
    assert headings[-4:] == [("/H2", "附件1"), ("/H3", "问题清单"), ("/H2", "附件2"), ("/H3", "制度清单")]


def test_a_row_on_several_pages_is_one_row_to_a_screen_reader(fonts: None) -> None:
    rows = [("1", "整改到位，" * 700, ""), ("2", "已完成。", "2026年3月")]
    document = Document("长", (table(("序号", "整改措施及成效", "完成时限"), rows, (1, 7, 2)),))
    content = render_pdf(document).content
    assert len(measure(content)) > 2
    assert Reading(content).texts() == cell_texts(document)


def test_the_annexes_are_in_the_outline(made: Made) -> None:
    outline: Any = pypdf.PdfReader(io.BytesIO(made.content)).outline
    assert [item["/Title"] for item in outline if not isinstance(item, list)][-2:] == ["附件1", "附件2"]
    assert outline[-1][0]["/Title"] == "制度清单"
