"""The rows of a list, their heights, and its pages: what is parted where a page ends is marked as continued.

Neighbouring rows with a common key in a column share one cell of it, in which the value is written once on each page. A
record that is higher than a row can be goes on in further rows, which an import joins again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from documents.excel.columns import CellFormat, CellValue, SheetColumn, format_value
from documents.excel.limits import MOST_CHARACTERS, TOO_LONG, TextTooLongError
from documents.excel.lines import CONTINUED, MORE, continue_text, count_lines, repeat_text
from documents.excel.pages import KEPT, LEAST, PageFiller
from documents.excel.paper import PADDING, possible_layouts
from documents.excel.sheet import ListRow, ListSheet, RecordIdentity

MOST_HEIGHT = 409.0  # points; spreadsheets have no higher row
JSON_CELL = 30_000  # characters in a cell, below the limit of Excel
REPEATED = 4  # lines of a text that tells which record a row is, where it stands again
SIZED_BY = 300  # records by which the size of type is chosen; a longer list takes the smallest


@dataclass
class _Row:
    """A row before its page is known: without what it shares, and with the record's key alone."""

    key: str
    memory: tuple[str, ...]
    values: list[CellValue]
    height: float


@dataclass
class _Group:
    """Rows that share all their shared cells; ``joins`` says which of these are those of the group above."""

    rows: list[_Row]
    shared: list[CellValue]
    joins: tuple[bool, ...]


def fit_to_paper(
    sheet: ListSheet,
    columns: Sequence[SheetColumn],
    records: Sequence[Any],
    identify: Callable[[Any], RecordIdentity],
    *,
    is_all: bool,
) -> ListSheet:
    """The sheet in the layout with the fewest pages, of these the one with the largest type.

    ``columns`` have the widths they are meant to have. ``records`` are the first ones of the list; columns without
    content in them are not printed, if they are all.
    """
    longest, empty = [0] * len(columns), []
    for place, column in enumerate(columns):
        # A text is broken into lines, however long it is, and a column of a longer list is never known to be empty.
        if is_all or column.cell_format != CellFormat.TEXT:
            longest[place] = max((len(format_value(column.value(record))) for record in records), default=0)
        if is_all and records and not longest[place]:
            empty.append(column.key)
        if column.cell_format == CellFormat.MONEY:  # shown with separators of thousands
            longest[place] += longest[place] // 4
    sheets = [replace(sheet, layout=layout) for layout in possible_layouts(columns, longest, empty)]
    if not is_all or len(records) > SIZED_BY:
        return sheets[-1]
    return min(sheets, key=lambda one: sum(row.starts_page for row in list_rows(one, records, identify)))


def list_rows(sheet: ListSheet, records: Iterable[Any], identify: Callable[[Any], RecordIdentity]) -> Iterator[ListRow]:
    """The rows in order, computed group by group: only the rows of two groups are in memory.

    Raises TextTooLongError for a text too long for a cell, with the number of its record.
    """
    return _RowComposer(sheet, identify).rows(records)


def json_cells(values: Sequence[str]) -> list[str]:
    """The texts as one JSON array, cut into cells of ``JSON_CELL``: ten times as fast as one cell for each text."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return [text[start : start + JSON_CELL] for start in range(0, len(text), JSON_CELL)]


class _RowComposer:
    """The state of composing rows: the layout, and the room on the present page."""

    def __init__(self, sheet: ListSheet, identify: Callable[[Any], RecordIdentity]) -> None:
        self.identify, self.columns, layout = identify, sheet.columns, sheet.layout
        self.rooms, self.line_height = layout.rooms, layout.line_height
        self.sharing = tuple(bool(column.shared_by) for column in self.columns)
        self.shared = [place for place, shares in enumerate(self.sharing) if shares]
        self.own = [place for place, shares in enumerate(self.sharing) if not shares]
        self.number = 0  # of records
        self.foot = sum(height for _, height in sheet.foot)
        full = layout.paper.table_height - layout.heading_height
        first = full - sum(sheet.head_heights)
        self.filler = PageFiller(first, full)
        self.most_lines = self._lines_in(min(MOST_HEIGHT, first - self.foot))
        self.most_height = self._height(self.most_lines)

    def rows(self, records: Iterable[Any]) -> Iterator[ListRow]:
        """Place each group when the one after the next is known, since the last rows stay with the foot of the list."""
        waiting: list[_Group] = []
        for group in self._groups(records):
            if len(waiting) == LEAST:
                yield from self._place([waiting.pop(0)])
            waiting.append(group)
        if len(waiting) == LEAST and len(waiting[1].rows) >= LEAST:
            yield from self._place([waiting.pop(0)])
        if waiting:
            yield from self._place(waiting, self.foot)

    def _groups(self, records: Iterable[Any]) -> Iterator[_Group]:
        above: list[Any] = [object()] * len(self.columns)  # the keys of the row above, which equal none at first

        def common(record: Any) -> list[Any]:
            own = None if self.shared else self.identify(record)  # without shared columns each row is a group
            return [column.shared_by(record) if column.shared_by else own for column in self.columns]

        for keys, group in groupby(records, common):
            rows: list[_Row] = []
            for record in group:
                self.number += 1
                values = [column.value(record) for column in self.columns]
                if not rows:
                    shared = [value if shares else None for value, shares in zip(values, self.sharing, strict=True)]
                rows += self._record_rows(self.identify(record), values)
            joins = (each and key == last for each, key, last in zip(self.sharing, keys, above, strict=True))
            made = _Group(rows, shared, tuple(joins))
            needed = (
                self._height(count_lines(format_value(shared[place]), self.rooms[place]))
                for place in self.shared
                if not made.joins[place]
            )
            self._grow(made, max(needed, default=0.0) - sum(row.height for row in rows))
            yield made
            above = keys

    def _record_rows(self, identity: RecordIdentity, values: list[CellValue]) -> list[_Row]:
        """The rows of one record: one, unless a text has more lines than a row can have."""
        texts = [format_value(value) for value in values]
        if (longest := max(map(len, texts))) > MOST_CHARACTERS:
            raise TextTooLongError(f"第 {self.number} 行：{TOO_LONG.format(longest)}")
        memory = (*identity, *json_cells(texts))
        lines = max(count_lines(texts[place], self.rooms[place]) for place in self.own)
        own: list[CellValue] = [None if shares else value for value, shares in zip(values, self.sharing, strict=True)]
        if lines <= self.most_lines:
            return [_Row(identity.key, memory, own, self._height(lines))]
        rows: list[_Row] = []
        at = [0] * len(texts)
        while going := [place for place in self.own if self._is_broken(place) and at[place] < len(texts[place])]:
            shown, lines = self._continuation(own) if rows else own, 1
            for place in going:
                room = self.rooms[place]
                text, at[place] = continue_text(texts[place], at[place], self.most_lines, room)
                shown[place], lines = text, max(lines, count_lines(text, room))
            rows.append(_Row(identity.key, () if rows else memory, shown, self._height(lines)))
        return rows

    def _continuation(self, values: Sequence[CellValue]) -> list[CellValue]:
        """The cells of a further row of a record in which no text goes on: marked, where the record says something."""
        shown: list[CellValue] = [None if value in {None, ""} else CONTINUED for value in values]
        for place, column in enumerate(self.columns):
            if column.is_repeated:
                shown[place] = repeat_text(format_value(values[place]), self.most_lines, self.rooms[place])
        return shown

    def _is_longer(self, text: str, place: int, lines: int) -> bool:
        """Whether a text of a column has more than so many lines."""
        return self._is_broken(place) and count_lines(text, self.rooms[place]) > lines

    def _is_broken(self, place: int) -> bool:
        """Whether the values of a column are broken into lines, and so go on in a further row."""
        return self.columns[place].cell_format == CellFormat.TEXT

    def _lines_in(self, height: float) -> int:
        return max(1, int((height - PADDING + 0.001) / self.line_height))

    def _height(self, lines: int) -> float:
        return lines * self.line_height + PADDING

    def _grow(self, group: _Group, more: float) -> None:
        """Make a group higher by at least so many points: its rows, and if need be by more rows of its last record."""
        if more <= 0:
            return
        last = group.rows[-1]
        while (free := sum(self.most_height - row.height for row in group.rows)) < more:
            group.rows.append(_Row(last.key, (), self._continuation(last.values), self._height(1)))
            more -= group.rows[-1].height
        for row in group.rows:
            row.height += max(0.0, more) * (self.most_height - row.height) / max(free, 1.0)

    def _place(self, groups: Sequence[_Group], foot: float = 0.0) -> Iterator[ListRow]:
        """The rows of some groups that may be parted where a page ends; ``foot`` is the height of what follows them."""
        while True:
            heights = [row.height for group in groups for row in group.rows]
            breaks, room = self.filler.break_rows(heights, KEPT + len(groups) - 1, foot)
            placed: list[ListRow] = []
            for group in groups:
                starts = {at - len(placed) for at in breaks}
                rows, lacking = self._group_rows(group, starts)
                if lacking > 0:
                    self._grow(group, self._height(lacking))
                    break
                placed += rows
            else:
                break
        self.filler.fill(room)
        ends_page = len(placed) in breaks
        yield from (*placed[:-1], replace(placed[-1], ends_page=ends_page))

    def _group_rows(self, group: _Group, starts: Collection[int]) -> tuple[list[ListRow], int]:
        """The rows of a group with what they share, when pages begin before some of them.

        Also the number of lines for which a shared text had no room, 0 or less when all is printed.
        """
        count, keys = len(group.rows), _numbered_keys([row.key for row in group.rows])
        texts = [format_value(value) for value in group.shared]
        at = [
            0 if self._is_broken(place) and not joins else len(texts[place]) for place, joins in enumerate(group.joins)
        ]
        bounds = [0, *sorted(start for start in starts if 0 < start < count), count]
        rows: list[ListRow] = []
        lacking = 0
        for first, end in pairwise(bounds):
            starts_page, lines = first in starts, self._lines_in(sum(row.height for row in group.rows[first:end]))
            values, shares = list(group.rows[first].values), [False] * len(self.columns)
            for place in self.shared:
                if first == 0 and group.joins[place] and not starts_page:
                    shares[place] = True
                elif len(bounds) == 2 and at[place] == 0:  # the group is as high as its texts need
                    values[place], at[place] = group.shared[place], len(texts[place])
                elif at[place] < len(texts[place]):
                    values[place], at[place] = continue_text(texts[place], at[place], lines, self.rooms[place], MORE)
                elif self.columns[place].is_repeated:
                    values[place] = text = repeat_text(texts[place], REPEATED, self.rooms[place])
                    lacking = max(lacking, count_lines(text, self.rooms[place]) - lines)
                elif self._is_longer(texts[place], place, lines):
                    values[place] = repeat_text(texts[place], lines, self.rooms[place])
                else:
                    values[place] = group.shared[place]
            for place, row in enumerate(group.rows[first:end], start=first):
                rows.append(ListRow(keys[place], row.memory, tuple(values), tuple(shares), row.height, starts_page))
                if place + 1 < end:
                    values, shares, starts_page = group.rows[place + 1].values, list(self.sharing), False
        rests = [
            1 + count_lines(text[start:], room)
            for text, start, room in zip(texts, at, self.rooms, strict=True)
            if start < len(text)
        ]
        return rows, max([lacking, *rests])


def _numbered_keys(keys: Sequence[str]) -> list[str]:
    """The keys of rows, where a record has several with the number of the row and of all its rows behind it."""
    numbered: list[str] = []
    for key, same in groupby(keys):
        count = len(list(same))
        numbered += [key] if count == 1 else [f"{key}+{number}/{count}" for number in range(1, count + 1)]
    return numbered
