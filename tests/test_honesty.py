"""What must not happen on any route: a GET that changes something, a form that takes what it does not show."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models
from django.forms import BaseModelForm
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.audit_search import TrailFilter
from accounts.users.roles import ROLES
from accounts.web.filters import ListFilter
from ledgers.catalogue import LISTS
from tests.databases import examples
from tests.test_routes import RULES, World, address_of, expected, read, someone, world  # noqa: F401 -- the fixture is asked for by name

pytestmark = pytest.mark.django_db
MOVING = {"accounts_session", "accounts_event", "django_session"}  # who came when, and what was refused
FORGED = {
    "id": "987654",
    "pk": "987654",
    "status": "closed",
    "completion": "complete",
    "closed_at": "2026-01-01",
    "closed_by": "1",
    "is_active": "",
    "is_superuser": "on",
    "is_staff": "on",
    "role": "office",
    "grants": "1",
    "user": "1",
    "user_id": "1",
    "unit_id": "1",
    "inspection": "987654",
    "inspection_id": "987654",
    "finding_id": "987654",
    "parent_id": "987654",
    "logged_by": "987654",
    "import_digest": "x",
    "must_change_password": "",
    "password": "x",
    "created_at": "2020-01-01",
    "_state": "x",
    "__class__": "x",
}
# What pages read from their addresses besides the filters of their lists.
PARAMETERS = {
    "page",
    "sort",
    "per_page",
    "edition",
    "before",
    "parent",
    "facet",
    "finding",
    "measure",
    "inspection",
    "row",
    "sheet",
    "unread",
    "why",
    "newest",
    "letter",
    "next",
}
NO_FORM = re.compile(r"_(list|(?<!measure_)detail|move|delete|revoke|preview|pdf|text)$|^home$|logout$|store$")


def database_digest() -> str:
    """A digest over every row of every table that a page may not change."""
    digest = hashlib.sha256()
    for table in sorted(set(connection.introspection.table_names()) - MOVING):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- the name of a table
            for row in sorted(repr([as_read(value) for value in row]) for row in cursor.fetchall()):
                digest.update(f"{table}{row}".encode())
    return digest.hexdigest()


def as_read(value: Any) -> Any:
    """A value that compares by its content: psycopg2 hands bytes over as a memoryview, which shows its own address."""
    return bytes(value) if isinstance(value, memoryview) else value


def addresses(world: World) -> list[tuple[str, str]]:  # noqa: F811
    """Every route with its address for a record of one's own."""
    return [(name, address_of(name, world.own)) for name in RULES]


@pytest.mark.parametrize("role", ROLES)
def test_looking_at_everything_changes_nothing(world: World, role: str) -> None:  # noqa: F811
    client = Client()
    client.force_login(someone(role, world))
    before = database_digest()
    for _, address in addresses(world):
        read(client.get(address, {"edition": "masked", "page": "2"}))
    assert database_digest() == before


def sent(form: Any) -> dict[str, Any]:
    """What a browser would send for a form as it is shown."""
    data: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, models.QuerySet | list | tuple):
            data[bound.html_name] = [getattr(one, "pk", one) for one in value]
        elif value not in {None, False}:
            data[bound.html_name] = "on" if value is True else value
    return data


def stored(form: BaseModelForm[Any]) -> dict[str, Any]:
    """What the record holds in fields its form does not show."""
    fresh: models.Model = form.instance._meta.model._base_manager.get(pk=form.instance.pk)
    return {
        field.attname: getattr(fresh, field.attname)
        for field in fresh._meta.concrete_fields
        if field.name not in {*form.fields, "version"}
    }


@pytest.mark.parametrize(("role", "forms"), [("office", 8), ("system_officer", 4), ("reporter", 2)])
def test_forged_fields_change_nothing(world: World, role: str, forms: int) -> None:  # noqa: F811
    client = Client()
    client.force_login(someone(role, world))
    tried = 0
    for name, address in addresses(world):
        if NO_FORM.search(name) or RULES[name].only_post:
            continue
        form = (read(client.get(address)).context or {}).get("form")
        if not isinstance(form, BaseModelForm) or form.instance._state.adding:
            continue
        forged = {key: value for key, value in FORGED.items() if key not in form.fields}
        before = stored(form)
        answer = client.post(address, sent(form) | forged | {f"{key}_0": value for key, value in forged.items()})
        assert answer.status_code == 302, (name, answer.context["form"].errors)
        assert stored(form) == before, name
        tried += 1
    assert tried >= forms


def test_all_models_have_a_table_that_the_digest_sees() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables <= set(connection.introspection.table_names())


def visitor(name: str) -> str:
    """A role that gets to see the page of a route."""
    return next(role for role in ROLES if 200 in expected(name, role, "own"))


READABLE = [name for name in RULES if any(200 in expected(name, role, "own") for role in ROLES)]


def filters(kind: type[ListFilter] = ListFilter) -> Iterator[type[ListFilter]]:
    """The filters of all lists."""
    for one in kind.__subclasses__():
        yield one
        yield from filters(one)


@pytest.mark.long
@pytest.mark.parametrize("role", sorted({visitor(name) for name in READABLE}))
@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@example(query="x")
@example(query="-1")
@example(query="9" * 40)
def test_no_query_string_breaks_a_page(world: World, role: str, query: str) -> None:  # noqa: F811
    names = {*PARAMETERS, *TrailFilter.base_fields, *(name for one in filters() for name in vars(one)["base_filters"])}
    raw = "&".join([query, *(f"{name}={query}" for name in sorted(names))])
    client = Client(raise_request_exception=False)
    client.force_login(someone(role, world))
    for name in READABLE:
        if visitor(name) == role and not name.endswith("pdf"):
            answer = client.get(address_of(name, world.own), QUERY_STRING=raw.encode().decode("latin-1"))
            assert read(answer).status_code < 500, name


def invalid(field: forms.Field) -> str:
    """A value that a filter cannot understand."""
    return "长" * 99 if type(field) is forms.CharField else "没有这一项"


def test_every_filter_of_every_list_reports_an_invalid_value_and_matches_nothing(world: World) -> None:  # noqa: F811
    pages = {name: address_of(name, world.own) for name in READABLE if not name.endswith("pdf")}
    pages |= {key: reverse("ledgers:list", args=[world.own["inspection"], key]) for key in LISTS}
    tried: set[type[ListFilter]] = set()
    for name, address in pages.items():
        client = Client()
        client.force_login(someone(visitor(name) if name in RULES else "office", world))
        answer = read(client.get(address))
        if (shown := (answer.context or {}).get("listing")) is None:
            continue
        tried.add(type(shown.filter))
        for parameter, field in shown.filter.form.fields.items():
            listing = client.get(address, {parameter: invalid(field)}).context["listing"]
            assert (listing.page.total, listing.page.records) == (0, []), (name, parameter)
            assert listing.problems[0].startswith(f"“{field.label}”的值“{invalid(field)[:4]}"), (name, parameter)
            if name in LISTS:
                export = reverse("ledgers:list_export", args=[world.own["inspection"], name, "csv"])
                refused = client.get(export, {parameter: invalid(field)}, follow=True)
                assert f"没有导出：筛选条件{listing.problems[0]}" in html.unescape(refused.content.decode())
                assert refused.context["listing"].problems == listing.problems  # the page keeps what was asked for
    assert tried == set(filters())
