"""The automatic numbers of paragraphs in a Word file, as Word prints them (ECMA-376, part 1, 17.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from documents.numerals import to_chinese

CHINESE = {
    "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
    "japaneseCounting", "ideographDigital", "chineseLegalSimplified",
}  # fmt: skip
CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
LEVELS = 9  # of a list in Word
MOST_CHINESE = 999  # what ``to_chinese`` can write; lists of offices are shorter


@dataclass
class ListLevel:
    """One level of a list: how its number is written, where it starts, and its text, such as （%1）."""

    number_format: str = "decimal"
    start: int = 1
    text: str = ""


class ListNumbers:
    """Counts the paragraphs of the lists of a document, in order."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._abstract: dict[str, dict[int, ListLevel]] = {}
        self._lists: dict[str, tuple[str, dict[int, ListLevel]]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        self._styles = {style.get(qn("w:styleId")): style for style in styles.iter(qn("w:style"))}

    def _read_lists(self, numbering: Any) -> None:
        for abstract in numbering.iter(qn("w:abstractNum")):
            levels = {int(level.get(qn("w:ilvl"))): _level(level) for level in abstract.iter(qn("w:lvl"))}
            self._abstract[abstract.get(qn("w:abstractNumId"))] = levels
        for one in numbering.iter(qn("w:num")):
            key = one.get(qn("w:numId"))
            abstract = _value(one, "w:abstractNumId") or ""
            levels = dict(self._abstract.get(abstract, {}))
            counted = abstract
            for override in one.iter(qn("w:lvlOverride")):
                place = int(override.get(qn("w:ilvl")))
                own = override.find(qn("w:lvl"))
                level = _level(own) if own is not None else levels.get(place, ListLevel())
                start = _value(override, "w:startOverride")
                # A list that starts anew has counters of its own.
                if start is not None:
                    level, counted = ListLevel(level.number_format, int(start), level.text), f"{abstract}/{key}"
                levels[place] = level
            self._lists[key] = (counted, levels)

    def number(self, paragraph: Any) -> str:
        """The number that Word prints before a paragraph, such as （一） or 1.; "" for one without."""
        key, place = self._list_of(paragraph)
        if key is None or key == "0" or key not in self._lists:
            return ""
        counted, levels = self._lists[key]
        level = levels.get(place)
        if level is None or level.number_format in {"bullet", "none"}:
            return ""
        counters = self._counters.setdefault(counted, {})
        counters[place] = counters.get(place, level.start - 1) + 1
        for deeper in range(place + 1, LEVELS):
            counters.pop(deeper, None)
        words = level.text
        for upper in range(LEVELS):
            if (gap := f"%{upper + 1}") in words:
                upper_level = levels.get(upper, level)
                words = words.replace(
                    gap, _format_number(counters.get(upper, upper_level.start), upper_level.number_format)
                )
        return words

    def _list_of(self, paragraph: Any) -> tuple[str | None, int]:
        """The list and the level of a paragraph: its own, else those of its style."""
        properties = paragraph.find(qn("w:pPr"))
        style = _value(properties, "w:pStyle") if properties is not None else None
        seen: set[str] = set()
        place = None
        while True:
            numbered = properties.find(qn("w:numPr")) if properties is not None else None
            if numbered is not None:
                level = _value(numbered, "w:ilvl")
                place = int(level) if place is None and level is not None else place
                if (key := _value(numbered, "w:numId")) is not None:
                    return key, place or 0
            if style is None or style in seen or style not in self._styles:
                return None, 0
            seen.add(style)
            properties = self._styles[style].find(qn("w:pPr"))
            style = _value(self._styles[style], "w:basedOn")


def _level(element: Any) -> ListLevel:
    return ListLevel(
        _value(element, "w:numFmt") or "decimal",
        int(_value(element, "w:start") or 1),
        _value(element, "w:lvlText") or "",
    )


def _value(element: Any, name: str) -> str | None:
    child = element.find(qn(name))
    value: str | None = child.get(qn("w:val")) if child is not None else None
    return value


def _format_number(number: int, number_format: str) -> str:
    if number_format in CHINESE and 1 <= number <= MOST_CHINESE:
        return to_chinese(number)
    if number_format in CIRCLED and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if number_format in {"lowerLetter", "upperLetter"} and 1 <= number <= 26:
        return chr(ord("a" if number_format == "lowerLetter" else "A") + number - 1)
    return str(number)
