"""Moving records up and down, and deleting only what nothing hangs on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Record, User
from accounts.records.ordering import move
from findings.factories import (
    closing_fields,
    make_aspect,
    make_facet,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
)
from findings.models import Accountability, Aspect, Facet, Finding, Measure, Recovery, Regulation, Unit
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, seen, words_of, write_address
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def siblings(kind: str) -> list[Any]:
    """Three records that share one of the unique constraints on ``order``."""
    if kind == "aspects":
        inspection = make_inspection()
        return [make_aspect(inspection) for _ in range(3)]
    finding = make_finding()
    if kind == "findings":
        return [finding, make_finding(finding.aspect), make_finding(finding.aspect)]
    if kind == "sub-findings":
        return [make_finding(parent=finding) for _ in range(3)]
    facet = make_facet(finding) if kind == "measures of a facet" else None
    make_measure(finding, facet=None if facet else make_facet(finding))  # the other constraint is not touched
    return [make_measure(finding, facet=facet) for _ in range(3)]


KINDS = ["aspects", "findings", "sub-findings", "measures", "measures of a facet"]


def press(client: Client, record: models.Model, step: str) -> str:
    """Press a button beside the record; what the next page says."""
    name = type(record).__name__.lower()
    answer = client.post(reverse(f"findings:{name}_move", args=[record.pk]), {"step": step}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def order_of(records: list[Any]) -> list[int]:
    """The numbers as they are stored."""
    for record in records:
        record.refresh_from_db()
    return [record.order for record in records]


@pytest.mark.parametrize("kind", KINDS)
def test_up_and_down_swap_numbers_with_the_neighbour(office_client: Client, kind: str) -> None:
    records = siblings(kind)
    assert "已调整" in press(office_client, records[2], "up")
    assert order_of(records) == [1, 3, 2]
    assert "已调整" in press(office_client, records[0], "down")
    assert order_of(records) == [2, 3, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_does_not_go_up_nor_the_last_down(office_client: Client, kind: str) -> None:
    records = siblings(kind)
    for record, step in ((records[0], "up"), (records[2], "down"), (records[1], "sideways")):
        assert "已经在最前或最后" in press(office_client, record, step)
    assert order_of(records) == [1, 2, 3]


def test_gaps_in_the_numbers_stay(office_client: Client) -> None:
    records = siblings("findings")
    with unchecked_writes():
        Finding.objects.filter(pk=records[2].pk).update(order=40)
    press(office_client, records[2], "up")
    assert order_of(records) == [1, 40, 2]


def test_a_record_that_is_gone_is_not_moved() -> None:
    aspect = make_aspect()
    others = aspect.inspection.aspects.exclude(pk=aspect.pk)
    assert move(workflow_writer, aspect, others, 1) is False


@pytest.mark.parametrize("name", ["aspect_move", "finding_move", "measure_move"])
def test_moving_takes_a_press_of_the_button(office_client: Client, case: Case, name: str) -> None:
    assert office_client.get(write_address(case, name)).status_code == 405


def refused(client: Client, name: str, record: Record, *reasons: str) -> None:
    """The record stays, and page and answer say why."""
    address = reverse(f"findings:{name}_delete", args=[record.pk])
    for answer, status in ((client.get(address), 200), (client.post(address, seen(record)), 409)):
        words = words_of(answer.content.decode())
        assert answer.status_code == status
        assert "现在不能删除" in words
        assert "确认删除" not in words
        assert [reason for reason in reasons if reason not in words] == []
    assert type(record)._default_manager.filter(pk=record.pk).exists()


def test_what_something_hangs_on_is_not_deleted(office_client: Client, keeper_client: Client, case: Case) -> None:
    with unchecked_writes():
        Accountability.objects.create(
            inspection=case.inspection, finding=case.finding, kind="talk", persons=1, person_times=1
        )
        Recovery.objects.create(inspection=case.inspection, finding=case.finding, kind="refunded", amount=1)
    child = make_unit(parent=case.unit)
    refused(office_client, "aspect", case.aspect, "这个方面下还有 2 个问题")
    refused(
        office_client,
        "finding",
        case.finding,
        "还有 2 条整改措施",
        "还有 1 个分项问题",
        "还有 1 个分面",
        "有 1 项制度",
        "有 1 条处理情况",
        "有 1 条资金情况",
    )
    refused(office_client, "facet", case.facet, "还有 1 条整改措施")
    refused(office_client, "measure", case.measure, "已有 1 条整改进展")
    reasons = ("1 个下级单位", "1 条成员任职记录", "有 1 个角色授予", "整改记录里用到了这个单位")
    refused(keeper_client, "unit", case.unit, *reasons)
    refused(keeper_client, "unit", case.inspection.unit, "整改记录里用到了这个单位")  # type: ignore[arg-type] # it has one
    refused(keeper_client, "unit", case.other_unit, "整改记录里用到了这个单位")
    assert child.parent == case.unit


def test_a_finding_signed_off_is_a_fact(office_client: Client, office: User) -> None:
    finding = make_finding(**closing_fields(office, dt.date(2026, 5, 1)))
    refused(office_client, "finding", finding, "问题已经销号，不能删除。")


def test_what_nothing_hangs_on_is_deleted_after_one_question(fitting: Callable[[str], Client], case: Case) -> None:
    unit, facet = make_unit(), make_facet(case.finding)
    chain: list[tuple[str, type[models.Model], Any]] = [
        ("regulation", Regulation, case.regulation),
        ("unit", Unit, unit),
        ("facet", Facet, facet),
        ("measure", Measure, case.faceted),
        ("finding", Finding, case.sub_finding),
        ("aspect", Aspect, make_aspect(case.inspection)),
    ]
    for name, model, record in chain:
        address, person = reverse(f"findings:{name}_delete", args=[record.pk]), fitting(f"{name}_delete")
        assert "删除后不能恢复" in person.get(address).content.decode()
        assert model._default_manager.filter(pk=record.pk).exists()
        answer = person.post(address, seen(record), follow=True)
        assert "已删除" in answer.content.decode()
        assert not model._default_manager.filter(pk=record.pk).exists()
        assert person.post(address).status_code == 404
