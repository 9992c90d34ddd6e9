"""The units, people, findings and aspects that the cells of one import can name."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

from accounts.models import User
from accounts.text import comparison_key
from findings.inspections.display import finding_number
from findings.models import Aspect, Finding, Inspection, Unit
from findings.units.scopes import user_scope
from findings.units.unit_names import UnitNames
from ledgers.cell_text import CellError, to_halfwidth

T = TypeVar("T")


class Lookup:
    """The units, people, findings and aspects that cells of one import can name; one query for each kind.

    Only what the user may choose on the pages is found.
    """

    def __init__(self, inspection: Inspection, user: User) -> None:
        self.inspection, self.scope, self.user = inspection, user_scope(user), user
        self._found_units: dict[str, list[Unit]] = {}  # by the text of the cell: a column repeats few names

    @cached_property
    def unit_names(self) -> UnitNames:
        """The names of all units, seen from the inspection's body."""
        return UnitNames(self.scope.tree, self.inspection.unit_id)

    @cached_property
    def assignable_names(self) -> list[str]:
        """The names of the units the user may assign, to propose a similar one."""
        return [unit.name for unit in self.scope.tree if unit.pk in self.scope.assignable]

    @cached_property
    def persons(self) -> dict[str, list[User]]:
        """The people the user may choose, by name, each with their current posts."""
        return _by_name((person.name, person) for person in self.scope.selectable_people.all())

    @property
    def first_day(self) -> dt.date | None:
        """The day from which on a day without a year is meant; None for an inspection without days."""
        return self.inspection.feedback_on or self.inspection.ended_on or self.inspection.started_on

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
        """The unit of this name or path, the one within the inspection's body first.

        CellError when there is none, or when the text does not tell several apart.
        """
        if text not in self._found_units:
            self._found_units[text] = self.unit_names.find(text, self.scope.assignable)
        found = self._found_units[text]
        if not found:
            raise _unknown(text, self.assignable_names, "单位")
        return _single_match(found, text, self.unit_names.path, "请写出上级单位，如上面分号之间的写法。")

    def person(self, text: str) -> User:
        """The person of this name, with the unit in brackets if several have it; CellError for none or several."""
        if found := self.persons.get(comparison_key(text)):
            return _single_match(found, text, lambda person: self._person_label(person, found))
        # 王强（综合科）, also with half-width brackets, and 王强·综合科.
        name, _, where = to_halfwidth(text).replace("·", "(").partition("(")
        where = where.strip().removesuffix(")")
        people = _candidates(self.persons, name.strip(), "人员")
        fitting = [person for person in people if where and self._works_at(person, where)]
        return _single_match(fitting or people, text, lambda person: self._person_label(person, people))

    def _works_at(self, person: User, where: str) -> bool:
        """Whether a text is the user name of the person, or the name or path of a unit in which they work."""
        posts = [membership.unit for membership in person.memberships.all()]
        return person.username == where.casefold() or any(self.unit_names.is_called(unit, where) for unit in posts)

    def _person_label(self, person: User, namesakes: list[User]) -> str:
        """The name with the units in brackets; with the user name for people of one name in the same units."""
        labels = [
            "、".join(self.unit_names.label(membership.unit) for membership in one.memberships.all()) or "无单位"
            for one in namesakes
        ]
        own = labels[namesakes.index(person)]
        return f"{person.name}（{person.username if labels.count(own) > 1 else own}）"

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
    """Group the records by the key of their names, each once under each of its names."""
    found: dict[str, list[T]] = defaultdict(list)
    for name, record in pairs:
        if name and record not in found[comparison_key(name)]:
            found[comparison_key(name)].append(record)
    return found


def _candidates(known: dict[str, list[T]], text: str, noun: str) -> list[T]:
    """The records of this name; CellError with up to three similar names when there is none."""
    if found := known.get(comparison_key(text)):
        return found
    raise _unknown(text, list(known), noun)


def _unknown(text: str, names: list[str], noun: str) -> CellError:
    """The error that there is no record of this name, with up to three similar names."""
    close = difflib.get_close_matches(comparison_key(text), names, n=3, cutoff=0.5)
    like = f"，是不是{'、'.join(f'“{name}”' for name in close)}？" if close else "。"
    return CellError(f"没有可选的{noun}“{text}”{like}请填系统里的名称。")


def _single_match(found: list[T], text: str, name: Callable[[T], str], hint: str = "请写明是哪一个。") -> T:
    """The only record found; CellError that lists them when there are several."""
    if len(found) == 1:
        return found[0]
    raise CellError(f"“{text}”有 {len(found)} 个：{'；'.join(name(one) for one in found)}。{hint}")
