"""The side that answers: a process with limits that reads its standard input and opens hardly anything."""

from __future__ import annotations

import os
import resource
import select
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn

from documents.sandbox.messages import Head, Message, pack_message, read_message


@contextmanager
def limit_resources(
    *, memory: int, seconds: int | None = None, open_files: int | None = None, file_size: int | None = None
) -> Iterator[BinaryIO]:
    """Limit this process to so many bytes of address space, seconds of the processor, open files, and bytes of a file
    it writes; where its answers go.

    Standard output is for the answers alone: whatever else is printed goes to standard error. The process ends when
    nobody can read its answers any more.
    """
    answers = os.fdopen(os.dup(1), "wb")  # open until the process has ended: it says its last words before
    os.dup2(2, 1)
    threading.stack_size(256 * 1024)
    threading.Thread(target=end_with_reader, args=(answers.fileno(),), daemon=True).start()
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_FSIZE: file_size,
    }
    for kind, most in limits.items():
        if most is not None:
            resource.setrlimit(kind, (most, most))
    yield answers


def end_with_reader(answers: int) -> None:
    """End at once when nobody can read the answer any more: who asked was killed, also in the middle of the work."""
    pipe = select.poll()
    pipe.register(answers, 0)  # tells of nothing but its end
    pipe.poll()
    os._exit(1)


def serve(answers: BinaryIO, respond: Callable[[Head, bytes], Message]) -> NoReturn:
    """Answer requests from standard input until there are no more, then end."""
    while True:
        try:
            request = read_message(sys.stdin.buffer)
        except EOFError:
            os._exit(0)  # everything is sent; taking the interpreter apart would cost 60 ms
        answers.write(pack_message(*respond(*request)))
        answers.flush()
