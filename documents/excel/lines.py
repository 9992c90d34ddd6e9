"""How the text of a cell is broken into lines, and what of it stands where a page or a row ends before it does."""

from __future__ import annotations

import re

CONTINUED, MORE = "（续）", "…"  # before or behind what is continued; behind what goes on below
LATIN = 1.25  # half-widths that a half-width character takes at most in the faces that office programs fall back to
RUN = re.compile(r"\n| +|[!-~]+|[^\n -~]+")  # what is broken in its own way: line ends, blanks, words, Chinese
NO_START = frozenset("、，。；：？！）》〉」』】〕”’…—·%.,;:!?)]}")  # characters with which no line begins
NO_END = frozenset("（《〈「『【〔“‘([{")  # and with which none ends


def text_width(text: str) -> float:
    """The width of a line of text in half-width characters."""
    return sum(LATIN if " " <= character <= "~" else 2 for character in text)


def break_lines(text: str, room: float) -> list[int]:
    """Where the lines of a text begin, the first at 0, when each has room for that many half-width characters."""
    starts, used = [0], 0.0
    for run in RUN.finditer(text):
        at, end = run.span()
        if text[at] == "\n":
            starts.append(end)
            used = 0.0
        elif text[at] == " ":
            used += (end - at) * LATIN
        elif text[at] <= "~":
            if used and used + (end - at) * LATIN > room:
                starts.append(at)
                used = 0.0
            while (end - at) * LATIN > room:
                at += max(1, int(room / LATIN))
                starts.append(at)
            used += (end - at) * LATIN
        else:
            while used + 2 * (end - at) > room:
                cut = at + max(0, int((room - used) / 2))
                while at < cut and (text[cut] in NO_START or text[cut - 1] in NO_END):
                    cut -= 1
                if cut == at and not used:  # too narrow for any rule
                    cut = at + max(1, int(room / 2))
                starts.append(cut)
                at, used = cut, 0.0
            used += 2 * (end - at)
    return starts


def count_lines(text: str, room: float) -> int:
    """The number of lines of a text, each with room for that many half-width characters."""
    return 1 if 2 * len(text) <= room and "\n" not in text else len(break_lines(text, room))


def end_of_lines(text: str, lines: int, room: float) -> int:
    """Where the first lines of a text end."""
    return [*break_lines(text, room), len(text)][: lines + 1][-1]


def continue_text(text: str, start: int, lines: int, room: float, end_mark: str = "") -> tuple[str, int]:
    """What of a text from ``start`` on stands in so many lines, and where it goes on."""
    mark = CONTINUED if start else ""
    rest = mark + text[start : start + int(lines * room) + 1]  # more never has room
    if start + len(rest) - len(mark) == len(text) and count_lines(rest, room) <= lines:
        return rest, len(text)
    cut = max(len(mark) + 1, end_of_lines(rest, lines, room) - 2 * len(end_mark))
    return rest[:cut] + end_mark, start + cut - len(mark)


def repeat_text(text: str, lines: int, room: float) -> str:
    """A text that was printed above, again: marked as continued, and shortened to so many lines; "" for no text."""
    is_cut, text = len(text) > lines * room, text[: int(lines * room) + 1]
    if not text or text.startswith(CONTINUED):  # which would read as the rest of a text
        return f"{MORE}{CONTINUED}" if text else ""
    needed = count_lines(text, room)
    whole = f"{text}{CONTINUED}" if count_lines(text + CONTINUED, room) == needed else f"{text}\n{CONTINUED}"
    if not is_cut and count_lines(whole, room) <= lines:
        return whole
    end = end_of_lines(text, lines, room) - 2 * len(MORE + CONTINUED)  # of half-width ones twice as many go
    return f"{text[:end]}{MORE}{CONTINUED}" if end > 0 else CONTINUED
