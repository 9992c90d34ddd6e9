"""What people sent, and what of it they were told is stored."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class Unanswered(Exception):  # noqa: N818 -- a state of the line, not a mistake
    """No whole answer came: whether it was stored nobody knows."""


class State(StrEnum):
    """What became of something that was sent."""

    SENT = "sent"  # and not answered, or not yet
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Upload:
    """A file for a measure of a finding; no two have the same bytes."""

    finding: int
    measure: int
    digest: str
    size: int
    word = "file"


@dataclass(frozen=True)
class LoggedText:
    """The outcome of a measure; no two are alike."""

    measure: int
    text: str
    word = "text"


@dataclass(frozen=True)
class LoggedDeed:
    """An entry in the log of a measure; no two are alike."""

    measure: int
    text: str
    word = "entry"


@dataclass(frozen=True)
class Move:
    """A step of the workflow; comments, where the step asks for one, are never alike."""

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
    """Something that was sent."""

    what: What
    state: State = State.SENT


class DeedLog:
    """All that was sent, in order; written by many threads."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self._changed = threading.Condition()

    def send(self, act: Callable[[], bool], *whats: What) -> bool:
        """Do what sends these; whether they were acknowledged. What raises ``Unanswered`` leaves them as sent."""
        deeds = [Deed(what) for what in whats]
        with self._changed:
            self.deeds += deeds
        is_stored = act()
        with self._changed:
            for deed in deeds:
                deed.state = State.ACKNOWLEDGED if is_stored else State.REFUSED
            self._changed.notify_all()
        return is_stored

    def count(self, state: State = State.ACKNOWLEDGED) -> int:
        """How many things are in that state."""
        return sum(deed.state == state for deed in self.deeds)

    def wait_for(self, happens: Callable[[], bool], patience: float) -> bool:
        """Wait until enough is acknowledged; whether it is."""
        with self._changed:
            return self._changed.wait_for(happens, patience)

    def steps(self) -> Counter[str]:
        """How many steps of each name are acknowledged."""
        return Counter(move.name for move in self.these(Move, State.ACKNOWLEDGED))

    def these(self, kind: type[W], *states: State) -> list[W]:
        """What was sent of a kind and is in one of these states."""
        return [deed.what for deed in self.deeds if isinstance(deed.what, kind) and deed.state in states]


def count_by_kind(deeds: list[Deed]) -> str:
    """So many of each kind: 3 file, 1 step."""
    numbers = Counter(deed.what.word for deed in deeds)
    return ", ".join(f"{numbers[kind.word]} {kind.word}" for kind in KINDS if numbers[kind.word]) or "nothing"
