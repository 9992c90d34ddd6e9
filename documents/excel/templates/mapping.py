"""What goes where in a superior's form: the one mapping in which placeholders and chosen columns both end. Pure.

A text is written into a cell as it stands, with ``{{ 名称 }}`` replaced; a cell that is one placeholder takes the value
itself, a day as a day. One row of one sheet is repeated for the records; all other cells are written once.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from documents.excel.columns import CellValue, format_value
from documents.numerals import full_date

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}")
COORDINATE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ROW_NUMBER, TOTAL, TITLE = "行号", "总数", "清单名称"
CLOSE = 0.5  # how like a known name an unknown one has to be to be taken for a slip


@dataclass(frozen=True)
class TemplateMapping:
    """Where a form is filled in: the sheet and the number of the row that is repeated, the texts of its columns by
    their letters, and the texts of single cells by sheet and cell (``登记表!B2``).
    """

    sheet: str
    row: int
    columns: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceholderNames:
    """The names a form can use: those of a record, which stand in the repeated row, and those of the whole."""

    record: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Both."""
        return self.record + self.whole


def placeholder(name: str) -> str:
    """A name as it is written in a form."""
    return f"{{{{{name}}}}}"


def placeholder_names(text: str) -> list[str]:
    """The names a text uses."""
    return PLACEHOLDER.findall(text)


def single_placeholder(text: str) -> str:
    """The name, where a text is nothing but one placeholder."""
    found = PLACEHOLDER.fullmatch(text.strip())
    return found[1] if found else ""


def evaluate_text(text: str, values: Mapping[str, CellValue]) -> CellValue:
    """What a cell with this text says. KeyError for a name that ``values`` does not have."""
    if name := single_placeholder(text):
        return values[name]
    return PLACEHOLDER.sub(lambda found: format_inline(values[found[1]]), text)


def format_inline(value: CellValue) -> str:
    """A value within a sentence: days as 2026年6月30日."""
    return full_date(value) if isinstance(value, dt.date) else format_value(value)


def placeholder_faults(text: str, known: Iterable[str]) -> list[str]:
    """What is wrong with the placeholders of a text."""
    if BRACES.search(PLACEHOLDER.sub("", text)):
        return ["花括号没有配对，或者里面没有名称；请写成 {{名称}}"]
    known = list(known)
    return [_explain_unknown_name(name, known) for name in placeholder_names(text) if name not in known]


def _explain_unknown_name(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=CLOSE)
    help_ = f"，是不是“{close[0]}”？请改正" if close else f"；可用的有：{'、'.join(known)}"
    return f"没有“{name}”这个占位符{help_}"
