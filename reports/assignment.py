"""The best way of pairing two lists: the one whose pairs are worth most together, not the best pair first.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

Values = Mapping[int, Mapping[int, int]]  # by row, then by column: what the pair is worth, more than 0


def best_pairs(values: Values) -> dict[int, int]:
    """The columns by row, each used once, whose values have the largest sum; rows and columns may stay alone.

    Rows are added one by one, each by the cheapest change of the pairs so far (shortest augmenting paths, with a price
    for each column). What a row gives up counts, so that the order of the rows does not matter.
    """
    prices: dict[int, int] = {}
    owners: dict[int, int] = {}
    chosen: dict[int, int] = {}
    for row in values:
        _add_row(row, values, prices, owners, chosen)
    return {row: column for row, column in chosen.items() if column >= 0}


def _add_row(row: int, values: Values, prices: dict[int, int], owners: dict[int, int], chosen: dict[int, int]) -> None:
    """Pair one more row, and pair others anew where that is worth more; prices follow."""
    distances: dict[int, int] = {}
    came_from: dict[int, int] = {}  # the row through which a column was reached
    settled: dict[int, int] = {}  # the columns of which nothing is nearer, with their distance
    queue: list[tuple[int, bool, int]] = []  # of columns as near, free ones first: they end the search
    current, base = row, 0
    while True:
        for column, cost in _costs(current, values):
            distance = base + cost - prices.get(column, 0)
            if column not in settled and distance < distances.get(column, distance + 1):
                distances[column], came_from[column] = distance, current
                heappush(queue, (distance, column in owners, column))
        nearest, _, column = heappop(queue)
        while column in settled:
            nearest, _, column = heappop(queue)
        settled[column] = nearest
        if column not in owners:
            break
        current = owners[column]
        # What the owner pays for its column is what it would save by leaving it.
        base = nearest - (_cost(current, column, values) - prices.get(column, 0))
    for other, distance in settled.items():
        prices[other] = prices.get(other, 0) + distance - nearest
    while True:  # along the path back to the new row, each row takes the column that the one before it leaves
        taker = came_from[column]
        left = chosen.get(taker)
        owners[column], chosen[taker] = taker, column
        if left is None:
            return
        column = left


def _costs(row: int, values: Values) -> list[tuple[int, int]]:
    """The columns a row may have, and a column of its own (below 0) that is worth nothing: to stay alone."""
    return [*((column, -value) for column, value in values[row].items()), (-1 - row, 0)]


def _cost(row: int, column: int, values: Values) -> int:
    return -values[row][column] if column >= 0 else 0
