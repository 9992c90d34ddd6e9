"""A list that was taken out and comes back unchanged changes nothing, whatever it says."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from findings.factories import make_accountability, make_measure, make_recovery, make_supervision
from findings.models import Finding, Measure, Progress, Regulation
from ledgers.catalogue import LISTS
from ledgers.exporting import write_workbook
from ledgers.factories import make_entry
from ledgers.import_saving import store
from ledgers.importing import Plan
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS
from tests.databases import examples
from tests.findings.conftest import Case
from tests.ledgers.workbooks import Book, listed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
BACK = [key for key in LISTS if key not in {"evidence", "letters"}]
# NUL and half of a pair of surrogates no database stores, and two code points no XML file may hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=80)


def workbook(case: Case, key: str, user: User) -> bytes:
    """A list as it is exported."""
    one, file = LISTS[key], io.BytesIO()
    records = one.records(user).filter(inspection=case.inspection).order_by(*one.orderings[one.own_order])
    write_workbook(one, case.inspection, user, iter(records), file)
    return file.getvalue()


def plan_of(case: Case, key: str, user: User, content: bytes) -> Plan:
    """What a file would do."""
    return Plan(listed(content, case.inspection, key), LISTS[key], case.inspection, user)


def filled(case: Case) -> None:
    """One record at least in every list."""
    make_accountability(case.inspection, finding=case.finding, decided_on=dt.date(2026, 3, 1))
    make_recovery(case.inspection, finding=case.finding, amount=Decimal("99999999999.99"), voucher="=1+1")
    linked = {"findings": [case.sub_finding, case.finding], "units": [case.unit, case.other_unit]}
    make_supervision(case.inspection, **linked)
    for key, ledger in LEDGERS.items():
        more = {"amount": Decimal("860.50")} if ledger.has_field("amount") else {}
        make_entry(case.inspection, key, person_in_charge=case.member.user, **linked, **more)


@pytest.mark.parametrize("key", BACK)
@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(text="=cmd|' /C calc'!A0")
@example(text="\u3000前后空格\u3000\r\n第二行\r第三行\n\n")
@example(text="😀\u202e\x07_x000D_\t'")
@example(text="(" * 32_700)
@example(text="第3、第4；,")
@given(text=TEXTS)
def test_nothing_changed_changes_nothing(case: Case, office: User, key: str, text: str) -> None:
    if not case.inspection.recoveries.exists():
        filled(case)
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(title=text[:200], detail=text, remark=text[:200], goal=text)
        Measure.objects.filter(pk=case.measure.pk).update(plan=text or "空", outcome=text)
        Progress.objects.update(text=text)
        Regulation.objects.update(title=text[:200], document_number=text[:60])
        case.inspection.supervision.update(found=text, demand=text, held_by=text[:200], number=text[:60])
        case.inspection.recoveries.update(voucher=text[:60])
    short = {"title": text[:200] or "事项", "number": text[:60], "party": text[:100], "note": text[:200]}
    with unchecked_writes():
        Entry.objects.update(**short, content=text, handled=text, result=text)
        case.aspect.__class__.objects.update(title=text[:200], short_title=text[:60])
        case.unit.__class__.objects.filter(pk=case.unit.pk).update(name=text[:100] or "甲")
    plan = plan_of(case, key, office, workbook(case, key, office))
    assert (plan.problems, plan.rows, plan.ignored, plan.missing) == ([], [], [], [])
    assert plan.same > 0


@pytest.mark.parametrize("key", BACK)
def test_the_number_of_queries_does_not_grow(case: Case, office: User, key: str) -> None:
    def queries() -> int:
        content = listed(workbook(case, key, office), case.inspection, key)
        with CaptureQueriesContext(connection) as made:
            Plan(content, LISTS[key], case.inspection, User.objects.get(pk=office.pk))
        return len(made)

    filled(case)
    before = queries()
    for _ in range(4):
        filled(case)
        make_measure(case.finding)
    assert queries() == before


def test_a_row_costs_a_bounded_number_of_queries(case: Case, office: User) -> None:
    def queries(rows: int) -> int:
        book = Book(workbook(case, "tasks", office))
        for number in range(rows):
            book.write(4 + number, "整改措施", f"改为第 {number} 条。")
        content = listed(book.content, case.inspection, "tasks")
        with CaptureQueriesContext(connection) as made:
            assert len(Plan(content, LISTS["tasks"], case.inspection, office).rows_to_change) == rows
        return len(made)

    for _ in range(4):
        make_measure(case.finding)
    queries(1)
    assert queries(5) - queries(1) <= 4 * 6


def test_to_bring_in_twice_is_to_bring_in_once(case: Case, office: User) -> None:
    book = Book(workbook(case, "tasks", office))
    row = {"序号": "1-1", "整改措施": "新的措施", "责任科室": "综合科", "完成时限": dt.date(2026, 7, 1)}
    for heading, value in row.items():
        for number in (20, 21):  # two that say the same, and are two
            book.write(number, heading, value)
    content = listed(book.content, case.inspection, "tasks")
    plan = store(content, LISTS["tasks"], case.inspection, office)
    assert (len(plan.rows_to_create), Measure.objects.filter(plan="新的措施").count()) == (2, 2)
    again: Any = store(content, LISTS["tasks"], case.inspection, office)
    assert (again.rows, Measure.objects.filter(plan="新的措施").count()) == ([], 2)
