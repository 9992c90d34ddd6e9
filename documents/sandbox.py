"""Child processes that look at files of others: whatever a malicious file does, it does to them.

Both sides are here: a ``Kind`` starts one of our own modules and waits for it, ``answering`` is what that puts
around its work. The child has limits of memory and time, reads its standard input and opens hardly anything.
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)
AT_ONCE = 2  # children of a kind: each takes a whole core
ROOT = Path(__file__).resolve().parent.parent


class ChildFailedError(Exception):
    """No answer came: the child broke, ran out of memory or took too long; the message has its last words."""


class BusyError(Exception):
    """No turn came: as many children of the kind as may run at once are at work."""


class Kind:
    """One of our modules, run as processes of their own, of which this process has only a few at once."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def answer(self, *words: str, content: bytes, patience: float) -> bytes:
        """What a child makes of a content within so many seconds; as long it is waited for a turn.

        BusyError when no turn comes, ChildFailedError, which the log tells of, when no answer does.
        """
        if not self._turns.acquire(timeout=patience):
            raise BusyError(self.module)
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                [sys.executable, "-m", self.module, *words],
                input=content,
                capture_output=True,
                cwd=ROOT,
                timeout=patience,
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            said = (getattr(error, "stderr", None) or b"")[-2000:].decode(errors="replace")
            logger.warning("No answer from %s: %s: %s", self.module, type(error).__name__, said)
            raise ChildFailedError(f"{type(error).__name__}: {said}") from error
        finally:
            self._turns.release()
        return done.stdout


@contextmanager
def answering(*, memory: int, seconds: int) -> Iterator[BinaryIO]:
    """Limit this process to so many bytes of address space and seconds of computing; where its answer goes.

    Standard output is for the answer alone: whatever else is printed goes to standard error.
    """
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
        yield answer
