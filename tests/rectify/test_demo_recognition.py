"""The demo goes into an empty database alone; its own is recognised, any other refused and left as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError
from django.db import connection

from accounts.models import Event, User
from findings.factories import make_inspection, make_unit, make_user
from findings.models import Inspection, Unit
from rectify.demo import recognition
from rectify.demo.data import inspection_names, person_names, read_report
from rectify.demo.recognition import DatabaseContents, inspect_database, record_marker
from rectify.management.commands.load_demo import FOREIGN_DATABASE
from reports.importing import store
from reports.parsing import parse
from tests.raw_writes import unchecked_writes
from tests.rectify.test_demo import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("var")]


def refusal_of(command: str, **options: Any) -> str:
    """What a command says when it refuses the database; it has changed nothing."""
    before = User.objects.count(), Unit.objects.count(), Inspection.objects.count(), Event.objects.count()
    with pytest.raises(CommandError) as refused:
        run(command, **options)
    assert refused.value.returncode == FOREIGN_DATABASE
    assert (User.objects.count(), Unit.objects.count(), Inspection.objects.count(), Event.objects.count()) == before
    return str(refused.value)


def make_demo_people() -> None:
    """The demo's people without anything else of the demo."""
    for username, name in person_names().items():
        make_user(username=username, name=name)


def test_a_database_with_people_and_inspections_is_refused_with_their_numbers() -> None:
    make_user(), make_user(), make_unit()
    make_inspection()
    message = refusal_of("load_demo")
    assert "已有人员 2 名、单位 1 个、巡察 1 项，不是演示数据" in message
    assert "people: 2, units: 1, inspections: 1" in message
    assert str(connection.settings_dict["NAME"]) in message


@pytest.mark.parametrize(
    ("command", "options"),
    [("load_demo", {"check": True}), ("load_demo", {"reset_passwords": True}), ("demo_report", {})],
)
def test_every_command_of_the_demo_refuses_it(command: str, options: dict[str, Any]) -> None:
    user = make_user(username=next(iter(person_names())), password="a-password-of-its-own")
    assert "DATABASE_URL" in refusal_of(command, **options)
    user.refresh_from_db()
    assert user.check_password("a-password-of-its-own")


@pytest.mark.parametrize("make", [make_user, make_unit, make_inspection])
def test_a_single_record_is_enough(make: Any) -> None:
    make()
    refusal_of("load_demo")


def test_an_inspection_named_like_one_of_the_demo_is_refused() -> None:
    make_user()
    for name in inspection_names():
        make_inspection(name=name)
    refusal_of("load_demo")


def test_a_report_that_was_imported_by_hand_is_not_loaded_again() -> None:
    store(parse(read_report()), read_report())
    assert "巡察 1 项" in refusal_of("load_demo")


def test_a_demo_that_was_worked_on_is_recognised() -> None:
    record_marker()
    make_demo_people()
    make_user(name="试用的人")
    make_inspection()
    with unchecked_writes():
        User.objects.filter(username=next(iter(person_names()))).update(name="改了名的人")
    assert "演示数据已经载入" in run("load_demo")
    assert Inspection.objects.count() == 1


def test_a_demo_without_a_marker_is_recognised_until_something_is_added() -> None:
    make_demo_people()
    make_inspection(name=next(iter(inspection_names())))
    assert inspect_database().is_demo
    assert "演示数据已经载入" in run("load_demo")
    extra = make_inspection()
    refusal_of("load_demo")
    with unchecked_writes():
        Inspection.objects.filter(pk=extra.pk).delete()
    make_user()
    refusal_of("load_demo")


def test_people_of_the_demo_with_other_names_are_not_its_people() -> None:
    for username in person_names():
        make_user(username=username, name="另一个人")
    refusal_of("load_demo")


def test_a_marker_without_people_of_the_demo_is_not_enough() -> None:
    record_marker()
    make_user()
    refusal_of("load_demo")


def test_a_database_that_was_never_migrated_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    make_user()
    monkeypatch.setattr(connection.introspection, "table_names", lambda: ["django_migrations"])
    assert inspect_database() == DatabaseContents(0, 0, 0, is_demo=False)
    assert run("load_demo", check=True) == ""


def test_the_marker_is_a_sealed_row_of_the_trail() -> None:
    record_marker()
    event = Event.objects.get()
    assert (event.record_type, event.record_words) == (recognition.MARKER.type, "演示数据")
    assert event.seal
