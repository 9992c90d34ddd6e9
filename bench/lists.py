"""How long the lists of findings and measures take, in process, against their budgets.

    .venv/bin/python bench/lists.py [measures]

Builds one inspection with that many measures (100,000 unless told; a third as many findings) beside ten small ones, in
a scratch SQLite file, or in the database of DATABASE_URL, which must not hold any inspection yet. Every list is asked
for through Django's test client, middleware and templates included, and again as the bare query behind it.
"""

# ruff: noqa: E402 -- Django has to be told its database before it is imported
from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
SCRATCH = Path(tempfile.gettempdir()) / f"rectify-bench-{os.getpid()}.sqlite3"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{SCRATCH}")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
os.environ.setdefault("RECTIFY_SECRET_KEY", "only-for-measuring-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit, make_user
from findings.models import Finding, Inspection, Measure, Progress, Unit

ROUNDS = 30
QUERIES = 8
P95 = 50  # ms
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # none collected
PLANS = (
    "修订学习规则，明确集中研讨前须先开展不少于2天的蹲点调研。",
    "优化营商环境，由科级以上干部联系中小微企业。",
    "清理报表台账，实行准入清单管理。",
)


def median_budget(measures: int) -> int:
    """The budget of the median in milliseconds."""
    return 15 if measures <= 10_000 else 20


def build(measures: int) -> Inspection:
    """One large inspection and ten small ones."""
    units = [make_unit(name=f"第{number}科室", order=number) for number in range(1, 121)]
    for _ in range(10):
        finding = make_finding(make_aspect(make_inspection()), lead_unit=units[0])
        for _ in range(5):
            make_measure(finding, due_on=dt.date(2026, 12, 1))
    inspection = make_inspection(name="大型巡察")
    fill(inspection, units, measures)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return inspection


def fill(inspection: Inspection, units: list[Unit], measures: int) -> None:
    """Ten aspects, findings with three or four measures each, progress on every fifth."""
    chance = random.Random(1)  # noqa: S311 -- the same data every time
    aspects = [make_aspect(inspection) for _ in range(10)]
    start = inspection.feedback_on or dt.date(2026, 1, 15)
    findings = Finding.objects.bulk_create(
        Finding(
            aspect=aspects[number % 10],
            order=number // 10 + 1,
            title=f"第{number}项工作重部署轻问效",
            detail=chance.choice(PLANS),
            lead_unit=chance.choice(units),
            due_on=start + dt.timedelta(days=chance.randrange(400)),
            status=chance.choice(("open", "in_progress", "submitted")),
            long_term=number % 9 == 0,
        )
        for number in range(measures * 3 // 10)
    )
    stored = Measure.objects.bulk_create(
        Measure(
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
    Progress.objects.bulk_create(Progress(measure=one, text="已落实。", logged_by=writer) for one in stored[::5])


def timed(action: Callable[[], object]) -> list[float]:
    """Milliseconds of every round after two to warm up, sorted."""
    times = []
    for _ in range(ROUNDS + 2):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times[2:])


def main(measures: int) -> int:
    """Measure every list; the exit code says whether all budgets were kept."""
    call_command("migrate", verbosity=0)
    if Inspection.objects.exists():
        print("The database already holds inspections; give the bench one of its own.")
        return 2
    inspection = build(measures)
    client = Client()
    client.force_login(make_user(is_office=True))
    unit = Unit.objects.order_by("pk")[7].pk
    bare = timed(lambda: list(Measure.objects.select_related("finding", "lead_unit").order_by("due_on", "pk")[:25]))
    base = statistics.median(bare)
    print(f"{connection.vendor}, {measures} measures; bare query of 25 rows {base:.1f} ms")
    lists = {
        "measures": ("", "page=400", "page=200&sort=-due", f"unit={unit}", f"unit={unit}&done=no&overdue=on"),
        "findings": ("", "page=400", "sort=due&page=300", f"unit={unit}", "status=open&overdue=on", "sort=status"),
        "measures ": ("sort=number", "q=营商环境", "q=没有这个词"),
        "findings ": ("q=营商环境", "q=没有这个词"),
    }
    kept = [
        measured(client, f"/inspections/{inspection.pk}/{name.strip()}/?{query}", base, measures)
        for name, queries in lists.items()
        for query in queries
    ]
    return 0 if all(kept) else 1


def measured(client: Client, address: str, base: float, measures: int) -> bool:
    """One line for one list, and whether it kept its budget."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    asked = len(queries)  # now: the next request forgets them
    times = timed(lambda: client.get(address))
    median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    kept = answer.status_code == 200 and median <= median_budget(measures) and p95 <= P95 and asked <= QUERIES
    print(
        f"{'ok  ' if kept else 'OVER'} {address:<52} median {median:5.1f} (≤ {median_budget(measures)})"
        f"  p95 {p95:5.1f} (≤ {P95})  {asked} queries (≤ {QUERIES})  {median / base:5.1f} × bare"
    )
    return kept


if __name__ == "__main__":
    try:
        with override_settings(STORAGES=PLAIN_FILES):
            code = main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    finally:
        for leftover in SCRATCH.parent.glob(f"{SCRATCH.name}*"):
            leftover.unlink()
    sys.exit(code)
