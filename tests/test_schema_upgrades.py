"""The databases of released versions are taken over: migrated, their trails whole, their pages open."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import Resolver404, get_resolver, resolve
from pytest_django import DjangoDbBlocker

from accounts.audit import anchors
from accounts.audit.verification import verify
from accounts.models import Event, User
from accounts.users.roles import ROLES
from findings.factories import make_regulation
from findings.models import Finding, SignOff
from findings.work.signoff_panel import voided_signoff
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import FORMAT_MARK
from findings.workflow.signoff_verification import check_signoffs
from findings.workflow.void_warnings import signed_warning
from rectify.schema import find_mismatch
from tests.databases import connected_to, empty_database
from tests.demo import on_the_day
from tests.migration_fixtures import AUDIT_KEY, FILES, FOLDER, kept_versions, restore
from tests.test_routes import routes

MOST_BYTES = 300 * 1024  # of one file: the repository keeps them all
LOOKED_AT = re.compile(
    r"home|desk|queue|history|profile|list|inspection_edit|.*_(list|detail)|(evidence|report)_preview"
)  # names of pages


@pytest.fixture(scope="module", params=kept_versions())
def anchor_file(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The database of a version, anchored as it was and then migrated; where its anchors are."""
    folder = tmp_path_factory.mktemp("upgrade")
    file = folder / "anchors.jsonl"
    with django_db_blocker.unblock(), empty_database(folder) as name, connected_to(name), on_the_day():
        restore(request.param)
        with override_settings(AUDIT_KEY=AUDIT_KEY, AUDIT_ANCHOR_FILE=file):
            last = Event.objects.latest("number")
            anchors.write(last.number, last.seal)
            call_command("migrate", verbosity=0)
            yield file


def test_the_schema_is_that_of_the_program(anchor_file: Path) -> None:
    assert find_mismatch(connection) == ""


def test_the_trail_is_whole(anchor_file: Path) -> None:
    with override_settings(AUDIT_ANCHOR_FILE=anchor_file):
        outcome = verify()
    assert outcome.problems == []
    assert (outcome.first, outcome.anchors) == (1, 1)


def test_the_sign_offs_that_were_valid_are_valid_and_end_as_before(anchor_file: Path) -> None:
    outcome = check_signoffs()
    assert [remark for remark in outcome.remarks if remark.is_broken] == []
    old = SignOff.objects.filter(voided_at=None).exclude(content__contains=FORMAT_MARK)
    assert old.count() == outcome.in_force > 0
    with transaction.atomic():
        finding = old.earliest("pk").finding
        # Their signers have not seen the regulations.
        make_regulation(finding.inspection, finding=finding)
        assert signed_warning([finding.pk]) == ""
        assert not Finding.objects.get(pk=finding.pk).is_void
        measure = finding.measures.earliest("pk")
        measure.outcome = "后来改写的成效。"
        workflow_writer.save(measure, seen=measure.version)
        assert Finding.objects.get(pk=finding.pk).is_void
        ended = voided_signoff(Finding.objects.get(pk=finding.pk))
        assert ended is not None
        assert [one.what for one in ended.differences] == ["整改成效（公开用语）"]
        transaction.set_rollback(True)


def open_pages(client: Client) -> dict[str, int]:
    """Go wherever links lead: the status of the page of each route, with the words in its address and inspection."""
    statuses: dict[str, int] = {}
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        try:
            match = resolve(address)
        except Resolver404:
            continue
        # A list may be empty in one inspection; of records of one kind one is enough.
        is_of_inspection = address.startswith("/inspections/")
        words = [str(word) for word in match.kwargs.values() if is_of_inspection or not isinstance(word, int)]
        name = " ".join([match.view_name, *words])
        if name in statuses or not LOOKED_AT.fullmatch((match.url_name or "").rpartition(":")[2]):
            continue
        answer = client.get(address, follow=True)
        statuses[name] = answer.status_code
        waiting += [unescape(link) for link in re.findall(r'href="(/[^"?#]*)', answer.content.decode())]
    return statuses


def test_every_list_and_every_record_opens_for_whoever_may_see_it(anchor_file: Path) -> None:
    opened: set[str] = set()
    for role in ROLES:
        client = Client()
        client.force_login(User.objects.filter(is_active=True, grants__role=role).earliest("pk"))
        statuses = open_pages(client)
        assert set(statuses.values()) == {200}, (role, statuses)
        opened |= {name.partition(" ")[0] for name in statuses}
    expected = {name for name in routes(get_resolver()) if LOOKED_AT.fullmatch(name.rpartition(":")[2])}
    assert opened >= expected, expected - opened


@pytest.mark.parametrize("name", FILES.values())
@pytest.mark.parametrize("version", kept_versions())
def test_the_databases_are_small(version: str, name: str) -> None:
    assert (FOLDER / version / name).stat().st_size <= MOST_BYTES
