"""What the components of pages show, as values.

Their templates stand in templates/components/, their look in static/css/components/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BAR_WIDTH = 280  # units of the drawing, which is stretched to the room it has


@dataclass(frozen=True)
class Tile:
    """A number with the list behind it. ``address`` filters a list that then has ``number`` rows; "" for no link.

    ``is_least``: there are more, which are not counted.
    """

    label: str
    number: int
    address: str = ""
    tone: Literal["", "late", "warn", "good"] = ""
    is_current: bool = False
    is_least: bool = False


@dataclass(frozen=True)
class Chip:
    """One of several filters of which one is chosen, with the number of rows it leaves (None: not counted).

    ``is_least``: there are more, which are not counted.
    """

    label: str
    address: str
    number: int | None = None
    is_current: bool = False
    is_least: bool = False


@dataclass(frozen=True)
class Link:
    """A link or, with ``is_primary``, the one button of its row that asks for a decision or an entry."""

    label: str
    address: str
    is_primary: bool = False


@dataclass(frozen=True)
class PageLink:
    """A page of a list; one without a number stands for those left out between its neighbours."""

    number: int | None
    address: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class MenuEntry:
    """A line of a menu: what it opens and, below, what that will undo; with a refusal it is no link and says why.

    ``note`` stands below a line that undoes nothing.
    """

    label: str
    address: str
    effect: str = ""
    refusal: str = ""
    note: str = ""


@dataclass(frozen=True)
class PathStep:
    """A step of the way a record takes: past, the present one, or still to come."""

    label: str
    state: Literal["past", "now", "to_come"]


@dataclass(frozen=True)
class BarPart:
    """A part of a bar, with its place in the drawing."""

    tone: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """Numbers of one whole side by side, with the words that say the same.

    ``numbers`` are pairs of tone (done, going, late, rest) and number; an empty whole is drawn as rest.
    """

    numbers: Sequence[tuple[Literal["done", "going", "late", "rest"], int]]
    words: str

    @property
    def parts(self) -> list[BarPart]:
        """The parts that are not empty, from the left."""
        total = sum(number for _, number in self.numbers)
        parts: list[BarPart] = []
        x = 0.0
        for tone, number in self.numbers:
            if number:
                width = BAR_WIDTH * number / total
                parts.append(BarPart(tone, round(x, 1), round(width, 1)))
                x += width
        return parts
