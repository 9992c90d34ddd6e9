"""Worker processes seen from the process that uses them: start, request, time limit, kill, restart."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from documents.sandbox.messages import RESTART, Head, Message, pack_message, read_message

logger = logging.getLogger(__name__)
AT_ONCE = 2  # simultaneous processes of a module that is not warm: each takes a whole core
ROOT = Path(__file__).resolve().parent.parent.parent
LAST_WORDS = 4000  # bytes from the end of standard error that go to the log


class WorkerFailedError(Exception):
    """The worker gave no answer.

    ``words`` is the end of its standard error, empty when it never started; ``is_late`` says that it was killed after
    the time limit.
    """

    def __init__(self, reason: str, words: str = "", *, is_late: bool = False) -> None:
        super().__init__(reason)
        self.words = words
        self.is_late = is_late


class WorkerNotStartedError(WorkerFailedError):
    """The worker process could not be started."""


class WorkerBusyError(Exception):
    """No worker became free in time: as many processes of the module as may run are busy."""


@dataclass(frozen=True)
class LaunchOptions:
    """Command-line arguments and additional environment variables for a worker's start."""

    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """A module of this project that is run as ``python -m MODULE`` to answer requests.

    ``is_warm``: one process is kept for all requests, one after the other, and replaced when it has died. Otherwise
    each request gets a process of its own, and at most ``AT_ONCE`` run at the same time.
    ``launch_options`` is called for each start and may raise ``OSError``.
    """

    def __init__(
        self, module: str, *, is_warm: bool = False, launch_options: Callable[[], LaunchOptions] = LaunchOptions
    ) -> None:
        self.module, self.is_warm, self.launch_options = module, is_warm, launch_options
        self.child: Child | None = None  # the warm one
        self.turns = self._make_turns()
        atexit.register(self.stop)
        os.register_at_fork(after_in_child=self.forget)

    def _make_turns(self) -> threading.BoundedSemaphore:
        return threading.BoundedSemaphore(1 if self.is_warm else AT_ONCE)

    def ask(self, head: Head, content: bytes = b"", *, patience: float) -> Message:
        """Send a request and return the answer; waits ``patience`` seconds for a free worker and again for the answer.

        Raises WorkerBusyError when no worker becomes free, WorkerFailedError (which is logged) when there is no answer.
        """
        message = pack_message(head, content)
        if not self.turns.acquire(timeout=patience):
            raise WorkerBusyError(self.module)
        try:
            return self._ask_warm(message, patience) if self.is_warm else self._ask_once(message, patience)
        finally:
            self.turns.release()

    def _ask_once(self, message: bytes, patience: float) -> Message:
        child = self._start()
        try:
            return self._exchange(child, message, patience)
        finally:
            child.kill()

    def _ask_warm(self, message: bytes, patience: float) -> Message:
        if self.child and self.child.process.poll() is not None:
            self.stop()  # it died while idle: the request goes to a new one
        self.child = child = self.child or self._start()
        try:
            head, content = self._exchange(child, message, patience)
        except BaseException:
            # Interrupted, as when the server ends this thread: the next request must not read this one's answer.
            self.child = None
            child.kill()
            raise
        if head.get(RESTART):
            self.stop()
        return head, content

    def _start(self) -> Child:
        try:
            return Child.start(self.module, self.launch_options())
        except OSError as error:
            logger.error("%s was not started: %s", self.module, error)
            raise WorkerNotStartedError(str(error)) from error

    def _exchange(self, child: Child, message: bytes, patience: float) -> Message:
        # Killing a worker that hangs ends the wait, whether this process is blocked in reading or in writing.
        alarm = threading.Timer(patience, child.process.kill)
        started = time.monotonic()
        alarm.start()
        try:
            return child.exchange(message, is_last=not self.is_warm)
        except (OSError, EOFError):
            is_late = time.monotonic() - started >= patience
            code, words = child.end(), child.last_words()
            logger.error("%s ended with %s: %s", self.module, code, words or "(no output)")
            raise WorkerFailedError(f"{self.module} ended with {code}", words, is_late=is_late) from None
        finally:
            alarm.cancel()

    def stop(self) -> None:
        """End the warm process, if there is one."""
        child, self.child = self.child, None
        if child:
            child.end()
            child.complaints.close()

    def forget(self) -> None:
        """Release the warm process after a fork, because it belongs to the parent; runs in the forked process."""
        child, self.child = self.child, None
        self.turns = self._make_turns()  # the copied semaphore may be held by a thread of the parent
        if child:
            child.process.returncode = 0  # or Popen would wait for a process that is not this one's child
            child.close()


@dataclass(slots=True)
class Child:
    """A running worker, its pipes, and the file of its standard error.

    The pipes are unbuffered: a buffer that a fork copied half full would be written a second time when closed.
    """

    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    complaints: IO[bytes]

    @classmethod
    def start(cls, module: str, options: LaunchOptions) -> Child:
        """Start a worker. Raises ``OSError``."""
        # A file, not a pipe: nobody reads it while the worker runs, and a full pipe would block the worker.
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, *options.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                bufsize=0,
                cwd=ROOT,
                # glibc would reserve a heap of 64 MB of its address space for its second thread.
                env={**os.environ, "MALLOC_ARENA_MAX": "1", **options.environment},
            )
        except OSError:
            complaints.close()
            raise
        return cls(process, cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout), complaints)

    def exchange(self, message: bytes, *, is_last: bool) -> Message:
        """Send a message and return the answer. Raises ``OSError`` or ``EOFError`` when the worker dies."""
        unsent = memoryview(message)
        while unsent:
            unsent = unsent[self.requests.write(unsent) :]
        if is_last:
            self.requests.close()
        return read_message(self.answers)

    def end(self, patience: float = 2) -> int:
        """Close the pipes, which ends a healthy worker; kill it after ``patience`` seconds. Returns the exit code."""
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self) -> None:
        """Kill the worker at once and wait for its end, so that no zombie stays; its answer has been read before."""
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the pipes and the file of standard error."""
        for pipe in (self.requests, self.answers, self.complaints):
            pipe.close()

    def last_words(self) -> str:
        """The last ``LAST_WORDS`` bytes of its standard error as text."""
        self.complaints.seek(0)
        return self.complaints.read()[-LAST_WORDS:].decode(errors="replace")
