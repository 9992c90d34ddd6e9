"""People held to account, money, supervision, and regulations: sums, forms, and where they are seen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from findings.choices import EvidenceKind
from findings.factories import (
    make_accountability,
    make_finding,
    make_inspection,
    make_recovery,
    make_supervision,
    make_unit,
)
from findings.models import Accountability, Evidence, Recovery, StoredFile, Supervision
from findings.units.fields import AmountField
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, newest, query_count, seen, words_of

pytestmark = pytest.mark.django_db


def test_persons_and_person_times_are_kept_apart(office_client: Client, case: Case) -> None:
    make_accountability(case.inspection, kind="talk", persons=100, person_times=103)
    make_accountability(case.inspection, kind="talk", persons=24, person_times=24)
    make_accountability(case.inspection, kind="case", persons=13, person_times=13)
    make_accountability(make_inspection(), kind="talk", persons=7, person_times=7)
    own = Accountability.objects.filter(inspection=case.inspection)
    assert [(row["label"], row["persons"], row["person_times"]) for row in own.sums()] == [
        ("立案", 13, 13),
        ("谈话提醒", 124, 127),
    ]
    assert own.person_times() == sum(row["person_times"] for row in own.sums()) == 140
    words = words_of(
        office_client.get(reverse("findings:accountability_list", args=[case.inspection.pk])).content.decode()
    )
    assert "合计 不相加 140" in words


def test_entries_of_money_are_added_up_and_amounts_are_not(office_client: Client, case: Case) -> None:
    for kind, amount in (("recovered", "100.10"), ("recovered", "200.20"), ("refunded", "5.00")):
        make_recovery(case.inspection, kind=kind, amount=Decimal(amount))
    make_recovery(make_inspection())
    address = reverse("findings:recovery_list", args=[case.inspection.pk])
    # The sums are those of all entries, whatever the list is filtered by.
    for query in ({}, {"kind": "refunded"}):
        assert "合计 3 不相加" in words_of(office_client.get(address, query).content.decode())


def test_fewer_times_than_persons_are_refused_by_form_and_database(office_client: Client, case: Case) -> None:
    address = reverse("findings:accountability_create", args=[case.inspection.pk])
    answer = office_client.post(address, {"kind": "talk", "persons": "3", "person_times": "2"})
    assert answer.context["form"].errors == {"person_times": ["人次不能少于人数。"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_accountability(case.inspection, persons=3, person_times=2)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1，234.50", "1234.50"),
        ("１２３４元", "1234.00"),
        ("1.2万", "12000.00"),
        ("1.2 万元", "12000.00"),
        ("1.23456万元", "12345.60"),
    ],
)
def test_money_is_understood_as_people_write_it(office_client: Client, case: Case, typed: str, amount: str) -> None:
    address = reverse("findings:recovery_create", args=[case.inspection.pk])
    answer = office_client.post(address, {"kind": "refunded", "amount": typed, "voucher": "0001"}, follow=True)
    assert f"已登记：清退 {Decimal(amount):,} 元。" in answer.content.decode()
    assert Recovery.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "12,34", "一万", "1.2亿", "1.234", "0", "-5", "1e5", "NaN", "9" * 40, "1.23456789万"]
)
def test_money_that_is_none_is_refused(office_client: Client, case: Case, typed: str) -> None:
    address = reverse("findings:recovery_create", args=[case.inspection.pk])
    assert "amount" in office_client.post(address, {"kind": "refunded", "amount": typed}).context["form"].errors
    assert not Recovery.objects.exists()


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999999.99"), places=2))
def test_every_amount_is_read_back_as_it_is_written(amount: Decimal) -> None:
    field = AmountField(max_digits=14, decimal_places=2)
    assert field.clean(f"{amount:,.2f}") == field.clean(str(amount)) == amount


def test_kinds_of_money_are_never_added_up(office_client: Client, case: Case) -> None:
    for kind, amount in (("recovered", "0.10"), ("recovered", "0.20"), ("saved", "1000000.00")):
        make_recovery(case.inspection, kind=kind, amount=Decimal(amount))
    words = words_of(office_client.get(reverse("findings:recovery_list", args=[case.inspection.pk])).content.decode())
    assert "追缴 2 0.30" in words
    assert "挽回损失 1 1,000,000.00" in words
    assert "1,000,000.30" not in words


@pytest.mark.parametrize("name", ["regulation", "accountability", "recovery", "supervision"])
def test_a_form_opened_from_a_finding_is_filled_in_for_it(office_client: Client, case: Case, name: str) -> None:
    address = f"{reverse(f'findings:{name}_create', args=[case.inspection.pk])}?finding={case.finding.pk}"
    assert address in office_client.get(case.finding.get_absolute_url()).content.decode()
    form = office_client.get(address).context["form"]
    chosen = form["findings" if name == "supervision" else "finding"].value()
    assert chosen in ([case.finding.pk], case.finding.pk)
    foreign = f"{reverse(f'findings:{name}_create', args=[case.inspection.pk])}?finding={make_finding().pk}"
    assert office_client.get(foreign).status_code == 404


def test_what_is_filed_is_seen_on_the_finding_and_in_its_history(office_client: Client, case: Case) -> None:
    address = f"{reverse('findings:accountability_create', args=[case.inspection.pk])}?finding={case.finding.pk}"
    data = {"kind": "admonition", "persons": "1", "person_times": "2", "finding": case.finding.pk}
    answer = office_client.post(address, data, follow=True)
    assert answer.redirect_chain[-1][0] == case.finding.get_absolute_url()
    words = words_of(answer.content.decode())
    assert "诫勉 1 人（2 人次）" in words
    assert "新建处理情况“诫勉 1 人（2 人次）”" in newest(office_client, case.finding)


def test_a_regulation_names_the_file_that_proves_it(office_client: Client, office: User, case: Case) -> None:
    stored = StoredFile.objects.create(digest="0" * 64, size=1, extension="pdf", stored_by=office)
    own, foreign = (
        workflow_writer.create(
            Evidence(
                inspection=finding.inspection,
                finding=finding,
                file=stored,
                number=1,
                name=name,
                kind=EvidenceKind.REGULATION,
                uploaded_by=office,
            )
        )
        for finding, name in ((case.finding, "办法扫描件.pdf"), (make_finding(), "别处的.pdf"))
    )
    address = reverse("findings:regulation_edit", args=[case.regulation.pk])
    data = {"title": "督查工作办法", "kind": "new", "finding": case.finding.pk} | seen(case.regulation)
    assert "evidence" in office_client.post(address, data | {"evidence": foreign.pk}).context["form"].errors
    answer = office_client.post(address, data | {"evidence": own.pk}, follow=True)
    assert "办法扫描件.pdf" in answer.content.decode()


def test_supervision_is_counted_by_kind_and_reminds_of_answers(office_client: Client, case: Case) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    make_supervision(case.inspection, kind="notice", held_on=yesterday, answer_due_on=yesterday, found="限期整改。")
    make_supervision(case.inspection, kind="visit", found="群众表示满意。")
    own = Supervision.objects.filter(inspection=case.inspection)
    assert [number for _, number in own.counts()] == [1, 0, 0, 0, 1]
    address = reverse("findings:supervision_list", args=[case.inspection.pk])
    words = words_of(office_client.get(address, {"unanswered": "on"}).content.decode())
    assert "限期整改。" in words
    assert "群众表示满意。" not in words


def test_supervision_with_an_answer_is_not_deleted(office_client: Client, case: Case) -> None:
    record = make_supervision(case.inspection, findings=[case.finding], units=[case.unit])
    edit = reverse("findings:supervision_edit", args=[record.pk])
    data = {"kind": "on_site", "held_on": "2026-05-01", "held_by": "区委巡察办", "found": "台账不全。"}
    wrong = {"answered_on": "2026-04-01", "answer_due_on": "2026-04-01"}
    errors = office_client.post(edit, data | wrong | seen(record)).context["form"].errors
    assert set(errors) == {"answered_on", "answer_due_on"}
    lacking = office_client.post(edit, data | {"answer": "已补齐。"} | seen(record)).context["form"].errors
    assert set(lacking) == {"answered_on"}
    office_client.post(edit, data | {"answered_on": "2026-05-09", "answer": "已补齐。"} | seen(record))
    page = office_client.post(reverse("findings:supervision_delete", args=[record.pk]), seen(record))
    assert "已经登记了回复，不能删除。" in page.content.decode()
    assert Supervision.objects.filter(pk=record.pk).exists()


def test_a_unit_sees_the_supervision_that_names_it(client: Client, reporter: User, case: Case) -> None:
    named = make_supervision(case.inspection, units=[case.unit])
    concerning = make_supervision(case.inspection, findings=[case.finding])
    make_supervision(case.inspection, units=[case.other_unit])
    make_supervision(make_inspection(unit=make_unit()), units=[case.unit])  # in an inspection it has no part in
    assert set(Supervision.objects.visible_to(reporter)) == {named, concerning}
    client.force_login(reporter)
    assert client.get(reverse("findings:supervision_detail", args=[named.pk])).status_code == 200


@pytest.mark.parametrize(
    ("name", "make"),
    [("accountability", make_accountability), ("recovery", make_recovery), ("supervision", make_supervision)],
)
def test_a_list_needs_as_many_queries_for_one_row_as_for_ten(
    office_client: Client, case: Case, name: str, make: object
) -> None:
    address = reverse(f"findings:{name}_list", args=[case.inspection.pk])
    assert "还没有登记" in office_client.get(address).content.decode()
    link = {"findings": [case.finding]} if name == "supervision" else {"finding": case.finding}
    make(case.inspection, **link)  # type: ignore[operator]
    pages = [address, case.finding.get_absolute_url()]
    counts = [query_count(office_client, page) for page in pages]
    for _ in range(9):
        make(case.inspection, **link)  # type: ignore[operator]
    assert [query_count(office_client, page) for page in pages] == counts


@pytest.mark.parametrize("name", ["accountability", "recovery"])
def test_an_entry_is_changed_and_deleted(office_client: Client, case: Case, name: str) -> None:
    make = {"accountability": make_accountability, "recovery": make_recovery}[name]
    record = make(case.inspection, finding=case.finding)
    history = office_client.get(reverse("findings:history", args=[name, record.pk]))
    assert history.status_code == 200
    address = reverse(f"findings:{name}_delete", args=[record.pk])
    assert "删除后不能恢复" in office_client.get(address).content.decode()
    assert "已删除" in office_client.post(address, seen(record), follow=True).content.decode()
    assert not type(record)._default_manager.exists()
