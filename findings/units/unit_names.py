"""Units by the names and paths that people write: 综合科, 区住建局／综合科, 综合科（区住建局）."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from accounts.text import comparison_key
from findings.units.models import Area, Unit

SEPARATORS = re.compile(r"[/\\>·|→—-]")  # between the units of a path; left out, they are all one way of writing
IN_BRACKETS = re.compile(r"(.+)\((.+)\)")  # 综合科(区住建局), after normalisation


class UnitNames:
    """The names of all units, seen from one body: a name that several units have means the one within the body."""

    def __init__(self, tree: Iterable[Unit], body: int | None) -> None:
        self.units = {unit.pk: unit for unit in tree}
        self.body = body
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            for key in {comparison_key(name) for name in (unit.name, unit.short_name) if name}:
                self.by_name[key].append(unit)
        self.labels: dict[int, str] = {}

    def find(self, text: str, area: Area) -> list[Unit]:
        """The units of an area that a text can mean: none, one, or several that the text does not tell apart."""
        key = comparison_key(text)
        named = [unit for unit in self.by_name.get(key, ()) if unit.pk in area]
        return self._nearest(named) if named else self._at_path(key, area)

    def label(self, unit: Unit) -> str:
        """What to write for the unit so that it is found again: its name or, where others have it, its path."""
        if unit.pk not in self.labels:
            found = self._nearest(self.by_name.get(comparison_key(unit.name), [unit]))
            self.labels[unit.pk] = unit.name if [one.pk for one in found] == [unit.pk] else self.path(unit)
        return self.labels[unit.pk]

    def path(self, unit: Unit) -> str:
        """The names from the top of the tree to the unit, separated by a full-width slash."""
        above = [one.name for one in self._above(unit)]
        return "／".join([*reversed(above), unit.name])

    def is_called(self, unit: Unit, text: str) -> bool:
        """Whether the text is a name or a path of the unit."""
        key = comparison_key(text)
        return key in {comparison_key(unit.name), comparison_key(unit.short_name)} or any(
            one.pk == unit.pk for one in self._at_path(key, Area(frozenset({unit.pk})))
        )

    def _above(self, unit: Unit) -> Iterator[Unit]:
        """The units above a unit, the nearest first."""
        passed = {unit.pk}
        while (above := self.units.get(unit.parent_id or 0)) is not None and above.pk not in passed:
            passed.add(above.pk)
            yield above
            unit = above

    def _nearest(self, found: list[Unit]) -> list[Unit]:
        """Those within the body, where there are any."""
        own = [unit for unit in found if self.body in {unit.pk, *(above.pk for above in self._above(unit))}]
        return own or found

    def _at_path(self, key: str, area: Area) -> list[Unit]:
        """The units whose path the text is; those for which it leaves out no level come first."""
        written = {_join_names(key)}
        if found := IN_BRACKETS.fullmatch(key):
            written.add(_join_names(found[2] + found[1]))
        for skips in (False, True):
            fitting = [
                unit
                for unit in self.units.values()
                if unit.pk in area and any(self._ends_path(text, unit, skips=skips) for text in written)
            ]
            if fitting:
                return self._nearest(fitting)
        return []

    def _ends_path(self, text: str, unit: Unit, *, skips: bool) -> bool:
        ends = [name for name in _names(unit) if text.endswith(name)]
        above = list(self._above(unit)) if ends else []
        return any(_is_path(text.removesuffix(name), above, skips=skips) for name in ends)


def _join_names(key: str) -> str:
    return SEPARATORS.sub("", key)


def _names(unit: Unit) -> set[str]:
    return {_join_names(comparison_key(name)) for name in (unit.name, unit.short_name) if name}


def _is_path(text: str, above: list[Unit], *, skips: bool) -> bool:
    """Whether a text is the names of units one above the other; ``skips`` allows to leave some of them out."""
    for place, unit in enumerate(above if skips else above[:1]):
        for name in _names(unit):
            if text == name or (
                text.endswith(name) and _is_path(text.removesuffix(name), above[place + 1 :], skips=skips)
            ):
                return True
    return False
