"""The drawing of a burn-up chart: whole numbers of pixels, which a template writes into SVG. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from findings.work.burn_up import BurnUp

LEFT, RIGHT, TOP, FOOT = 34, 74, 24, 30  # room around the plot: numbers, figures at line ends, today, months
LINE = 15  # pixels between two labels, so that they do not touch
MOST_LINES = 5  # of the grid
STEPS = (1, 2, 3, 5)  # of the numbers beside the grid, and ten, a hundred … times as many


@dataclass(frozen=True)
class Label:
    """Words in the drawing, at the place of their base line."""

    x: int
    y: int
    words: str


@dataclass(frozen=True)
class Chart:
    """One drawing of a burn-up; paths are the ``d`` of SVG."""

    name: str
    width: int
    height: int
    bottom: int
    right: int
    grid: list[Label]
    months: list[Label]
    plan: str
    closed: str
    area: str
    today: int
    planned_label: Label
    closed_label: Label
    total_label: Label
    left: int = LEFT
    top: int = TOP


@dataclass(frozen=True)
class Scale:
    """From days and numbers to pixels."""

    start: dt.date
    days: int
    total: int
    right: int
    bottom: int

    def x(self, day: dt.date) -> int:
        """The place of a day between the edges of the plot."""
        passed = min(max((day - self.start).days, 0), self.days)
        return LEFT + round((self.right - LEFT) * passed / self.days)

    def y(self, number: int) -> int:
        """The height of a number."""
        return self.bottom - round((self.bottom - TOP) * number / self.total)


def draw(course: BurnUp, name: str, width: int, height: int) -> Chart:
    """Draw the course in this size; ``name`` tells apart the drawings of one page."""
    right, bottom = width - RIGHT, height - FOOT
    scale = Scale(course.start, (course.end - course.start).days, max(course.counts.total, 1), right, bottom)
    today = scale.x(course.today)
    # Closed today counts at once; what is due today is owed from tomorrow on.
    closed = _stairs(scale, course.closed, course.today, delay=0)
    # The label of the total stands at the right edge: above the two others where today is near.
    beside = [scale.y(course.planned_by_now), scale.y(course.counts.closed)]
    *_, planned_at, closed_at = _apart([TOP, *beside] if today + RIGHT > right else beside, bottom)
    return Chart(
        name=name,
        width=width,
        height=height,
        bottom=bottom,
        right=right,
        grid=[Label(LEFT - 6, scale.y(number), str(number)) for number in grid_numbers(scale.total)],
        months=[Label(scale.x(day), bottom + 20, _month_words(course, day)) for day in course.months],
        plan=_stairs(scale, course.planned, course.end, delay=1),
        closed=closed,
        area=f"{closed}V{bottom}H{LEFT}z",
        today=today,
        total_label=Label(right + 6, TOP + 4, f"共 {course.counts.total}"),
        planned_label=Label(today + 5, planned_at + 4, f"计划 {course.planned_by_now}"),
        closed_label=Label(today + 5, closed_at + 4, f"实际 {course.counts.closed}"),
    )


def grid_numbers(total: int) -> list[int]:
    """The numbers beside the grid: from 0, at most six, in steps of 1, 2, 3 or 5 times a power of ten."""
    size = 1
    while True:
        for step in STEPS:
            if total <= step * size * MOST_LINES:
                return list(range(0, total + 1, step * size))
        size *= 10


def _stairs(scale: Scale, numbers: Counter[dt.date], end: dt.date, *, delay: int) -> str:
    """The path of the sums from the left edge to the day ``end``; a number counts ``delay`` days after its day."""
    heights: dict[int, int] = {}  # days that fall on one pixel make one stair
    days = sorted(numbers)
    for day, number in zip(days, accumulate(numbers[day] for day in days), strict=True):
        if day <= end:
            heights[min(scale.x(day + dt.timedelta(days=delay)), scale.x(end))] = scale.y(number)
    stairs = "".join(f"H{x}V{y}" for x, y in heights.items())
    return f"M{LEFT} {scale.bottom}{stairs}H{scale.x(end)}"


def _month_words(course: BurnUp, day: dt.date) -> str:
    """A month as 7月; with more than a year in sight January says the year instead."""
    is_long = (course.end - course.start).days > 366
    return f"{day.year}年" if is_long and day.month == 1 else f"{day.month}月"


def _apart(heights: list[int], bottom: int) -> list[int]:
    """The heights of labels in the order given, moved where two would touch or one would stand below the plot."""
    placed = dict.fromkeys(range(len(heights)), 0)
    downward = sorted(placed, key=lambda index: heights[index])
    above = TOP - LINE
    for index in downward:
        above = placed[index] = max(heights[index], above + LINE)
    below = bottom + LINE
    for index in reversed(downward):
        below = placed[index] = min(placed[index], below - LINE)
    return list(placed.values())
