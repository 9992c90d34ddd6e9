"""The way of an entry as a picture: each state a box, the one it stands in filled. Inline SVG, without a script."""

from __future__ import annotations

from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from ledgers.definitions import EntryState, Ledger

WIDTH, HEIGHT, GAP = 220, 34, 22  # of a box, and between two
GREY = "#8a919c"
# What stands before the word of a state, and the colours of its box, its frame and its word.
PASSED = ("✓ ", "#e6f2ea", GREY, "#1f2329")
PRESENT = ("● ", "#b3261e", "#b3261e", "#ffffff")
AHEAD = ("", "#ffffff", GREY, "#1f2329")
BOX = (
    '<rect x="1" y="{}" width="218" height="{}" rx="4" fill="{}" stroke="{}"/>'
    '<text x="110" y="{}" text-anchor="middle" font-size="14" fill="{}">{}</text>'
)
ARROW = '<path d="M110 {}v{}m-4 -5l4 5l4 -5" fill="none" stroke="{}"/>'


def words_of(ledger: Ledger, state: EntryState) -> str:
    """The picture in words, for those who do not see it."""
    way = "，".join(f"{one.label}（现在）" if one == state else one.label for one in ledger.states)
    return f"办理流程：{way}。"


def flow_svg(ledger: Ledger, state: EntryState) -> SafeString:
    """The states from top to bottom: those gone through, the present one, those to come."""
    place = ledger.states.index(state)
    parts = [_box(number, one, place) for number, one in enumerate(ledger.states)]
    parts += [_arrow(number) for number in range(1, len(ledger.states))]
    height = len(ledger.states) * (HEIGHT + GAP) - GAP + 2
    return format_html(
        '<svg class="flow-chart" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        words_of(ledger, state),
        WIDTH,
        height,
        WIDTH,
        height,
        SafeString("".join(parts)),
    )


def _top(number: int) -> int:
    return 1 + number * (HEIGHT + GAP)


def _box(number: int, state: EntryState, place: int) -> str:
    sign, fill, line, ink = PRESENT if number == place else PASSED if number < place else AHEAD
    return format_html(BOX, _top(number), HEIGHT, fill, line, _top(number) + 22, ink, f"{sign}{state.label}")


def _arrow(number: int) -> str:
    return format_html(ARROW, _top(number) - GAP, GAP - 2, GREY)
