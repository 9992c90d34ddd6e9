"""The meaning of a cell: the choice, unit, person or finding it names, and the form data that stores it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from accounts.text import comparison_key
from documents.excel.columns import format_value
from documents.excel.limits import Cell
from documents.numerals import full_date
from findings.choices import Timing
from findings.inspections.display import finding_number
from findings.units.fields import AmountField
from ledgers.cell_text import CellError, normalise, read_text, read_whole_text, split_list, to_halfwidth
from ledgers.cell_values import numbers_of
from ledgers.columns import SEVERAL, Column, ColumnKind
from ledgers.day_reading import parse_day, read_day, read_deadline
from ledgers.lookups import Lookup

Sent = dict[str, list[str]]  # form data as a browser would send it, by field name
# A progress entry with its date, as ``list_columns.last_progress`` writes it.
ENTRY = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)[:：](.*)", re.DOTALL)
# What offices write for the kind of time limit besides its labels; the second words set 长期坚持.
TIMING_WORDS = {
    "限期": Timing.SCHEDULED,
    "立改": Timing.IMMEDIATE,
    "分阶段": Timing.STAGED,
    "阶段性整改": Timing.STAGED,
}
LONG_TERM_WORDS = frozenset({"持续整改", "长期整改", "长期坚持", "持续推进"})
ONE_PERCENT = "“1”可以是 1%，也可以是 Excel 里的 100%。请写明百分号，如“1%”或“100%”。"
TIMING_ELSEWHERE = "时限类型和长期坚持是整个问题的，这里不改，请在问题清单里填，或者到问题的页面上改。"
SEVERAL_PEOPLE = "“{}”是几个人，这一栏只填一个。请留下一个；措施的其余责任人填在“其他责任人”一栏。"
COUNT_SUFFIX = re.compile(r"(人次|人|次|个)$")
LONGEST_COUNT = 19  # digits; longer ones are refused by the form
UNIT_MARK = re.compile("[万元]")
# The field of the page's forms, so that 1.2万元 means the same in a cell.
AMOUNT = AmountField(label="金额", required=False)


@dataclass(frozen=True)
class ParsedCell:
    """A parsed cell: the text the list would show for it, and the form data that stores it.

    ``note`` says in Chinese how the cell was read when it does not say by itself what is stored.
    """

    text: str
    sent: Sent
    note: str = ""


def display(column: Column, cell: Cell) -> str:
    """The text of a cell in the list's format, without looking anything up; an unreadable value as it stands.

    Comparable with the texts of an export.
    """
    try:
        if column.kind == ColumnKind.DAY:
            return format_value(_day(column, cell))
        if column.kind == ColumnKind.MONEY:
            return format_value(_amount(column, cell))
        if column.kind == ColumnKind.NUMBER:
            return _number(cell)
        if column.kind == ColumnKind.PERCENT:
            return _percent(cell)
        return read_text(cell)
    except CellError:
        return str(cell[1])


def parse_cell(column: Column, cell: Cell, known: Lookup, ours: str = "") -> ParsedCell:
    """The meaning of a cell, where an empty one clears the field; CellError when the column cannot take it."""
    field, text = column.field, read_text(cell)
    if field == "text":  # ``ours`` is needed only here: the log's last entry
        return _parse_progress_entry(text, ours)
    if not text:
        return ParsedCell("", {field: [] if column.kind in SEVERAL | {ColumnKind.PLACES} else [""]})
    return PARSERS[column.kind](column, cell, known)


def _day(column: Column, cell: Cell) -> Any:
    """The date of a cell, None when empty; a month alone is its last day in a column of deadlines."""
    return parse_day(cell, ends_month=column.is_deadline)


def _number(cell: Cell) -> str:
    """The digits of a cell without separators and counting words; the form decides whether they are a number."""
    digits = COUNT_SUFFIX.sub("", to_halfwidth(read_text(cell)).replace(",", "")).strip()
    return str(int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < LONGEST_COUNT else digits


def _percent(cell: Cell) -> str:
    """The digits of a percentage; a fraction such as 0.8 is what Excel keeps of 80%."""
    if cell[0] == "n" and 0 < cell[1] < 1:
        return str(round(cell[1] * 100))
    return _number(("s", to_halfwidth(read_text(cell)).removesuffix("%")))


def _amount(column: Column, cell: Cell) -> Decimal | None:
    """The amount in the column's unit (``Column.per`` yuan), None when empty; without a unit it is in that unit."""
    text = read_text(cell)
    if cell[0] == "n":  # binary floating point: a sum calculated by Excel may miss whole cents by a tiny fraction
        exact, cents = Decimal(str(cell[1])), round(Decimal(str(cell[1])), 2)
        return cents if abs(exact - cents) < Decimal("0.000001") else exact
    try:
        amount: Decimal | None = AMOUNT.to_python(text)
    except forms.ValidationError as error:
        raise CellError("".join(error.messages)) from error
    return amount / column.per if amount is not None and UNIT_MARK.search(text) else amount


def _parse_day_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    written = read_text(cell)
    if not column.is_deadline:
        day, is_guessed = read_day(cell, ends_month=False, since=known.first_day)
        return _day_cell(column, day, f"“{written}”按{full_date(day)}读。" if day and is_guessed else "")
    read = read_deadline(cell, known.first_day)
    said = f"完成时限按{full_date(read.day)}读" if read.day else "完成时限留空"
    if (read.is_immediate or read.is_long_term) and not column.sets_timing:
        # A measure has no kind of time limit of its own, and those of one finding may say different things.
        return _day_cell(column, read.day, f"“{written}”：{said}；{TIMING_ELSEWHERE}")
    meant = {"timing": [Timing.IMMEDIATE.value]} if read.is_immediate else {}
    meant |= {"long_term": ["on"]} if read.is_long_term else {}
    words = [f"时限类型记为“{Timing.IMMEDIATE.label}”"] if read.is_immediate else []
    words += ["问题标为“长期坚持”"] if read.is_long_term else []
    note = f"“{written}”：{'，'.join([*words, said])}。" if words or read.is_guessed else ""
    parsed = _day_cell(column, read.day, note)
    return replace(parsed, sent=parsed.sent | meant)


def _day_cell(column: Column, day: dt.date | None, note: str) -> ParsedCell:
    text = format_value(day)
    return ParsedCell(text, {column.field: [text]}, note)


def _parse_amount_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    amount = _amount(column, cell)
    return ParsedCell(format_value(amount), {column.field: [f"{amount:f}" if amount is not None else ""]})


def _parse_number_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    text = _number(cell)
    return ParsedCell(text, {column.field: [text]})


def _parse_percent_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    if cell[0] == "n" and cell[1] == 1:
        raise CellError(ONE_PERCENT)
    text = _percent(cell)
    return ParsedCell(text, {column.field: [text]})


def _parse_units_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    text = read_text(cell)
    # A unit's own name may contain a separator such as 、.
    names = [text] if comparison_key(text) in known.unit_names.by_name else split_list(text)
    # In the lists' order, so that another one is no change.
    units = sorted({known.unit(name) for name in names}, key=lambda unit: (unit.order, unit.pk))
    labels = "、".join(known.unit_names.label(unit) for unit in units)
    return ParsedCell(labels, {column.field: [str(unit.pk) for unit in units]})


def _parse_people_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    named = {known.person(name) for name in split_list(read_text(cell))}
    people = sorted(named, key=lambda person: (person.name, person.pk))  # the lists' order
    return ParsedCell("、".join(person.name for person in people), {column.field: [str(one.pk) for one in people]})


def _parse_finding_numbers_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    findings = {known.finding(name) for name in split_list(read_text(cell))}
    return ParsedCell(numbers_of(findings), {column.field: [str(finding.pk) for finding in findings]})


def _parse_text_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    whole = read_whole_text(cell)
    return ParsedCell(whole, {column.field: [whole]})


def _parse_choice_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    text = read_text(cell)
    key = comparison_key(text)
    if column.field == "timing" and text in LONG_TERM_WORDS:
        scheduled = Timing.SCHEDULED
        note = f"“{text}”：时限类型记为“{scheduled.label}”，问题标为“长期坚持”。"
        return ParsedCell(str(scheduled.label), {"timing": [scheduled.value], "long_term": ["on"]}, note)
    if column.field == "timing" and text in TIMING_WORDS:
        key = comparison_key(TIMING_WORDS[text].label)
    label = next((label for label in column.choices if comparison_key(label) == key), None)
    if label is None:
        raise CellError(f"“{text}”不在可选的内容里。只能填：{'、'.join(column.choices)}。")
    return ParsedCell(label, {column.field: [column.codes[column.choices.index(label)]]})


def _parse_unit_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    unit = known.unit(read_text(cell))
    return ParsedCell(known.unit_names.label(unit), {column.field: [str(unit.pk)]})


def _parse_person_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    text = read_text(cell)
    if comparison_key(text) not in known.persons and len(split_list(text)) > 1:
        raise CellError(SEVERAL_PEOPLE.format(text))
    person = known.person(text)
    return ParsedCell(person.name, {column.field: [str(person.pk)]})


def _parse_finding_number_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    finding = known.finding(read_text(cell))
    return ParsedCell(f"{finding_number(finding)} {finding.title}", {column.field: [str(finding.pk)]})


PARSERS: dict[ColumnKind, Callable[[Column, Cell, Lookup], ParsedCell]] = {
    ColumnKind.DAY: _parse_day_cell,
    ColumnKind.MONEY: _parse_amount_cell,
    ColumnKind.NUMBER: _parse_number_cell,
    ColumnKind.PERCENT: _parse_percent_cell,
    ColumnKind.CHOICE: _parse_choice_cell,
    ColumnKind.UNIT: _parse_unit_cell,
    ColumnKind.PERSON: _parse_person_cell,
    ColumnKind.PLACE: _parse_finding_number_cell,
    ColumnKind.UNITS: _parse_units_cell,
    ColumnKind.PEOPLE: _parse_people_cell,
    ColumnKind.PLACES: _parse_finding_numbers_cell,
    ColumnKind.TEXT: _parse_text_cell,
}


def _parse_progress_entry(text: str, ours: str) -> ParsedCell:
    """The new progress entry of a cell, dated today unless its date stands before it.

    The cell shows the last entry: the same text again is no new entry. CellError for an emptied cell, since entries
    cannot be deleted by a list.
    """
    if not text:
        raise CellError("整改进展只能新增，不能在表里删除。请恢复原来的内容，或者到措施页面修改。")
    found = ENTRY.fullmatch(text)
    day, words = (parse_day(("s", found[1]), ends_month=False), normalise(found[2])) if found else (None, text)
    if not found and (last := ENTRY.fullmatch(ours)) and normalise(last[2]) == words:
        return ParsedCell(ours, {})
    on = day or timezone.localdate()
    return ParsedCell(f"{full_date(on)}：{words}", {"text": [words], "reported_on": [on.isoformat()]})
