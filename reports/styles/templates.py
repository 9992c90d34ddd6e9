"""Texts with named gaps and optional clauses, which are both written and read. Pure.

对照【巡察】反馈问题，已完成【完成数】个{，正在整改【整改中数】个}。

A gap stands in 【】, as totals do in the texts of an office; other words in these brackets are words. A clause in
braces is left out when all its gaps are empty or 0; a mark alone between two clauses stands only between two that are
written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from documents.document import Span
from reports.phrases import either_width

_TOKEN = re.compile(r"【([^【】{}\n]{1,24})】|([{}])")
_BRACES = str.maketrans("｛｝", "{}")
_NOTHING = {"", "0", "0%"}


class TemplateError(ValueError):
    """A template that cannot be read; the Chinese message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A part that is left out when it would say nothing."""

    parts: tuple[TemplatePart, ...]


TemplatePart: TypeAlias = "str | Gap | Clause"


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: see the module."""

    parts: tuple[TemplatePart, ...]

    def names(self) -> list[str]:
        """The names of its gaps, in order, with repetitions."""
        return [gap.name for gap in _gaps(self.parts)]

    def spans(self, values: Mapping[str, Span]) -> tuple[Span, ...]:
        """The text with its gaps filled; fixed words, also other words in 【】, have no source."""
        return tuple(_spans(self.parts, values))

    def read(self, text: str, patterns: Mapping[str, str]) -> dict[str, str] | None:
        """The texts of the gaps when the whole text is this one, else None; those of clauses left out are missing."""
        return self._found(_compile_template(self, tuple(patterns.items())).fullmatch(text))

    def find(self, text: str, patterns: Mapping[str, str]) -> tuple[int, int, dict[str, str]] | None:
        """The first occurrence as (start, end, texts of the gaps), else None."""
        found = _compile_template(self, tuple(patterns.items())).search(text)
        return (found.start(), found.end(), self._found(found) or {}) if found else None

    def read_beginning(self, text: str, patterns: Mapping[str, str]) -> tuple[int, dict[str, str]] | None:
        """Where the text ends that stands at the beginning, and the texts of its gaps; else None."""
        found = _compile_template(self, tuple(patterns.items())).match(text)
        return (found.end(), self._found(found) or {}) if found else None

    def read_ending(self, text: str, patterns: Mapping[str, str]) -> tuple[int, dict[str, str]] | None:
        """Where the text begins that stands at the end, and the texts of its gaps; else None."""
        for found in _compile_template(self, tuple(patterns.items())).finditer(text):
            if found.end() == len(text):
                return found.start(), self._found(found) or {}
        return None

    def _found(self, found: re.Match[str] | None) -> dict[str, str] | None:
        if found is None:
            return None
        groups = found.groupdict()
        names = {f"gap{place}": name for place, name in enumerate(dict.fromkeys(self.names()))}
        return {name: groups[group] for group, name in names.items() if groups.get(group) is not None}


@cache
def read_template(text: str) -> Template:
    """The template of a text; TemplateError for a brace without its partner."""
    plain = text.translate(_BRACES)
    open_parts: list[list[TemplatePart]] = [[]]
    starts: list[int] = []
    at = 0
    for found in _TOKEN.finditer(plain):
        if found.start() > at:
            open_parts[-1].append(plain[at : found.start()])
        at = found.end()
        if found[1]:
            open_parts[-1].append(Gap(found[1]))
        elif found[2] == "{":
            open_parts.append([])
            starts.append(found.start())
        elif not starts:
            raise TemplateError(f"第 {found.start() + 1} 个字“}}”前面没有与它配对的“{{”。")
        else:
            starts.pop()
            clause = Clause(tuple(open_parts.pop()))
            open_parts[-1].append(clause)
    if starts:
        raise TemplateError(f"第 {starts[-1] + 1} 个字“{{”后面没有与它配对的“}}”。")
    if plain[at:]:
        open_parts[-1].append(plain[at:])
    return Template(tuple(open_parts[0]))


def _gaps(parts: tuple[TemplatePart, ...]) -> Iterator[Gap]:
    for part in parts:
        if isinstance(part, Gap):
            yield part
        elif isinstance(part, Clause):
            yield from _gaps(part.parts)


def _says(part: TemplatePart, values: Mapping[str, Span]) -> bool:
    """Whether a part is written: a clause needs one gap that says something."""
    if not isinstance(part, Clause):
        return True
    said = (_value(gap, values) for gap in _gaps(part.parts))
    return any(span is not None and span.text not in _NOTHING for span in said)


def _value(gap: Gap, values: Mapping[str, Span]) -> Span | None:
    """The value of a gap; None for words in brackets that are no gap here."""
    try:  # not ``get``: totals that are missing have placeholders
        return values[gap.name]
    except KeyError:
        return None


def _spans(parts: tuple[TemplatePart, ...], values: Mapping[str, Span]) -> Iterator[Span]:
    for place, part in enumerate(parts):
        if isinstance(part, Gap):
            yield _value(part, values) or Span(f"【{part.name}】")
        elif isinstance(part, Clause):
            if _says(part, values):
                yield from _spans(part.parts, values)
        elif not _is_joint(parts, place) or _joins(parts, place, values):
            yield Span(part)


def _joins(parts: tuple[TemplatePart, ...], place: int, values: Mapping[str, Span]) -> bool:
    """Whether clauses on both sides of a joint are written; before it, any in the row that it continues."""
    if not _says(parts[place + 1], values):
        return False
    first = place
    while first > 1 and _is_joint(parts, first):
        if _says(parts[first - 1], values):
            return True
        first -= 2
    return _is_joint(parts, first) and _says(parts[first - 1], values)


def _is_joint(parts: tuple[TemplatePart, ...], place: int) -> bool:
    """Whether the part is a mark alone between two clauses."""
    return (
        parts[place] in {"、", "，", "；", ",", ";"}
        and 0 < place < len(parts) - 1
        and isinstance(parts[place - 1], Clause)
        and isinstance(parts[place + 1], Clause)
    )


@cache
def _compile_template(template: Template, patterns: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    groups = {name: f"gap{place}" for place, name in enumerate(dict.fromkeys(template.names()))}
    return re.compile(_pattern(template.parts, dict(patterns), groups, set()), re.DOTALL)


def _pattern(
    parts: tuple[TemplatePart, ...], patterns: Mapping[str, str], groups: Mapping[str, str], seen: set[str]
) -> str:
    pieces = []
    for place, part in enumerate(parts):
        if isinstance(part, Clause):
            # What a clause has named may not stand, so that it is no reference for what follows.
            pieces.append(f"(?:{_pattern(part.parts, patterns, groups, set(seen))})?")
        elif isinstance(part, str):
            mark = either_width(part)
            pieces.append(f"(?:{mark})?" if _is_joint(parts, place) else mark)
        elif part.name not in patterns:
            pieces.append(re.escape(f"【{part.name}】"))
        elif part.name in seen:
            # A gap that occurs twice holds the same text both times.
            pieces.append(f"(?P={groups[part.name]})")
        else:
            seen.add(part.name)
            pieces.append(f"(?P<{groups[part.name]}>{patterns[part.name]})")
    return "".join(pieces)
