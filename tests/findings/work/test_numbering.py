"""New records take the next number when they are stored: six people at once, and nobody has to choose another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.records.numbering import LARGEST
from findings.factories import make_aspect, make_facet, make_finding, make_inspection, make_measure
from findings.models import Aspect, Facet, Finding, Measure
from tests.findings.conftest import Case, write_address

PEOPLE = 6
FORMS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "aspect_create": (Aspect, {"title": "新的方面"}),
    "finding_create": (Finding, {"title": "新的问题", "timing": "scheduled"}),
    "facet_create": (Facet, {"title": "新的分面"}),
    "measure_create": (Measure, {"plan": "新的措施。"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_a_form_for_a_new_record_asks_for_no_number(office_client: Client, case: Case, name: str) -> None:
    field = office_client.get(write_address(case, name)).context["form"]["order"]
    assert (field.value(), field.field.required) == (None, False)
    assert "由系统接着编号" in field.help_text
    model, values = FORMS[name]
    last = model.objects.order_by("pk").last()
    office_client.post(write_address(case, name), values)
    office_client.post(write_address(case, name), values)
    made = model.objects.filter(pk__gt=last.pk).order_by("pk")
    assert [record.order for record in made] == [2, 3]


@pytest.mark.django_db
def test_a_number_can_still_be_chosen_and_a_sub_finding_has_numbers_of_its_own(
    office_client: Client, case: Case
) -> None:
    address = write_address(case, "finding_create")
    office_client.post(address, {"title": "第五", "timing": "scheduled", "order": 5})
    office_client.post(address, {"title": "第六", "timing": "scheduled"})
    office_client.post(f"{address}?parent={case.finding.pk}", {"title": "分项", "timing": "scheduled"})
    found = Finding.objects.filter(title__in=["第五", "第六", "分项"]).order_by("pk")
    assert [(finding.order, finding.parent_id) for finding in found] == [(5, None), (6, None), (2, case.finding.pk)]


@pytest.mark.django_db
def test_a_measure_in_a_facet_is_numbered_within_the_facet(office_client: Client, case: Case) -> None:
    office_client.post(write_address(case, "measure_create"), {"plan": "分面的措施。", "facet": case.facet.pk})
    assert Measure.objects.get(plan="分面的措施。").order == 2


@pytest.mark.django_db
def test_after_the_largest_number_comes_the_first_that_is_free(office_client: Client, case: Case) -> None:
    make_finding(case.aspect, order=LARGEST)
    office_client.post(write_address(case, "finding_create"), {"title": "再一个", "timing": "scheduled"})
    assert Finding.objects.get(title="再一个").order == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", FORMS)
def test_six_people_add_a_record_at_once(office: User, name: str) -> None:
    model, values = FORMS[name]
    inspection = make_inspection()
    finding = make_finding(make_aspect(inspection))
    make_facet(finding)
    make_measure(finding)
    parents = {"aspect_create": inspection.pk, "finding_create": finding.aspect_id}
    address = reverse(f"findings:{name}", args=[parents.get(name, finding.pk)])
    clients = [Client() for _ in range(PEOPLE)]
    for client in clients:
        client.force_login(office)
    start = threading.Barrier(PEOPLE)

    def add(client: Client) -> int:
        try:
            start.wait(timeout=60)
            return int(client.post(address, values).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(add, clients))
    assert answers == [302] * PEOPLE
    assert sorted(model.objects.values_list("order", flat=True)) == list(range(1, PEOPLE + 2))
