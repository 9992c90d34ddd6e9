"""The answers per second of the real server, for a list of 25 measures and for a tiny static file.

    .venv/bin/python bench/rate.py [measures] [inspections]

Starts gunicorn as ``make run`` does (2 workers of 4 threads) on a database of its own, as bench/load.py does. Eight
connections send requests without pause, from two processes: on a machine with two processors they take a part of what
is measured. The file shows the upper limit of the server.
"""

from __future__ import annotations

import http.client
import multiprocessing
import subprocess
import sys
import threading
import time

from bench import environment  # isort: skip  # sets the environment, from which Django reads its settings

from django.core.management import call_command
from django.db import connection

from bench import lists
from bench.people import PASSWORD, AnswerCounts, Person
from bench.server import ROOT, Server
from findings.factories import make_user

PROCESSES, LINES = 2, 4  # client processes, and connections of each
SECONDS = 10.0
BUDGET = 150  # lists a second
LITTLE = "/static/icon.svg"


def request_pages(bind: str, path: str, cookie: str, answered: multiprocessing.Queue[int]) -> None:
    """Request a page on several connections and put the count of each; any answer but 200 ends one."""

    def line() -> None:
        server, count, end = http.client.HTTPConnection(bind), 0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            server.request("GET", path, headers={"Cookie": cookie})
            answer = server.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            count += 1
        answered.put(count)

    lines = [threading.Thread(target=line) for _ in range(LINES)]
    for thread in lines:
        thread.start()
    for thread in lines:
        thread.join()


def rate(bind: str, path: str, cookie: str) -> float:
    """Answers per second of all client processes together."""
    answered: multiprocessing.Queue[int] = multiprocessing.Queue()
    for _ in range(PROCESSES):
        multiprocessing.Process(target=request_pages, args=(bind, path, cookie, answered), daemon=True).start()
    return sum(answered.get(timeout=SECONDS + 30) for _ in range(PROCESSES * LINES)) / SECONDS


def main(measures: int = 10_000, inspections: int = 1) -> int:
    """Print both rates; 1 when the one of the list is below its budget."""
    call_command("migrate", verbosity=0)
    static = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
    subprocess.run(static, cwd=ROOT, check=True)  # noqa: S603 -- our own words
    inspection = lists.build(measures, inspections)
    make_user(username="clerk", password=PASSWORD, role="office")
    vendor = connection.vendor
    connection.close()
    server = Server(environment.FOLDER / "server.log", environment.FOLDER)
    server.start()
    try:
        person = Person("clerk", server.address, AnswerCounts())
        person.sign_in()
        cookie = "; ".join(f"{one.name}={one.value}" for one in person.cookies)
        path = f"/inspections/{inspection.pk}/measures/"
        rate(server.bind, path, cookie)  # warm
        pages, files = rate(server.bind, path, cookie), rate(server.bind, LITTLE, cookie)
    finally:
        server.kill(whole=True)
    kept = pages >= BUDGET
    print(f"{vendor}, {measures} measures in {inspections} inspections; answers a second")
    print(f"{'ok  ' if kept else 'OVER'} list {pages:.0f} (≥ {BUDGET})  file {files:.0f}, {files / pages:.1f} ×")
    return 0 if kept else 1


if __name__ == "__main__":
    with environment.database():
        code = main(*map(int, sys.argv[1:]))
    sys.exit(code)
