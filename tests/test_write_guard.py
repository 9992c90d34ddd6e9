"""Nobody writes a record past its writer: every way that Django has raises, and says what to call instead."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import Record, User
from accounts.records.history import record_models
from accounts.records.saving import account_writer
from accounts.write_guard import RecordQuerySet, UncheckedWriteError, writer_of
from findings.factories import make_facet, make_finding, make_grant, make_measure, make_unit, make_user
from findings.models import Finding, Measure, Membership
from findings.workflow.saving import workflow_writer
from reports.models import ReportDetails
from tests.raw_writes import unchecked_writes

RECORDS = record_models()
WRITERS = {writer.path: writer for writer in (account_writer, workflow_writer)}
REFUSAL = r"call (accounts|findings)\.[\w.]+\.(create|save|delete)\("


def ways_past_the_writer(model: type[Record]) -> dict[str, Callable[[], object]]:
    """Every call that would write a record of this kind, by its name; none comes as far as the database."""
    record, records = model(), model._default_manager
    ways: dict[str, Callable[[], object]] = {
        "save": record.save,
        "save_base_fields": lambda: record.save(update_fields=["version"]),
        "asave": lambda: _call_and_await(record.asave, (), {}),
        "delete": record.delete,
        "adelete": lambda: _call_and_await(record.adelete, (), {}),
    }
    arguments: dict[str, tuple[Any, ...]] = {"bulk_create": ([record],), "bulk_update": ([record], ["version"])}
    for manager_name, manager in (("objects", records), ("_base_manager", model._base_manager)):
        for name in ("create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update"):
            call, twin = getattr(manager, name), getattr(manager, f"a{name}")
            given = arguments.get(name, ())
            keywords = {} if given else {"version": 2}
            ways[f"{manager_name}.{name}"] = lambda call=call, a=given, k=keywords: call(*a, **k)  # type: ignore[misc]
            ways[f"{manager_name}.a{name}"] = lambda twin=twin, a=given, k=keywords: _call_and_await(twin, a, k)  # type: ignore[misc]
        ways[f"{manager_name}.delete"] = manager.all().delete
        ways[f"{manager_name}.adelete"] = lambda manager=manager: _call_and_await(manager.all().adelete, (), {})  # type: ignore[misc]
    return ways


def _call_and_await(call: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    async def wait() -> Any:
        return await call(*arguments, **keywords)

    # In a thread of its own: after a test in a browser, Playwright's event loop runs in the one of the tests.
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(wait())).result()


@pytest.mark.parametrize("model", RECORDS)
def test_every_way_past_the_writer_is_refused_with_the_one_to_call(model: type[Record]) -> None:
    passed = []
    ways = ways_past_the_writer(model)
    assert len(ways) >= 30
    for name, way in ways.items():
        try:
            way()
        except UncheckedWriteError as refusal:
            assert re.search(REFUSAL, str(refusal)), name
            assert writer_of(model) in str(refusal), name
        else:
            passed.append(name)
    assert passed == []


@pytest.mark.parametrize("model", RECORDS)
def test_every_manager_of_records_is_guarded(model: type[Record]) -> None:
    managers = [*model._meta.managers, model._base_manager, model._default_manager]
    assert all(isinstance(manager.all(), RecordQuerySet) for manager in managers)
    writing = {name for name in dir(models.QuerySet) if getattr(getattr(models.QuerySet, name), "alters_data", False)}
    assert {name for name in writing if not name.startswith("_")} >= {"update", "delete", "bulk_create"}
    unguarded = [name for name in writing if not name.startswith("_") and name not in GUARDED]
    assert unguarded == []


GUARDED = {
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in ("create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete")
}


@pytest.mark.parametrize(
    ("model", "name"), [(model, field.name) for model in RECORDS for field in model._meta.local_many_to_many]
)
@pytest.mark.parametrize("change", ["add", "set", "remove", "clear"])
@pytest.mark.django_db
def test_links_of_a_record_are_changed_by_its_writer_alone(model: type[Record], name: str, change: str) -> None:
    kind: Any = model
    record, linked = kind(pk=1), kind._meta.get_field(name).related_model(pk=1)
    arguments = {"add": (linked,), "set": ([linked],), "remove": (linked,), "clear": ()}[change]
    with pytest.raises(UncheckedWriteError, match=REFUSAL):
        getattr(getattr(record, name), change)(*arguments)


@pytest.mark.django_db
def test_related_managers_are_guarded_from_both_sides() -> None:
    finding, unit, person = make_finding(), make_unit(), make_user()
    measure = make_measure()
    stands_below = measure.finding_id  # Django sets the new one on the instance before it is refused
    ways: list[Callable[[], object]] = [
        lambda: finding.measures.add(measure),
        lambda: finding.measures.add(measure, bulk=False),
        lambda: finding.measures.create(inspection=finding.inspection, order=9, plan="绕过。"),
        lambda: finding.measures.all().delete(),
        lambda: finding.measures.update(plan="绕过。"),
        lambda: measure.finding.facets.get_or_create(title="绕过", order=1),
        lambda: unit.supported_findings.add(finding),
        lambda: unit.members.add(person),
        lambda: unit.memberships.update(title="绕过"),
        lambda: person.memberships.create(unit=unit),
    ]
    for way in ways:
        with pytest.raises(UncheckedWriteError, match=REFUSAL), transaction.atomic():
            way()
    assert not Membership.objects.exists()
    assert Measure.objects.get(pk=measure.pk).finding_id == stands_below


@pytest.mark.django_db
def test_django_stores_passwords_and_sign_ins_by_itself_but_nothing_else() -> None:
    person = make_user(password="Correct-horse-9")
    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])
    person.set_password("Another-horse-9")
    person.save(update_fields=["password"])
    with pytest.raises(UncheckedWriteError):
        person.save(update_fields=["password", "name"])
    with pytest.raises(UncheckedWriteError):
        person.save()
    assert User.objects.get(pk=person.pk).check_password("Another-horse-9")


def test_a_record_names_nothing_unversioned_that_its_history_keeps() -> None:
    for model in RECORDS:
        kept = {field.name for field in model.history.model.tracked_fields}
        assert not model.unversioned_fields & kept, model


@pytest.mark.django_db
def test_a_writer_refuses_the_records_of_another_and_names_theirs() -> None:
    finding, person = make_finding(), make_user()
    ways: list[Callable[[], object]] = [
        lambda: account_writer.save(finding, seen=1),
        lambda: account_writer.create(Finding()),
        lambda: account_writer.delete(finding, seen=1),
    ]
    for way in ways:
        with pytest.raises(UncheckedWriteError, match=r"findings\.workflow\.saving\.workflow_writer"):
            way()
    with pytest.raises(UncheckedWriteError, match=r"accounts\.records\.saving\.account_writer"):
        workflow_writer.save(person, seen=1)


@pytest.mark.parametrize("model", RECORDS)
def test_the_writer_that_an_app_names_is_there(model: type[Record]) -> None:
    assert writer_of(model) in WRITERS


@pytest.mark.django_db
def test_the_way_past_all_checks_is_there_for_tests_and_ends_with_its_block() -> None:
    facet = make_facet(make_finding())
    with unchecked_writes():
        type(facet).objects.update(title="绕过")
    with pytest.raises(UncheckedWriteError):
        type(facet).objects.update(title="绕过")
    assert type(facet).objects.get().title == "绕过"


@pytest.mark.django_db
def test_what_is_no_record_is_written_as_ever() -> None:
    grant = make_grant(make_user(), "office")
    grant.delete()
    assert not ReportDetails.objects.exists()


def test_only_the_writers_open_the_guard() -> None:
    root = Path(settings.BASE_DIR)
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root]
    product = [file for folder in own for file in folder.rglob("*.py")]
    opening = {str(file.relative_to(root)) for file in product if "allow_writes()" in file.read_text(encoding="utf-8")}
    assert opening == {"accounts/records/ordering.py", "accounts/records/saving.py", "accounts/write_guard.py"}
