"""Records are written as versions: one conditional update, one row of history, one row of the trail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.audit.events import record as write_down
from accounts.models import Action, Event, Record, Result, User
from accounts.records.history import FieldChange, changes_of
from accounts.records.ordering import move
from accounts.records.saving import ConflictError, account_writer, record_conflict
from findings.factories import (
    make_aspect,
    make_finding,
    make_inspection,
    make_measure,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Finding, Measure, Unit
from findings.workflow.saving import workflow_writer
from reports.importing import ImportRefusedError, store
from reports.models import ReportDetails
from reports.parsing import parse
from tests.raw_writes import unchecked_writes
from tests.reports.test_parsing import LINES

pytestmark = pytest.mark.django_db


def events_of(record: Record, **fields: object) -> list[Event]:
    """The rows of the trail about a record, oldest first."""
    return list(
        Event.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, **fields).order_by("pk")
    )


def versions_of(record: Record) -> list[int]:
    """The versions in the history of a record, oldest first."""
    return list(type(record).history.filter(id=record.pk).order_by("history_id").values_list("version", flat=True))


def test_a_record_begins_as_version_one_with_a_row_of_each() -> None:
    unit = make_unit(name="督查科")
    assert unit.version == 1
    assert versions_of(unit) == [1]
    assert [(event.action, event.version_before, event.version_after) for event in events_of(unit)] == [
        ("create", None, 1)
    ]


def test_a_change_is_one_version_one_row_of_history_and_one_event() -> None:
    unit = make_unit(name="督查科")
    unit.name = "督查室"
    assert workflow_writer.save(unit, seen=1) is True
    unit.refresh_from_db()
    assert (unit.version, unit.name) == (2, "督查室")
    assert versions_of(unit) == [1, 2]
    event = events_of(unit)[-1]
    assert (event.action, event.version_before, event.version_after) == ("change", 1, 2)
    assert changes_of(event) == [FieldChange("单位名称", "督查科", "督查室")]


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    finding = make_finding()
    with unchecked_writes():
        finding.supporting_units.add(supporting := make_unit())
    before = Event.objects.count()
    assert workflow_writer.save(finding, seen=1, linked={"supporting_units": [supporting]}) is False
    finding.refresh_from_db()
    assert finding.version == 1
    assert versions_of(finding) == [1]
    assert Event.objects.count() == before


def test_linked_records_belong_to_the_one_row_of_their_version() -> None:
    one, two = make_unit(name="甲科"), make_unit(name="乙科")
    finding = make_finding()
    assert workflow_writer.save(finding, seen=1, linked={"supporting_units": [one]})
    finding.title = "改过的问题"
    assert workflow_writer.save(finding, seen=2, linked={"supporting_units": [two]})
    assert versions_of(finding) == [1, 2, 3]
    first, second = events_of(finding, action=Action.CHANGE)
    assert changes_of(first) == [FieldChange("配合单位", "「空」", "甲科")]
    assert FieldChange("配合单位", "甲科", "乙科") in changes_of(second)


def test_a_new_record_is_written_with_its_links_in_one_row() -> None:
    aspect = make_aspect()
    finding = Finding(inspection=aspect.inspection, aspect=aspect, order=1, title="新问题")
    workflow_writer.create(finding, {"supporting_units": [make_unit(name="甲科")]})
    assert versions_of(finding) == [1]
    assert FieldChange("配合单位", "「空」", "甲科") in changes_of(events_of(finding)[0])


def test_who_saw_an_older_version_changes_nothing() -> None:
    unit = make_unit(name="督查科")
    stale = Unit.objects.get(pk=unit.pk)
    unit.name = "督查室"
    workflow_writer.save(unit, seen=1)
    stale.name = "督办科"
    with pytest.raises(ConflictError, match=r"^这条单位记录已由命令.*修改。$") as conflict:
        workflow_writer.save(stale, seen=1)
    unit.refresh_from_db()
    assert (unit.name, unit.version) == ("督查室", 2)
    record_conflict(conflict.value)
    assert [event.result for event in events_of(unit)] == [Result.DONE, Result.DONE, Result.CONFLICT]


def test_a_kind_that_is_called_a_record_is_not_called_so_twice() -> None:
    visit = make_supervision(make_inspection())
    with pytest.raises(ConflictError, match=r"^这条督查回访记录已由"):
        workflow_writer.save(visit, seen=0)


@pytest.mark.parametrize("claimed", [None, 0, 2, 999_999_999])
def test_a_version_that_is_not_the_stored_one_is_a_conflict(claimed: int | None) -> None:
    unit = make_unit(name="督查科")
    unit.name = "督查室"
    with pytest.raises(ConflictError):
        workflow_writer.save(unit, seen=claimed)
    with pytest.raises(ConflictError):
        workflow_writer.delete(unit, seen=claimed)
    assert Unit.objects.get(pk=unit.pk).name == "督查科"


def test_values_read_before_somebody_elses_change_never_overwrite_it() -> None:
    """The version sent is right, but the row was read before: without a second look its other fields would win."""
    unit = make_unit(name="督查科")
    stale = Unit.objects.get(pk=unit.pk)
    unit.short_name = "督查"
    workflow_writer.save(unit, seen=1)
    stale.name = "督办科"
    with pytest.raises(ConflictError):
        workflow_writer.save(stale, seen=2)
    assert Unit.objects.get(pk=unit.pk).short_name == "督查"


def test_what_is_gone_is_a_conflict_that_says_so() -> None:
    unit = make_unit()
    stale = Unit.objects.get(pk=unit.pk)
    workflow_writer.delete(unit, seen=1)
    stale.name = "还在"
    for attempt in (lambda: workflow_writer.save(stale, seen=1), lambda: workflow_writer.delete(stale, seen=1)):
        with pytest.raises(ConflictError, match=r"删除。$") as conflict:
            attempt()
        assert conflict.value.is_gone


def test_a_deleted_record_leaves_its_last_values() -> None:
    unit = make_unit(name="督查科", short_name="")
    key = unit.pk
    workflow_writer.delete(unit, seen=1)
    event = Event.objects.get(record_type="findings.unit", record_id=key, action=Action.DELETE)
    assert (event.version_before, event.version_after) == (1, 2)
    assert FieldChange("单位名称", "督查科", "「空」") in changes_of(event)


def test_nothing_is_written_when_the_trail_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = make_unit(name="督查科")

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr("accounts.records.saving.record_event", fail)
    unit.name = "督查室"
    with pytest.raises(RuntimeError, match="no disk"):
        workflow_writer.save(unit, seen=1)
    stored = Unit.objects.get(pk=unit.pk)
    assert (stored.name, stored.version) == ("督查科", 1)
    assert versions_of(unit) == [1]


def test_a_second_record_with_the_same_key_overwrites_nothing() -> None:
    inspection = make_aspect().inspection
    workflow_writer.create(ReportDetails(inspection=inspection, title="先写的"))
    with pytest.raises(IntegrityError), transaction.atomic():
        workflow_writer.create(ReportDetails(inspection=inspection, title="后写的"))
    assert ReportDetails.objects.get().title == "先写的"


def test_moving_makes_a_version_of_both() -> None:
    first = make_finding()
    second = make_finding(first.aspect)
    assert move(workflow_writer, second, Finding.objects.filter(aspect=first.aspect), -1)
    for record, change_of_order in ((first, ("1", "2")), (second, ("2", "1"))):
        (event,) = events_of(record, action=Action.MOVE)
        assert (event.version_before, event.version_after) == (1, 2)
        assert changes_of(event) == [FieldChange("序号", *change_of_order)]
        assert versions_of(record) == [1, 2]
    assert "互换序号" in events_of(first)[-1].reason


def test_signing_in_and_passwords_are_no_versions_and_not_in_the_history() -> None:
    person = make_user(password="Correct-horse-9")
    first_hash = person.password
    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])
    person.set_password("Another-horse-9")
    person.save(update_fields=["password"])
    assert versions_of(person) == [1]
    assert not [
        change for change in changes_of(events_of(person)[0]) if first_hash in change.after or "密码" in change.label
    ]
    person.name = "改名"
    account_writer.save(person, seen=1)
    assert changes_of(events_of(person)[-1])[0].label == "姓名"
    assert User.objects.get(pk=person.pk).check_password("Another-horse-9")


def test_an_import_is_written_down_as_one_act_and_record_by_record() -> None:
    text = "\n".join(LINES)
    made = store(parse(text), text).inspection
    (event,) = events_of(made, action=Action.IMPORT)
    assert "个方面" in event.reason
    for record in (made, *Finding.objects.of(made), *Measure.objects.of(made), made.report_details):
        assert len(events_of(record, action=Action.CREATE)) == 1
        assert type(record).history.filter(**{record._meta.pk.attname: record.pk}).count() == 1


def test_an_import_that_loses_a_race_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: object) -> None:
        raise IntegrityError("UNIQUE")

    monkeypatch.setattr("reports.importing._store", taken)
    with pytest.raises(ImportRefusedError, match="刚才有人同时保存了同名的巡察"):
        store(parse("\n".join(LINES)), "\n".join(LINES))


def test_a_row_of_the_trail_that_is_about_no_version_changed_no_field() -> None:
    assert changes_of(write_down(Action.SIGN_IN)) == []
    assert changes_of(write_down(Action.EXPORT, make_unit())) == []


def test_removed_records_keep_their_names_in_the_history_of_others() -> None:
    unit = make_unit(name="督查科")
    measure = make_measure()
    measure.lead_unit = unit
    workflow_writer.save(measure, seen=1)
    measure.lead_unit = None
    workflow_writer.save(measure, seen=2)
    workflow_writer.delete(unit, seen=1)
    assert changes_of(events_of(measure)[-1]) == [FieldChange("责任单位", "督查科（已删除）", "「空」")]


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_change_one_record_at_once_one_succeeds() -> None:
    unit = make_unit(name="督查科")
    start = threading.Barrier(50)

    def attempt(number: int) -> str:
        try:
            mine = Unit.objects.get(pk=unit.pk)
            mine.name = f"第 {number} 个"
            start.wait(timeout=60)
            workflow_writer.save(mine, seen=1)
        except ConflictError as conflict:
            record_conflict(conflict)
            return "conflict"
        finally:
            connection.close()
        return "changed"

    with ThreadPoolExecutor(50) as pool:
        ended = list(pool.map(attempt, range(50)))
    assert (ended.count("changed"), ended.count("conflict")) == (1, 49)
    stored = Unit.objects.get(pk=unit.pk)
    assert stored.version == 2
    assert stored.name == f"第 {ended.index('changed')} 个"
    assert versions_of(unit) == [1, 2]
    assert len(events_of(unit, action=Action.CHANGE, result=Result.DONE)) == 1
    assert len(events_of(unit, action=Action.CHANGE, result=Result.CONFLICT)) == 49
