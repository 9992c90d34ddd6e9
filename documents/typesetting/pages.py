"""Sets the blocks of a document as rows of the grid, and divides the rows into pages.

Pure: no fonts, no Django; the widths of characters come from a function. The result gives the position of every line;
renderers only paint it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from documents.document import BlockKind
from documents.typesetting.paragraphs import TypesetLine, Width, break_lines
from documents.typesetting.profiles import BlockStyle, Placement, Profile
from documents.typesetting.titles import break_title

KEPT_WITH_SIGNATURE = 2  # lines of text moved along when the signature would be alone on a page
UNSEALED_RIGHT = 2  # characters from the right: GB/T 9704-2012, 7.3.5.2
SEALED_RIGHT = 4  # 7.3.5.1
DATE_INSET = 2

Paragraph = tuple[BlockKind, str]
WidthFor = Callable[[BlockStyle], Width]


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid: ``x`` is points from the left edge of the text area, ``cell`` the width of one em in points.

    ``block`` is the index of the document's block from 0; -1 for a blank row.
    """

    line: TypesetLine
    style: BlockStyle
    block: int = -1
    x: float = 0.0
    cell: float = 0.0
    keep: bool = False  # must not be the last row of a page
    first: bool = False  # the first row of its block


BLANK_ROW = GridRow(TypesetLine(""), BlockStyle(()))
Page = list[GridRow]


def set_pages(paragraphs: Sequence[Paragraph], profile: Profile, width_for: WidthFor) -> list[Page]:
    """The pages of a document in order, each as its rows from the top; at least one page."""
    return list(_cut_pages(_set_rows(paragraphs, profile, width_for), profile.lines))


def _set_rows(paragraphs: Sequence[Paragraph], profile: Profile, width_for: WidthFor) -> list[GridRow]:
    rows: list[GridRow] = []
    numbered = enumerate(paragraphs)
    for part, group in groupby(numbered, key=lambda item: _part_of(item[1][0])):
        if part is BlockKind.TITLE:
            for number, (kind, text) in group:
                rows += _set_title(number, text, profile, profile.style(kind), width_for)
            rows.append(replace(BLANK_ROW, keep=True))
        elif part is BlockKind.SIGNATURE:
            _keep_last_rows(rows)
            rows += _set_signature(list(group), profile, width_for)
        else:
            for number, (kind, text) in group:
                rows += _set_paragraph(number, kind, text, profile, width_for)
    return rows


def _part_of(kind: BlockKind) -> BlockKind:
    """The group in which a block is set: title, signature (with the date), or running text."""
    if kind is BlockKind.DATE:
        return BlockKind.SIGNATURE
    return kind if kind in {BlockKind.TITLE, BlockKind.SIGNATURE} else BlockKind.PARAGRAPH


def _set_paragraph(number: int, kind: BlockKind, text: str, profile: Profile, width_for: WidthFor) -> Iterable[GridRow]:
    style = profile.style(kind)
    for order, line in enumerate(break_lines(text, width_for(style), profile.columns, style.indent)):
        x = 0 if order else style.indent * profile.cell
        yield GridRow(line, style, number, x, profile.cell, keep=kind.is_heading, first=not order)


def _set_title(number: int, text: str, profile: Profile, style: BlockStyle, width_for: WidthFor) -> Iterable[GridRow]:
    width = width_for(style)
    area = profile.cell * profile.columns
    for line in break_title(text, width, area / style.size):
        x = (area - style.size * sum(map(width, line))) / 2
        yield GridRow(TypesetLine(line), style, number, x, style.size, keep=True)


def _set_signature(group: Sequence[tuple[int, Paragraph]], profile: Profile, width_for: WidthFor) -> list[GridRow]:
    """The rows of a blank line, the signatures and the date, which all stay on one page."""
    room = float(profile.columns - UNSEALED_RIGHT)
    set_lines = [
        (number, style, line, sum(map(width_for(style), line.text.rstrip("\n"))))
        for number, (kind, text) in group
        for style in [profile.style(kind)]
        for line in break_lines(text, width_for(style), room)
    ]
    widest = {
        place: max((width for _, style, _, width in set_lines if style.placement is place), default=0.0)
        for place in (Placement.SIGNATURE, Placement.DATE)
    }
    places = _signature_places(widest[Placement.SIGNATURE], widest[Placement.DATE], profile)
    rows = [
        GridRow(line, style, number, places[style.placement] * profile.cell, profile.cell, keep=True)
        for number, style, line, _ in set_lines
    ]
    rows[-1] = replace(rows[-1], keep=False)
    return [replace(BLANK_ROW, keep=True), *rows]


def _signature_places(signature: float, date: float, profile: Profile) -> dict[Placement, float]:
    """The left edges of signature and date, in characters, by their widths in characters (0 for an absent one).

    GB/T 9704-2012: sealed, 7.3.5.1; without a seal, 7.3.5.2, where the wider of both is 2 characters from the right and
    the date is inset by 2 characters from the signature.
    """
    columns = profile.columns
    if profile.sealed:
        date_at = columns - SEALED_RIGHT - date
        signature_at = date_at + (date - signature) / 2
    elif date > signature:
        date_at = columns - UNSEALED_RIGHT - date
        signature_at = date_at - DATE_INSET
    else:
        signature_at = columns - UNSEALED_RIGHT - signature
        date_at = signature_at + DATE_INSET
    return {
        Placement.SIGNATURE: max(0.0, min(signature_at, columns - signature)),
        Placement.DATE: max(0.0, min(date_at, columns - date)),
    }


def _keep_last_rows(rows: list[GridRow]) -> None:
    """Keep the last rows of the text on the page of the row that follows."""
    for index in range(max(0, len(rows) - KEPT_WITH_SIGNATURE), len(rows)):
        rows[index] = replace(rows[index], keep=True)


def _cut_pages(rows: Sequence[GridRow], lines: int) -> Iterable[Page]:
    """Pages of ``lines`` rows, fewer where the last ones must stay with the next row; one empty page without rows."""
    start = 0
    while start < len(rows):
        end = min(start + lines, len(rows))
        if end < len(rows):
            while end > start and rows[end - 1].keep:
                end -= 1
            end = end if end > start else start + lines  # a whole page of headings cannot be kept together
        yield list(rows[start:end])
        start = end
    if not rows:
        yield []
