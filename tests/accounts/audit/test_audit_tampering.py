"""Whoever owns the database can change the trail; ``verify_audit`` tells what was done to which row."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.audit import anchors, events
from accounts.audit.triggers import TABLE
from accounts.audit.verification import ProblemKind, verify
from accounts.models import Action, Event, Result
from tests.triggers import settle, without_triggers

pytestmark = pytest.mark.django_db
ROWS = 9
SWAPPED = ("user_id", "who", "at", "request_id", "reason", "digest", "previous", "seal")


@pytest.fixture
def _trail() -> None:
    """Nine rows, all of them anchored, and nothing wrong."""
    for number in range(1, ROWS + 1):
        events.record(Action.VISIT, reason=f"第 {number} 次")
    call_command("anchor_audit", stdout=StringIO())
    assert verify().problems == []


def as_owner(*statements: str) -> None:
    """Drop the triggers, do it, create them again: nothing about the triggers shows afterwards."""
    with without_triggers(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rows() -> list[tuple[str, ...]]:
    """A copy of the whole table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE} ORDER BY number")
        return list(cursor.fetchall())


def put_back(copy: list[tuple[str, ...]]) -> None:
    """Restore a copy of the whole table."""
    as_owner(f"DELETE FROM {TABLE}")
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(copy[0]))
        cursor.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", copy)


def forge(number: int, **columns: str) -> str:
    """A row made of row 3, under another number, with some columns of the forger's own."""
    names = [str(field.column) for field in Event._meta.concrete_fields]
    values = [columns.get(name, name) for name in names]
    values[0] = str(number)
    return f"INSERT INTO {TABLE} ({', '.join(names)}) SELECT {', '.join(values)} FROM {TABLE} WHERE number = 3"


def exchange(*columns: str) -> None:
    """Swap these columns of the rows 4 and 6."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {TABLE} WHERE number IN (4, 6) ORDER BY number")
        four, six = cursor.fetchall()
        marks = ", ".join(f"{column} = %s" for column in columns)
        settle()
        with without_triggers():
            cursor.execute(f"UPDATE {TABLE} SET {marks} WHERE number = 4", six)
            cursor.execute(f"UPDATE {TABLE} SET {marks} WHERE number = 6", four)


def shift_and_insert() -> None:
    """Make room after row 5 by counting up the rest, and put a row of one's own there."""
    with without_triggers(), connection.cursor() as cursor:
        for number in range(ROWS, 5, -1):
            cursor.execute(f"UPDATE {TABLE} SET number = {number + 1} WHERE number = {number}")
        cursor.execute(forge(6, who="'别人'", digest="'00'", seal="'00'"))


def replace_row() -> None:
    """What INSERT OR REPLACE does on SQLite; on PostgreSQL its like, an upsert."""
    if connection.vendor == "sqlite":
        as_owner(forge(5, who="'别人'").replace("INSERT", "INSERT OR REPLACE", 1))
    else:
        as_owner(f"{forge(5)} ON CONFLICT (number) DO UPDATE SET who = '别人', reason = '', digest = 'x', seal = 'x'")


def last_seal() -> str:
    """The seal of the last row, quoted."""
    return f"'{Event.objects.get(number=ROWS).seal}'"


TAMPERINGS: dict[str, tuple[Callable[[], object], ProblemKind, int | None]] = {
    "update": (lambda: as_owner(f"UPDATE {TABLE} SET reason = '' WHERE number = 5"), ProblemKind.CHANGED, 5),
    "update of who did it": (
        lambda: as_owner(f"UPDATE {TABLE} SET who = '别人' WHERE number = 1"),
        ProblemKind.CHANGED,
        1,
    ),
    "update of the last row": (
        lambda: as_owner(f"UPDATE {TABLE} SET result = 'x' WHERE number = 9"),
        ProblemKind.CHANGED,
        9,
    ),
    "update of a digest": (
        lambda: as_owner(f"UPDATE {TABLE} SET digest = '0' WHERE number = 5"),
        ProblemKind.CHANGED,
        5,
    ),
    "update of a seal": (lambda: as_owner(f"UPDATE {TABLE} SET seal = '0' WHERE number = 5"), ProblemKind.CHANGED, 5),
    "update of the last seal": (
        lambda: as_owner(f"UPDATE {TABLE} SET seal = '0' WHERE number = 9"),
        ProblemKind.CHANGED,
        9,
    ),
    "update of a link": (
        lambda: as_owner(f"UPDATE {TABLE} SET previous = '0' WHERE number = 5"),
        ProblemKind.CHANGED,
        5,
    ),
    "update of the first link": (
        lambda: as_owner(f"UPDATE {TABLE} SET previous = '0' WHERE number = 1"),
        ProblemKind.CHANGED,
        1,
    ),
    "update of the algorithm": (
        lambda: as_owner(f"UPDATE {TABLE} SET algorithm = 'md5' WHERE number = 5"),
        ProblemKind.CHANGED,
        5,
    ),
    "delete": (lambda: as_owner(f"DELETE FROM {TABLE} WHERE number = 5"), ProblemKind.MISSING, 5),
    "delete of the first rows": (lambda: as_owner(f"DELETE FROM {TABLE} WHERE number < 4"), ProblemKind.MISSING, 1),
    "insert of a copy": (lambda: as_owner(forge(10, previous=last_seal())), ProblemKind.INSERTED, 10),
    "insert at the end": (
        lambda: as_owner(forge(10, who="'别人'", previous=last_seal(), digest="'00'", seal="'00'")),
        ProblemKind.INSERTED,
        10,
    ),
    "insert without any seal": (
        lambda: as_owner(forge(10, algorithm="''", previous=last_seal(), digest="''", seal="''")),
        ProblemKind.INSERTED,
        10,
    ),
    "insert in between": (shift_and_insert, ProblemKind.INSERTED, 6),
    "insert far away": (lambda: as_owner(forge(20)), ProblemKind.MISSING, 10),
    "swap of all but the number": (lambda: exchange(*SWAPPED), ProblemKind.ORDER, 4),
    "swap of what two rows say": (lambda: exchange("at", "request_id", "reason"), ProblemKind.ORDER, 4),
    "swap of numbers": (
        lambda: as_owner(
            *(f"UPDATE {TABLE} SET number = {to} WHERE number = {of}" for of, to in ((4, 99), (5, 4), (99, 5)))
        ),
        ProblemKind.ORDER,
        4,
    ),
    "tail cut": (lambda: as_owner(f"DELETE FROM {TABLE} WHERE number > 6"), ProblemKind.CUT, 9),
    "truncate": (
        lambda: as_owner(f"TRUNCATE {TABLE}" if connection.vendor == "postgresql" else f"DELETE FROM {TABLE}"),
        ProblemKind.EMPTIED,
        None,
    ),
    "insert or replace": (replace_row, ProblemKind.INSERTED, 5),
}


@pytest.mark.usefixtures("_trail")
@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_named_with_its_row(name: str) -> None:
    tamper, kind, number = TAMPERINGS[name]
    tamper()
    found = verify().problems[0]
    assert (found.kind, found.number) == (kind, number), found.words


@pytest.mark.usefixtures("_trail")
def test_a_trigger_that_is_gone_or_asleep_is_named() -> None:
    settle()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {TABLE}_no_update")
        else:
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_no_update")
        found = verify().problems
        assert [problem.kind for problem in found] == [ProblemKind.TRIGGER]
        assert f"{TABLE}_no_update" in found[0].words


@pytest.mark.usefixtures("_trail")
def test_a_trigger_that_was_softened_is_named() -> None:
    settle()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {TABLE}_no_delete")
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} WHEN OLD.number > 9 BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN OLD; END $$"
            )
    assert {problem.kind for problem in verify().problems} == {ProblemKind.TRIGGER}


@pytest.mark.usefixtures("_trail")
def test_an_old_copy_put_back_is_named() -> None:
    copy = rows()
    for _ in range(3):
        events.record(Action.VISIT)
    call_command("anchor_audit", stdout=StringIO())
    put_back(copy)
    found = verify().problems[0]
    assert (found.kind, found.number) == (ProblemKind.CUT, 12)
    assert "旧副本" in found.words


@pytest.mark.usefixtures("_trail")
def test_an_old_copy_that_has_grown_since_is_named() -> None:
    copy = rows()
    events.record(Action.VISIT)
    call_command("anchor_audit", stdout=StringIO())
    put_back(copy)
    for _ in range(5):
        events.record(Action.VISIT)
    found = verify().problems[0]
    assert (found.kind, found.number) == (ProblemKind.REPLACED, 10)


@pytest.mark.usefixtures("_trail")
def test_rows_of_another_copy_are_named() -> None:
    copy = rows()
    theirs = [events.record(Action.VISIT, reason="副本里的") for _ in range(2)]
    grown = rows()
    put_back(copy)
    events.record(Action.VISIT, reason="正本里的")
    put_back([*rows(), grown[-1]])
    found = verify().problems[0]
    assert (found.kind, found.number) == (ProblemKind.FOREIGN, theirs[1].number)


@pytest.mark.usefixtures("_trail")
def test_another_key_fits_no_row(settings: Settings) -> None:
    settings.AUDIT_KEY = "the key of another installation, which sealed none of these rows"
    problems = verify().problems
    assert (problems[0].kind, problems[0].number) == (ProblemKind.CHANGED, 1)
    assert "RECTIFY_AUDIT_KEY" in problems[0].words
    assert ProblemKind.ANCHOR in {problem.kind for problem in problems}


@pytest.mark.usefixtures("_trail")
@pytest.mark.parametrize("line", ["{}", "[]", "\ufffd", '{"mac": 1}', '{"number": 9, "mac": ""}', ""])
def test_a_forged_anchor_is_named(line: str) -> None:
    with anchors.anchor_file().open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    assert [(problem.kind, problem.words[:9]) for problem in verify().problems] == [
        (ProblemKind.ANCHOR, "锚点文件第 2 行")
    ]


def test_the_anchors_of_another_database_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(anchors, "database_name", lambda: "elsewhere")
        anchors.write(500, "their seal")
    own = events.record(Action.VISIT)
    anchors.write(own.number, own.seal)
    assert verify().problems == []


@pytest.mark.usefixtures("_trail")
def test_anchors_taken_away_on_the_first_day_are_missed() -> None:
    anchors.anchor_file().write_text("", encoding="utf-8")
    assert [(problem.kind, problem.words[:7]) for problem in verify().problems] == [
        (ProblemKind.ANCHOR, "锚点文件里没有")
    ]


def test_anchors_that_cannot_be_read_are_said(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_ANCHOR_FILE = tmp_path
    with pytest.raises(CommandError, match="读不了锚点文件"):
        call_command("verify_audit")


def test_an_empty_trail_is_in_order() -> None:
    outcome = verify()
    assert (outcome.rows, outcome.problems) == (0, [])


def run(*arguments: str) -> tuple[int, str]:
    """The exit code of ``verify_audit`` and what it printed."""
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("_trail")
def test_the_command_says_it_ends_with_1_and_writes_it_down() -> None:
    code, said = run()
    assert (code, said) == (0, "核验通过：9 条审计记录（第 1 至 9 条）完整，与 1 个锚点一致。\n")
    noted = Event.objects.get(number=10)
    assert (noted.action, noted.result, noted.reason) == (Action.TRAIL, Result.DONE, said.strip())
    as_owner(f"UPDATE {TABLE} SET reason = '' WHERE number = 5", f"DELETE FROM {TABLE} WHERE number > 8")
    code, said = run()
    assert code == 1
    assert said.splitlines()[0] == "[被改动] 第 5 条被改动：内容与写入时的摘要不符。"
    assert said.splitlines()[1].startswith("[末尾被截去] 只到第 8 条")
    assert Event.objects.get(number=9).result == Result.FAILED


@pytest.mark.usefixtures("_trail")
def test_the_command_speaks_json() -> None:
    code, said = run("--json")
    assert code == 0
    assert json.loads(said) == {"ok": True, "rows": 9, "first": 1, "last": 9, "anchors": 1, "problems": []}
    as_owner(f"DELETE FROM {TABLE} WHERE number = 5")
    code, said = run("--json")
    assert code == 1
    problem = json.loads(said)["problems"][0]
    assert problem == {"kind": "missing", "number": 5, "words": "第 5 条缺失：已被删除。", "label": "缺失"}
