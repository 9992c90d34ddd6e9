"""Rows without a key that a record says already: what comes in twice has come in once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledgers.cell_parsing import Lookup
from ledgers.cell_text import normalise
from ledgers.columns import Column

Said = Mapping[str, Mapping[str, str]]  # by the keys of records: what each column says of them


class DuplicateRows:
    """The records of a list, each for one row that says nothing else than it; those of ``taken`` have their rows."""

    def __init__(self, columns: Mapping[str, Column], said: Said, taken: Iterable[str], known: Lookup) -> None:
        self.columns, self.said, self.taken, self.known = columns, said, set(taken), known
        self.alike: dict[frozenset[str], dict[tuple[str, ...], list[str]]] = {}

    def of(self, texts: Mapping[str, str], places: Mapping[str, str]) -> str:
        """The key of a record that says all of this, where there is one. WrongError for a place that there is not."""
        wanted = {name: normalise(text) for name, text in texts.items()}
        for name, column in self.columns.items():
            if column.places and places.get(column.places):
                wanted[name] = self._place(column, places[column.places])
        alike = self.alike.setdefault(frozenset(wanted), {})
        if not alike:
            for key, said in self.said.items():
                alike.setdefault(tuple(said[name] for name in sorted(wanted)), []).append(key)
        keys = alike.get(tuple(wanted[name] for name in sorted(wanted)), ())
        found = next((key for key in keys if key not in self.taken), "")
        self.taken.add(found)
        return found

    def _place(self, column: Column, text: str) -> str:
        """Where a new row belongs, as the list says it."""
        if column.places == "aspect":
            aspect = self.known.aspect(text)
            return aspect.short_title or aspect.title
        return text
