"""Recognition of rows without a key that repeat an existing record, so that an import can be repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.text import comparison_key
from documents.excel.columns import format_value
from ledgers.cell_text import normalise
from ledgers.columns import Column
from ledgers.lookups import Lookup

RecordTexts = Mapping[str, Mapping[str, str]]  # by the key of the record and of the column: the text of the cell


class PresentTexts(dict[str, str]):
    """The texts of one record by column, as an export would write them now; each is made when it is asked for.

    Of most files only a few rows were edited, and of these only a few columns are compared.
    """

    def __init__(self, record: Any, columns: Mapping[str, Column]) -> None:
        super().__init__()
        self.record, self.columns = record, columns

    def __missing__(self, name: str) -> str:
        """The text of a column; KeyError when the list has none of this name."""
        self[name] = normalise(format_value(self.columns[name].value(self.record)))
        return self[name]


class DuplicateRows:
    """The existing records of a list, each of which stands for at most one row that repeats it.

    ``taken`` holds the keys of records whose own row is in the file; they are not duplicates of another row.
    """

    def __init__(self, columns: Mapping[str, Column], texts: RecordTexts, taken: Iterable[str], known: Lookup) -> None:
        self.columns, self.record_texts, self.taken, self.known = columns, texts, set(taken), known
        self.alike: dict[frozenset[str], dict[tuple[str, ...], list[str]]] = {}

    def of(self, texts: Mapping[str, str], places: Mapping[str, str]) -> str:
        """The key of a record that has all these texts, or "" when there is none.

        ``texts`` are by column, ``places`` by ``Column.places``; both only what the row fills in.
        """
        wanted = {name: normalise(text) for name, text in texts.items()}
        for name, column in self.columns.items():
            if column.places and places.get(column.places):
                wanted[name] = self._place(column, places[column.places])
        # One index for each combination of filled columns: rows of one file mostly fill in the same ones.
        alike = self.alike.setdefault(frozenset(wanted), {})
        if not alike:
            for key, record in self.record_texts.items():
                alike.setdefault(tuple(record[name] for name in sorted(wanted)), []).append(key)
        keys = alike.get(tuple(wanted[name] for name in sorted(wanted)), ())
        found = next((key for key in keys if key not in self.taken), "")
        # Two equal rows stand for two records: each record is used for one row only.
        self.taken.add(found)
        return found

    def _place(self, column: Column, text: str) -> str:
        """The text by which the list itself would say where the row belongs."""
        found = self.known.aspects.get(comparison_key(text), []) if column.places == "aspect" else []
        return found[0].short_title or found[0].title if len(found) == 1 else text
