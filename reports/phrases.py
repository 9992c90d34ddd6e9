"""The fixed wording of the report: one template both writes a sentence and reads it (ADR 1).

Pure. To read or write another form of a sentence or heading, add an entry here.
"""

from __future__ import annotations

import re
from string import Formatter

from documents.document import Span

# Public copies of reports may have half-width punctuation: both are read, full-width is written.
_WIDTHS = ("，,", "：:", "；;", "（(", "）)")
_EITHER_WIDTH = {mark: f"[{pair}]" for pair in _WIDTHS for mark in pair}

COUNT = r"[\d*]+"
MONTH = r"[\d*]{4}年[\d*]{1,2}月"
DAY = rf"{MONTH}[\d*]{{1,2}}日"


def either_width(literal: str) -> str:
    """The pattern of fixed words, in which half-width marks stand for full-width ones."""
    return "".join(_EITHER_WIDTH.get(character, re.escape(character)) for character in literal)


class Phrase:
    """A sentence with named gaps, such as ``Phrase("关于{title}问题。")``; ``patterns`` restrict the text of a gap."""

    def __init__(self, template: str, **patterns: str) -> None:
        self._parts = [(literal, name) for literal, name, _, _ in Formatter().parse(template)]
        self._regex = re.compile(self._pattern(patterns), re.DOTALL)

    def _pattern(self, patterns: dict[str, str]) -> str:
        seen: set[str] = set()
        pieces: list[str] = []
        for literal, name in self._parts:
            pieces.append(either_width(literal))
            if name is None:
                continue
            # A gap that occurs twice must hold the same text both times.
            pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>{patterns.get(name, '.+?')})")
            seen.add(name)
        return "".join(pieces)

    def spans(self, **gaps: Span) -> tuple[Span, ...]:
        """The sentence with its gaps filled, as spans; the fixed words have no source."""
        spans: list[Span] = []
        for literal, name in self._parts:
            if literal:
                spans.append(Span(literal))
            if name is not None:
                spans.append(gaps[name])
        return tuple(spans)

    def read(self, text: str) -> dict[str, str] | None:
        """The texts of the gaps when the whole text is this sentence, else None."""
        found = self._regex.fullmatch(text)
        return found.groupdict() if found else None


UNKNOWN_PERIOD = "【巡察起止时间未填】"
UNKNOWN_DAY = "【反馈日期未填】"

# Names are short and have no punctuation; without these bounds matching a hostile text could take hours.
NAME = "[^，,。；;\n]{1,60}?"
NAMED_ASPECTS = "[^。\n]{1,2000}"

SEVERAL_ASPECTS = Phrase("{names}等{aspects}个方面", names=".+", aspects=COUNT)
ONE_ASPECT = Phrase("{names}方面", names=".+")

FACET = Phrase("在{title}方面，{text}", title="[^，,。；;：:\n]+?", text=".*")

CONTACT_WAYS = {
    "phone": Phrase("联系电话：{value}", value=".+"),
    "address": Phrase("邮政信箱：{value}", value=".+"),
    "email": Phrase("电子邮箱：{value}", value=".+"),
}
