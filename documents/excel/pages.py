"""Where the pages of a list begin, from the heights of its rows."""

from __future__ import annotations

from collections.abc import Sequence

KEPT = 3  # rows of a group that stay on one page
LEAST = 2  # rows of a longer group on either side of a page's end


class PageFiller:
    """The room left on the present page, in points; ``first`` and ``full`` are that of the first and of others."""

    def __init__(self, first: float, full: float) -> None:
        self.room, self.full, self.is_fresh = first, full, True

    def break_rows(self, heights: Sequence[float], kept: int = KEPT, foot: float = 0.0) -> tuple[list[int], float]:
        """The rows before which a page begins, and the room left behind them.

        At most ``kept`` rows stay together where a page has room for them, of more there are ``LEAST`` on either side.
        ``foot`` is the height of what follows the last row and does not stand alone; a break at the number of rows is
        one before the foot, which did not fit below them.
        """
        breaks: list[int] = []
        at, room, is_fresh, total = 0, self.room, self.is_fresh, len(heights)
        while sum(heights[at:]) + foot > room:
            fit = _rows_that_fit(heights[at:], room)
            left = total - at - fit
            if not is_fresh and total - at <= kept and sum(heights[at:]) + foot <= self.full:
                fit = 0
            elif left < LEAST:
                fit -= LEAST - left
            if fit < LEAST:  # on an empty page one row must do
                fit = 1 if is_fresh else 0
            at += fit
            breaks.append(at)
            room, is_fresh = self.full, True
            if at == total:
                break
        return breaks, room - sum(heights[at:]) - foot

    def fill(self, room: float) -> None:
        """Take note of the room that is left behind a group."""
        self.room, self.is_fresh = room, False


def _rows_that_fit(heights: Sequence[float], room: float) -> int:
    for number, height in enumerate(heights):
        room -= height
        if room < 0:
            return number
    return len(heights)
