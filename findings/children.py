"""Child processes that look at files of others: whatever a malicious file does, it does to them.

Both sides are here: ``answer_of`` starts one of our own modules and waits for it, ``answering`` is what that puts
around its work. The child has limits of memory and time, reads its standard input and opens hardly anything.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent


class ChildFailedError(Exception):
    """No answer came: the child broke, ran out of memory or took too long; the message has its last words."""


def answer_of(module: str, *words: str, content: bytes, patience: int) -> bytes:
    """What a module of ours, run as a process of its own, makes of a content within so many seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", module, *words],
            input=content,
            capture_output=True,
            cwd=ROOT,
            timeout=patience,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"")[-2000:].decode(errors="replace")
        raise ChildFailedError(f"{type(error).__name__}: {said}") from error
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
