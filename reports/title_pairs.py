"""Which titles of a text are which titles of an inspection: by likeness and number, decided for all of them together.

Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from reports.assignment import best_pairs

# Likeness in thousandths: 1000 for the same title, whatever its width, quotation marks, punctuation and blanks.
SAME_TITLE = 1000
LEAST = 500  # from which two titles may be one
SAME_NUMBER = 150  # added for the same number, so that a title that was half rewritten is found again
SAME_GROUP = 50  # added within the same heading, which tells apart titles that stand under two of them
MOST_LIKELY = 10  # candidates of one title; with more of them a large report would take seconds


@dataclass(frozen=True, slots=True)
class Title:
    """A title with its number and group as they count in the inspection; None for a group that it does not have."""

    text: str
    number: Hashable
    group: Hashable = None


@dataclass(frozen=True, slots=True)
class TitlePairs:
    """The pairs by places in the two lists, and for each title of the text the places of the likeliest, best first."""

    pairs: dict[int, int]
    likely: list[list[int]]


def pair_titles(said: Sequence[Title], present: Sequence[Title]) -> TitlePairs:
    """The pairs with the largest likeness in total; titles with the same number and the same words are one at once."""
    folded, folded_present = [fold(one.text) for one in said], [fold(one.text) for one in present]
    by_number = {
        (one.number, words): place for place, (one, words) in enumerate(zip(present, folded_present, strict=True))
    }
    pairs: dict[int, int] = {}
    for place, (one, words) in enumerate(zip(said, folded, strict=True)):
        if (one.number, words) in by_number:
            pairs[place] = by_number[one.number, words]
    likeness = _likenesses(folded, folded_present)
    likely: list[list[int]] = []
    values: dict[int, dict[int, int]] = {}
    taken = set(pairs.values())
    for place, one in enumerate(said):
        worth = [value + _bonus(one, other) for value, other in zip(likeness[place], present, strict=True)]
        likely.append(nlargest(MOST_LIKELY, range(len(present)), key=worth.__getitem__))
        if place not in pairs:
            # Only what is above the threshold counts: two poor pairs are not worth more than a good one.
            found = {other: worth[other] - LEAST for other in likely[-1] if other not in taken}
            values[place] = {other: value for other, value in found.items() if value > 0}
    return TitlePairs(pairs | best_pairs(values), likely)


def fold(title: str) -> str:
    """The letters and digits of a title, in half width and without case."""
    return "".join(one for one in unicodedata.normalize("NFKC", title).casefold() if one.isalnum())


def _bonus(one: Title, other: Title) -> int:
    return SAME_NUMBER * (one.number == other.number) + SAME_GROUP * (
        one.group is not None and one.group == other.group
    )


def _likenesses(folded: Sequence[str], present: Sequence[str]) -> list[list[int]]:
    """The likeness of each title with each present one: Dice's measure of the pairs of neighbouring characters.

    The pairs of a title are the bits of a number: hundreds of titles are compared with hundreds in a tenth of a second,
    which a comparison by longest common parts (difflib) would take many seconds for.
    """
    bits: dict[str, int] = {}

    def mask(words: str) -> int:
        framed = f"^{words}$"
        found = 0
        for start in range(len(framed) - 1 if words else 0):
            found |= 1 << bits.setdefault(framed[start : start + 2], len(bits))
        return found

    columns = [(one, one.bit_count()) for one in map(mask, present)]
    rows = [(one, one.bit_count()) for one in map(mask, folded)]
    return [
        [2 * SAME_TITLE * (row & column).bit_count() // ((size + width) or 1) for column, width in columns]
        for row, size in rows
    ]
