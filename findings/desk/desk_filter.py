"""What the address of the desk asks for, and the addresses of its filters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.web.filters import invalid_value
from accounts.web.http import parse_pk
from findings.desk.sources import SOURCES

MINE, BACK, LATE, TODAY, WEEK, OTHERS, VOID, DONE = "mine", "back", "late", "today", "week", "others", "void", "done"
OVERSEERS = (MINE, LATE, TODAY, WEEK, OTHERS, VOID)
REPORTERS = (MINE, BACK, LATE, TODAY, OTHERS, DONE)
OWN = "own"  # only the work for which nobody else of the unit is named
KINDS = {source.kind for source in SOURCES.values()}


@dataclass(frozen=True)
class DeskFilter:
    """The filters of the desk as strings of the address; empty ones do not filter."""

    show: str = MINE
    kind: str = ""
    inspection: str = ""
    day: str = ""
    whose: str = ""
    page: str = ""
    problems: tuple[str, ...] = field(default=(), compare=False)

    def address(self, **changes: str) -> str:
        """The address of the desk with these filters changed, from its first page."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in {"problems", "page"}}
        values |= changes
        if values["show"] == MINE:
            values["show"] = ""
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self._desk}?{query}" if query else self._desk

    @cached_property
    def _desk(self) -> str:
        return reverse("findings:desk")

    @property
    def number(self) -> int:
        """The number of the page."""
        return max(1, parse_pk(self.page))


def read_filter(asked: Mapping[str, str], shows: tuple[str, ...], inspections: set[int] | None) -> DeskFilter:
    """The filters that are valid; the others are named in ``problems``. None for any inspection."""
    values: dict[str, str] = {}
    problems: list[str] = []
    valid: dict[str, Callable[[str], bool]] = {
        "show": lambda value: value in shows,
        "kind": lambda value: value in KINDS,
        "inspection": lambda value: parse_pk(value) > 0 and (inspections is None or parse_pk(value) in inspections),
        "day": _is_day,
        "whose": lambda value: value == OWN,
        "page": lambda value: parse_pk(value) > 0,
    }
    for name, is_valid in valid.items():
        value = asked.get(name, "")
        if value and is_valid(value):
            values[name] = value
        elif value:
            problems.append(invalid_value(LABELS[name], value, "下面没有按它筛选。"))
    return DeskFilter(**values, problems=tuple(problems))


LABELS = {"show": "情形", "kind": "事项", "inspection": "巡察", "day": "日期", "whose": "范围", "page": "页码"}


def _is_day(value: str) -> bool:
    try:
        return dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
