"""The made file, measured: margins, grid, marks, faces, page numbers (GB/T 9704-2012)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from reports.document import BlockKind, Document
from reports.rendering.pdf import render_pdf
from reports.rendering.profiles import OFFICIAL
from reports.rendering.typeset import CLOSERS, NEVER_FIRST, NEVER_LAST
from tests.rendering.documents import RARE, SAMPLE, block, report, sample
from tests.rendering.measuring import MM, Row, Sheet, measure

LEFT, RIGHT = 28 * MM, (210 - 26) * MM
TOP, BOTTOM = 37 * MM, (297 - 35) * MM
CELL = 156 * MM / 28
PITCH = 225 * MM / 22
HEADINGS = {BlockKind.CHAPTER, BlockKind.ASPECT, BlockKind.FINDING, BlockKind.SUB_FINDING}
needs_sample = pytest.mark.skipif(not SAMPLE.is_file(), reason=f"the sample report is not at {SAMPLE}")


@dataclass
class Printed:
    """A line of the file and what it belongs to: the kind of its block, whether the block goes on after it."""

    row: Row
    kind: BlockKind
    is_first: bool
    goes_on: bool


@dataclass
class Made:
    """A document and the file made of it."""

    document: Document
    sheets: list[Sheet]

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


@pytest.fixture(
    scope="module",
    params=["long", "rare", pytest.param("sample", marks=[pytest.mark.samples, needs_sample])],
)
def made(request: pytest.FixtureRequest, fonts: None) -> Made:
    document = {"long": lambda: report(30), "rare": with_rare_names, "sample": sample}[request.param]()
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
        for above, below in zip(sheet.rows, sheet.rows[1:], strict=False)
        if above.chars[0].size == below.chars[0].size == 16
    ]
    assert all(pitch / round(pitch / PITCH) == pytest.approx(28.99, abs=0.05) for pitch in pitches)


def test_pages_hold_22_lines_unless_something_is_kept_together(made: Made) -> None:
    kinds = {id(line.row): line.kind for line in made.lines()}
    for sheet, after in zip(made.sheets[1:], made.sheets[2:], strict=False):
        if kinds[id(after.rows[0])] not in HEADINGS and after is not made.sheets[-1]:
            assert len(sheet.rows) == 22
            assert sheet.rows[0].y - sheet.rows[-1].y == pytest.approx(-21 * PITCH, abs=0.05)


def test_full_lines_hold_28_cells(made: Made, body_width: Callable[[str], float]) -> None:
    for line in made.full_lines():
        indent = 2 if line.is_first and line.kind is not BlockKind.SALUTATION else 0
        if "FandolFang" in line.row.chars[0].font:
            assert sum(1.0 if c in RARE else body_width(c) for c in line.row.text) >= 28 - indent - 0.5 - 1e-6


def test_full_lines_begin_and_end_at_the_margins(made: Made) -> None:
    for line in made.full_lines():
        first, last = line.row.chars[0], line.row.chars[-1]
        indent = 2 * CELL if line.is_first and line.kind is not BlockKind.SALUTATION else 0
        assert first.x == pytest.approx(LEFT + indent, abs=0.05) or first.text in "《（“"
        if last.text.isascii():
            assert last.x < RIGHT
            continue
        edges = [last.x + CELL] + [last.x + CELL / 2] * (last.text in CLOSERS)
        assert min(abs(edge - RIGHT) for edge in edges) < 0.5


def test_no_ink_leaves_the_text_area(made: Made) -> None:
    for sheet in made.sheets:
        for row in sheet.rows:
            assert all(char.top > TOP - 1 and char.bottom < BOTTOM + 1 for char in row.chars if char.text.strip())
            assert all(LEFT - CELL / 2 - 1 < char.x < RIGHT for char in row.chars)


def test_no_line_begins_or_ends_with_the_wrong_mark(made: Made) -> None:
    for line in made.lines():
        text = line.row.text
        if not line.is_first:
            assert text[0] not in NEVER_FIRST or text[:2] in {"——", "……"}
        if line.goes_on:
            assert text[-1] not in NEVER_LAST
            assert text.count("—") % 2 == 0 and text.count("…") % 2 == 0


def test_every_kind_has_its_face(made: Made) -> None:
    faces = {BlockKind.TITLE: "FandolSong-Bold", BlockKind.CHAPTER: "FandolHei", BlockKind.ASPECT: "FandolKai"}
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
    assert Made(document, measure(render_pdf(document).content)).lines()


def test_a_bold_habit_changes_nothing_but_the_stroke(fonts: None) -> None:
    plain, bold = (
        measure(render_pdf(report(2), profile).content) for profile in (OFFICIAL, replace(OFFICIAL, bold_findings=True))
    )
    assert [row.text for sheet in plain for row in sheet.rows] == [row.text for sheet in bold for row in sheet.rows]
