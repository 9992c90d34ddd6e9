"""The side that asks: starts one of our modules as a process, feeds it, waits for it, kills it, starts it again."""

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
AT_ONCE = 2  # processes of a module that are not kept warm: each takes a whole core
ROOT = Path(__file__).resolve().parent.parent.parent
LAST_WORDS = 4000  # bytes of standard error that are kept for the log


class WorkerFailedError(Exception):
    """No answer came. ``words`` is the end of what the process wrote to standard error, empty when it never started;
    ``is_late`` says that it was killed because its time was over.
    """

    def __init__(self, reason: str, words: str = "", *, is_late: bool = False) -> None:
        super().__init__(reason)
        self.words = words
        self.is_late = is_late


class WorkerNotStartedError(WorkerFailedError):
    """The process could not be started."""


class WorkerBusyError(Exception):
    """No turn came: as many processes of the module as may run at once are at work."""


@dataclass(frozen=True)
class LaunchOptions:
    """What a process is started with beside its module: arguments, and more environment."""

    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


class WorkerProcess:
    """One of our modules, run as ``python -m MODULE`` when it is asked something.

    ``is_warm``: a single process is kept and asked one thing after the other, and replaced when it has died. Otherwise
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
        """The answer; waits ``patience`` seconds for a turn and as long for the answer.

        WorkerBusyError when no turn comes. WorkerFailedError, which the log tells of, when no answer does.
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
            self.stop()  # it died while idle: nobody needs to know
        self.child = child = self.child or self._start()
        try:
            head, content = self._exchange(child, message, patience)
        except BaseException:
            # Broken off in the middle (the server ends this thread): the next one must not get this one's answer.
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
        # Killing a child that hangs ends the waiting, whether it hangs while reading or while writing.
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
        """After a fork the warm process belongs to the parent: let go of its pipes and start another when needed."""
        child, self.child = self.child, None
        self.turns = self._make_turns()
        if child:
            child.process.returncode = 0  # not ours to wait for
            child.close()


@dataclass(slots=True)
class Child:
    """A running process, the pipes to it and the file its complaints go to.

    The pipes have no buffers: one that a fork copied half full would write its rest a second time when closed.
    """

    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    complaints: IO[bytes]

    @classmethod
    def start(cls, module: str, options: LaunchOptions) -> Child:
        """A new process. Raises ``OSError``."""
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, *options.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                bufsize=0,
                cwd=ROOT,
                # A heap for its second thread would take 64 MB of its memory.
                env={**os.environ, "MALLOC_ARENA_MAX": "1", **options.environment},
            )
        except OSError:
            complaints.close()
            raise
        return cls(process, cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout), complaints)

    def exchange(self, message: bytes, *, is_last: bool) -> Message:
        """The answer to a message. Raises ``OSError`` or ``EOFError`` when the process dies over it."""
        unsent = memoryview(message)
        while unsent:
            unsent = unsent[self.requests.write(unsent) :]
        if is_last:
            self.requests.close()
        return read_message(self.answers)

    def end(self, patience: float = 2) -> int:
        """Close the pipes, which ends a healthy process, kill one that stays; its exit code. Leaves no zombie."""
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self) -> None:
        """End the process at once, whatever it does; what it has answered is read by now. Leaves no zombie."""
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Let go of the pipes and the file."""
        for pipe in (self.requests, self.answers, self.complaints):
            pipe.close()

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        self.complaints.seek(0)
        return self.complaints.read()[-LAST_WORDS:].decode(errors="replace")
