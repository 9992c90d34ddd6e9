"""How far something long has come, for the page of the person who waits for it.

What runs in a transaction cannot tell it by the database, and other processes have to see it: so it goes by a cache of
files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import TypeVar

from django.core.cache import caches

from accounts.models import User

EVERY = 0.5  # seconds between two signs of life
KEPT = 120  # seconds
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class JobProgress:
    """What is being done, how many records are done, and of how many."""

    words: str = ""
    done: int = 0
    total: int = 0


def with_progress(user: User, words: str, things: Collection[Thing]) -> Iterator[Thing]:
    """The things, telling this person now and then how many of them there were."""
    cache, due = caches["waiting"], 0.0
    for number, one in enumerate(things):
        if (now := monotonic()) >= due:
            cache.set(user.pk, asdict(JobProgress(words, number, len(things))), KEPT)
            due = now + EVERY
        yield one
    cache.delete(user.pk)


def progress_of(user: User) -> JobProgress:
    """How far what this person waits for has come; without words when nothing has told anything yet."""
    return JobProgress(**(caches["waiting"].get(user.pk) or {}))
