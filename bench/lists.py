"""The response times of the lists of findings and measures, in process, against their budgets.

    .venv/bin/python bench/lists.py [measures] [inspections]

Builds that many measures (default 100,000; a third as many findings), spread over that many inspections (default 10:
3,000 findings each, ten times the largest real report; 1 is the hardest), in a scratch SQLite file, or in the database
of DATABASE_URL, which must hold no inspection. Lists are those of one inspection. Each is requested through Django's
test client, middleware and templates included, and compared with a bare query for one page.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import scratch  # isort: skip  # sets the environment, from which Django reads its settings

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.factories import make_aspect, make_inspection, make_unit, make_user
from findings.models import Finding, Inspection, Measure, Progress, Unit
from rectify.memory import spare_loaded_code
from tests.raw_writes import unchecked_writes

ROUNDS = 30  # requests of each list
QUERIES = 8  # most queries of one page
P95 = 50  # ms
PLANS = (
    "修订学习规则，明确集中研讨前须先开展不少于2天的蹲点调研。",
    "优化营商环境，由科级以上干部联系中小微企业。",
    "清理报表台账，实行准入清单管理。",
)


def median_budget(measures: int) -> int:
    """The budget of the median response time in milliseconds."""
    return 15 if measures <= 10_000 else 20


def build(measures: int, inspections: int) -> Inspection:
    """Create inspections of equal size and return the last, whose lists are measured."""
    units = [make_unit(name=f"第{number}科室", order=number) for number in range(1, 121)]
    for _ in range(inspections):
        inspection = make_inspection()
        fill(inspection, units, measures // inspections)
    with connection.cursor() as cursor:
        # As autovacuum does, or the next ``migrate`` on SQLite.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return inspection


def fill(inspection: Inspection, units: list[Unit], measures: int) -> None:
    """Fill an inspection: ten aspects, findings with three or four measures each, progress on every fifth."""
    chance = random.Random(1)  # noqa: S311 -- the same data every time
    aspects = [make_aspect(inspection) for _ in range(10)]
    start = inspection.feedback_on or dt.date(2026, 1, 15)
    with unchecked_writes():
        findings = Finding.objects.bulk_create(
            Finding(
                inspection=inspection,
                aspect=aspects[number % 10],
                order=number // 10 + 1,
                title=f"第{number}项工作重部署轻问效",
                detail=chance.choice(PLANS),
                lead_unit=chance.choice(units),
                due_on=start + dt.timedelta(days=chance.randrange(400)),
                status=chance.choice(("open", "in_progress")),
                long_term=number % 9 == 0,
            )
            for number in range(measures * 3 // 10)
        )
        stored = Measure.objects.bulk_create(
            Measure(
                inspection=inspection,
                finding=findings[number % len(findings)],
                order=number // len(findings) + 1,
                plan=f"{chance.choice(PLANS)}（{number}）",
                outcome=chance.choice(PLANS),
                lead_unit=chance.choice((None, *units)),
                due_on=start + dt.timedelta(days=chance.randrange(400)),
                completed_on=chance.choice((None, start)),
            )
            for number in range(measures)
        )
    writer = make_user()
    with unchecked_writes():
        Progress.objects.bulk_create(Progress(measure=one, text="已落实。", logged_by=writer) for one in stored[::5])


@dataclass(frozen=True)
class Times:
    """Response times in milliseconds: by the clock, and the processor time of this process as ``own``.

    On a busy machine the two differ.
    """

    median: float
    p95: float
    own: float


def time_rounds(action: Callable[[], object]) -> Times:
    """The times of ``ROUNDS`` calls, after two to warm up."""
    clock, own = [], []
    for _ in range(ROUNDS + 2):
        start, start_own = time.perf_counter(), time.process_time()
        action()
        clock.append((time.perf_counter() - start) * 1000)
        own.append((time.process_time() - start_own) * 1000)
    walls = sorted(clock[2:])
    return Times(statistics.median(walls), walls[int(ROUNDS * 0.95)], statistics.median(own[2:]))


def main(measures: int = 100_000, inspections: int = 10) -> int:
    """Measure every list; 0 when all budgets are kept, 1 otherwise, 2 when the database already holds inspections."""
    call_command("migrate", verbosity=0)
    if Inspection.objects.exists():
        print("The database already holds inspections; give the bench one of its own.")
        return 2
    inspection = build(measures, inspections)
    last = measures // inspections // 25
    client = Client()
    client.force_login(make_user(role="office"))
    unit = Unit.objects.order_by("pk")[7].pk
    base = time_rounds(
        lambda: list(inspection.measures.select_related("finding", "lead_unit").order_by("due_on", "pk")[:25])
    ).median
    print(f"{connection.vendor}, {measures} measures in {inspections} inspections; milliseconds")
    print(f"bare query of 25 rows {base:.1f}")
    spare_loaded_code()  # as the server does
    by_unit = f"unit={unit}"
    lists = {
        "measures": ("", f"page={last}", f"page={last // 2}&sort=-due", by_unit, f"{by_unit}&done=no&overdue=on"),
        "findings": ("", f"page={last // 4}", f"sort=due&page={last // 5}", by_unit, "status=open&overdue=on"),
        "measures ": ("overdue=on", "sort=number", "q=营商环境", "q=没有这个词"),
        "findings ": ("sort=status", "q=营商环境", "q=没有这个词"),
    }
    kept = [
        measure_list(client, f"/inspections/{inspection.pk}/{name.strip()}/?{query}", base, measures)
        for name, queries in lists.items()
        for query in queries
    ]
    return 0 if all(kept) else 1


def measure_list(client: Client, address: str, base: float, measures: int) -> bool:
    """Measure one list and print its line; True when all its budgets are kept."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    asked = len(queries)  # counted now, since the next request clears the log
    times = time_rounds(lambda: client.get(address))
    is_quick = times.median <= median_budget(measures) and times.p95 <= P95
    kept = answer.status_code == 200 and is_quick and asked <= QUERIES
    print(
        f"{'ok  ' if kept else 'OVER'} {address:<54} median {times.median:5.1f} (≤ {median_budget(measures)})"
        f"  p95 {times.p95:5.1f} (≤ {P95})  own work {times.own:5.1f}"
        f"  {asked} queries (≤ {QUERIES})  {times.median / base:4.1f} × bare"
    )
    return kept


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
