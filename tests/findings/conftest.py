"""One small inspection with one record of every kind, and the pages it has."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Record, User
from accounts.web.components import Tile
from findings.factories import (
    make_aspect,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_regulation,
    make_unit,
)
from findings.models import Aspect, Facet, Finding, Inspection, Measure, Membership, Progress, Regulation, Unit
from findings.work.overview import Overview
from findings.workflow.saving import workflow_writer


@dataclass(frozen=True)
class Case:
    """The records of one small inspection; ``reporter`` is a member of ``unit``, which leads ``finding``."""

    inspection: Inspection
    aspect: Aspect
    finding: Finding
    sub_finding: Finding
    facet: Facet
    measure: Measure
    faceted: Measure
    progress: Progress
    regulation: Regulation
    unit: Unit
    other_unit: Unit
    member: Membership


@pytest.fixture
def case(office: User, reporter: User) -> Case:
    """A small inspection."""
    body = make_unit(name="区政府办")
    unit, other_unit = (
        make_unit(name="综合科", parent=body),
        make_unit(name="青山区政务服务便民热线工作管理服务中心", parent=body),
    )
    inspection = make_inspection(name="第三轮巡察", unit=body)
    aspect = make_aspect(inspection, title="推动决策部署落地见效存在温差")
    words = {"title": "督查工作重部署轻问效", "due_on": dt.date(2026, 6, 30)}
    finding = make_finding(aspect, lead_unit=unit, supporting_units=[other_unit], **words)
    facet = make_facet(finding)
    measure = make_measure(finding, plan="建立督查台账。", due_on=dt.date(2026, 6, 30), person_in_charge=office)
    make_grant(reporter, "reporter", unit)
    return Case(
        inspection=inspection,
        aspect=aspect,
        finding=finding,
        sub_finding=make_finding(parent=finding, title="台账不全", lead_unit=other_unit),
        facet=facet,
        measure=measure,
        faceted=make_measure(finding, facet=facet, lead_unit=other_unit),
        progress=workflow_writer.create(Progress(measure=measure, text="台账已经建立。", logged_by=reporter)),
        regulation=make_regulation(inspection, title="督查工作办法", finding=finding),
        unit=unit,
        other_unit=other_unit,
        member=make_member(unit, reporter, title="科员"),
    )


@pytest.fixture
def reporter_client(case: Case, reporter: User) -> Client:
    """The browser of a member of the unit that leads the finding."""
    return signed_in(reporter)


@pytest.fixture
def first_of_june() -> Iterator[None]:
    """1 June 2026, ten o'clock here, so that deadlines stay what they are."""
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def fitting(office_client: Client, keeper_client: Client) -> Callable[[str], Client]:
    """The browser of somebody who may do what a page is for: the office, or who keeps the units."""
    return lambda name: keeper_client if name.startswith(KEPT) else office_client


TODAY = dt.date(2026, 6, 1)  # of ``first_of_june``


def days(number: int) -> dt.date:
    """So many days from that day."""
    return TODAY + dt.timedelta(days=number)


def signed_in(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


KEPT = ("unit_", "member_")
READING = (
    "inspection_list",
    "inspection_detail",
    "finding_list",
    "finding_detail",
    "measure_list",
    "measure_detail",
    "regulation_list",
    "unit_list",
)
WRITING = {
    "inspection_create": "",
    "inspection_edit": "inspection",
    "aspect_create": "inspection",
    "aspect_edit": "aspect",
    "aspect_delete": "aspect",
    "finding_create": "aspect",
    "finding_edit": "finding",
    "finding_delete": "finding",
    "facet_create": "finding",
    "facet_edit": "facet",
    "facet_delete": "facet",
    "measure_create": "finding",
    "measure_edit": "measure",
    "measure_delete": "measure",
    "regulation_create": "inspection",
    "regulation_edit": "regulation",
    "regulation_delete": "regulation",
    "unit_create": "",
    "unit_edit": "unit",
    "unit_delete": "unit",
    "member_create": "unit",
    "member_edit": "member",
}
MOVING = {"aspect_move": "aspect", "finding_move": "finding", "measure_move": "measure"}
SHARED = {"measure_detail": "measure", "progress_edit": "progress"}


def read_address(case: Case, name: str) -> str:
    """The address of a page everybody may read."""
    record = {"finding_detail": case.finding, "measure_detail": case.measure}.get(name, case.inspection)
    return reverse(f"findings:{name}", args=[] if name in {"inspection_list", "unit_list"} else [record.pk])


def write_address(case: Case, name: str) -> str:
    """The address of a form or an action."""
    record = (WRITING | MOVING | SHARED)[name]
    return reverse(f"findings:{name}", args=[getattr(case, record).pk] if record else [])


def seen(record: Record) -> dict[str, int]:
    """What a form of this record carries to say which version it was filled in for."""
    record.refresh_from_db(fields=["version"])
    return {"seen": record.version}


def words_of(html: str) -> str:
    """What a page says to its reader, tags and scripts left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def figures_of(overview: Overview) -> dict[str, Tile]:
    """All numbers of the page of an inspection by their labels."""
    return {figure.label: figure for figure in (*overview.standings, *overview.degrees, *overview.others)}


def newest(client: Client, record: Any) -> str:
    """What the foot of the page of a record says of its history, from where the page says it is fetched."""
    # The page of a finding shows changes where they are asked for; other pages have no such choice.
    page = client.get(record.get_absolute_url(), {"part": "changes"}).content.decode()
    address = re.findall(r'data-deferred="([^"]*)"', page)
    assert len(address) == 1
    answer = client.get(address[0])
    assert answer.status_code == 200
    return words_of(answer.content.decode())


def query_count(client: Client, address: str) -> int:
    """How many queries a page needs."""
    client.get(address)  # the first visit may write the session
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
