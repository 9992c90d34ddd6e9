"""How an office's own headings are read: the stored decisions, proposals for new ones, and the form that asks."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.forms import BoundField
from django.http import QueryDict

from accounts.records.conflicts import VERSION_FIELD, submitted_version
from accounts.records.saving import ConflictError
from accounts.text import one_line
from accounts.web.forms import VersionedForm
from documents.excel.limits import Cell
from documents.excel.sheet import column_letters
from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from ledgers.cell_parsing import parse_cell
from ledgers.cell_text import CellError, read_text
from ledgers.columns import Column, ColumnKind
from ledgers.headings import CLOSE, LONGEST, mapping_key, normal, synonyms_of
from ledgers.lookups import Lookup
from ledgers.models import ColumnMapping
from ledgers.sheet_matching import FileList, ForeignColumn

LEAVE_OUT = "-"
SHOWN_SAMPLES, SAMPLE_LENGTH = 3, 40  # samples of a column on the page, characters of each
# Kinds of columns whose content alone tells that it belongs there.
TELLING = {ColumnKind.DAY, ColumnKind.CHOICE, ColumnKind.UNIT, ColumnKind.UNITS, ColumnKind.PERSON}
TWICE = "“{0}”和“{1}”都对应到了“{2}”，一列只能对应一次。请改正其中一个，或者选“不导入”。"
SAME_HEADING = "文件里有几列都叫“{0}”，分不清读哪一列。请先在文件里改成不同的名称再上传，或者选“不导入”。"
MEANWHILE = "这期间有人改了本单位的列的对应，这一次没有保存。请核对后再提交。"


def mapping_of(inspection: Inspection, listed: str) -> dict[str, str]:
    """How the body of an inspection reads headings of a list: columns (keys, "" for none) by ``mapping_key``."""
    return dict(ColumnMapping.objects.of(inspection, listed).values_list("heading", "column"))


def propose_columns(file: FileList, columns: Sequence[Column], known: Lookup) -> dict[int, str]:
    """The column (key) proposed for each foreign column (number): as it is read now, by its heading, by its content.

    Columns of which nothing is known are left out; no column is proposed twice.
    """
    by_place = {place: key for key, place in file.places.items()}
    foreign = [one for one in file.foreign if one.heading not in file.left_out]
    chosen = {one.place: by_place[one.place] for one in foreign if one.place in by_place}
    free = {column.key: column for column in columns if column.key not in file.places}
    for propose in (_by_heading, _by_content):
        for one in foreign:
            if one.place not in chosen and (key := propose(one, [*free.values()], known)):
                chosen[one.place] = key
                del free[key]
    return chosen


def _by_heading(one: ForeignColumn, free: Sequence[Column], _known: Lookup) -> str:
    """The column whose heading, or another name of it, holds this heading or is like it."""
    names = {normal(name): column.key for column in free for name in (column.heading, *synonyms_of(column.heading))}
    heading = normal(one.heading)
    fitting = [name for name in names if len(name) > 2 and (name in heading or (len(heading) > 2 and heading in name))]
    fitting = fitting or difflib.get_close_matches(heading, names, n=1, cutoff=CLOSE)
    return names[max(fitting, key=len)] if fitting else ""


def _by_content(one: ForeignColumn, free: Sequence[Column], known: Lookup) -> str:
    """The only column that takes all cells of this one, of those whose content tells what they are."""
    fitting = [column for column in free if column.field and column.kind in TELLING]
    fitting = [column for column in fitting if one.samples and all(_fits(column, cell, known) for cell in one.samples)]
    return fitting[0].key if len(fitting) == 1 else ""


def _fits(column: Column, cell: Cell, known: Lookup) -> bool:
    try:
        return bool(parse_cell(column, cell, known).text)
    except CellError:
        return False


@dataclass(frozen=True)
class ColumnQuestion:
    """A foreign column on the page: its letters, heading and first texts, and the field that asks for its column."""

    letters: str
    heading: str
    samples: list[str]
    use: BoundField
    is_new: bool  # whether the office has not decided about this heading yet
    other_list: str  # the title of another list that has this column, "" if there is none


class ColumnMappingForm(VersionedForm):
    """One field for each foreign heading of a file: a column of the list that the file lacks, or none.

    Its version is the sum of those of the stored mappings, which grows with each of them. ``other_lists`` are titles of
    lists by the normalised headings of their columns.
    """

    refusal = "还没有保存列的对应。"

    def __init__(  # noqa: PLR0913 -- the file, as which list of what, and what is known of headings
        self,
        *args: Any,
        file: FileList,
        columns: Sequence[Column],
        inspection: Inspection,
        key: str,
        known: Lookup,
        other_lists: Mapping[str, str],
    ) -> None:
        self.mappings = {one.heading: one for one in ColumnMapping.objects.of(inspection, key)}
        super().__init__(*args, version=self._stored_version)
        self.file, self.inspection, self.key, self.other_lists = file, inspection, key, other_lists
        self.columns = {column.key: column for column in columns}
        self.counts = Counter(mapping_key(one.heading) for one in file.foreign)
        # One question for each heading, also when it stands above several columns.
        self.asked = {mapping_key(one.heading): one for one in reversed(file.foreign)}
        proposed = propose_columns(file, columns, known)
        choices = [*self._choices()]
        for one in self.foreign:
            label = f"“{one_line(one.heading, 40)}”（{column_letters(one.place)} 列）"
            self.fields[self._name(one)] = forms.ChoiceField(label=label, choices=choices)
            self.initial[self._name(one)] = proposed.get(one.place, LEAVE_OUT)

    @property
    def foreign(self) -> list[ForeignColumn]:
        """The foreign columns that are asked about, from left to right."""
        return sorted(self.asked.values(), key=lambda one: one.place)

    @property
    def rows(self) -> list[ColumnQuestion]:
        """The foreign columns with their fields."""
        return [
            ColumnQuestion(
                column_letters(one.place),
                one_line(one.heading, SAMPLE_LENGTH),
                [one_line(_text(cell), SAMPLE_LENGTH) for cell in one.samples[:SHOWN_SAMPLES]],
                self[self._name(one)],
                mapping_key(one.heading) not in self.mappings,
                self.other_lists.get(normal(one.heading), ""),
            )
            for one in self.foreign
        ]

    @property
    def exact(self) -> list[str]:
        """The headings of the list that the file has as they are."""
        foreign = {one.place for one in self.file.foreign}
        return [self.columns[key].heading for key, place in self.file.places.items() if place not in foreign]

    @staticmethod
    def _name(one: ForeignColumn) -> str:
        return f"column_{one.place}"

    @property
    def _stored_version(self) -> int:
        return sum(one.version for one in self.mappings.values())

    def _choices(self) -> list[tuple[str, Any]]:
        """No column, then those that are imported, then those that only say which record a row is."""
        exact = {normal(heading) for heading in self.exact}
        free = [column for column in self.columns.values() if normal(column.heading) not in exact]
        taken = [(column.key, column.heading) for column in free if column.field or column.places]
        # Said in each, since the page proposes them as well.
        compared = [(one.key, f"{one.heading}（只核对，不写入）") for one in free if not (one.field or one.places)]
        groups = [("清单的列", taken), ("只供查看的列", compared)]
        return [(LEAVE_OUT, "不导入"), *(group for group in groups if group[1])]

    def clean(self) -> dict[str, Any]:
        """Refuse two headings for one column, and a column for a heading that stands twice in the file."""
        owners: dict[str, ForeignColumn] = {}
        for one in self.foreign:
            key = self.cleaned_data.get(self._name(one), LEAVE_OUT)
            if key == LEAVE_OUT:
                continue
            if self.counts[mapping_key(one.heading)] > 1:
                self.add_error(self._name(one), SAME_HEADING.format(one_line(one.heading, 40)))
            other = owners.setdefault(key, one)
            if other is not one:
                names = (one_line(each.heading, 40) for each in (other, one))
                self.add_error(self._name(one), TWICE.format(*names, self.columns[key].heading))
        return self.cleaned_data

    @property
    def mapping(self) -> dict[str, str]:
        """What was chosen, as ``mapping_of`` gives it."""
        values = {mapping_key(one.heading): self.cleaned_data[self._name(one)] for one in self.foreign}
        return {heading: "" if key == LEAVE_OUT else key for heading, key in values.items()}

    def save(self) -> bool:
        """Remember what was chosen; False, with an error, when somebody else decided about headings meanwhile."""
        if submitted_version(self.data) != self._stored_version:
            return self._refuse()
        try:
            with transaction.atomic():
                for heading, column in self.mapping.items():
                    self._store(heading, column)
        except (ConflictError, IntegrityError):
            return self._refuse()
        return True

    def _store(self, heading: str, column: str) -> None:
        if mapping := self.mappings.get(heading):
            mapping.column = column
            workflow_writer.save(mapping, seen=mapping.version)
            return
        wording = one_line(self.asked[heading].heading, LONGEST)
        new = ColumnMapping(body=self.inspection.unit, listed=self.key, heading=heading, wording=wording)
        new.column = column
        workflow_writer.create(new)

    def _refuse(self) -> bool:
        self.mappings = {one.heading: one for one in ColumnMapping.objects.of(self.inspection, self.key)}
        data = QueryDict(mutable=True)  # the request's own is immutable
        data.update(self.data)
        data[VERSION_FIELD] = str(self._stored_version)
        self.data = data
        self.add_error(None, MEANWHILE)
        return False


def _text(cell: Cell) -> str:
    """The text of a sample, also of an error value."""
    try:
        return read_text(cell)
    except CellError:
        return str(cell[1])


def column_sentences(file: FileList) -> list[str]:
    """How columns of other headings are read, and which columns and rows are left out, as Chinese sentences."""
    words = []
    for one in file.foreign:
        heading = one_line(one.heading, SAMPLE_LENGTH)
        if own := file.renamed.get(one.heading):
            words.append(f"“{heading}”读作“{own}”。")
        elif one.heading in file.left_out:
            words.append(f"“{heading}”按本单位的列的对应不导入。")
        else:
            words.append(f"没有读取的列“{heading}”。")
    return [*words, *(f"{letters} 列没有表头，没有读取。" for letters in file.unheaded), *file.passed]
