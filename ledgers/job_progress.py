"""The progress of a long import, for the page that waits for it.

An import runs in one transaction, whose writes other processes cannot see until it ends; so the progress goes through a
cache of files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from time import monotonic
from typing import TypeVar

from django.core.cache import caches

from accounts.models import User

EVERY = 0.5  # seconds between two updates
KEPT = 120  # seconds until the cache drops the progress of a request that has died
Item = TypeVar("Item")


@dataclass(frozen=True)
class JobProgress:
    """What is being done, how many records are done, and of how many; empty words: nothing is running."""

    words: str = ""
    done: int = 0
    total: int = 0


def with_progress(user: User, words: str, items: Collection[Item]) -> Iterator[Item]:
    """Yield the items and record for the user, at most every ``EVERY`` seconds, how many were taken."""
    cache, due = caches["waiting"], 0.0
    for number, item in enumerate(items):
        if (now := monotonic()) >= due:
            cache.set(user.pk, asdict(JobProgress(words, number, len(items))), KEPT)
            due = now + EVERY
        yield item
    cache.delete(user.pk)


def progress_of(user: User) -> JobProgress:
    """The user's running job; an empty ``JobProgress`` when there is none."""
    return JobProgress(**(caches["waiting"].get(user.pk) or {}))
