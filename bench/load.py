"""A load test of the real server with forty users at once, which also checks that nothing they write is lost.

    .venv/bin/python bench/load.py [seconds] [--restart "shell command"]

Starts gunicorn as ``make run`` does (2 workers of 4 threads, no debugging) on a free port, on a SQLite file of its own
or, with a PostgreSQL in DATABASE_URL, a new database there. Ten users of the office and ten reporters write through the
real forms for that many seconds (default 60), the office partly on one and the same finding, so that versions conflict;
twenty supervisors read. Each sends the next request as soon as the last is answered.

No user may get an error, every saved form must be one version and one audit event, and the audit trail must verify.
``--restart`` runs a command halfway, such as the restart of the database; it may cost each thread of the server one
form, whose sender gets an error and the typed text back, and no page.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import environment  # isort: skip  # sets the environment, from which Django reads its settings

from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum

from accounts.models import Action, Event, Record, Result
from bench.people import CONFLICT, ERROR, FINE, PASSWORD, REFUSED, AnswerCounts, Person
from bench.server import ROOT, THREADS, WORKERS, Server
from findings.choices import MeasureStatus, Status
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
)
from findings.models import Finding, Measure, Progress
from tests.raw_writes import unchecked_writes

OFFICE, REPORTERS, READERS = 10, 10, 20
FINDINGS, MEASURES_EACH = 200, 3
WRITTEN: tuple[type[Record], ...] = (Finding, Measure, Progress)


@dataclass(frozen=True)
class LoadSetup:
    """The keys of the records to work on."""

    inspection: int
    findings: list[int]
    measures: list[int]
    reported: dict[str, list[int]]  # measures of the reporter's unit, by user name


def build_work() -> LoadSetup:
    """Create the inspection, and the users office0, supervisor0, reporter0 and so on."""
    inspection = make_inspection()
    units = [make_unit() for _ in range(REPORTERS)]
    findings = [
        make_finding(aspect, lead_unit=units[number % REPORTERS], detail="以文件落实文件。")
        for aspect in [make_aspect(inspection) for _ in range(8)]
        for number in range(FINDINGS // 8)
    ]
    measures = [make_measure(finding) for finding in findings for _ in range(MEASURES_EACH)]
    # The first progress entry would also start the measure, which is one more version than forms saved.
    with unchecked_writes():
        Finding.objects.update(status=Status.IN_PROGRESS)
        Measure.objects.update(status=MeasureStatus.UNDER_WAY)
    for number in range(OFFICE):
        make_user(username=f"office{number}", name=f"整改办{number}", password=PASSWORD, role="office")
    for number in range(READERS):
        make_user(username=f"supervisor{number}", name=f"督查员{number}", password=PASSWORD, role="supervisor")
    for number, unit in enumerate(units):
        user = make_user(username=f"reporter{number}", name=f"填报员{number}", password=PASSWORD)
        make_member(unit, user)
        make_grant(user, "reporter", unit)
    reported = {
        f"reporter{number}": [measure.pk for measure in measures if measure.finding.lead_unit == unit]
        for number, unit in enumerate(units)
    }
    return LoadSetup(inspection.pk, [one.pk for one in findings], [one.pk for one in measures], reported)


def office_works(person: Person, work: LoadSetup, chance: random.Random) -> None:
    """Edit a finding or a measure; every third time the one finding that all users of the office edit."""
    what = chance.randrange(3)
    if what == 0:
        person.edit(f"/findings/{work.findings[0]}/edit/", "detail")
    elif what == 1:
        person.edit(f"/findings/{chance.choice(work.findings)}/edit/", "detail")
    else:
        person.edit(f"/measures/{chance.choice(work.measures)}/edit/", "outcome")


def reporter_works(person: Person, work: LoadSetup, chance: random.Random) -> None:
    """Write a progress entry or the outcome of a measure of the reporter's unit."""
    measure = chance.choice(work.reported[person.name])
    person.edit(f"/measures/{measure}/", chance.choice(("text", "outcome")))


def supervisor_reads(person: Person, work: LoadSetup, chance: random.Random) -> None:
    """Open a list, a record, the overview or the report."""
    inspection = f"/inspections/{work.inspection}/"
    pages = (
        inspection,
        f"{inspection}findings/?page={chance.randrange(1, 8)}",
        f"{inspection}findings/?sort=due&status=open",
        f"{inspection}measures/?page={chance.randrange(1, 20)}",
        f"{inspection}measures/?q={urllib.parse.quote('落实')}&done=no",
        f"/findings/{chance.choice(work.findings)}/",
        f"/measures/{chance.choice(work.measures)}/",
        f"{inspection}report/",
    )
    person.ask(chance.choice(pages))


WORKS = {"office": office_works, "reporter": reporter_works, "supervisor": supervisor_reads}


def run_together(people: list[Person], action: Callable[[Person], None]) -> None:
    """Run the action for all users at once, each in a thread; the first exception is raised again here."""
    failures: list[BaseException] = []

    def guarded(person: Person) -> None:
        try:
            action(person)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def run_load(people: list[Person], work: LoadSetup, seconds: float, restart: str) -> None:
    """Let all users work for ``seconds``; halfway run the shell command ``restart``, if any.

    RuntimeError when the command fails.
    """
    end = time.monotonic() + seconds
    failed = threading.Event()

    def works(person: Person) -> None:
        chance = random.Random(person.name)  # noqa: S311 -- the same choices every time
        while time.monotonic() < end:
            WORKS[person.name.rstrip("0123456789")](person, work, chance)

    def restarts() -> None:
        done = subprocess.run(restart, shell=True, check=False, stdout=subprocess.DEVNULL)  # noqa: S602 -- as asked
        if done.returncode:
            failed.set()

    timer = threading.Timer(seconds / 2, restarts)
    if restart:
        timer.start()
    run_together(people, works)
    if restart:
        timer.join()
    if failed.is_set():
        raise RuntimeError(f"the command failed: {restart}")


@dataclass(frozen=True)
class Stored:
    """How many versions, history rows, audit events and conflict events are stored."""

    versions: int
    histories: int
    events: int
    conflicts: int

    @classmethod
    def now(cls) -> Stored:
        """The numbers now."""
        events = Event.objects.filter(record_type__in=[model._meta.label_lower for model in WRITTEN])
        return cls(
            sum(model._default_manager.aggregate(sum=Sum("version"))["sum"] or 0 for model in WRITTEN),
            sum(model.history.count() for model in WRITTEN),
            events.filter(action__in=(Action.CREATE, Action.CHANGE), result=Result.DONE).count(),
            events.filter(result=Result.CONFLICT).count(),
        )

    def since(self, before: Stored) -> Stored:
        """The numbers added since ``before``."""
        return Stored(
            self.versions - before.versions,
            self.histories - before.histories,
            self.events - before.events,
            self.conflicts - before.conflicts,
        )


def print_line(is_kept: bool, words: str) -> bool:
    """Print one figure with its verdict, and return the verdict."""
    print(f"{'ok  ' if is_kept else 'OVER'} {words}")
    return is_kept


def judge(tally: AnswerCounts, stored: Stored, allowed: int) -> bool:
    """Print and check the answers against what is stored; True when all is well.

    ``allowed`` is the number of forms that may fail because of a restart.
    """
    errors, refused = tally.count(ERROR), tally.count(REFUSED)
    saved, lost = tally.kinds["POST", FINE], tally.kinds["POST", ERROR]  # an unanswered form may have been stored
    conflicts = tally.kinds["POST", CONFLICT]
    results = [
        print_line(errors <= allowed, f"errors {errors} (≤ {allowed})"),
        print_line(tally.kinds["GET", ERROR] == 0, f"errors on pages {tally.kinds['GET', ERROR]} (0)"),
        print_line(refused == 0, f"refused {refused} (0: every form is in order)"),
        print_line(conflicts > 0, f"conflicts {conflicts} (> 0), in the trail {stored.conflicts}"),
        print_line(conflicts <= stored.conflicts <= conflicts + lost, "every conflict is in the trail"),
        print_line(
            saved <= stored.versions <= saved + lost,
            f"forms saved {saved}, versions {stored.versions} (as many; up to {lost} more, whose answers failed)",
        ),
        print_line(
            stored.versions == stored.events == stored.histories,
            f"versions {stored.versions} = events {stored.events} = rows of history {stored.histories}",
        ),
    ]
    return all(results)


def print_speeds(tally: AnswerCounts, seconds: float) -> None:
    """Print requests per second and response times; without a bound, since they depend on the machine."""
    print(f"     {sum(tally.kinds.values()) / seconds:.1f} requests/s, {tally.count(FINE)} fine")
    for method, words in (("GET", "reads "), ("POST", "writes")):
        p50, p95 = (tally.quantile(method, part) for part in (0.5, 0.95))
        print(f"     {words} {len(tally.times[method])}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def print_failures(tally: AnswerCounts, log: Path) -> None:
    """Print the first failed answers, and what the server logged, the most frequent first."""
    for words in tally.examples[:20]:
        print(f"     {words}")
    logged: Counter[str] = Counter()
    for text in log.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(text)
        except ValueError:
            logged[text] += 1
        else:
            ours = [place for place in entry.get("exception", "").splitlines() if "site-packages" not in place]
            logged["\n       ".join([f"{entry['level']} {entry['message'].split(':')[0]}", *ours])] += 1
    for words, number in logged.most_common(8):
        print(f"     {number} × {words}")


def is_whole() -> bool:
    """Whether ``verify_audit`` finds nothing wrong with the trail."""
    try:
        call_command("verify_audit")
    except CommandError as error:
        print(error)
        return False
    return True


def main(seconds: float = 60, restart: str = "") -> int:
    """Run the load and check its outcome; 0 when all bounds are kept."""
    call_command("migrate", verbosity=0)
    static = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(static, cwd=ROOT, check=True)  # noqa: S603 -- our own words
    with transaction.atomic():
        work = build_work()
    before, tally = Stored.now(), AnswerCounts()
    connection.close()  # a restart of the database would break it
    server = Server(environment.FOLDER / "server.log", environment.FOLDER)
    server.start()
    try:
        names = [*(f"office{n}" for n in range(OFFICE)), *work.reported, *(f"supervisor{n}" for n in range(READERS))]
        people = [Person(name, server.address, AnswerCounts()) for name in names]
        run_together(people, Person.sign_in)
        for person in people:
            person.tally = tally
        start = time.monotonic()
        run_load(people, work, seconds, restart)
        took = time.monotonic() - start
    finally:
        server.kill(whole=True)
    print(f"{connection.vendor}, {len(people)} people, {took:.0f} s{', restarted half-way' if restart else ''}")
    print_speeds(tally, took)
    kept = judge(tally, Stored.now().since(before), WORKERS * THREADS if restart else 0)
    whole = print_line(is_whole(), "the trail is whole")
    print_failures(tally, server.log)
    return 0 if kept and whole else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=float, default=60)
    parser.add_argument("--restart", default="", metavar="COMMAND", help="what to run half-way")
    arguments = parser.parse_args()
    with environment.database():
        code = main(arguments.seconds, arguments.restart)
    sys.exit(code)
