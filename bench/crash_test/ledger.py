"""The log of what the simulated users sent, and what of it the server acknowledged."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class Unanswered(Exception):  # noqa: N818 -- an expected outcome of a kill
    """No complete answer arrived: whether the request was carried out is unknown."""


class State(StrEnum):
    """The known outcome of what was sent."""

    SENT = "sent"  # not answered, or not yet
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Upload:
    """A file for a measure; no two have the same content."""

    finding: int
    measure: int
    digest: str
    size: int
    word = "file"


@dataclass(frozen=True)
class LoggedText:
    """The outcome text of a measure; no two are alike."""

    measure: int
    text: str
    word = "text"


@dataclass(frozen=True)
class LoggedDeed:
    """A progress entry of a measure; no two are alike."""

    measure: int
    text: str
    word = "entry"


@dataclass(frozen=True)
class Move:
    """A workflow step; a comment, if the step asks for one, is unique."""

    kind: str  # finding or measure
    record: int
    name: str
    person: str
    comment: str
    word = "step"


What = Upload | LoggedText | LoggedDeed | Move
KINDS: tuple[type[What], ...] = (Upload, LoggedText, LoggedDeed, Move)
W = TypeVar("W", Upload, LoggedText, LoggedDeed, Move)


@dataclass
class Deed:
    """One thing that was sent, and its state."""

    what: What
    state: State = State.SENT


class DeedLog:
    """Everything that was sent, in order; safe for use by several threads."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self._changed = threading.Condition()

    def send(self, act: Callable[[], bool], *whats: What) -> bool:
        """Log ``whats`` as sent, call ``act``, and log its result for all of them; returns the result.

        When ``act`` raises ``Unanswered`` they stay logged as sent.
        """
        deeds = [Deed(what) for what in whats]
        with self._changed:
            # Logged before the request, or a kill in between could store something unknown to the log.
            self.deeds += deeds
        is_stored = act()
        with self._changed:
            for deed in deeds:
                deed.state = State.ACKNOWLEDGED if is_stored else State.REFUSED
            self._changed.notify_all()
        return is_stored

    def count(self, state: State = State.ACKNOWLEDGED) -> int:
        """How many things are in this state."""
        return sum(deed.state == state for deed in self.deeds)

    def wait_for(self, happens: Callable[[], bool], patience: float) -> bool:
        """Wait until a condition on the log holds, at most ``patience`` seconds; whether it does."""
        with self._changed:
            return self._changed.wait_for(happens, patience)

    def steps(self) -> Counter[str]:
        """The number of acknowledged steps by their names."""
        return Counter(move.name for move in self.select(Move, State.ACKNOWLEDGED))

    def select(self, kind: type[W], *states: State) -> list[W]:
        """What was sent of this class and is in one of the states."""
        return [deed.what for deed in self.deeds if isinstance(deed.what, kind) and deed.state in states]


def count_by_kind(deeds: list[Deed]) -> str:
    """The number of each kind as text, such as "3 file, 1 step"; "nothing" for none."""
    numbers = Counter(deed.what.word for deed in deeds)
    return ", ".join(f"{numbers[kind.word]} {kind.word}" for kind in KINDS if numbers[kind.word]) or "nothing"
