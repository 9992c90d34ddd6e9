"""How long the desk takes for each role, in process, against its budget.

    .venv/bin/python bench/desk.py [measures] [inspections]

The data and the way of measuring are those of bench/lists.py; here part of the measures is reported or verified, and
part of the findings is submitted, closed, void or missed its review.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import lists, scratch  # isort: skip # they tell Django its database

from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.db.models.functions import Mod
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bench.pages import reporter
from findings.choices import Completion, MeasureStatus, Status
from findings.factories import make_user
from findings.models import Extension, Finding, Inspection, Measure, Unit

QUERIES = 30


def advance(by: User) -> None:
    """Two measures in five are verified, one in twenty waits; of the findings one in thirty; 200 ask for more time."""
    now = timezone.now()
    reported = {"reported_at": now, "reported_by": by}
    measures = Measure.objects.annotate(rest=Mod(F("pk"), 20)).order_by()
    measures.filter(rest=0).update(status=MeasureStatus.REPORTED, **reported)
    measures.filter(rest__gt=11).update(
        status=MeasureStatus.VERIFIED, verified_at=now, verified_by=by, completed_on=dt.date(2026, 3, 1), **reported
    )
    findings = Finding.objects.annotate(rest=Mod(F("pk"), 30)).order_by()
    findings.filter(rest=0).update(status=Status.SUBMITTED, submission=1, submitted_at=now, submitted_by=by)
    closed = {"status": Status.CLOSED, "completion": Completion.COMPLETE, "closed_at": now, "closed_by": by}
    findings.filter(rest__gt=17).update(**closed)
    findings.filter(rest=18).update(is_void=True)
    findings.filter(rest=19).update(next_review_on=dt.date(2026, 2, 1))
    Extension.objects.bulk_create(
        Extension(
            measure=measure,
            old_due_on=measure.due_on,
            new_due_on=measure.due_on + dt.timedelta(days=30),
            reason="上级文件还没有印发。",
            requested_by=by,
        )
        for measure in Measure.objects.filter(status=MeasureStatus.NOT_STARTED).order_by("pk")[:200]
        if measure.due_on
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def queries(client: Client, address: str) -> int:
    """How many queries a page needs."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def main(measures: int = 100_000, inspections: int = 10) -> int:
    """Print the times of the desk for each role; 1 when one is over its budget."""
    call_command("migrate", verbosity=0)
    if Inspection.objects.exists():
        print("The database already holds inspections; give the bench one of its own.")
        return 2
    lists.build(measures, inspections)
    advance(make_user())
    people = {role: make_user(role=role) for role in ("office", "supervisor", "leader")}
    people["reporter"] = reporter(Unit.objects.order_by("pk")[7])
    print(f"{connection.vendor}, {measures} measures in {inspections} inspections; milliseconds")
    kept = True
    for name, user in people.items():
        client = Client()
        client.force_login(user)
        times, needed = lists.timed(lambda client=client: client.get("/desk/")), queries(client, "/desk/")  # type: ignore[misc]
        is_kept = times.p95 <= lists.P95 and needed <= QUERIES
        kept &= is_kept
        print(
            f"{'ok  ' if is_kept else 'OVER'} {name:<11} median {times.median:6.1f}  p95 {times.p95:6.1f} ≤ {lists.P95}"
            f"  own {times.own:6.1f}  {needed} queries ≤ {QUERIES}"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
