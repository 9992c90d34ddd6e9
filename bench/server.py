"""The real server as ``scripts/run`` starts it: begun, waited for, killed with -9 and seen to be gone.

No Django in here: everything is seen from outside.
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
START_PATIENCE = 60  # seconds until it is given up
GONE_PATIENCE = 10  # seconds for what has lost its server to end by itself
CHILDREN = ("documents.pdf.worker", "documents.pdf.page_image_worker")  # the programs that a worker starts


def free_address() -> str:
    """A host and port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def command(bind: str) -> list[str]:
    """What starts the server at that host and port."""
    program = [sys.executable, "-m", "gunicorn", "rectify.wsgi", "--bind", bind, "--log-level", "warning"]
    return [*program, "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"]


@dataclass(frozen=True)
class Killed:
    """How many children the server had, and what of it was still there when patience was over."""

    children: int
    survivors: list[str]


class Server:
    """One server after the other at one address, each in a process group of its own."""

    def __init__(self, log: Path, temporary: Path) -> None:
        self.bind, self.log, self.temporary = free_address(), log, temporary
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"http://{self.bind}"

    def start(self) -> float:
        """Start it; how many seconds until the sign-in page was answered. RuntimeError when it never was."""
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
        """Kill -9: the whole group at once, or the server alone, so that its children have to notice by themselves."""
        if self.process is None:
            return Killed(0, [])
        before = members(self.process.pid)
        watched = watch(before)
        if whole:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            while servers := [pid for pid, words in members(self.process.pid).items() if not is_child(words)]:
                for pid in sorted(servers):  # the first one first, so that it replaces none
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self.process.wait()
        left = still_there(watched, GONE_PATIENCE)
        self.process.wait()
        survivors = {pid: before[pid] for pid in left} | members(self.process.pid)  # begun between look and kill
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        return Killed(sum(map(is_child, before.values())), sorted(survivors.values()))


def is_child(words: str) -> bool:
    """Whether a command line is that of a program which a worker has started."""
    return any(name in words for name in CHILDREN)


def members(group: int) -> dict[int, str]:
    """The living processes of a group, by number, with their command lines."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):
                state, _parent, number = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(number) == group and state not in "ZX":
                    words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[int(folder.name)] = words.strip()
    return found


def watch(processes: Iterable[int]) -> dict[int, int]:
    """A handle for each process, by its number, which can be read as soon as the process has ended."""
    watched = {}
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            watched[pid] = os.pidfd_open(pid)
    return watched


def still_there(watched: dict[int, int], patience: float) -> list[int]:
    """Wait until all of them have ended; the numbers of those that have not when patience is over."""
    end, left = time.monotonic() + patience, dict(watched)
    while left and (rest := end - time.monotonic()) > 0:
        ended, _, _ = select.select(list(left.values()), (), (), rest)
        left = {pid: handle for pid, handle in left.items() if handle not in ended}
    for handle in watched.values():
        os.close(handle)
    return list(left)
