"""What all tests share: a template variable that does not exist is an error, as a warning would be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import Context, engines
from django.template.base import FilterExpression, VariableDoesNotExist
from django.test import Client, TransactionTestCase
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from findings.factories import make_user
from tests.databases import drop_test_database, make_test_database
from tests.demo import QUICK
from tests.triggers import flush

ASKING = {"db", "transactional_db", "live_server"}  # fixtures with a database
ON_THEIR_OWN = {
    "test_kill.py",
    "test_outages.py",
    "test_schema_upgrades.py",
}  # these find their way to the database themselves
STORING = {  # of those in a browser: several people, files, a job from end to end
    "test_conflict.py",
    "test_evidence.py",
    "test_list_import.py",
    "test_signed_again.py",
    "test_walk.py",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, lest it ends alone.

    On any other database than SQLite leave out what no database decides: once is enough.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if connection.vendor == "sqlite":
        return
    again: list[pytest.Item] = []
    once: list[pytest.Item] = []
    for item in items:
        asks = bool(item.get_closest_marker("django_db") or ASKING & set(getattr(item, "fixturenames", ())))
        again_too = (asks or item.path.name in ON_THEIR_OWN) and not is_once(item)
        (again if again_too else once).append(item)
    config.hook.pytest_deselected(items=once)
    items[:] = again


def is_once(item: pytest.Item) -> bool:
    """Whether a test shows the same on every database, as those in a browser do but for a few."""
    is_page = item.path.parent.name == "browser" and item.path.name not in STORING
    return is_page or any(item.get_closest_marker(name) for name in ("looks", "once"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Wait for no disk: a test's database need not survive the machine. ``test_kill`` has one of its own."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        options["options"] += " -c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The test database of this process; the processes of xdist share a folder, and the work of migrating."""
    own, folder = connection.settings_dict["NAME"], tmp_path_factory.getbasetemp()
    worker = getattr(request.config, "workerinput", {"workerid": "", "workercount": 0})
    workers = [f"gw{number}" for number in range(worker["workercount"])]
    if workers:
        folder = folder.parent
    with django_db_blocker.unblock():
        make_test_database(folder, worker["workerid"], workers)
    yield
    with django_db_blocker.unblock():
        drop_test_database(folder, own)


# What a page may leave out: a form without a way back to a list, an address of no inspection.
OPTIONAL = {
    "back_query",
    "search_words",
    "consequence",
    "crumbs",
    "delete_address",
    "history_address",
    "inspection",
    "note",
    "nothing_action",
    "quotable_in",
    "unsent",
    "thumb_query",
}


class UndefinedVariable(str):
    """Stands in for a missing template variable and fails the page that printed it.

    For an attribute of an empty relation it is the empty string that the product has, on which filters go on.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        failed = sys.exc_info()[1]
        return isinstance(failed, VariableDoesNotExist) and failed.params[1] is not None

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        pytest.fail(f"undefined template variable: {variable}")


def asked_for(expression: FilterExpression, context: Context) -> None:
    """Fail a page that asks in a condition or goes in a loop through what nobody handed to it."""
    lookups = getattr(expression.var, "lookups", None)
    if lookups and lookups[0] not in context and lookups[0] not in OPTIONAL:
        pytest.fail(f"undefined template variable: {expression.token}; what pages may leave out is in OPTIONAL")


@pytest.fixture(autouse=True)
def _strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django prints nothing for an undefined variable, and takes it for false; here it is a failure."""
    resolve = FilterExpression.resolve

    def strict(self: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
        if ignore_failures:
            asked_for(self, context)
        return resolve(self, context, ignore_failures)

    monkeypatch.setattr(FilterExpression, "resolve", strict)
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UndefinedVariable())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _flush_the_trail_too() -> Iterator[None]:
    """Tests with transactions end by emptying every table, which the trail's triggers refuse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
        yield


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, settings: Settings) -> None:
    """Files and a cache of its own for each test, and a hash of passwords that takes no time."""
    settings.PASSWORD_HASHERS = QUICK
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {name: {"BACKEND": backend, "LOCATION": f"{tmp_path}/{name}"} for name in settings.CACHES}


@pytest.fixture
def office() -> User:
    """Somebody of the office, who may edit everything."""
    return make_user(username="office", name="张整改", role="office")


@pytest.fixture
def office_client(client: Client, office: User) -> Client:
    """A browser in which the office is signed in."""
    client.force_login(office)
    return client


@pytest.fixture
def keeper_client(db: None) -> Client:
    """A browser in which the system officer is signed in, who keeps units and people."""
    client = Client()
    client.force_login(make_user(username="keeper", name="陶系统", role="system_officer"))
    return client


@pytest.fixture
def reporter() -> User:
    """Somebody of a unit."""
    return make_user(username="reporter", name="李填报")
