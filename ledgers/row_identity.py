"""Whether the rows of a file still are the records that their hidden keys name.

Sorting, cutting or pasting the visible columns alone leaves the keys behind: each value would be stored in another
record. What a row says by itself (number, title, measure) is therefore compared with its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from accounts.text import comparison_key
from ledgers.cell_parsing import display
from ledgers.columns import Column
from ledgers.continued_rows import FileRow
from ledgers.duplicate_rows import RecordTexts

OUT_OF_STEP = (
    "这一行写的是“{0}”，隐藏的记录号却是“{1}”的：多半是只排序、剪切或粘贴了看得见的列。"
    "请撤销那一步，或者重新导出后再改；排序时选中整张表，移动时选中整行。"
)
KEY_LOST = (
    "系统里已有“{0}”，这一行却没有（或者重复了别的行的）隐藏的记录号，分不清是修改还是新增。"
    "要修改的，请重新导出，在导出的文件里改；要新增的，请写得和已有的不同。"
)
KEYS_CUT = "这份文件是导出的，隐藏的记录号却都没有了，分不清这一行是修改还是新增。请重新导出后再改。"
COPIED = "这一行和第 {0} 行是同一条记录，内容也一样。不需要的请删除；要新增的，请改成新记录的内容。"
NAMES_PLACE = {"number", "title"}  # ``Column.places`` of the columns that name a finding


class RowIdentity:
    """Compares what rows say with the records of a list, as they were exported and as they are now.

    ``keyed`` are the rows of the file by the key of their record; ``present`` and ``exported`` the texts of records.
    """

    def __init__(
        self,
        columns: Mapping[str, Column],
        keyed: Mapping[str, FileRow],
        present: RecordTexts,
        exported: RecordTexts,
    ) -> None:
        self.columns, self.keyed, self.present, self.exported = columns, keyed, present, exported
        self.place_columns = [name for name, column in columns.items() if column.places in NAMES_PLACE]
        self.own_columns = [name for name, column in columns.items() if column.identifies]
        self.identifying = list(dict.fromkeys([*self.place_columns, *self.own_columns]))
        self._row_texts: dict[str, dict[str, str]] = {}

    def texts(self, row: FileRow) -> dict[str, str]:
        """What the row says, for comparison, by column; blank cells are left out."""
        texts = {name: comparison_key(display(self.columns[name], cell)) for name, cell in row.cells.items()}
        return {name: text for name, text in texts.items() if text}

    def row_texts(self, key: str) -> dict[str, str]:
        """What the row of a key says, for comparison; empty where the file has no such row."""
        if key not in self._row_texts:
            self._row_texts[key] = self.texts(self.keyed[key]) if key in self.keyed else {}
        return self._row_texts[key]

    def mismatch(self, key: str) -> tuple[str, str]:
        """The column at which the row of this key contradicts its record, and a Chinese sentence; ("", "") if none.

        A number alone that differs is an attempt to renumber, a title alone an edit, unless it is another record's.
        """
        shown, own = self.row_texts(key), self._texts_of(key)
        differing = [name for name in self.identifying if name in shown and shown[name] not in own[name]]
        places = [name for name in self.place_columns if name in shown]
        agrees = any(name in shown and name not in differing for name in self.identifying)
        at = ""
        if places and set(places) <= set(differing) and (len(places) > 1 or not agrees):
            at = places[0]
        at = at or next((name for name in self.own_columns if name in differing and self._is_moved(name, key)), "")
        at = at or self._swapped_column(key)
        return (at, OUT_OF_STEP.format(self._words(self.keyed[key]), self._record_words(key))) if at else ("", "")

    def _is_moved(self, name: str, key: str) -> bool:
        """Whether the row's text is that of another record, whose own row says it no longer."""
        owners = self._owners[name].get(self.row_texts(key)[name], set())
        return bool(owners) and not any(
            self.row_texts(other).get(name) == self.row_texts(key)[name] for other in owners - {key}
        )

    def _swapped_column(self, key: str) -> str:
        """A column of a row that says as a whole what another record's row said; "" where it does not."""
        if key not in self.exported:
            return ""
        own, shown = _comparison_keys(self.exported[key]), self.row_texts(key)
        changed = [name for name in self.columns if shown.get(name, "") != own.get(name, "")]
        if len(changed) < 2:
            return ""
        for other in self._exported_rows.get(self._whole(shown), ()):
            if other != key and self._whole(self.row_texts(other)) != self._whole(shown):
                return next((name for name in changed if name in shown), changed[0])
        return ""

    def repeats(self, row: FileRow) -> bool:
        """Whether the row says all that identifies one of the exported records."""
        shown = self.texts(row)
        titles = [name for name in self.own_columns if name in shown]
        return bool(titles) and bool(
            set.intersection(*(self._owners[name].get(shown[name], set()) for name in titles)) & self.exported.keys()
        )

    def lost_key(self, row: FileRow) -> str:
        """The Chinese sentence why a row without a key of its own must not become a new record; "" if it may."""
        shown = self.texts(row)
        titles = [name for name in self.own_columns if name in shown]
        if not titles:
            return ""
        alike = set.intersection(*(self._owners[name].get(shown[name], set()) for name in titles)) - self.keyed.keys()
        others = [name for name, column in self.columns.items() if column.places and name in shown]
        for key in sorted(alike & self.present.keys()):
            if all(comparison_key(self.present[key][name]) == shown[name] for name in others):
                return KEY_LOST.format(self._record_words(key))
        return ""

    def _texts_of(self, key: str) -> dict[str, set[str]]:
        """The texts of a record in the identifying columns, as exported and as they are now."""
        found: dict[str, set[str]] = {name: set() for name in self.identifying}
        for name, texts in found.items():
            if key in self.exported:
                texts.add(comparison_key(self.exported[key].get(name, "")))
            if key in self.present:
                texts.add(comparison_key(self.present[key][name]))
        return found

    @cached_property
    def _owners(self) -> dict[str, dict[str, set[str]]]:
        """For each identifying column, the keys of the records by the texts they have or had."""
        owners: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in self.own_columns}
        for name, found in owners.items():
            texts = [(key, exported.get(name, "")) for key, exported in self.exported.items()]
            texts += [(key, present[name]) for key, present in self.present.items()]
            for key, text in texts:
                if alike := comparison_key(text):
                    found[alike].add(key)
        return owners

    @cached_property
    def _exported_rows(self) -> dict[tuple[str, ...], list[str]]:
        """The keys of the exported records by all that their rows said."""
        rows: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for key, texts in self.exported.items():
            rows[self._whole(_comparison_keys(texts))].append(key)
        return rows

    def _whole(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(texts.get(name, "") for name in self.columns)

    def _words(self, row: FileRow) -> str:
        return _name_record(display(self.columns[name], row.cells[name]) for name in self.identifying or self.columns)

    def _record_words(self, key: str) -> str:
        exported, columns = self.exported.get(key), self.identifying or self.columns
        if exported:
            return _name_record(exported.get(name, "") for name in columns)
        return _name_record(self.present[key][name] for name in columns)


def _comparison_keys(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: comparison_key(text) for name, text in texts.items()}


def _name_record(texts: Iterable[str]) -> str:
    """The first two texts that are not blank, shortened."""
    given = [text if len(text) <= 40 else f"{text[:39]}…" for text in texts if text]
    return " ".join(given[:2])
