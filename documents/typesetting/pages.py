"""Sets the blocks of a document as rows of the grid, and divides the rows into pages.

Pure: no fonts, no Django; the widths of characters come from a function. The result gives the position of every line;
renderers only paint it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from documents.document import Block, BlockKind
from documents.typesetting.grid import BLANK_ROW, GridRow, Page, WidthFor
from documents.typesetting.paragraphs import TypesetLine, break_lines
from documents.typesetting.profiles import Placement, Profile
from documents.typesetting.tables import set_table
from documents.typesetting.titles import break_title

KEPT_WITH_SIGNATURE = 2  # lines of text moved along when the signature would be alone on a page
UNSEALED_RIGHT = 2  # characters from the right: GB/T 9704-2012, 7.3.5.2
SEALED_RIGHT = 4  # 7.3.5.1
DATE_INSET = 2
NumberedBlock = tuple[int, Block]


def set_pages(blocks: Sequence[Block], profile: Profile, width_for: WidthFor) -> list[Page]:
    """The pages of a document in order, each as its rows from the top; at least one page."""
    return list(_cut_pages(_set_rows(blocks, profile, width_for), profile.lines))


def _set_rows(blocks: Sequence[Block], profile: Profile, width_for: WidthFor) -> list[GridRow]:
    rows: list[GridRow] = []
    for part, group in groupby(enumerate(blocks), key=lambda item: _part_of(item[1].kind)):
        if part in {BlockKind.TITLE, BlockKind.ANNEX_TITLE}:
            for number, block in group:
                rows += _set_title(number, block, profile, width_for)
            rows.append(replace(BLANK_ROW, keep=True))
        elif part is BlockKind.SIGNATURE:
            _keep_last_rows(rows)
            rows += _set_signature(list(group), profile, width_for)
        elif part is BlockKind.ANNEX_NOTE:
            rows += _set_annex_notes(group, profile, width_for)
        else:
            for number, block in group:
                rows += _set_block(number, block, profile, width_for, _count_kept(rows))
    return rows


def _part_of(kind: BlockKind) -> BlockKind:
    """The group in which a block is set: a title, signature (with the date), notes of annexes, or running text."""
    if kind is BlockKind.DATE:
        return BlockKind.SIGNATURE
    groups = {BlockKind.TITLE, BlockKind.ANNEX_TITLE, BlockKind.SIGNATURE, BlockKind.ANNEX_NOTE}
    return kind if kind in groups else BlockKind.PARAGRAPH


def _set_block(number: int, block: Block, profile: Profile, width_for: WidthFor, above: int) -> Iterable[GridRow]:
    """The rows of a block of the running text or an annex, which the ``above`` rows before it have to be kept with."""
    if block.kind is BlockKind.TABLE:
        return set_table(number, block, profile, width_for, above)
    rows = list(_set_paragraph(number, block, profile, width_for))
    if block.kind is BlockKind.ANNEX:
        # It stands alone in its first line, and the title of the annex in its third (GB/T 9704-2012, 7.3.7).
        rows[0] = replace(rows[0], starts_page=True)
        rows.append(replace(BLANK_ROW, keep=True))
    return rows


def _set_paragraph(number: int, block: Block, profile: Profile, width_for: WidthFor) -> Iterable[GridRow]:
    style = profile.style(block.kind)
    for order, line in enumerate(break_lines(block.text, width_for(style), profile.columns, style.indent)):
        x = 0 if order else style.indent * profile.cell
        yield GridRow(line, style, number, x, profile.cell, keep=block.kind.is_heading, first=not order)


def _set_annex_notes(group: Iterable[NumberedBlock], profile: Profile, width_for: WidthFor) -> Iterable[GridRow]:
    """The rows of a blank line and the notes, of which the first begins with 附件： (GB/T 9704-2012, 7.3.4).

    The numbers stand below each other, and the lines of a name below its first character.
    """
    yield BLANK_ROW
    label = 0.0
    for order, (number, block) in enumerate(group):
        style = profile.style(block.kind)
        width = width_for(style)
        if not order:
            label = sum(map(width, block.number[: block.number.find("：") + 1]))
        start = style.indent + (label if order else 0.0)
        name_at = start + sum(map(width, block.number))
        room = profile.columns - name_at
        for place, line in enumerate(break_lines(block.text, width, room, start - name_at)):
            yield GridRow(line, style, number, (name_at if place else start) * profile.cell, profile.cell)


def _set_title(number: int, block: Block, profile: Profile, width_for: WidthFor) -> Iterable[GridRow]:
    style = profile.style(block.kind)
    width = width_for(style)
    area = profile.cell * profile.columns
    for order, line in enumerate(break_title(block.text, width, area / style.size)):
        x = (area - style.size * sum(map(width, line))) / 2
        yield GridRow(TypesetLine(line), style, number, x, style.size, keep=True, first=not order)


def _set_signature(group: Sequence[NumberedBlock], profile: Profile, width_for: WidthFor) -> list[GridRow]:
    """The rows of a blank line, the signatures and the date, which all stay on one page."""
    room = float(profile.columns - UNSEALED_RIGHT)
    set_lines = [
        (number, style, line, sum(map(width_for(style), line.text.rstrip("\n"))))
        for number, block in group
        for style in [profile.style(block.kind)]
        for line in break_lines(block.text, width_for(style), room)
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


def _count_kept(rows: Sequence[GridRow]) -> int:
    """The number of rows at the end that are kept on the page of the row that follows."""
    return sum(1 for _ in takewhile(lambda row: row.keep, reversed(rows)))


def _keep_last_rows(rows: list[GridRow]) -> None:
    """Keep the last rows of the text on the page of the row that follows."""
    for index in range(max(0, len(rows) - KEPT_WITH_SIGNATURE), len(rows)):
        rows[index] = replace(rows[index], keep=True)


def _cut_pages(rows: Sequence[GridRow], lines: int) -> Iterable[Page]:
    """Pages of at most ``lines`` rows, under the head of a table that goes on; one empty page without rows."""
    start = 0
    while start < len(rows):
        table = rows[start].table
        head = table.head if table else ()
        end = _page_end(rows, start, lines - len(head))
        yield [*head, *rows[start:end]]
        start = end
    if not rows:
        yield []


def _page_end(rows: Sequence[GridRow], start: int, lines: int) -> int:
    """The end of a page from ``start``: after ``lines`` rows, or before where the last ones belong to the next row."""
    end = min(start + lines, len(rows))
    for place in range(start + 1, end):
        if rows[place].starts_page:
            return place
    if end == len(rows) or rows[end].starts_page:
        return end
    # A whole page of headings cannot be kept together, but is not cut within a row of a table either.
    for with_headings in (True, False):
        place = end
        while place > start and (rows[place - 1].whole or (with_headings and rows[place - 1].keep)):
            place -= 1
        if place > start:
            return place
    return end
