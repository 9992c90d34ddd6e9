"""The audit trail: rows in one chain, that only grow, with the action they tell of or not at all."""

from __future__ import annotations

import datetime as dt
import os
import string
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from accounts.audit import anchors, events, models
from accounts.audit.models import CONTENT, PLACE
from accounts.audit.sealing import ALGORITHMS, digest_of, seal_of
from accounts.audit.triggers import FLOOR, TABLE, faults
from accounts.models import Action, Event, User
from findings.factories import make_user
from tests.raw_writes import unchecked_writes
from tests.test_repository import ROOT
from tests.triggers import settle

pytestmark = pytest.mark.django_db
in_transactions = pytest.mark.django_db(transaction=True)


def recorded(count: int) -> list[Event]:
    """That many rows of a plain kind."""
    return [events.record(Action.VISIT, reason=f"第 {number} 次") for number in range(1, count + 1)]


def execute(statement: str) -> None:
    """Raw SQL, as somebody with a database shell types it."""
    settle()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_rows_are_numbered_from_one_and_carry_the_seal_of_the_row_before() -> None:
    rows = recorded(4)
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.previous for row in rows] == ["", *(row.seal for row in rows[:3])]
    assert len({row.seal for row in rows}) == 4


def test_every_column_is_sealed() -> None:
    assert {*CONTENT, *PLACE} == {field.attname for field in Event._meta.concrete_fields}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_stored_row_fits_its_seals_under_every_algorithm(settings: Settings, algorithm: str) -> None:
    settings.AUDIT_ALGORITHM = algorithm
    user = make_user(name="王强")
    events.record(Action.CHANGE, user, before=0, after=1, reason="首次", user=user)
    row = Event.objects.get(action=Action.CHANGE)
    assert row.digest == digest_of({name: getattr(row, name) for name in CONTENT}, algorithm)
    assert row.seal == seal_of(row.number, row.previous, row.digest, algorithm)


def test_no_weaker_algorithm_is_taken(settings: Settings) -> None:
    settings.AUDIT_ALGORITHM = "md5"
    with pytest.raises(ValueError, match="md5"):
        events.record(Action.VISIT)
    assert not Event.objects.exists()


def test_another_key_makes_other_seals(settings: Settings) -> None:
    ours = digest_of({"who": "王强"}, "sha256"), seal_of(1, "", "d", "sha256")
    settings.AUDIT_KEY = "another key of somebody else, long enough to be one"
    assert not set(ours) & {digest_of({"who": "王强"}, "sha256"), seal_of(1, "", "d", "sha256")}


def test_no_text_breaks_a_row() -> None:
    words = "王\n强\0\ud800\u202e" + "长" * 500
    row = events.record(Action.CHANGE, events.Subject(words=words), reason="a\tb\r\nc" + "说" * 900)
    row.refresh_from_db()
    assert row.record_words == "王 强   " + "长" * 193 + "…"
    assert row.reason.startswith("a b  c说")
    assert len(row.reason) == 500


@pytest.mark.parametrize(
    "change",
    [
        lambda: Event.objects.update(who="别人"),
        lambda: Event.objects.filter(number=1).update(number=9),
        lambda: Event.objects.get(number=2).save(),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.get(number=2).delete(),
        lambda: Event.objects.bulk_update([Event(number=1, who="别人")], ["who"]),
        lambda: execute(f"UPDATE {TABLE} SET reason = '' WHERE number = 2"),
        lambda: execute(f"DELETE FROM {TABLE} WHERE number = 2"),
        lambda: execute(f"DELETE FROM {TABLE}"),
        lambda: execute(f"TRUNCATE {TABLE}" if connection.vendor == "postgresql" else f"DELETE FROM {TABLE}"),
        lambda: execute(
            f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE number = 1 ON CONFLICT (number) DO UPDATE SET who = 'x'"
        ),
    ],
)
def test_the_database_refuses_every_change(change: Callable[[], object]) -> None:
    recorded(3)
    before = list(Event.objects.values_list().order_by("number"))
    with pytest.raises(IntegrityError, match="审计记录只能追加"), transaction.atomic():
        change()
    assert list(Event.objects.values_list().order_by("number")) == before


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite has INSERT OR REPLACE")
def test_a_row_cannot_be_replaced_by_an_insert() -> None:
    recorded(2)
    execute("PRAGMA recursive_triggers=OFF")  # as in a shell of SQLite's own
    with pytest.raises(IntegrityError, match="审计记录只能追加"), transaction.atomic():
        execute(f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE} WHERE number = 1")
    execute("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL lets a session call itself a replica")
def test_a_session_that_calls_itself_a_replica_is_refused_too() -> None:
    recorded(1)
    execute("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError, match="审计记录只能追加"), transaction.atomic():
        execute(f"UPDATE {TABLE} SET reason = ''")


def test_the_floor_of_retention_is_kept_by_the_database() -> None:
    now = dt.datetime.now(dt.UTC)
    for age in (FLOOR + 1, FLOOR - 1):
        with time_machine.travel(now - dt.timedelta(days=age), tick=False):
            events.record(Action.VISIT)
    Event.objects.filter(number=1).delete()
    with pytest.raises(IntegrityError, match="190 天"), transaction.atomic():
        Event.objects.filter(number=2).delete()
    assert Event.objects.get().number == 2


def test_the_whole_trail_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(9)
    for size in (2, 3, 9, 20):
        monkeypatch.setattr(models, "CHUNK", size)
        assert list(Event.objects.walk("reason")) == [(number, f"第 {number} 次") for number in range(1, 10)]


@pytest.mark.parametrize("key", ["", "short", "a" * 60])
def test_the_program_does_not_start_without_a_key_of_its_own(key: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTEST_VERSION", "RECTIFY_DEBUG"}}
    environment |= {"RECTIFY_SECRET_KEY": string.printable[:62], "RECTIFY_AUDIT_KEY": key}
    run = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "RECTIFY_AUDIT_KEY is missing or only a sample" in run.stderr


def test_the_triggers_are_in_force_after_all_migrations() -> None:
    assert faults(connection) == []


def test_an_action_that_cannot_be_written_down_does_not_take_place() -> None:
    user = make_user(name="王强")
    recorded(1)
    before = list(Event.objects.values_list().order_by("number"))
    refuse_inserts()
    with pytest.raises(DatabaseError), transaction.atomic():
        with unchecked_writes():
            User.objects.filter(pk=user.pk).update(name="改了")
        events.record(Action.CHANGE, user)
    user.refresh_from_db()
    assert user.name == "王强"
    assert list(Event.objects.values_list().order_by("number")) == before


def refuse_inserts() -> None:
    """Let every further row of the trail fail, as a full disk does; undone by the rollback at the end of the test."""
    if connection.vendor == "sqlite":
        execute(f"CREATE TRIGGER full_disk BEFORE INSERT ON {TABLE} BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    else:
        execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT full_disk CHECK (number <= {Event.objects.count()})")


@in_transactions
def test_a_row_shares_the_fate_of_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.record(Action.CHANGE)
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert events.record(Action.CHANGE).number == 1  # the number was not used up


@in_transactions
def test_eight_threads_make_one_chain() -> None:
    def work(number: int) -> None:
        try:
            for step in range(12):
                with transaction.atomic():
                    events.record(Action.CHANGE, reason=f"{number}.{step}")
                    if step % 3 == 0:
                        events.record(Action.VISIT, reason="又一条")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    rows = list(Event.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, 8 * 16 + 1))
    assert [row.previous for row in rows] == ["", *(row.seal for row in rows[:-1])]


@in_transactions
def test_the_first_row_of_a_day_is_anchored_once_it_is_committed() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.record(Action.VISIT)
        raise ZeroDivisionError
    assert anchors.read() == ([], [])
    rows = recorded(3)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=1), tick=False):
        rows += recorded(2)
    written, broken = anchors.read()
    assert [(anchor.number, anchor.seal) for anchor in written] == [(1, rows[0].seal), (4, rows[3].seal)]
    assert broken == []
    assert anchors.anchor_file().stat().st_mode & 0o777 == 0o600


@in_transactions
def test_an_anchor_that_cannot_be_written_undoes_nothing(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AUDIT_ANCHOR_FILE = tmp_path  # a folder
    events.record(Action.VISIT)
    assert Event.objects.count() == 1
    assert "anchor" in caplog.text
