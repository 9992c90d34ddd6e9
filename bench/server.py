"""The real server as ``scripts/run`` starts it: start it, wait for it, kill it and see that it is gone.

Imports no Django: everything is seen from outside.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
SIGN_IN = "/accounts/login/"
START_PATIENCE = 60  # seconds until a start counts as failed
GONE_PATIENCE = 10  # seconds for children of a killed server to end by themselves
CHILDREN = ("documents.pdf.worker", "documents.pdf.page_image_worker")  # programs that a worker of gunicorn starts


def free_address() -> str:
    """A host and port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def command(bind: str) -> list[str]:
    """The command that starts the server at this host and port."""
    program = [sys.executable, "-m", "gunicorn", "rectify.wsgi", "--bind", bind, "--log-level", "warning"]
    return [*program, "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"]


@dataclass(frozen=True)
class Killed:
    """The outcome of a kill: how many children the server had, and the command lines of surviving processes."""

    children: int
    survivors: list[str]


class Server:
    """The server at one address, started anew after each kill, each time in a process group of its own."""

    def __init__(self, log: Path, temporary: Path) -> None:
        self.bind, self.log, self.temporary = free_address(), log, temporary
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The URL of the server, without a path."""
        return f"http://{self.bind}"

    def start(self) -> float:
        """Start the server; the seconds until it answered the sign-in page.

        RuntimeError, with the end of the log, when it ends before or does not answer in time.
        """
        started = time.monotonic()
        environment = os.environ | {"TMPDIR": str(self.temporary)}
        with self.log.open("ab") as stderr:
            self.process = subprocess.Popen(  # noqa: S603 -- our own words
                command(self.bind), cwd=ROOT, stderr=stderr, env=environment, start_new_session=True
            )
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - started > START_PATIENCE:
                raise RuntimeError(f"the server did not start; its log is\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)  # nobody tells when a port opens
        return time.monotonic() - started

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection(self.bind, timeout=5)
            with contextlib.closing(line):
                line.request("GET", SIGN_IN)
                answer = line.getresponse()
                return answer.status == 200 and bool(answer.read())
        return False

    def kill(self, *, whole: bool) -> Killed:
        """Kill with SIGKILL the whole process group or, unless ``whole``, only gunicorn, and wait for the rest.

        Without ``whole`` the children have to notice that their server has gone.
        """
        if self.process is None:
            return Killed(0, [])
        before = members(self.process.pid)
        watched = watch(before)
        if whole:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            while servers := [pid for pid, words in members(self.process.pid).items() if not is_child(words)]:
                for pid in sorted(servers):  # the master has the lowest number: killed first, it cannot replace workers
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self.process.wait()
        left = still_there(watched, GONE_PATIENCE)
        self.process.wait()
        survivors = {pid: before[pid] for pid in left} | members(self.process.pid)  # including those started meanwhile
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        return Killed(sum(map(is_child, before.values())), sorted(survivors.values()))


def is_child(words: str) -> bool:
    """Whether a command line is that of a program which a worker starts."""
    return any(name in words for name in CHILDREN)


def members(group: int) -> dict[int, str]:
    """The living processes of a process group: command lines by process id. Linux only."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                # The name in brackets may contain spaces; the fields are counted from after it. Z and X are dead.
                state, _parent, number = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(number) == group and state not in "ZX":
                    words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[int(folder.name)] = words.strip()
    return found


def watch(processes: Iterable[int]) -> dict[int, int]:
    """A pidfd for each process; it becomes readable when the process has ended."""
    watched = {}
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            watched[pid] = os.pidfd_open(pid)
    return watched


def still_there(watched: dict[int, int], patience: float) -> list[int]:
    """Wait until all processes have ended; the ids of those that have not after ``patience`` seconds."""
    end, left = time.monotonic() + patience, dict(watched)
    while left and (rest := end - time.monotonic()) > 0:
        ended, _, _ = select.select(list(left.values()), (), (), rest)
        left = {pid: handle for pid, handle in left.items() if handle not in ended}
    for handle in watched.values():
        os.close(handle)
    return list(left)
