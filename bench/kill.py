"""A crash test: whether anything acknowledged is lost when the whole server is killed with SIGKILL, again and again.

    python -m bench.kill [KILLS [SEED]]

Starts gunicorn as ``make run`` does, on a SQLite file of its own or, with a PostgreSQL in DATABASE_URL, a new database
there. Simulated users upload, write and take steps through the real forms, and every complete answer is logged. Then
everything is killed: at a random moment, while half of a large file has arrived, or while one is being stored; in half
of the rounds only the server is killed and its children must end by themselves. The server is started again and has to
answer and to store something within ten seconds each (on a busy machine within twice the first start, before any kill:
what is tested is that recovery adds nothing); then everything ever acknowledged is compared with the database and the
store, the commands that verify must find nothing, and what the crash left must be removed once it is old.

This tests no loss of power: what was written to the kernel survives the kill.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import subprocess
import sys
import threading
import time

from bench import environment  # isort: skip  # sets the environment, from which Django reads its settings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bench.crash_test.actors import LARGEST, Actor, Files, Large, Life, Reader, Texts, Workplace
from bench.crash_test.browser import Browser
from bench.crash_test.comparison import collect_garbage, compare, run_verification
from bench.crash_test.fixtures import OFFICE, REPORTER, SUPERVISOR, Fixtures, build_fixtures
from bench.crash_test.ledger import Deed, DeedLog, State, Unanswered, count_by_kind
from bench.server import ROOT, Killed, Server
from findings.evidence.store.storage import INCOMING
from findings.workflow import StepName

MOST_SECONDS = 10.0  # for the first good answer after a restart, and for the first change to be stored
LIVES = 2  # findings that go through the workflow at once
AT_LEAST = 8  # least things acknowledged before each kill; besides one sign-off before the first
PATIENCE = 60  # seconds until a round that does not reach its moment is counted as wrong
BEGINNINGS = (b"%PDF", b"\x89PNG")  # first bytes of the uploaded files
COMMANDS = ("verify_evidence", "verify_audit", "verify_signoffs")


class Aim(StrEnum):
    """The moment at which the server is killed."""

    RANDOM = "at random"
    ARRIVING = "file arriving"
    STORING = "file being stored"


AIMS = (Aim.RANDOM, Aim.ARRIVING, Aim.STORING, Aim.RANDOM, Aim.RANDOM)


@dataclass
class KillRow:
    """One kill and its outcome: a row of the printed table.

    ``whole``: the whole process group was killed, not only the server. ``start`` and ``write`` are seconds, ``left`` is
    the number of orphaned files.
    """

    number: int
    aim: Aim
    whole: bool
    in_flight: list[Deed] = field(default_factory=list)
    killed: Killed = field(default_factory=lambda: Killed(0, []))
    start: float = 0.0
    write: float = 0.0
    acknowledged: int = 0
    left: int = 0
    verdicts: str = ""
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        how = "all" if self.whole else "server"
        return (
            f"{self.number:>4}  {self.aim:<17}  {how:<6}  {self.killed.children:>8}  {self.acknowledged:>12}  "
            f"{self.start:>6.1f} s  {self.write:>5.2f} s  {self.left:>4}  {self.verdicts:<8}  "
            f"{count_by_kind(self.in_flight)}"
        )


HEAD = "kill  moment             killed  children  acknowledged   restart    write  left  verified  in flight"


@dataclass
class Bench:
    """The server, the simulated users and their log."""

    scene: Fixtures
    server: Server
    desk: Workplace
    most_seconds: float = MOST_SECONDS

    def start(self) -> float:
        """Start the server for the first time; the seconds it took, from which the bound of the restarts follows."""
        first = self.server.start()
        self.most_seconds = max(MOST_SECONDS, 2 * first)
        return first

    @property
    def ledger(self) -> DeedLog:
        """The log of what was sent and acknowledged."""
        return self.desk.ledger

    def kill(self, number: int) -> KillRow:
        """One round: let the users work, kill, start again, compare; the row with everything that was wrong."""
        row = KillRow(number, AIMS[(number - 1) % len(AIMS)], whole=number % 2 == 1)
        known = len(self.ledger.deeds)
        self._work(row)
        row.in_flight = [deed for deed in self.ledger.deeds[known:] if deed.state == State.SENT]
        row.problems += [f"a child survived: {words}" for words in row.killed.survivors]
        row.problems += [f"{name} is left in the temporary folder" for name in uploaded_files_in(self.server.temporary)]
        stale = environment.sessions()
        row.start = self.server.start()
        started = time.monotonic()
        place = self.scene.texts
        if not self.desk.write(self.desk.office, f"/measures/{place.measure}/edit/", place, entry=False):
            row.problems.append("nothing could be stored after the start")
        row.write = time.monotonic() - started
        row.acknowledged = self.ledger.count()
        if max(row.start, row.write) > self.most_seconds:
            row.problems.append(f"more than {self.most_seconds:.0f} s")
        if not wait_until(lambda: not stale & environment.sessions()):
            row.problems.append("the database still has sessions of the killed server")
        self._compare(row)
        return row

    def _compare(self, row: KillRow) -> None:
        """Compare the database with the log, run the commands that verify, and collect garbage."""
        row.problems += compare(self.ledger)
        for command in COMMANDS:
            wrong = run_verification(command)[1]
            row.verdicts += "-" if wrong else "+"
            row.problems += wrong
        row.left, wrong = collect_garbage()
        row.problems += wrong
        connection.close()

    def _work(self, row: KillRow) -> None:
        """Run all actors in threads until the moment of the kill, kill the server, and wait for the threads.

        Only after the kill may a request stay unanswered.
        """
        over = threading.Event()
        chance = random.Random(f"{self.desk.chance.random()} {row.number}")  # noqa: S311 -- the same for a seed
        actors, wait = self._actors(row, over, chance)

        def work_until_killed(actor: Actor) -> None:
            try:
                while not over.is_set():
                    actor.turn()
            except Unanswered as silence:
                if not over.is_set():
                    row.problems.append(f"no answer before the kill: {silence}")
            except Exception as error:
                row.problems.append(f"{type(actor).__name__}: {error!r}")

        threads = [threading.Thread(target=work_until_killed, args=(actor,)) for actor in actors]
        least = self.ledger.count() + AT_LEAST
        for thread in threads:
            thread.start()
        if not self.ledger.wait_for(
            lambda: self.ledger.count() >= least and self.ledger.steps()[StepName.CLOSE] > 0, PATIENCE
        ):
            row.problems.append("too little was acknowledged")
        if not wait():
            row.problems.append(f"the moment never came: {row.aim}")
        # Set before the kill, so that what fails from now on is expected.
        over.set()
        row.killed = self.server.kill(whole=row.whole)
        for thread in threads:
            thread.join()

    def _actors(
        self, row: KillRow, over: threading.Event, chance: random.Random
    ) -> tuple[list[Actor], Callable[[], bool]]:
        """The actors of a round, and a function that waits for the moment of its kill."""

        # Each thread gets a random generator of its own, so that a seed gives the same choices whatever the timing.
        def desk() -> Workplace:
            return replace(self.desk, chance=random.Random(chance.random()))  # noqa: S311

        scene = self.scene
        reader = Reader(desk(), scene.inspection, scene.files, over)
        large = Large(desk(), scene.files, half=row.aim == Aim.ARRIVING)
        actors: list[Actor] = [Life(desk(), place) for place in scene.lives]
        actors += [Files(desk(), scene.files), reader]
        actors += [Texts(desk(), scene.texts, is_office=is_office) for is_office in (True, False)]
        actors += [] if row.aim == Aim.RANDOM else [large]
        pause = chance.uniform(0.0, 0.2 if row.aim == Aim.STORING else 1.5)  # copied, checked and named in less

        def wait() -> bool:
            if not row.whole and not reader.warm.wait(PATIENCE):
                return False
            if row.aim == Aim.ARRIVING and not large.halfway.wait(PATIENCE):
                return False
            if row.aim == Aim.STORING and not wait_until(is_large_file_arriving):
                return False
            time.sleep(pause)  # this is what is random about the moment
            return True

        return actors, wait


def is_large_file_arriving() -> bool:
    """Whether a file larger than the ordinary ones is being received by the store."""
    for file in Path(settings.EVIDENCE_ROOT / INCOMING).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # it has just been put in its place
            if file.stat().st_size > 2 * LARGEST:
                return True
    return False


def uploaded_files_in(folder: Path) -> list[str]:
    """The names of the files in a folder that begin like uploaded ones."""
    return [file.name for file in folder.iterdir() if file.is_file() and file.read_bytes().startswith(BEGINNINGS)]


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Poll a condition that notifies nobody, at most ``patience`` seconds; whether it was met."""
    end = time.monotonic() + patience
    while not (is_met := condition()) and time.monotonic() < end:
        time.sleep(0.002)
    return is_met


def prepare(seed: str) -> Bench:
    """Create the database, static files and users; the server is not started yet."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    with subprocess.Popen(command, cwd=ROOT) as static:  # noqa: S603 -- our own words; the other core has time for it
        call_command("migrate", verbosity=0)
        with transaction.atomic():
            scene = build_fixtures(LIVES)
        connection.close()
    if static.returncode:
        raise subprocess.CalledProcessError(static.returncode, command)
    temporary: Path = environment.FOLDER / "temporary"
    temporary.mkdir()
    server = Server(environment.FOLDER / "server.log", temporary)
    office, supervisor, reporter = (Browser(name, server.address) for name in (OFFICE, SUPERVISOR, REPORTER))
    chance = random.Random(seed)  # noqa: S311 -- the same moments for the same seed
    return Bench(scene, server, Workplace(office, supervisor, reporter, DeedLog(), chance, itertools.count(1)))


def main(kills: int, seed: str) -> int:
    """Kill the server ``kills`` times and print a row for each; 1 when anything was wrong."""
    bench = prepare(seed)
    rows: list[KillRow] = []
    try:
        print(f"{connection.vendor}, seed {seed}, first start {bench.start():.1f} s", HEAD, sep="\n")
        for person in (bench.desk.office, bench.desk.supervisor, bench.desk.reporter):
            person.sign_in()
        for number in range(1, kills + 1):
            rows.append(bench.kill(number))
            print(rows[-1], *rows[-1].problems, sep="\n      ! ", flush=True)
    finally:
        bench.server.kill(whole=True)
    wrong = sum(len(row.problems) for row in rows)
    ledger = bench.ledger
    kinds = count_by_kind([deed for deed in ledger.deeds if deed.state == State.ACKNOWLEDGED])
    print(
        f"{kills} kills, {ledger.count()} things acknowledged ({kinds}), {ledger.count(State.SENT)} without an answer"
    )
    print(f"steps: {', '.join(f'{number} {name}' for name, number in sorted(ledger.steps().items()))}")
    print(f"slowest restart {max(row.start for row in rows):.1f} s (≤ {bench.most_seconds:.0f}), wrong: {wrong} (0)")
    if wrong:
        print(bench.server.log.read_text(encoding="utf-8")[-4000:])
    return int(wrong > 0)


if __name__ == "__main__":
    with environment.database():
        code = main(int((sys.argv[1:2] or ["20"])[0]), (sys.argv[2:3] or ["kill"])[0])
    sys.exit(code)
