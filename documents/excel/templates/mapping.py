"""The mapping of an external template: which text goes into which cell, from placeholders or chosen columns. Pure.

A text is written into its cell with ``{{ 名称 }}`` replaced; a cell that is a single placeholder gets the value itself,
such as a date. One row of one sheet is repeated for the records; all other cells are written once.
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
CLOSE = 0.5  # the similarity (0 to 1) from which a known name is suggested for an unknown one


@dataclass(frozen=True)
class TemplateMapping:
    """The places that are filled in a template.

    ``sheet`` and ``row`` are the repeated row, ``columns`` its texts by column letters, ``cells`` the texts of single
    cells by sheet and cell (``登记表!B2``).
    """

    sheet: str
    row: int
    columns: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceholderNames:
    """The names that a template can use: of a record, for the repeated row only, and of the list as a whole."""

    record: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """The names of both, those of a record first."""
        return self.record + self.whole


def placeholder(name: str) -> str:
    """The placeholder of a name, {{名称}}."""
    return f"{{{{{name}}}}}"


def placeholder_names(text: str) -> list[str]:
    """The names of the placeholders in a text, in order."""
    return PLACEHOLDER.findall(text)


def single_placeholder(text: str) -> str:
    """The name if the text is one placeholder and nothing else, else ""."""
    found = PLACEHOLDER.fullmatch(text.strip())
    return found[1] if found else ""


def evaluate_text(text: str, values: Mapping[str, CellValue]) -> CellValue:
    """The value of a cell with this text: of a single placeholder as it is, else the text with values inserted.

    Raises KeyError for a name that ``values`` does not have.
    """
    if name := single_placeholder(text):
        return values[name]
    return PLACEHOLDER.sub(lambda found: format_inline(values[found[1]]), text)


def format_inline(value: CellValue) -> str:
    """A value as text within a sentence: dates as 2026年6月30日."""
    return full_date(value) if isinstance(value, dt.date) else format_value(value)


def placeholder_faults(text: str, known: Iterable[str]) -> list[str]:
    """The faults of the placeholders in a text, in Chinese; empty when there are none."""
    if BRACES.search(PLACEHOLDER.sub("", text)):
        return ["花括号没有配对，或者里面没有名称；请写成 {{名称}}"]
    known = list(known)
    return [_explain_unknown_name(name, known) for name in placeholder_names(text) if name not in known]


def _explain_unknown_name(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=CLOSE)
    help_ = f"，是不是“{close[0]}”？请改正" if close else f"；可用的有：{'、'.join(known)}"
    return f"没有“{name}”这个占位符{help_}"
