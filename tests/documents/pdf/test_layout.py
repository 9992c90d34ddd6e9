"""The made file, measured: margins, grid, marks, faces, page numbers (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from documents.document import BlockKind, Document
from documents.pdf.client import render_pdf
from documents.typesetting.paragraphs import CLOSERS, NEVER_FIRST, NEVER_LAST, OPENERS
from documents.typesetting.profiles import OFFICIAL
from tests.documents.documents import DEMO, RARE, block, composed, report
from tests.documents.pdf.measuring import MM, Char, PrintedPage, PrintedRow, measure
from tests.samples import sample

LEFT, RIGHT = 28 * MM, (210 - 26) * MM
TOP, BOTTOM = 37 * MM, (297 - 35) * MM
CELL = 156 * MM / 28
PITCH = 225 * MM / 22
# The marks of the standard, and what else the line breaker forbids: one struck off there is missed here.
WRONG_FIRST = NEVER_FIRST | set("。，、；：！？）》”")
WRONG_LAST = NEVER_LAST | set("（《“")
HEADINGS = {BlockKind.HEADING_1, BlockKind.HEADING_2, BlockKind.HEADING_3, BlockKind.HEADING_4}


@dataclass
class Printed:
    """A line of the file and what it belongs to: the kind of its block, whether the block goes on after it."""

    row: PrintedRow
    kind: BlockKind
    is_first: bool
    goes_on: bool

    @property
    def room(self) -> int:
        """The cells that the line has: the first of a paragraph is indented by two."""
        return 26 if self.is_first and self.kind is not BlockKind.SALUTATION else 28

    @property
    def marks(self) -> int:
        """How many of its characters can be squeezed."""
        return sum(char in CLOSERS | OPENERS for char in self.row.text)


@dataclass
class Made:
    """A document and the file made of it."""

    document: Document
    sheets: list[PrintedPage]

    def lines(self) -> Iterator[Printed]:
        """The lines of the file, matched with the blocks of the document."""
        rows = (row for sheet in self.sheets for row in sheet.rows)
        for one in self.document.blocks:
            printed = ""
            while len(printed) < len(one.text):
                row = next(rows)
                yield Printed(row, one.kind, not printed, len(printed + row.text) < len(one.text))
                printed += row.text
            assert printed == one.text

    def full_lines(self) -> list[Printed]:
        """Lines that have to reach the right margin."""
        justified = set(BlockKind) - {BlockKind.TITLE, BlockKind.SIGNATURE, BlockKind.DATE}
        return [line for line in self.lines() if line.kind in justified and line.goes_on]


def with_rare_names() -> Document:
    """A report with names that Fandol cannot print, in the middle of full lines."""
    long = report(14)
    names = (
        "责任人："
        + "".join(f"王{name}、" for name in RARE)
        + "均已到位，并于2025年10月底前向区委巡察办报告，接受监督。"
    )
    return Document(long.name, (*long.blocks[:3], block(BlockKind.PARAGRAPH, names * 2), *long.blocks[3:]))


MAKERS: dict[str, Callable[[], Document]] = {
    "long": lambda: report(30),
    "rare": with_rare_names,
    "demo": lambda: composed(DEMO.read_text(encoding="utf-8")),
    "sample": lambda: composed(sample("report.txt")),
}


@pytest.fixture(scope="module", params=["long", "rare", "demo", pytest.param("sample", marks=pytest.mark.samples)])
def made(request: pytest.FixtureRequest, fonts: None) -> Made:
    document = MAKERS[request.param]()
    return Made(document, measure(render_pdf(document).content))


def test_the_printed_text_is_the_composed_text(made: Made) -> None:
    printed = "".join(row.text for sheet in made.sheets for row in sheet.rows)
    assert printed == "".join(made.document.paragraphs())


def test_sheets_are_a4(made: Made) -> None:
    assert all((sheet.width / MM, sheet.height / MM) == pytest.approx((210, 297), abs=0.1) for sheet in made.sheets)


def test_lines_stand_on_a_grid_of_22(made: Made) -> None:
    for sheet in made.sheets:
        for row in sheet.rows:
            box_top = row.y - (PITCH / 2 + 0.38 * row.chars[0].size)
            place = (box_top - TOP) / PITCH
            assert place == pytest.approx(round(place), abs=0.05 / PITCH)
            assert 0 <= round(place) <= 21


def test_the_pitch_is_that_of_the_standard(made: Made) -> None:
    pitches = [
        below.y - above.y
        for sheet in made.sheets
        for above, below in pairwise(sheet.rows)
        if above.chars[0].size == below.chars[0].size == 16
    ]
    assert all(pitch / round(pitch / PITCH) == pytest.approx(28.99, abs=0.05) for pitch in pitches)


def test_pages_hold_22_lines_unless_something_is_kept_together(made: Made) -> None:
    kinds = {id(line.row): line.kind for line in made.lines()}
    closing = {BlockKind.SIGNATURE, BlockKind.DATE}
    full = 0
    for sheet, after in pairwise(made.sheets):
        tied = {kinds[id(row)] for row in after.rows[:3]} & closing
        if kinds[id(after.rows[0])] not in HEADINGS and not tied:
            full += 1
            assert sheet.rows[-1].y - (PITCH / 2 + 0.38 * 16) - TOP == pytest.approx(21 * PITCH, abs=0.05)
            if sheet is not made.sheets[0]:
                assert len(sheet.rows) == 22
    assert full >= len(made.sheets) // 2


def test_full_lines_hold_28_cells(made: Made, width_of: Callable[[Char], float]) -> None:
    for line in made.full_lines():
        cells = sum(map(width_of, line.row.chars))
        assert cells >= line.room - 0.5 - 1e-6
        assert cells <= line.room + 0.5 * line.marks + 1, "letters are set tight"
        assert len(line.row.text) <= line.room or line.marks or any(width_of(char) < 1 for char in line.row.chars)


def test_lines_of_full_width_characters_fall_on_the_grid(made: Made, width_of: Callable[[Char], float]) -> None:
    exact = [
        line
        for line in made.full_lines()
        if len(line.row.text) == line.room and all(width_of(char) == 1 for char in line.row.chars)
    ]
    assert len(exact) > len(made.full_lines()) // 5
    for line in exact:
        start = LEFT + (28 - line.room) * CELL
        for column, char in enumerate(line.row.chars):
            assert char.x == pytest.approx(start + column * CELL, abs=0.1)


def test_names_outside_the_body_font_keep_the_grid(fonts: None, width_of: Callable[[Char], float]) -> None:
    made = Made(document := with_rare_names(), measure(render_pdf(document).content))
    lines = [line for line in made.full_lines() if set(line.row.text) & set(RARE)]
    assert {char for line in lines for char in line.row.text} >= set(RARE)
    for line in lines:
        for char, after in pairwise(line.row.chars):
            assert after.x - char.x == pytest.approx(width_of(char) * CELL, abs=0.51 * CELL if line.marks else 0.5)
            if char.text in RARE and after.text not in OPENERS:
                assert after.x - char.x == pytest.approx(CELL, abs=0.5)
        assert line.row.chars[-1].x + CELL == pytest.approx(RIGHT, abs=CELL / 2 + 0.5)


def test_full_lines_begin_and_end_at_the_margins(made: Made, width_of: Callable[[Char], float]) -> None:
    for line in made.full_lines():
        first, last = line.row.chars[0], line.row.chars[-1]
        start = LEFT + (28 - line.room) * CELL
        assert first.x == pytest.approx(start, abs=0.05) or (
            first.text in OPENERS and start - CELL / 2 - 0.05 < first.x < start
        )
        edges = [last.x + width_of(last) * CELL, *[last.x + CELL / 2] * (last.text in CLOSERS)]
        assert edges[-1] - 0.5 < RIGHT < edges[0] + 0.5


def test_the_margins_are_those_of_the_standard(made: Made) -> None:
    """Ink of the running text: 28 mm left, 26 mm right, 37 mm above, 35 mm below, each to a millimetre."""
    chars = [char for line in made.full_lines() for char in line.row.chars]
    assert min(char.x for char in chars if char.text not in OPENERS) / MM == pytest.approx(28, abs=0.1)
    letters = [line.row.chars[-1] for line in made.full_lines() if line.row.chars[-1].text not in CLOSERS]
    assert 210 - max(char.x + CELL for char in letters if not char.text.isascii()) / MM == pytest.approx(26, abs=0.2)
    ink_and_leading = (PITCH - 16) / 2
    assert (min(char.top for char in chars) - ink_and_leading) / MM == pytest.approx(37, abs=1)
    assert 297 - (max(char.bottom for char in chars) + ink_and_leading) / MM == pytest.approx(35, abs=1)


def test_squeezed_marks_touch_no_neighbour(made: Made) -> None:
    for line in made.full_lines():
        inked = [char for char in line.row.chars if char.text.strip()]
        for char, after in pairwise(inked):
            if char.text in CLOSERS or after.text in OPENERS:
                assert char.right <= after.left + 0.3, f"{char.text}{after.text} in {line.row.text}"


def test_no_ink_leaves_the_text_area(made: Made) -> None:
    for sheet in made.sheets:
        for row in sheet.rows:
            assert all(char.top > TOP - 1 and char.bottom < BOTTOM + 1 for char in row.chars if char.text.strip())
            assert all(LEFT - CELL / 2 - 1 < char.x < RIGHT for char in row.chars)


def test_no_line_begins_or_ends_with_the_wrong_mark(made: Made) -> None:
    lines = list(made.lines())
    for line, after in pairwise(lines):
        if line.goes_on:
            end, start = line.row.text[-1], after.row.text[0]
            assert end not in WRONG_LAST
            assert start not in WRONG_FIRST or after.row.text[:2] in {"——", "……"}
            assert not (end == start and end in "—…"), "a dash or an ellipsis is cut"


def test_every_kind_has_its_face(made: Made) -> None:
    faces = {BlockKind.TITLE: "FandolSong-Bold", BlockKind.HEADING_1: "FandolHei", BlockKind.HEADING_2: "FandolKai"}
    for line in made.lines():
        for char in line.row.chars:
            expected = "Noto-Serif-CJK-SC" if char.text in RARE else faces.get(line.kind, "FandolFang")
            assert char.font.partition("+")[2] == expected
            assert char.size == pytest.approx(22 if line.kind is BlockKind.TITLE else 16)


def test_page_numbers_stand_seven_millimetres_below_the_text(made: Made) -> None:
    for number, sheet in enumerate(made.sheets, start=1):
        chars = sheet.footer.chars
        assert sheet.footer.text == f"— {number} —"
        assert {char.font.partition("+")[2] for char in chars} == {"FandolSong"}
        assert all(char.size == pytest.approx(14) for char in chars)
        assert (chars[0].top - BOTTOM) / MM == pytest.approx(7, abs=0.3)
        if number % 2:
            assert RIGHT - (chars[-1].x + 14) == pytest.approx(14, abs=0.5)
        else:
            assert chars[0].x - LEFT == pytest.approx(14, abs=0.5)


def test_no_heading_is_last_on_a_page(made: Made) -> None:
    kinds = {id(line.row): line.kind for line in made.lines()}
    assert all(kinds[id(sheet.rows[-1])] not in HEADINGS for sheet in made.sheets)


@pytest.mark.parametrize("findings", [1, 2, 3, 4, 5, 6])
def test_a_signature_is_never_alone_and_stands_where_it_should(findings: int, fonts: None) -> None:
    *_, last = measure(render_pdf(report(findings, seed=findings)).content)
    text, signature, date = last.rows[-3:]
    assert signature.y - text.y == pytest.approx(2 * PITCH, abs=0.05)
    assert RIGHT - (signature.chars[-1].x + CELL) == pytest.approx(2 * CELL, abs=0.5)
    assert date.x - signature.x == pytest.approx(2 * CELL, abs=0.05)


def test_markup_is_printed_literally(fonts: None) -> None:
    nasty = '<script>alert("1")</script>&amp;<img src="file:///etc/passwd">(\\)'
    document = Document(nasty, (block(BlockKind.TITLE, nasty), block(BlockKind.PARAGRAPH, nasty)))
    assert "".join(line.row.text for line in Made(document, measure(render_pdf(document).content)).lines()) == nasty * 2


def test_a_bold_habit_changes_nothing_but_the_stroke(fonts: None) -> None:
    plain, bold = (
        measure(render_pdf(report(2), profile).content)
        for profile in (OFFICIAL, replace(OFFICIAL, bold_lower_headings=True))
    )
    assert [row.text for sheet in plain for row in sheet.rows] == [row.text for sheet in bold for row in sheet.rows]


@pytest.mark.parametrize("text", ["整" * 5000, "https://example.cn/" + "a" * 3000, "党" + "，" * 200, " " * 100, ""])
def test_texts_nobody_writes_are_printed_whole(text: str, fonts: None) -> None:
    document = Document("怪", (block(BlockKind.PARAGRAPH, text),))
    sheets = measure(render_pdf(document).content)
    assert "".join(row.text for sheet in sheets for row in sheet.rows).replace(" ", "") == text.replace(" ", "")
    assert all(char.right < RIGHT + CELL for sheet in sheets for row in sheet.rows for char in row.chars)


def test_an_empty_document_is_a_numbered_page(fonts: None) -> None:
    [sheet] = measure(render_pdf(Document("空", ())).content)
    assert (sheet.rows, sheet.footer.text) == ([], "— 1 —")
