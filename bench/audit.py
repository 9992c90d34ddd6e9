"""The speed of writing, verifying and browsing the audit trail.

    .venv/bin/python bench/audit.py [written] [verified] [listed]

Writes ``written`` events (default 2,000), each in a transaction of its own, and in turns as many rows into a table of
the same columns and indexes without chain and triggers; both look up the user's roles. Then verifies a chain of
``verified`` events (20,000), and requests pages of a trail of ``listed`` events (100,000; the page was made for
1,000,000). Runs on a scratch SQLite file, or on the database of DATABASE_URL, which must hold no event.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import scratch  # isort: skip  # sets the environment, from which Django reads its settings

from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from accounts.audit import events
from accounts.audit.verification import verify
from accounts.models import Action, Event, Grant, Result, User
from findings.factories import make_user

TIMES_PLAIN = 3  # most cost of an event, × a plain row
VERIFIED = 10_000  # least events verified per second
PAGE = 150  # ms for the slowest page
TURN = 100  # rows written of one kind before the other's turn
LISTS = ("", "action=export", "result=failed", "person=审计员", "action=change&result=failed", "object=没有这个词")


def plain_table() -> type[models.Model]:
    """Create a table with the columns and indexes of the trail but without triggers, and return its model."""
    columns: dict[str, Any] = {}
    for column in Event._meta.local_fields:
        columns[column.name] = column.clone()
        if column.remote_field:
            columns[column.name].remote_field.related_name = "+"
    indexes = [models.Index(fields=index.fields, name=f"plain_{index.name}") for index in Event._meta.indexes]
    meta = type("Meta", (), {"app_label": "accounts", "db_table": "bench_plain", "indexes": indexes})
    plain = type("Plain", (models.Model,), {**columns, "Meta": meta, "__module__": __name__})
    with connection.schema_editor() as editor:
        editor.create_model(plain)
    return plain


def per_second(count: int, action: Callable[[int], object]) -> float:
    """How many times per second the action runs; it is called with the numbers from 0."""
    start = time.perf_counter()
    for number in range(count):
        action(number)
    return count / (time.perf_counter() - start)


def measure_writing(written: int, user: User) -> bool:
    """Compare events with plain rows, in turns, so that a busy machine slows both; True if within the bound."""
    plain = plain_table()
    values = Event.objects.values().get(pk=events.record(Action.CHANGE, user, before=1, after=2, user=user).pk)
    done = 0

    def insert(number: int) -> None:
        role, unit = events.roles_and_units(user)
        with transaction.atomic():
            plain._default_manager.create(
                **values | {"number": done + number + 1, "at": timezone.now(), "role": role, "unit": unit}
            )

    chained, plainly = [], []
    for _ in range(written // TURN):
        chained.append(per_second(TURN, lambda _: events.record(Action.CHANGE, user, before=1, after=2, user=user)))
        plainly.append(per_second(TURN, insert))
        done += TURN
    ratio = statistics.median(plainly) / statistics.median(chained)
    print(
        f"{line_start(ratio <= TIMES_PLAIN)} written {statistics.median(chained):7.0f} events/s, plain rows"
        f" {statistics.median(plainly):7.0f}/s: {ratio:.2f} × a plain row (≤ {TIMES_PLAIN})"
    )
    return ratio <= TIMES_PLAIN


def measure_verification(verified: int, user: User) -> bool:
    """Extend the chain to ``verified`` events and verify it; True when it is intact and fast enough."""
    with transaction.atomic():
        for number in range(verified - Event.objects.count()):
            events.record(Action.CHANGE, user, before=number, after=number + 1, user=user)
    start = time.perf_counter()
    outcome = verify()
    rate = outcome.rows / (time.perf_counter() - start)
    kept = rate >= VERIFIED and not outcome.problems
    print(f"{line_start(kept)} verified {rate:7.0f} events/s of {outcome.rows} (≥ {VERIFIED}): {outcome.words}")
    return kept


def measure_pages(listed: int, user: User) -> bool:
    """Fill the trail up with unsealed copies, then measure its pages; True when all are fast enough."""
    chance = random.Random(1)  # noqa: S311 -- the same data every time
    last, now = Event.objects.count(), timezone.now()
    copied = Event.objects.values().get(number=last)
    for first in range(last + 1, listed + 1, 10_000):
        Event.objects.bulk_create(
            Event(
                **copied
                | {
                    "number": number,
                    "at": now + dt.timedelta(seconds=number),
                    "user_id": chance.choice((None, None, user.pk)),
                    "action": "export" if number % 997 == 0 else chance.choice(("change", "visit", "sign_in")),
                    "result": Result.FAILED if number % 5003 == 0 else Result.DONE,
                    "record_words": f"督查工作重部署轻问效（{number}）",
                }
            )
            for number in range(first, min(first + 10_000, listed + 1))
        )
    with connection.cursor() as cursor:
        # Without statistics the planner would choose other indexes than in a real installation.
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(user)
    middle = [f"before={listed // 2}", f"before={listed // 2}&object=没有这个词", f"before={listed // 2}&person=审计员"]
    kept = [measure_page(client, query) for query in (*LISTS, *middle)]
    return all(kept)


def measure_page(client: Client, query: str) -> bool:
    """Measure the median of nine requests of one page, in milliseconds; True when it is within ``PAGE``."""
    address = f"/accounts/audit/?{query}"
    client.get(address)
    times = sorted(1000 / per_second(1, lambda _: client.get(address)) for _ in range(9))
    kept = times[4] <= PAGE
    print(f"{line_start(kept)} {address:<56} median {times[4]:6.1f} ms (≤ {PAGE})  slowest {times[-1]:6.1f}")
    return kept


def line_start(kept: bool) -> str:
    """The verdict at the start of a line."""
    return "ok  " if kept else "OVER"


def main(written: int = 2000, verified: int = 20_000, listed: int = 100_000) -> int:
    """Measure everything; 0 when all bounds are kept, 1 otherwise, 2 when the database already holds events."""
    call_command("migrate", verbosity=0)
    if Event.objects.exists():
        print("The database already holds events; give the bench one of its own.")
        return 2
    user = make_user(name="审计员")
    Grant.objects.create(user=user, role="audit_officer")
    print(f"{connection.vendor}, {written} events written, {verified} verified, {listed} listed")
    results = [measure_writing(written, user), measure_verification(verified, user), measure_pages(listed, user)]
    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE bench_plain")
    return 0 if all(results) else 1


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
