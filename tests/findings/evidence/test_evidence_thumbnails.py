"""Small pictures of the pages of evidence: who gets them, how they are kept, and the row that shows them."""

from __future__ import annotations

import io
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from PIL import Image

from accounts.models import Action, Event, Result, User
from documents import thumbnails
from findings.choices import Scan
from findings.factories import make_user
from findings.models import Evidence, StoredFile
from tests.findings.conftest import Case
from tests.findings.evidence.test_evidence_pages import address
from tests.uploads import pdf, stored_evidence

pytestmark = pytest.mark.django_db


def photo(width: int, height: int, *, is_turned: bool = False) -> bytes:
    """A JPEG, or one that a camera held sideways says is to be turned."""
    file, exif = io.BytesIO(), Image.Exif()
    if is_turned:
        exif[0x0112] = 6
    Image.new("RGB", (width, height), (0, 120, 60)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def picture_of(answer: Any) -> Image.Image:
    """The picture of an answer."""
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


def test_a_page_of_a_document_is_drawn_small_and_kept_by_browser_and_server(
    office_client: Client, case: Case, office: User
) -> None:
    document = stored_evidence(case.measure, office, "方案.pdf", pdf(2))
    where = address("evidence_thumbnail", document)
    answer = office_client.get(f"{where}?page=2")
    assert picture_of(answer).size == (108, 144)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer.headers["Vary"]  # the next user of the same browser is asked again
    with patch.object(thumbnails.WORKER, "ask", side_effect=AssertionError("drawn twice")):
        assert office_client.get(f"{where}?page=2").content == answer.content
    assert not Event.objects.filter(action=Action.READ_FILE).exists()


@pytest.mark.parametrize(("is_turned", "size"), [(False, (112, 56)), (True, (72, 144))])
def test_a_photograph_is_upright(
    office_client: Client, case: Case, office: User, is_turned: bool, size: tuple[int, int]
) -> None:
    evidence = stored_evidence(case.measure, office, "现场.jpg", photo(800, 400, is_turned=is_turned))
    assert picture_of(office_client.get(address("evidence_thumbnail", evidence))).size == size


@pytest.mark.parametrize("route", ["evidence_thumbnail", "evidence_inline"])
def test_a_page_that_does_not_exist_is_said_not_to(office_client: Client, case: Case, office: User, route: str) -> None:
    document = stored_evidence(case.measure, office, "方案.pdf", pdf(2))
    picture = stored_evidence(case.measure, office)
    wrong = {
        (document, "3"): "没有第 3 页，这份文件共 2 页。",
        (document, "0"): "没有第 0 页，这份文件共 2 页。",
        (document, "二"): "“页码”的值“二”无效：请写从 1 起的数字。",
        (picture, "2"): "没有第 2 页，这份文件共 1 页。",
    }
    for (evidence, page), sentence in wrong.items():
        for _ in range(2):  # whether something was kept or not
            answer = office_client.get(f"{address(route, evidence)}?page={page}")
            assert answer.status_code == 404
            assert sentence in answer.content.decode()


@pytest.mark.parametrize("scan", [Scan.WAITING, Scan.INFECTED])
def test_what_is_withheld_has_no_small_picture_either(
    office_client: Client, case: Case, office: User, scan: Scan
) -> None:
    evidence = stored_evidence(case.measure, office)
    picture_of(office_client.get(address("evidence_thumbnail", evidence)))
    StoredFile.objects.update(scan=scan)
    assert office_client.get(address("evidence_thumbnail", evidence)).status_code == 403
    assert Event.objects.filter(action=Action.READ_FILE, result=Result.REFUSED).exists()
    row = render_to_string("components/thumb.html", {"evidence": Evidence.objects.get()})
    assert "<img" not in row
    assert "不能打开和下载" in row


def test_somebody_else_gets_none(client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    client.force_login(make_user())
    assert client.get(address("evidence_thumbnail", evidence)).status_code == 404


def test_a_file_that_cannot_be_drawn_has_a_sign_in_its_place(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    StoredFile.objects.update(extension="pdf")
    answer = office_client.get(address("evidence_thumbnail", evidence))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("unreadable.svg")
    assert "no-store" in answer.headers["Cache-Control"]
    with patch.object(thumbnails.WORKER, "ask", side_effect=AssertionError("tried again at once")):
        assert office_client.get(address("evidence_thumbnail", evidence)).status_code == 302


def test_other_kinds_and_missing_files_have_none(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office, "方案.pdf", pdf())
    for file in settings.EVIDENCE_ROOT.rglob("*"):
        if file.is_file():
            file.unlink()
    assert office_client.get(address("evidence_thumbnail", evidence)).status_code == 404
    StoredFile.objects.update(extension="xlsx")
    assert office_client.get(address("evidence_thumbnail", evidence)).status_code == 404
    assert "<img" not in render_to_string("components/thumb.html", {"evidence": Evidence.objects.get()})


def test_the_row_names_the_file_with_its_ending_and_its_pages_once_they_are_known(
    office_client: Client, case: Case, office: User
) -> None:
    name = "关于社区健身场地竣工验收情况的说明（盖章扫描件）.pdf"
    evidence = stored_evidence(case.measure, office, name, pdf(2))
    row = render_to_string("components/thumb.html", {"evidence": evidence})
    assert f"<span>{name[:-10]}</span><span>盖章扫描件）.pdf</span>" in row
    assert address("evidence_preview", evidence) in row
    assert "2页" not in row
    office_client.get(address("evidence_thumbnail", evidence))
    assert "2页 · " in render_to_string("components/thumb.html", {"evidence": evidence})
