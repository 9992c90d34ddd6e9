"""The columns of a list that a user chose, kept and obeyed on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.web.tables import ListTable
from findings.factories import make_evidence, make_extension, make_supervision, make_user
from findings.followup.tables import ReviewTable, SpotCheckTable, SupervisionTable
from findings.units.people import PersonTable
from findings.work.evidence_tables import EvidenceTable
from findings.work.extension_tables import ExtensionTable
from findings.work.filed_tables import AccountabilityTable, RecoveryTable, RegulationTable
from findings.work.inspection_tables import InspectionTable
from findings.work.tables import FindingTable, MeasureTable
from ledgers.catalogue import LISTS
from ledgers.tables import TABLES
from tests.findings.conftest import Case, query_count, words_of

pytestmark = pytest.mark.django_db
EVERY_TABLE: list[type[ListTable]] = [
    FindingTable,
    MeasureTable,
    InspectionTable,
    EvidenceTable,
    ExtensionTable,
    SupervisionTable,
    SpotCheckTable,
    ReviewTable,
    RegulationTable,
    AccountabilityTable,
    RecoveryTable,
    PersonTable,
    *TABLES.values(),
]


def headings(client: Client, address: str, **query: Any) -> list[str]:
    """The headings of the list at an address."""
    html = client.get(address, query).content.decode()
    cells = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', html, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", cell) for cell in cells if "data-select-all" not in cell]


@pytest.fixture
def address(case: Case) -> str:
    """The list of findings."""
    return reverse("findings:finding_list", args=[case.inspection.pk])


def test_what_is_not_ticked_is_hidden_and_stays_so(office_client: Client, address: str) -> None:
    assert headings(office_client, address) == ["编号", "问题", "牵头单位", "完成时限", "状态", "措施完成"]
    chosen = headings(office_client, address, column=["number", "finding", "due"])
    assert chosen == ["编号", "问题", "完成时限"]
    assert headings(office_client, address) == chosen
    assert headings(office_client, address, q="督查") == chosen
    assert headings(office_client, address, column="all")[2:4] == ["牵头单位", "完成时限"]
    assert len(headings(office_client, address)) == 6


def test_the_columns_that_tell_the_rows_apart_cannot_be_hidden(office_client: Client, address: str) -> None:
    assert headings(office_client, address, column="status") == ["编号", "问题", "状态"]


def test_a_column_nobody_offers_is_named_and_nothing_changes(office_client: Client, address: str) -> None:
    html = office_client.get(address, {"column": ["__class__", "\0"]}).content.decode()
    assert "“栏目”的值“__class__”无效" in words_of(html)
    assert len(headings(office_client, address)) == 6


def test_each_list_and_each_user_has_a_choice_of_its_own(office_client: Client, case: Case, address: str) -> None:
    headings(office_client, address, column=["number", "finding"])
    assert len(headings(office_client, reverse("findings:measure_list", args=[case.inspection.pk]))) == 7
    other = Client()
    other.force_login(make_user(role="office"))
    assert len(headings(other, address)) == 6


def test_columns_and_rows_of_a_page_are_there_again_after_signing_in_anew(
    office_client: Client, office: User, address: str
) -> None:
    headings(office_client, address, column=["number", "finding"], per_page="100")
    version = office.version
    office_client.logout()
    other_device = Client()
    other_device.force_login(User.objects.get(pk=office.pk))
    listing = other_device.get(address).context["listing"]
    assert listing.per_page == 100
    assert headings(other_device, address) == ["编号", "问题"]
    assert User.objects.get(pk=office.pk).version == version  # no edit of the account


def test_the_choice_keeps_the_filters_and_says_how_many_are_hidden(office_client: Client, address: str) -> None:
    html = office_client.get(address, {"column": ["due"], "q": "督查", "sort": "due"}).content.decode()
    assert "选栏目（已隐藏 3 栏）" in words_of(html)
    form = re.search(r'<form class="column-form".*?</form>', html, re.DOTALL)
    assert form
    assert '<input type="hidden" name="q" value="督查">' in form[0]
    assert '<input type="hidden" name="sort" value="due">' in form[0]
    assert "没有打印的栏目：牵头单位 状态 措施完成" in words_of(html)


def test_the_choice_asks_no_query_and_hidden_columns_none_either(office_client: Client, address: str) -> None:
    whole = query_count(office_client, address)
    headings(office_client, address, column=["number"])
    assert query_count(office_client, address) <= whole


def test_a_ledger_keeps_its_choice_and_a_column_that_is_absent_keeps_its_own(office_client: Client, case: Case) -> None:
    address = reverse("ledgers:list", args=[case.inspection.pk, "problems"])
    before = headings(office_client, address)
    assert "原因分析" not in before  # not filled in anywhere
    office_client.get(address, {"column": ["number", "title", "status"]})
    assert headings(office_client, address) == ["序号", "反馈问题", "状态"]
    assert headings(office_client, address, column="all") == before


@pytest.mark.parametrize("view", ["evidence_list", "extension_list", "supervision_list"])
def test_the_other_lists_keep_their_first_columns_in_sight_and_offer_a_choice(
    office_client: Client, case: Case, view: str
) -> None:
    make_evidence(case.measure)
    make_extension(case.measure)
    make_supervision(case.inspection)
    html = office_client.get(reverse(f"findings:{view}", args=[case.inspection.pk])).content.decode()
    assert re.search(r'<th scope="col" class="[^"]*\bstick\b', html)
    assert "选栏目" in words_of(html)


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_one_or_two_columns_tell_the_rows_of_a_list_apart(table: type[ListTable]) -> None:
    assert 1 <= len(table.fixed) <= 2
    assert set(table.fixed) <= set(table.base_columns)
    assert next(iter(table.base_columns)) == table.fixed[0]


def test_every_list_offers_a_choice_and_no_two_share_it() -> None:
    assert len({table.key for table in EVERY_TABLE} - {""}) == len(LISTS) + 12
    assert {table for table in lists_of(ListTable) if not table.key} == set()


def lists_of(base: type[ListTable]) -> Iterator[type[ListTable]]:
    """The tables below a class that have columns of their own, those of tests left out."""
    for table in base.__subclasses__():
        if table.base_columns and not table.__module__.startswith("tests."):
            yield table
        yield from lists_of(table)
