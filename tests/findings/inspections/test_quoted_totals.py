"""Totals over findings, measures, regulations, people and money; the texts that quote them and what voids these."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.choices import AccountabilityKind, Completion, Counting, RecoveryKind, RegulationKind, Timing
from findings.factories import (
    closing_fields,
    make_accountability,
    make_aspect,
    make_finding,
    make_inspection,
    make_measure,
    make_recovery,
    make_regulation,
    make_user,
    report_fields,
)
from findings.inspections.models.inspections import totals_saying
from findings.inspections.totals import TOTALS, yuan
from findings.models import Finding, Inspection
from reports.gathering import details_of, gather
from reports.wording import compose
from tests.findings.conftest import Case
from tests.ledgers.special import signed_quoting
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
CLOSED_ON = dt.date(2026, 3, 1)
DOCS = Path(__file__).parents[3] / "docs" / "special-ledgers.md"


def quoted(inspection: Inspection, *keys: str) -> list[str]:
    saying = totals_saying(inspection.pk)
    return [saying(f"【{key}】") for key in keys]


def test_findings_are_counted_as_the_inspection_counts_them() -> None:
    inspection = make_inspection(counting=Counting.LEAVES, substantially_counts=True)
    aspect, by = make_aspect(inspection), make_user()
    parent = make_finding(aspect)
    make_finding(aspect, parent=parent, **closing_fields(by, CLOSED_ON))
    make_finding(aspect, parent=parent, **closing_fields(by, CLOSED_ON, Completion.SUBSTANTIALLY))
    make_finding(aspect, long_term=True, timing=Timing.IMMEDIATE)
    keys = ("问题.总数", "问题.完成", "问题.基本完成", "问题.整改中", "问题.长期坚持", "问题.立行立改")
    assert quoted(inspection, *keys, "整改.完成率") == ["3", "1", "1", "1", "1", "1", "66.7%"]
    inspection.counting, inspection.substantially_counts = Counting.FINDINGS, False
    with unchecked_writes():
        inspection.save()
    assert quoted(inspection, *keys, "整改.完成率") == ["2", "0", "0", "2", "1", "1", "0%"]


def test_the_other_relations_are_counted_by_kind() -> None:
    inspection = make_inspection()
    finding = make_finding(make_aspect(inspection))
    make_measure(finding)
    make_measure(finding, **report_fields(make_user()))
    for kind in (RegulationKind.NEW, RegulationKind.NEW, RegulationKind.ABOLISHED):
        make_regulation(inspection, kind=kind)
    make_accountability(inspection, kind=AccountabilityKind.ADMONITION, persons=2, person_times=3)
    make_accountability(inspection, kind=AccountabilityKind.TALK, persons=4, person_times=4)
    for amount in ("0.29", "18600.50", "1234567.20"):
        make_recovery(inspection, kind=RecoveryKind.RECOVERED, amount=Decimal(amount))
    assert quoted(inspection, "措施.总数", "措施.完成") == ["2", "1"]
    assert quoted(inspection, "制度.总数", "制度.新制定", "制度.修订", "制度.废止") == ["3", "2", "0", "1"]
    assert quoted(inspection, "诫勉.人数", "诫勉.人次", "谈话提醒.人数", "处理.人次") == ["2", "3", "4", "7"]
    assert quoted(inspection, "追缴.元", "追缴.万元", "清退.元") == ["1253167.99", "125.32", "0"]


def test_amounts_are_written_without_needless_decimals() -> None:
    assert [yuan(1860000, 1), yuan(1860050, 1), yuan(1860000, 10_000), yuan(0, 1)] == ["18600", "18600.5", "1.86", "0"]


def test_every_text_of_the_office_says_the_number_and_the_report_prints_no_brackets(case: Case) -> None:
    text = "修订制度【制度.修订】项。"
    details = details_of(case.inspection)
    details.pledge = details.next_steps = f"共【问题.总数】个。{text}"
    case.finding.introduction = case.facet.introduction = text
    with unchecked_writes():
        details.save()
        case.finding.save()
        case.facet.save()
    report = "\n".join(compose(gather(case.inspection)).paragraphs())
    assert report.count("修订制度0项。") == 4
    assert report.count("共1个。") == 2
    assert "【制度" not in report and "【问题" not in report


def form_values(client: Client, address: str) -> dict[str, Any]:
    """What the form of a page sends when nothing is typed."""
    form = client.get(address).context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}


@pytest.mark.parametrize(
    ("page", "field", "allows_work"),
    [
        ("finding", "introduction", False),
        ("facet", "introduction", False),
        ("measure", "outcome", False),
        ("details", "pledge", True),
        ("details", "next_steps", True),
    ],
)
def test_the_forms_offer_totals_and_refuse_what_cannot_stand_there(
    office_client: Client, case: Case, page: str, field: str, allows_work: bool
) -> None:
    addresses = {
        "finding": reverse("findings:finding_edit", args=[case.finding.pk]),
        "facet": reverse("findings:facet_edit", args=[case.facet.pk]),
        "measure": reverse("findings:measure_edit", args=[case.measure.pk]),
        "details": reverse("reports:details_edit", args=[case.inspection.pk]),
    }
    address = addresses[page]
    html = office_client.get(address).content.decode()
    assert f'data-total-area="id_{field}"' in html
    offered = reverse("findings:quotable_totals", args=[case.inspection.pk])
    texts = "all" if allows_work else "signed"
    assert f'data-totals="{offered}?texts={texts}&amp;list=on"' in html
    for query in (
        {"texts": texts},
        {"texts": texts, "list": "on"},
    ):
        listed = office_client.get(offered, query).content.decode()
        assert 'data-total="制度.修订"' in listed
        assert ('data-total="问题.总数"' in listed) == allows_work
    values = form_values(office_client, address)
    refused = office_client.post(address, values | {field: "修订【制度.修定】项。"})
    assert refused.status_code == 200
    assert "没有“制度.修定”这个统计数。您要引用的是不是【制度.修订】" in refused.content.decode()
    moving = office_client.post(address, values | {field: "共【问题.总数】个。"})
    assert moving.status_code == (302 if allows_work else 200)
    assert allows_work or "这段文字由销号签署" in moving.content.decode()
    if not allows_work:
        assert office_client.post(address, values | {field: "修订【制度.修订】项。"}).status_code == 302


@pytest.mark.parametrize("page", ["finding", "facet", "aspect"])
def test_titles_quote_nothing(office_client: Client, case: Case, page: str) -> None:
    address = reverse(f"findings:{page}_edit", args=[getattr(case, page).pk])
    refused = office_client.post(address, form_values(office_client, address) | {"title": "学习【学习.次数】次"})
    assert refused.status_code == 200
    assert "标题里不能引用统计数，请去掉【学习.次数】" in refused.content.decode()


def test_what_people_and_money_change_voids_what_quotes_them_and_is_said_before(
    office: User, office_client: Client
) -> None:
    finding, _ = signed_quoting("诫勉【诫勉.人次】人次。", by=office, signer=make_user(role="supervisor"))
    pages = [
        reverse(f"findings:{name}_create", args=[finding.inspection_id])
        for name in ("accountability", "recovery", "regulation")
    ]
    for page in pages:
        assert "有 1 个已销号的问题引用统计数" in office_client.get(page).content.decode(), page
    make_recovery(finding.inspection)
    finding.refresh_from_db()
    assert not finding.is_void  # another total
    make_accountability(finding.inspection, kind=AccountabilityKind.ADMONITION, persons=1, person_times=2)
    finding.refresh_from_db()
    assert finding.is_void


@pytest.mark.parametrize("place", ["introduction", "facet_introduction"])
def test_introductions_are_signed_with_their_numbers(office: User, place: str) -> None:
    inspection = make_inspection()
    finding, _ = signed_quoting("改好了。", by=office, signer=make_user(role="supervisor"), inspection=inspection)
    sign = finding.signoffs.get()
    assert "totals" not in sign.content
    quoting, _ = signed_quoting(
        "改好了。",
        by=office,
        signer=make_user(role="supervisor"),
        inspection=inspection,
        **{place: "修订【制度.修订】项。"},
    )
    content = json.loads(quoting.signoffs.get().content)
    holder = content["finding"] if place == "introduction" else content["facets"][0]
    assert holder["totals"] == {"制度.修订": 0}
    make_regulation(inspection, kind=RegulationKind.REVISED)
    finding.refresh_from_db()
    quoting.refresh_from_db()
    assert (finding.is_void, quoting.is_void) == (False, True)


def test_closing_a_finding_voids_no_sign_off(office: User) -> None:
    inspection, signer = make_inspection(), make_user(role="supervisor")
    first, _ = signed_quoting("修订【制度.修订】项。", by=office, signer=signer, inspection=inspection)
    signed_quoting("改好了。", by=office, signer=signer, inspection=inspection)
    first.refresh_from_db()
    assert not first.is_void
    assert Finding.objects.of(inspection).closed().count() == 2


def test_the_document_lists_every_total() -> None:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| 【")]
    assert rows == [f"【{total.key}】" for total in TOTALS]
