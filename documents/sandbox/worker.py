"""The code that runs in a worker: resource limits, and the loop that answers requests on standard input."""

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
    """Limit this process, and give the file to which the answers are written.

    ``memory`` is bytes of address space, ``seconds`` of processor time, ``file_size`` bytes of a written file; None is
    no limit. Standard output is reserved for answers: other output goes to standard error. The process ends when
    the reader of its answers is gone.
    """
    answers = os.fdopen(os.dup(1), "wb")  # stays open until the exit, so that standard error is complete before its end
    os.dup2(2, 1)
    threading.stack_size(256 * 1024)  # the default of 8 MB counts against the limit of address space
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
    """Exit at once when the reader of the pipe ``answers`` is gone, also in the middle of a request."""
    pipe = select.poll()
    pipe.register(answers, 0)  # no events but errors and hang-up, which are always reported
    pipe.poll()
    os._exit(1)


def serve(answers: BinaryIO, respond: Callable[[Head, bytes], Message]) -> NoReturn:
    """Answer requests from standard input with ``respond`` until it ends, then exit."""
    while True:
        try:
            request = read_message(sys.stdin.buffer)
        except EOFError:
            os._exit(0)  # all answers are flushed; an orderly shutdown of the interpreter takes 60 ms
        answers.write(pack_message(*respond(*request)))
        answers.flush()
