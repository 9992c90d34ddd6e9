"""Totals that a text may quote: 【学习.次数】 is said as the number there is at that moment, so that it stays true.

Pure: what counts them enters itself here (``offer``), for findings know neither the ledgers nor who else counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

QUOTED = re.compile(r"【([^【】\n]{1,40})】")
DOTS = str.maketrans("．·。•", "....")  # what is typed for the dot of a key
LIKENESS = 0.55
FIGURE = "{}"  # the place of the number in a sentence
Counter = Callable[[int], Mapping[str, int]]  # the totals of an inspection, given by its number, by their keys


@dataclass(frozen=True)
class Quotable:
    """One total: its key, and the words in which a report says it, such as 共开展集体学习{}次."""

    key: str
    sentence: str

    @property
    def words(self) -> str:
        """The sentence with the placeholder in it, as it is put into an outcome."""
        return self.sentence.replace(FIGURE, f"【{self.key}】")

    def said(self, number: int) -> str:
        """The sentence with the number in it."""
        return self.sentence.replace(FIGURE, str(number))


QUOTABLE: dict[str, Quotable] = {}
COUNTERS: list[Counter] = []


def offer(quotables: list[Quotable], counter: Counter) -> None:
    """Enter some totals and what counts all of them at once; to be called while the program starts."""
    for quotable in quotables:
        if quotable.key in QUOTABLE:
            raise ValueError(f"two totals are called {quotable.key}")
        QUOTABLE[quotable.key] = quotable
    COUNTERS.append(counter)


def count(inspection: int) -> dict[str, int]:
    """Every total of an inspection, as it is now."""
    return {key: number for counter in COUNTERS for key, number in counter(inspection).items()}


def quoted_in(text: str) -> list[str]:
    """The keys of the totals a text quotes."""
    return [key for key in QUOTED.findall(text) if key in QUOTABLE]


def objections(text: str) -> list[str]:
    """What is wrong with the placeholders of a text: a sentence for each total that there is not.

    Other words in these brackets are left alone, unless they look like a key.
    """
    return [_objection(key) for key in dict.fromkeys(QUOTED.findall(text)) if key not in QUOTABLE and _is_meant(key)]


def _is_meant(key: str) -> bool:
    return "." in key.translate(DOTS) or bool(get_close_matches(key, QUOTABLE, n=1, cutoff=0.8))


def _objection(key: str) -> str:
    near = get_close_matches(key.translate(DOTS), QUOTABLE, n=3, cutoff=LIKENESS)
    meant = f"您要引用的是不是{'、'.join(f'【{one}】' for one in near)}？" if near else "可以引用的数字见表单旁的列表。"
    return f"没有“{key}”这个统计数。{meant}"


class Saying:
    """The texts of one inspection with its totals put in, which are counted once, when the first text quotes one."""

    do_not_call_in_templates = True  # they would call it without a text

    def __init__(self, inspection: int) -> None:
        self.inspection = inspection
        self._totals: dict[str, int] | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Every total of the inspection by its key."""
        if self._totals is None:
            self._totals = count(self.inspection)
        return self._totals

    def __call__(self, text: str) -> str:
        """The text as it is read."""
        if not quoted_in(text):
            return text
        return QUOTED.sub(lambda found: str(self.totals.get(found[1], found[0])), text)

    def quoted(self, text: str) -> dict[str, int]:
        """The totals that a text quotes."""
        return {key: self.totals[key] for key in quoted_in(text)}

    def offered(self) -> list[tuple[Quotable, int]]:
        """Everything that can be quoted, with its present number."""
        return [(quotable, self.totals[key]) for key, quotable in QUOTABLE.items()]
