"""Recognition of a list in a workbook: its sheet, its columns by their headings, and the record of each row."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from accounts.text import one_line
from documents.excel.limits import HEAD, MOST_ROWS, Cell
from documents.excel.reading import RawSheet, UnreadableError
from documents.excel.sheet import column_letters
from documents.excel.workbook import CHOICES, END, MEMORY
from ledgers.columns import Column, ColumnKind
from ledgers.continued_rows import BLANK, FileRow, join_rows
from ledgers.headings import HeadingMatch, known_names, match_headings, normal
from ledgers.sheet_layout import SheetTable, keep_first_rows, office_table, plain_table

FORM = "1"  # version of the sheets' layout; raised when older files can no longer be imported
EXAMPLE = "example"  # the key of a template's example row
NOT_FILLED = "（不用填）"  # the example row's text in columns that are not filled in
KEY = re.compile(r"(?:[a-z]+-[0-9]{1,18}(?:\+[0-9]{1,4}/[0-9]{1,4})?|example|end)")
BETWEEN_CALENDARS = 1_462  # days from the calendar of 1900 to that of 1904
LAST_1904 = 80_000  # serial numbers below are days; 20260930 is one written in digits
SAMPLES = 10  # cells by which a column of another heading is recognised and shown
BAND_SAYS = "类别"  # the column whose value stands in rows of its own in some offices' ledgers
RUNNING = "“{0}”是 1、2、3 这样的流水号，没有当作问题的序号读。"
SIGNED = "填报单位（盖章）"  # the line for signatures below the list
Exported = Mapping[str, Mapping[str, str]]  # texts by key of the record and of the column


@dataclass(frozen=True)
class ForeignColumn:
    """A column whose heading is not the list's: its number, and up to ``SAMPLES`` different cells of it."""

    heading: str
    place: int
    samples: list[Cell]


@dataclass(frozen=True)
class FileList:
    """A list as read from a file, and the texts of its records at the time of the export."""

    sheet: str
    places: dict[str, int]  # column numbers, from 1, by key; only those columns the file has
    rows: list[FileRow]
    base: dict[str, dict[str, str]]  # exported texts by key of the record and the column; empty if not known
    day: str = ""  # ISO date of the export, if known
    extra: list[str] = field(default_factory=list)  # headings that nobody knows; their columns are left out
    renamed: dict[str, str] = field(default_factory=dict)  # the list's headings, by the file's for the same
    left_out: list[str] = field(default_factory=list)  # headings whose columns the office leaves out
    foreign: list[ForeignColumn] = field(default_factory=list)  # all columns whose heading is not the list's
    unheaded: list[str] = field(default_factory=list)  # letters of columns that have content and no heading
    passed: list[str] = field(default_factory=list)  # Chinese sentences about rows that are no records
    is_own: bool = True  # whether the file, or what it was made from, was handed out by the system

    def as_json(self) -> dict[str, Any]:
        """The list as JSON data, for a draft in the database."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> FileList:
        """The list from the JSON data of a draft."""
        # By place again: PostgreSQL keeps the keys of an object in an order of its own, and errors name the first cell.
        places = dict(sorted(kept["places"].items(), key=lambda each: int(each[1])))
        rows = [
            FileRow(row["number"], row["key"], {key: tuple(row["cells"][key]) for key in places if key in row["cells"]})
            for row in kept["rows"]
        ]
        foreign = [
            ForeignColumn(each["heading"], each["place"], [tuple(cell) for cell in each["samples"]])
            for each in kept.get("foreign", ())
        ]
        return cls(**{**kept, "places": places, "rows": rows, "foreign": foreign})


def list_in(  # noqa: PLR0913, PLR0917 -- the file, as which list of what, and how its headings are read
    sheets: list[RawSheet],
    columns: tuple[Column, ...],
    key: str,
    inspection: int,
    titles: Mapping[str, str],
    mapping: Mapping[str, str],
) -> FileList:
    """The list in a workbook; ``titles`` are those of all lists, by key, ``mapping`` that of the office's headings.

    UnreadableError when the workbook has no such list, or is of another list, inspection or layout.
    """
    about, base = memory_of(sheets)
    _check_export(about, key, inspection, titles)
    known = known_names(columns) | mapping.keys()
    sheet, head = _head(sheets, known, titles[key])
    plain = plain_table(sheet, head)
    is_own = bool(about) or any(_key(cells, plain.headings) for _, cells in plain.rows)
    table = plain if is_own else office_table(sheet, head, known)
    match = match_headings(table.headings, columns, mapping, is_own=is_own)
    if not is_own:
        _join_merged_rows(sheet, table, match, columns)
        _pass_running_numbers(match, columns, table)
    if faults := match.faults + _renamed_columns(match, columns, table.rows, base):
        raise UnreadableError(f"工作表“{sheet.name}”第 {head} 行：{''.join(faults)}")
    rows = _with_bands(_rows_of(sheet, table, match, columns, base), table, match, columns)
    return FileList(
        sheet.name,
        match.places,
        rows,
        base,
        str(about.get("day", "")),
        list(match.extra.values()),
        match.renamed,
        list(match.left_out.values()),
        _foreign_columns(table.headings, columns, table.rows),
        [] if is_own else _unheaded_columns(table.headings, table.rows),
        table.passed,
        is_own,
    )


def _check_export(about: Mapping[str, Any], key: str, inspection: int, titles: Mapping[str, str]) -> None:
    """Raise UnreadableError for an export of another list, inspection or layout; ``about`` is empty for other files."""
    if not about:
        return
    if about.get("list") != key:
        other = titles.get(str(about.get("list")), "其他清单")
        raise UnreadableError(f"这是“{other}”的文件，请到“{other}”页面导入，或者换成“{titles[key]}”的文件。")
    if about.get("inspection") != inspection:
        raise UnreadableError("这是另一次巡察的文件，不能导入到这里。请打开那次巡察的清单导入。")
    if about.get("form") != FORM:
        raise UnreadableError(f"这份文件是第 {about.get('form')} 版的表样，现在用第 {FORM} 版。请重新导出或下载模板。")


def _join_merged_rows(sheet: RawSheet, table: SheetTable, match: HeadingMatch, columns: Sequence[Column]) -> None:
    """Keep one row for each record whose identifying cell is merged over several."""
    own = [column.key for column in columns if column.identifies and column.field]
    keep_first_rows(sheet, table, [match.places[name] for name in own if name in match.places])


def _pass_running_numbers(match: HeadingMatch, columns: tuple[Column, ...], table: SheetTable) -> None:
    """Do not read a column of numbers as those of findings where it counts the rows: 1, 2, 3."""
    for column in columns:
        at = match.places.get(column.key)
        if column.places != "number" or at is None:
            continue
        texts = {text for _, cells in table.rows if (text := str(cells.get(at, BLANK)[1]).strip())}
        if texts and all(text.isdecimal() for text in texts):
            match.left_out[at] = table.headings[at]
            del match.places[column.key]
            table.passed.append(RUNNING.format(table.headings[at]))


def _with_bands(
    rows: list[FileRow], table: SheetTable, match: HeadingMatch, columns: tuple[Column, ...]
) -> list[FileRow]:
    """The rows with the title of the band above them as their aspect, where the list has such a column and no other."""
    key = next((column.key for column in columns if column.heading == BAND_SAYS and column.places), "")
    if table.bands and (not key or key in match.places):
        titles = "、".join(f"“{one_line(title, 20)}”" for title in dict.fromkeys(table.bands.values()))
        table.passed.append(f"分段的标题行没有读取：{titles}。")
    if not table.bands or not key or key in match.places:
        return rows
    match.places[key] = table.band_column
    return [replace(row, cells={key: ("s", table.bands.get(row.number, "")), **row.cells}) for row in rows]


def _foreign_columns(
    headings: Mapping[int, str], columns: tuple[Column, ...], rows: list[tuple[int, dict[int, Cell]]]
) -> list[ForeignColumn]:
    """The columns whose heading is not exactly one of the list's, from left to right."""
    own = {normal(column.heading) for column in columns}
    found = []
    for at, heading in sorted(headings.items()):
        if normal(heading) not in own:
            # Keys of a dictionary: each value once, in the order of the rows.
            cells = {cells[at]: None for _, cells in rows if at in cells and str(cells[at][1]).strip()}
            found.append(ForeignColumn(heading, at, [*cells][:SAMPLES]))
    return found


def _unheaded_columns(headings: Collection[int], rows: list[tuple[int, dict[int, Cell]]]) -> list[str]:
    """The letters of the columns that have content and no heading."""
    filled = {at for _, cells in rows for at, cell in cells.items() if str(cell[1]).strip()}
    return [column_letters(at) for at in sorted(filled.difference(headings))]


def memory_of(sheets: list[RawSheet]) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The export's data and its texts by record and column, from the hidden sheet; both empty without a valid one.

    The sheet may have been edited or forged: anything unexpected counts as no memory.
    """
    rows = next((sheet.rows for sheet in sheets if sheet.name == MEMORY), [])
    texts = [[str(cell[1]) for _, cell in sorted(cells.items())] for _, cells in rows]
    try:
        about = json.loads(texts[0][0])
        # The first row: the export's data, "version", then the keys of the columns.
        keys = texts[0][2:]
        values_by_key = {
            text[0]: [_storable(each) for each in json.loads("".join(_pieces(text)))] for text in texts[1:]
        }
        kept = {key: dict(zip(keys, values, strict=True)) for key, values in values_by_key.items()}
    except (IndexError, ValueError, TypeError, StopIteration, RecursionError):
        return {}, {}
    return (about, kept) if isinstance(about, dict) else ({}, {})


def _storable(text: object) -> str:
    """A text without what databases refuse and a forged memory may hold: NUL and lone surrogates."""
    return str(text).replace("\0", "").encode("utf-8", "ignore").decode()


def _pieces(texts: list[str]) -> list[str]:
    """The cells with a row's JSON: they follow its key and, where the record has one, its version."""
    start = next(place for place, text in enumerate(texts) if text.startswith("["))
    return texts[start:]


def _head(sheets: list[RawSheet], wanted: Collection[str], title: str) -> tuple[RawSheet, int]:
    """The sheet and the number of the row that has most of these headings; UnreadableError for fewer than two."""
    found = [
        # Negative, so that ``max`` prefers the first sheet and the topmost row among equals.
        (len({*wanted} & {normal(str(cell[1])) for cell in cells.values()}), -place, -number)
        for place, sheet in enumerate(sheets)
        if sheet.name not in {MEMORY, CHOICES}
        for number, cells in sheet.rows[:HEAD]
    ]
    hits, place, number = max(found, default=(0, 0, 0))
    if hits < 2:
        raise UnreadableError(f"找不到“{title}”的表头。请下载模板，把内容粘贴进去再导入；表头一行要照模板写。")
    return sheets[-place], -number


def _renamed_columns(
    match: HeadingMatch, columns: tuple[Column, ...], rows: list[tuple[int, dict[int, Cell]]], base: Exported
) -> list[str]:
    """Sentences about unknown columns whose cells say what a missing column of the export said: renamed ones."""
    keys = [(key, cells) for _, cells in rows if (key := _key(cells, match.headed)) in base]
    faults = []
    for column in columns:
        if column.key in match.places:
            continue
        for at, heading in match.extra.items():
            said = [(base[key].get(column.key, ""), str(cells.get(at, BLANK)[1])) for key, cells in keys]
            said = [(before, now) for before, now in said if before or now]
            if len(said) > 1 and 2 * sum(before == now for before, now in said) >= len(said):
                faults.append(f"没有叫“{heading}”的列，内容却像“{column.heading}”。请把表头改回“{column.heading}”。")
    return faults


def _key(cells: Mapping[int, Cell], headed: Collection[int]) -> str:
    """The key of a row's record, "" without one; it is in a column without a heading, wherever columns were moved."""
    keys = [str(cell[1]) for at, cell in cells.items() if at not in headed and cell[0] == "s"]
    return next((text for text in keys if KEY.fullmatch(text)), "")


def _rows_of(
    sheet: RawSheet, table: SheetTable, match: HeadingMatch, columns: tuple[Column, ...], base: Exported
) -> list[FileRow]:
    """The rows of the list in a table; UnreadableError for more than one import takes."""
    days = {column.key for column in columns if column.kind == ColumnKind.DAY} if sheet.from_1904 else set()
    found = [row for number, cells in table.rows if (row := _row(number, cells, match, days)) is not None]
    rows = join_rows(found, columns, base)
    if len(rows) > MOST_ROWS:
        raise UnreadableError(f"清单有 {len(rows)} 行，一次最多导入 {MOST_ROWS} 行。请分几个文件导入。")
    return rows


def _row(number: int, cells: Mapping[int, Cell], match: HeadingMatch, days: Collection[str]) -> FileRow | None:
    """A row of the list; None for blank rows, the end marker and the line for signatures.

    The numbers in the columns ``days`` count from 1904 and become those that count from 1900.
    """
    key = _key(cells, match.headed)
    own = {name: cells.get(at, BLANK) for name, at in match.places.items()}
    filled = [str(cell[1]) for cell in own.values() if str(cell[1]).strip()]
    if key == END or not filled or any(text.startswith(SIGNED) for text in filled[:1]):
        return None
    for name in days & own.keys():
        kind, value = own[name]
        if kind == "n" and value < LAST_1904:
            own[name] = (kind, value + BETWEEN_CALENDARS)
    return FileRow(number, key, own)
