"""Events leave the database: exported on demand, and pruned when they are old enough."""

from __future__ import annotations

import csv
import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.audit import anchors, events
from accounts.audit.triggers import TABLE
from accounts.audit.verification import ProblemKind, verify
from accounts.models import Action, Event, Result
from tests.accounts.audit.test_audit_tampering import as_owner

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)


def aged(*ages: int) -> None:
    """One event of each age, in days; the last is anchored."""
    for age in ages:
        with time_machine.travel(NOW - dt.timedelta(days=age), tick=False):
            event = events.record(Action.CHANGE, reason=f"{age} 天前")
    anchors.write(event.number, event.seal)


def run(command: str, *arguments: str) -> str:
    """What the command prints, today."""
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command(command, *arguments, stdout=out)
    return out.getvalue()


def table(file: Path) -> list[dict[str, str]]:
    """The exported rows."""
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(text.decode("utf-8-sig"), newline="")))


def test_an_export_holds_every_column_of_the_days_asked_for(tmp_path: Path) -> None:
    aged(3, 2, 1, 0)
    said = run("export_audit", "--from", "2026-11-22", "--to", "2026-11-23", "--output", str(tmp_path / "out.csv"))
    assert "2 条" in said
    exported = table(tmp_path / "out.csv")
    assert [row["说明"] for row in exported] == ["2 天前", "1 天前"]
    assert exported[0]["时间"] == "2026-11-22 17:30:00.000000+08:00"
    assert (exported[0]["操作"], exported[0]["结果"]) == ("修改", "成功")
    event = Event.objects.get(number=2)
    assert (exported[0]["封签"], exported[0]["上一条的封签"], exported[0]["内容摘要"]) == (
        event.seal,
        event.previous,
        event.digest,
    )
    assert len(exported[0]) == len(Event._meta.concrete_fields)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    noted = Event.objects.get(number=5)
    assert (noted.action, noted.reason) == (Action.EXPORT, "审计记录（2026-11-22 至 2026-11-23）2 条，命令行导出")


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1"])
def test_no_cell_is_a_formula(tmp_path: Path, typed: str) -> None:
    events.record(Action.CHANGE, events.Subject(words=typed), reason=typed)
    run("export_audit", "--output", str(tmp_path / "out.csv"))
    row = table(tmp_path / "out.csv")[0]
    assert row["对象"] == row["说明"]
    assert row["对象"][0] in "' "


def test_an_export_overwrites_nothing_and_needs_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("precious")
    with pytest.raises(CommandError, match="已有这个文件"):
        run("export_audit", "--output", str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text() == "precious"
    with pytest.raises(CommandError, match="写不进"):
        run("export_audit", "--output", str(tmp_path / "none" / "out.csv"))
    with pytest.raises(CommandError, match="不是日期"):
        run("export_audit", "--from", "yesterday", "--output", str(tmp_path / "new.csv"))
    assert not Event.objects.exists()


def test_pruning_moves_the_oldest_into_a_file_and_names_where_the_trail_begins_now(tmp_path: Path) -> None:
    aged(1200, 1100, 1094, 2)
    seal = Event.objects.get(number=2).seal
    said = run("prune_audit")
    file = anchors.anchor_file().parent / "events-1-2.csv"
    assert said == f"已导出并清理到第 2 条，共 2 条：{file}\n"
    assert [row["说明"] for row in table(file)] == ["1200 天前", "1100 天前"]
    assert list(Event.objects.order_by("number").values_list("number", flat=True)) == [3, 4, 5]
    noted = Event.objects.get(number=5)
    assert (noted.action, noted.record_id, noted.record_words) == (Action.TRAIL, 2, seal)
    assert "events-1-2.csv" in noted.reason
    assert verify().problems == []
    as_owner(f"DELETE FROM {TABLE} WHERE number = 3")  # one more than was pruned
    found = verify().problems[0]
    assert (found.kind, found.number) == (ProblemKind.MISSING, 3)


def test_pruning_twice_leaves_the_newer_beginning() -> None:
    aged(900, 800, 700, 600, 5)
    run("prune_audit", "--days", "750")
    run("prune_audit", "--days", "650")
    assert Event.objects.order_by("number").first() == Event(number=4)
    assert verify().problems == []


def test_events_that_were_pruned_may_not_come_back() -> None:
    aged(900, 800, 5)
    kept = list(Event.objects.filter(number=2).values())
    run("prune_audit", "--days", "850")
    run("prune_audit", "--days", "750")
    Event.objects.create(**kept[0])
    assert verify().problems[0].kind == ProblemKind.INSERTED


def test_pruning_refuses_less_than_the_floor_and_too_much() -> None:
    aged(189, 1)
    with pytest.raises(CommandError, match="至少保存 190 天"):
        run("prune_audit", "--days", "189")
    with pytest.raises(CommandError, match="太长"):
        run("prune_audit", "--days", "999999999999")
    assert run("prune_audit", "--days", "190") == "没有早于 190 天的审计记录。\n"
    assert Event.objects.count() == 2


def test_a_broken_trail_is_not_pruned() -> None:
    aged(1200, 1190, 1)
    as_owner(f"UPDATE {TABLE} SET reason = '' WHERE number = 1")
    with pytest.raises(CommandError, match="查清之前不能清理"):
        run("prune_audit")
    assert Event.objects.count() == 3


def test_a_file_that_cannot_be_written_prunes_nothing(tmp_path: Path) -> None:
    aged(1200, 1)
    with pytest.raises(CommandError, match="没有删除任何记录"):
        run("prune_audit", "--output", str(tmp_path / "none" / "old.csv"))
    assert Event.objects.count() == 2


def test_an_older_event_behind_a_younger_one_is_kept() -> None:
    aged(1200, 1, 1190)
    run("prune_audit")
    assert list(Event.objects.order_by("number").values_list("number", flat=True)) == [2, 3, 4]


def test_an_anchor_is_written_once_for_the_same_last_event() -> None:
    assert "还没有审计记录" in run("anchor_audit")
    events.record(Action.CHANGE)
    assert "已为第 1 条写下锚点" in run("anchor_audit")
    assert "已有锚点" in run("anchor_audit")
    assert [anchor.number for anchor in anchors.read()[0]] == [1]
    events.record(Action.CHANGE)
    run("anchor_audit")
    assert [anchor.number for anchor in anchors.read()[0]] == [1, 2]


def test_a_trail_of_several_days_without_any_anchor_is_suspicious() -> None:
    aged(2, 1)
    anchors.anchor_file().unlink()
    assert [problem.kind for problem in verify().problems] == [ProblemKind.ANCHOR]


def test_a_failed_verification_is_written_down_as_failed() -> None:
    aged(2, 1)
    anchors.anchor_file().unlink()
    with pytest.raises(CommandError):
        run("verify_audit")
    assert Event.objects.latest("number").result == Result.FAILED
