"""The states of an entry as an inline SVG flow chart, without a script: one box for each state."""

from __future__ import annotations

from django.utils.safestring import SafeString

from accounts.web.markup import format_html
from ledgers.definitions import EntryState, Ledger

WIDTH, HEIGHT, GAP = 220, 34, 22  # of a box, and between two boxes; SVG units
GREY = "#8a919c"
# Prefix of the label, and colours of box, frame and label. The sign tells the states apart without colours too.
PASSED = ("✓ ", "#e6f2ea", GREY, "#1f2329")
PRESENT = ("● ", "#b3261e", "#b3261e", "#ffffff")
AHEAD = ("", "#ffffff", GREY, "#1f2329")
BOX = (
    '<rect x="1" y="{}" width="218" height="{}" rx="4" fill="{}" stroke="{}"/>'
    '<text x="110" y="{}" text-anchor="middle" font-size="14" fill="{}">{}</text>'
)
ARROW = '<path d="M110 {}v{}m-4 -5l4 5l4 -5" fill="none" stroke="{}"/>'


def words_of(ledger: Ledger, state: EntryState) -> str:
    """The picture as a sentence, for screen readers."""
    way = "，".join(f"{one.label}（现在）" if one == state else one.label for one in ledger.states)
    return f"办理流程：{way}。"


def flow_svg(ledger: Ledger, state: EntryState) -> SafeString:
    """The chart of the ledger's states from top to bottom, with ``state`` as the present one.

    States before it in the ledger's order are drawn as passed, whether the entry was in them or not.
    """
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
    """The y coordinate of a box; ``number`` counts from 0."""
    return 1 + number * (HEIGHT + GAP)


def _box(number: int, state: EntryState, place: int) -> str:
    sign, fill, line, ink = PRESENT if number == place else PASSED if number < place else AHEAD
    return format_html(BOX, _top(number), HEIGHT, fill, line, _top(number) + 22, ink, f"{sign}{state.label}")


def _arrow(number: int) -> str:
    return format_html(ARROW, _top(number) - GAP, GAP - 2, GREY)
