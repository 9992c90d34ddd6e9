"""The meaning of a cell: the choice, unit, person or finding it names, and the form data that stores it."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from django import forms
from django.utils import timezone

from accounts.models import User
from documents.excel.columns import format_value
from documents.excel.limits import Cell
from documents.numerals import full_date
from findings.inspections.display import finding_number
from findings.models import Aspect, Finding, Inspection, Unit
from findings.units.fields import AmountField
from findings.units.scopes import user_scope
from ledgers.cell_text import CellError, normalise, parse_day, read_text, split_list, to_halfwidth
from ledgers.columns import Column, ColumnKind
from ledgers.list_columns import numbers_of

T = TypeVar("T")
Sent = dict[str, list[str]]  # form data as a browser would send it, by field name
# A progress entry with its date, as ``list_columns.last_progress`` writes it.
ENTRY = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日)[:：](.*)", re.DOTALL)
COUNT_SUFFIX = re.compile(r"(人次|人|次|个)$")
UNIT_MARK = re.compile("[万元]")
# The field of the page's forms, so that 1.2万元 means the same in a cell.
AMOUNT = AmountField(label="金额", required=False)


@dataclass(frozen=True)
class ParsedCell:
    """A parsed cell: the text the list would show for it, and the form data that stores it."""

    text: str
    sent: Sent


class Lookup:
    """The units, people, findings and aspects that cells of one import can name; one query for each kind.

    Only what the user may choose on the pages is found.
    """

    def __init__(self, inspection: Inspection, user: User) -> None:
        self.inspection, self.scope, self.user = inspection, user_scope(user), user

    @cached_property
    def units(self) -> dict[str, list[Unit]]:
        """The units the user may assign, by full and by short name."""
        selectable = [unit for unit in self.scope.tree if unit.pk in self.scope.assignable]
        return _by_name((name, unit) for unit in selectable for name in {unit.name, unit.short_name})

    @cached_property
    def persons(self) -> dict[str, list[tuple[str, User]]]:
        """The people the user may choose, by name, each with the names of their units for telling namesakes apart."""
        found: dict[str, list[tuple[str, User]]] = defaultdict(list)
        for person in self.scope.selectable_people.all():
            at = "、".join(str(membership.unit) for membership in person.memberships.all())
            found[to_halfwidth(person.name)].append((at, person))
        return found

    @cached_property
    def findings(self) -> dict[str, list[Finding]]:
        """The visible findings, by number, by title, and by both as lists write them."""
        seen = Finding.objects.visible_to(self.user).of(self.inspection).select_related("aspect", "parent__lead_unit")
        return _by_name(
            (name, finding)
            for finding in seen.select_related("lead_unit", "inspection")
            for number in [finding_number(finding)]
            for name in {number, finding.title, f"{number} {finding.title}"}
        )

    @cached_property
    def aspects(self) -> dict[str, list[Aspect]]:
        """The inspection's aspects, by title, short title and number."""
        return _by_name(
            (name, aspect)
            for aspect in self.inspection.aspects.all()
            for name in {aspect.title, aspect.short_title, str(aspect.order)}
        )

    def unit(self, text: str) -> Unit:
        """The unit of this name; CellError when there is none, or several."""
        found = _candidates(self.units, text, "单位")
        return _single_match(found, text, lambda unit: f"{self._above(unit)}{unit.name}")

    def _above(self, unit: Unit) -> str:
        """The name of the parent unit with a slash, "" for a unit at the top."""
        above = next((each for each in self.scope.tree if each.pk == unit.parent_id), None)
        return f"{above.name}／" if above else ""

    def person(self, text: str) -> User:
        """The person of this name, with the unit in brackets if several have it; CellError for none or several."""
        # 王强（综合科）, also with half-width brackets, and 王强·综合科.
        name, _, where = to_halfwidth(text).replace("·", "(").rstrip(")").partition("(")
        found = _candidates(self.persons, name.strip(), "人员")
        if where.strip():
            found = [pair for pair in found if where.strip() in pair[0].split("、")] or found
        return _single_match(found, text, lambda pair: f"{pair[1].name}（{pair[0] or '无单位'}）")[1]

    def finding(self, text: str) -> Finding:
        """The finding of this number or title; CellError when there is none, or several."""
        found = _candidates(self.findings, text, "问题")
        return _single_match(found, text, lambda finding: f"{finding_number(finding)} {finding.title}")

    def aspect(self, text: str) -> Aspect:
        """The aspect of this title or number; CellError when there is none, or several."""
        return _single_match(
            _candidates(self.aspects, text, "类别"), text, lambda aspect: f"{aspect.order} {aspect.title}"
        )


def _by_name(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Group the records by normalised name, each once under each of its names."""
    found: dict[str, list[T]] = defaultdict(list)
    for name, record in pairs:
        if name and record not in found[to_halfwidth(name)]:
            found[to_halfwidth(name)].append(record)
    return found


def _candidates(known: dict[str, list[T]], text: str, noun: str) -> list[T]:
    """The records of this name; CellError with up to three similar names when there is none."""
    found = known.get(to_halfwidth(text))
    if found:
        return found
    close = difflib.get_close_matches(to_halfwidth(text), list(known), n=3, cutoff=0.5)
    like = f"，是不是{'、'.join(f'“{name}”' for name in close)}？" if close else "。"
    raise CellError(f"没有可选的{noun}“{text}”{like}请填系统里的名称。")


def _single_match(found: list[T], text: str, name: Callable[[T], str]) -> T:
    """The only record found; CellError that lists them when there are several."""
    if len(found) == 1:
        return found[0]
    raise CellError(f"“{text}”有 {len(found)} 个：{'；'.join(name(one) for one in found)}。请写明是哪一个。")


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
        return read_text(cell)
    except CellError:
        return str(cell[1])


def parse_cell(column: Column, cell: Cell, known: Lookup, ours: str = "") -> ParsedCell:
    """The meaning of a cell, where an empty one clears the field; CellError when the column cannot take it."""
    field, text = column.field, read_text(cell)
    if field == "text":  # ``ours`` is needed only here: the log's last entry
        return _parse_progress_entry(text, ours)
    if not text:
        return ParsedCell("", {field: [] if column.kind in {ColumnKind.UNITS, ColumnKind.PLACES} else [""]})
    if column.kind in SINGLE:
        return SINGLE[column.kind](column, cell, known)
    if column.kind == ColumnKind.UNITS:
        # A unit's own name may contain a separator such as 、.
        names = [text] if to_halfwidth(text) in known.units else split_list(text)
        units = sorted(
            {known.unit(name) for name in names}, key=lambda unit: (unit.order, unit.pk)
        )  # the lists' order, so that another one is no change
        return ParsedCell("、".join(unit.name for unit in units), {field: [str(unit.pk) for unit in units]})
    if column.kind == ColumnKind.PLACES:
        findings = {known.finding(name) for name in split_list(text)}
        return ParsedCell(numbers_of(findings), {field: [str(finding.pk) for finding in findings]})
    return ParsedCell(text, {field: [text]})


def _day(column: Column, cell: Cell) -> Any:
    """The date of a cell, None when empty; a month alone is its last day in a column of deadlines."""
    return parse_day(cell, ends_month=column.field.endswith("due_on"))


def _number(cell: Cell) -> str:
    """The digits of a cell without separators and counting words; the form decides whether they are a number."""
    return COUNT_SUFFIX.sub("", to_halfwidth(read_text(cell)).replace(",", "")).strip()


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


def _parse_day_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    text = format_value(_day(column, cell))
    return ParsedCell(text, {column.field: [text]})


def _parse_amount_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    amount = _amount(column, cell)
    return ParsedCell(format_value(amount), {column.field: [f"{amount:f}" if amount is not None else ""]})


def _parse_number_cell(column: Column, cell: Cell, _known: Lookup) -> ParsedCell:
    text = _number(cell)
    return ParsedCell(text, {column.field: [text]})


def _parse_choice_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    text = read_text(cell)
    label = next((label for label in column.choices if to_halfwidth(label) == to_halfwidth(text)), None)
    if label is None:
        raise CellError(f"“{text}”不在可选的内容里。只能填：{'、'.join(column.choices)}。")
    return ParsedCell(label, {column.field: [column.codes[column.choices.index(label)]]})


def _parse_unit_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    unit = known.unit(read_text(cell))
    return ParsedCell(unit.name, {column.field: [str(unit.pk)]})


def _parse_person_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    person = known.person(read_text(cell))
    return ParsedCell(person.name, {column.field: [str(person.pk)]})


def _parse_finding_number_cell(column: Column, cell: Cell, known: Lookup) -> ParsedCell:
    finding = known.finding(read_text(cell))
    return ParsedCell(f"{finding_number(finding)} {finding.title}", {column.field: [str(finding.pk)]})


SINGLE: dict[ColumnKind, Callable[[Column, Cell, Lookup], ParsedCell]] = {
    ColumnKind.DAY: _parse_day_cell,
    ColumnKind.MONEY: _parse_amount_cell,
    ColumnKind.NUMBER: _parse_number_cell,
    ColumnKind.CHOICE: _parse_choice_cell,
    ColumnKind.UNIT: _parse_unit_cell,
    ColumnKind.PERSON: _parse_person_cell,
    ColumnKind.PLACE: _parse_finding_number_cell,
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
