"""The archive 一问题一档案: what lies where, the catalogue, names that every system takes, who gets it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Action, Event, User
from findings.choices import Completion, Scan, Status
from findings.factories import closing_fields, make_grant, make_member, make_user
from findings.models import Finding, SignOff, StoredFile
from findings.workflow.evidence import withdraw
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import signed_payload
from tests.findings.conftest import Case
from tests.raw_writes import unchecked_writes
from tests.uploads import pdf, png, stored_evidence

pytestmark = pytest.mark.django_db
FOLDER = "1-1-督查工作重部署轻问效"


def archive_of(client: Client, record: Any, name: str = "finding_archive") -> zipfile.ZipFile:
    """The archive a person gets of a finding or an inspection, whole and undamaged."""
    answer = client.get(reverse(f"ledgers:{name}", args=[record.pk]))
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def catalogue(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    """The rows of the catalogue by heading."""
    sheet = openpyxl.load_workbook(io.BytesIO(archive.read("卷内目录.xlsx"))).active
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def test_every_file_lies_where_the_catalogue_says(office_client: Client, case: Case, office: User) -> None:
    minutes = stored_evidence(case.measure, office, caption="十月")
    stored_evidence(case.faceted, office, "方案.pdf", pdf(), kind="02", measures=[case.measure, case.faceted])
    stored_evidence(case.measure, office, "照片.png", png(1), measures=[])
    wrong = stored_evidence(case.measure, office, "错的.png", png(2))
    withdraw(wrong, "传错了", office, wrong.version)
    archive = archive_of(office_client, case.finding)
    places = {
        f"{FOLDER}/03过程材料/措施1/001-会议纪要.png": png(),
        f"{FOLDER}/02方案/措施1、1.1/002-方案.pdf": pdf(),
        f"{FOLDER}/03过程材料/003-照片.png": png(1),
        f"{FOLDER}/07作废和旧版/004-错的.png": png(2),
    }
    assert {place: archive.read(place) for place in places} == places
    rows = catalogue(archive)
    assert [row["在档案中的位置"] for row in rows] == list(places)
    assert [row["核对"] for row in rows] == ["与存入时一致"] * 4
    assert rows[0]["摘要（SHA-256）"] == minutes.file_id
    assert rows[0]["说明"] == "十月"
    assert rows[3]["状态"].endswith("作废，理由：传错了")
    said = archive.read(f"{FOLDER}/02方案/整改措施和进展.txt").decode("utf-8-sig")
    assert "整改措施：建立督查台账。\r\n" in said
    assert "台账已经建立。" in said
    feedback = archive.read(f"{FOLDER}/01反馈原文/反馈问题.txt").decode("utf-8-sig")
    assert "问题：督查工作重部署轻问效" in feedback
    assert any(name.startswith("1-1-1-台账不全/") for name in archive.namelist())


def test_the_sign_off_can_be_checked(office_client: Client, case: Case, office: User) -> None:
    stored_evidence(case.measure, office)
    fields = closing_fields(office, case.measure.due_on or pytest.fail("the measure has a deadline"))
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(**fields)
    content = signed_payload(Finding.objects.get(pk=case.finding.pk))
    signed = {"submission": 1, "completion": Completion.COMPLETE, "opinion": "材料齐全，同意销号。"}
    SignOff.objects.create(finding=case.finding, content=content, digest=digest_of(content), signed_by=office, **signed)
    archive = archive_of(office_client, case.finding)
    kept = archive.read(f"{FOLDER}/06销号表/第1次申请-签署的内容.json").decode()
    assert digest_of(kept) == digest_of(content)
    assert json.loads(kept)["evidence"][0]["name"] == "会议纪要.png"
    said = archive.read(f"{FOLDER}/06销号表/第1次申请-销号记录.txt").decode("utf-8-sig")
    assert digest_of(content) in said
    assert "材料齐全，同意销号。" in said


def test_what_cannot_be_sent_is_named_and_left_out(
    office_client: Client,
    case: Case,
    office: User,
    settings: Settings,
) -> None:
    names = ("病毒.png", "丢失.png", "改过.png")
    infected, lost, changed = (
        stored_evidence(case.measure, office, name, png(shade)) for shade, name in enumerate(names)
    )
    StoredFile.objects.filter(pk=infected.file_id).update(scan=Scan.INFECTED)
    place = {file.name: file for file in Path(settings.EVIDENCE_ROOT).rglob("*") if file.is_file()}
    place[lost.file_id].unlink()
    place[changed.file_id].write_bytes(b"changed")
    archive = archive_of(office_client, case.finding)
    checks = [(row["在档案中的位置"], row["核对"]) for row in catalogue(archive)]
    assert checks[0][0] == checks[1][0] == "没有放入"
    assert "查出病毒" in checks[0][1]
    assert "找不到文件" in checks[1][1]
    assert checks[2] == (f"{FOLDER}/03过程材料/措施1/003-改过.png", "内容与存入时不一致")


def test_the_archive_of_an_inspection_is_for_those_who_see_all(
    office_client: Client,
    case: Case,
    office: User,
    reporter: User,
) -> None:
    stored_evidence(case.measure, office)
    archive = archive_of(office_client, case.inspection, "inspection_archive")
    assert len(catalogue(archive)) == 1
    own = Client()
    own.force_login(reporter)
    assert own.get(reverse("ledgers:inspection_archive", args=[case.inspection.pk])).status_code == 403
    assert len(catalogue(archive_of(own, case.finding))) == 1
    exports = Event.objects.filter(action=Action.EXPORT, user=reporter)
    assert exports.get().reason == "一问题一档案，共 1 份材料"


def test_who_sees_a_finding_for_the_sake_of_a_part_gets_that_part(case: Case, office: User) -> None:
    stored_evidence(case.measure, office)
    person = make_user()
    make_member(case.other_unit, person)
    make_grant(person, "reporter", case.other_unit)
    with unchecked_writes():
        case.finding.supporting_units.clear()
        case.faceted.delete()
    client = Client()
    client.force_login(person)
    archive = archive_of(client, case.finding)
    assert catalogue(archive) == []
    assert "建立督查台账" not in archive.read(f"{FOLDER}/02方案/整改措施和进展.txt").decode("utf-8-sig")
    assert any(name.startswith("1-1-1-台账不全/") for name in archive.namelist())


def test_the_number_of_queries_does_not_grow(office_client: Client, case: Case, office: User) -> None:
    stored_evidence(case.measure, office)

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            archive_of(office_client, case.inspection, "inspection_archive")
        return len(made)

    before = queries()
    for shade in range(1, 6):
        stored_evidence(case.faceted, office, content=png(shade), measures=[case.measure, case.faceted])
    assert queries() == before


def test_a_finding_without_evidence_has_an_archive(office_client: Client, case: Case) -> None:
    assert case.finding.status == Status.OPEN
    assert catalogue(archive_of(office_client, case.finding)) == []
