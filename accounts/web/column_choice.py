"""The columns of a list that a user chose to see, kept with the user as the number of rows is.

What is kept are the hidden ones, so that a column which a later version adds is seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from accounts.web.filters import invalid_value
from accounts.web.http import PageRequest
from accounts.web.tables import ListTable

PARAMETER = "column"
ALL = "all"


@dataclass(frozen=True)
class OfferedColumn:
    """A column in the form of choice; one that tells the rows apart ``is_fixed`` and cannot be hidden."""

    name: str
    label: str
    is_fixed: bool
    is_shown: bool


@dataclass(frozen=True)
class ColumnChoice:
    """The columns on offer, none in a table without a choice, and what of the address was not valid."""

    columns: list[OfferedColumn] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of the columns that are not shown."""
        return tuple(column.name for column in self.columns if not column.is_shown)


def read_column_choice(request: PageRequest, table: type[ListTable], absent: Collection[str]) -> ColumnChoice:
    """The choice in the address, then kept with the user, else the one kept.

    ``absent`` are the columns that this list does not have at present, whatever was chosen.
    """
    if not table.key:
        return ColumnChoice()
    names = [name for name in table.base_columns if name not in absent]
    kept: dict[str, list[str]] = request.user.hidden_columns
    asked = request.GET.getlist(PARAMETER)
    known = set(asked) & set(names)
    hidden = set(kept.get(table.key, ()))
    if known or ALL in asked:
        # A column that is absent now keeps what was chosen for it.
        shown = set(names) if ALL in asked else known
        chosen = sorted((hidden - set(names)) | (set(names) - shown - set(table.fixed)))
        if chosen != sorted(hidden):
            request.user.hidden_columns = kept | {table.key: chosen}
            request.user.save(update_fields=["hidden_columns"])
            hidden = set(chosen)
    columns = [
        OfferedColumn(
            name,
            str(table.base_columns[name].verbose_name),
            name in table.fixed,
            name in table.fixed or name not in hidden,
        )
        for name in names
    ]
    unknown = [name for name in asked if name not in {*names, ALL}]
    return ColumnChoice(columns, [invalid_value("栏目", name, "请在“选栏目”里选。") for name in unknown[:1]])
