"""Every page of the site in both sizes; which there are is read from the table of routes, so that none is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
)
from ledgers.models import Export, ListImport
from ledgers.models.exports import ExportState
from tests.browser.conftest import PASSWORD, look, sign_in
from tests.browser.test_walk import LONG_NAME
from tests.ledgers.workbooks import brought_in, taken_out
from tests.test_routes import RULES, a_record_of_each_kind, address_of, read, routes

pytestmark = [pytest.mark.long, pytest.mark.looks, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFICERS = {"system_officer": "**/people/", "security_officer": "**/people/", "audit_officer": "**/accounts/audit/"}
FORMS = ("_create", "_edit", "_delete", "_revoke", "_reset", "_activate", "_deactivate", "_assign", "_withdraw")


@pytest.fixture
def visitors(clerk: User) -> dict[str, Client]:
    """Nobody, somebody who does everything about records, and the three officers; by the names they sign in with."""
    make_grant(clerk, "supervisor")
    people = [make_user(username=role, name="陶云起", password=PASSWORD, role=role) for role in OFFICERS]
    clients = {"": Client()}
    for user in (clerk, *people):
        clients[user.username] = Client()
        clients[user.username].force_login(user)
    return clients


@pytest.fixture(autouse=True)
def exports(settings: Settings, tmp_path: Path) -> None:
    """A folder of this test's own for the file of a large list."""
    settings.EXPORTS_ROOT = tmp_path


def first_to_open(name: str, address: str, visitors: dict[str, Client]) -> str | None:
    """Who is the first to be shown this page, or None when it is no page: a file, an act, a way on."""
    is_page = RULES[name].only_post or name == "home"
    for visitor, client in visitors.items():
        answer = read(client.get(address))
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            return visitor
        is_page = is_page or answer.status_code == 200
    assert is_page, f"nobody could open {name}"
    return None


def own_of(visitors: dict[str, Client]) -> dict[str, int]:
    """What nobody but its owner sees: a list he brings in, with a change and a wrong cell, and one he takes out."""
    clerk = next(user for user in User.objects.filter(grants__role="supervisor") if user.username in visitors)
    body = make_unit()
    inspection = make_inspection(unit=body)
    measure = make_measure(make_finding(make_aspect(inspection), lead_unit=body), plan="建立督查台账。")
    book = taken_out(visitors[clerk.username], measure.inspection, "register")
    book.write(measure, "整改措施", "建立督查台账，每周更新。")
    book.write(measure, "完成时限", "下个月")
    brought_in(visitors[clerk.username], measure.inspection, "register", book.content)
    export = Export.objects.create(user=clerk, inspection=measure.inspection, listed="problems", form="xlsx")
    export.path.write_bytes(b"PK")
    Export.objects.update(state=ExportState.DONE)  # a page that looks again by itself would go away under the reader
    return {"list_import": ListImport.objects.latest("pk").pk, "export": export.pk}


@pytest.mark.parametrize("forms", [False, True], ids=["pages", "forms"])
def test_axe_and_the_width_find_nothing(
    page: Page,
    visitors: dict[str, Client],
    settings: Settings,
    screenshots: Path | None,
    tmp_path: Path,
    *,
    forms: bool,
) -> None:
    settings.EXPORTS_ROOT = tmp_path
    numbers = a_record_of_each_kind(LONG_NAME)[2] | own_of(visitors)
    openers: dict[str, list[tuple[str, str]]] = {visitor: [] for visitor in visitors}
    for name in routes(get_resolver()):
        if name.endswith(FORMS) == forms:
            address = address_of(name, numbers)
            if (visitor := first_to_open(name, address, visitors)) is not None:
                openers[visitor].append((name.replace(":", "-"), address))
    complaints = []
    for visitor, pages in openers.items():
        if visitor and pages:
            page.context.clear_cookies()
            sign_in(page, visitor, OFFICERS.get(visitor, "**/desk/"))
        for name, address in pages:
            page.goto(address)
            complaints += look(page, name, screenshots)
    assert complaints == []
    assert sum(map(len, openers.values())) > 30  # the table was read
