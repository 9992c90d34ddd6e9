"""Field values as Chinese text for pages, and excerpts of two long texts around their difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils import timezone

EMPTY = "「空」"
AROUND = 24  # characters kept before and after a difference
LONGEST = 160  # characters of a difference itself; both ends of a longer one are kept
Name = Callable[[type[models.Model], int], str]  # gives the label of a linked record by its model and key


def display_value(field: models.Field[Any, Any], value: Any, name: Name) -> str:
    """The text for one field value: label of a choice, names of linked records, full date, 「空」 for no value."""
    if isinstance(value, frozenset):
        linked: Any = field.related_model
        return "、".join(sorted(name(linked, key) for key in value)) or EMPTY
    if value is None or value == "":
        return EMPTY
    if isinstance(field, models.ForeignKey):
        return name(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return format_value(value)


def format_value(value: Any) -> str:
    """The text for a value without its field: 是/否, local date and time, sorted pairs of a dict, else ``str()``."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        moment = timezone.localtime(value)
        return f"{format_value(moment.date())} {moment:%H:%M}"
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, dict):
        return "；".join(f"{name}：{format_value(one)}" for name, one in sorted(value.items())) or EMPTY
    return str(value)


def diff_excerpt(before: str, after: str) -> tuple[str, str]:
    """Excerpts of both texts from ``AROUND`` characters before to after their difference.

    Texts of at most ``LONGEST`` characters are given whole.
    """
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    head = _common_prefix_length(before, after)
    # Behind the common prefix only: otherwise the two could overlap, as in "aa" and "aaa".
    tail = _common_prefix_length(before[head:][::-1], after[head:][::-1])
    return _cut(before, head, tail), _cut(after, head, tail)


def _common_prefix_length(one: str, other: str) -> int:
    """The number of characters with which both texts begin."""
    length = min(len(one), len(other))
    return next((place for place in range(length) if one[place] != other[place]), length)


def _cut(text: str, head: int, tail: int) -> str:
    start, end = max(head - AROUND, 0), min(len(text) - tail + AROUND, len(text))
    middle = text[start:end]
    if len(middle) > LONGEST + 2 * AROUND:
        half = LONGEST // 2 + AROUND
        middle = f"{middle[:half]}……{middle[-half:]}"
    return f"{'…' if start else ''}{middle}{'…' if end < len(text) else ''}"
