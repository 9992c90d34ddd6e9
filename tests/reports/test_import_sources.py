"""What an inspection was imported from is kept as it came, and given to whoever sees all of the inspection."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Action, Event, Result, User
from findings.choices import Scan
from findings.factories import make_aspect, make_finding, make_grant, make_inspection, make_member, make_unit, make_user
from findings.models import Inspection, StoredFile
from reports.models import ImportSource
from tests.hostile_files import compound
from tests.reports.test_parsing import LINES, changed
from tests.uploads import make_import_source

pytestmark = pytest.mark.django_db
TEXT = "\n".join(LINES)
READ, STORE = "/import/", "/import/store/"


def word_file(*lines: str) -> bytes:
    """A Word file of these paragraphs."""
    document, file = docx.Document(), io.BytesIO()
    for line in lines or LINES:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


def sent(content: bytes | str, name: str = "反馈.docx") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def fields_of(answer: Any) -> dict[str, str]:
    """What the page sends on: its hidden fields, text, name and unit."""
    html = answer.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    form = answer.context["form"]
    return hidden | {name: str(form[name].value() or "") for name in ("text", "name", "unit")}


def address_of(source: ImportSource) -> str:
    """The address of the download."""
    return f"/import-sources/{source.pk}/"


def content_of(answer: Any) -> bytes:
    """The content of a downloaded file."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.fixture
def _soffice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A LibreOffice that converts everything to the same Word file."""
    made, program = tmp_path / "made.docx", tmp_path / "soffice"
    made.write_bytes(word_file())
    program.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {made} "${{last%.*}}.docx"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.usefixtures("_soffice")
@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("反馈.docx", compound("WordDocument"), "反馈.docx.doc"),
        ("反馈.wps", compound("WordDocument"), "反馈.wps"),
        ("反馈.doc", b"{\\rtf1 text}", "反馈.doc.rtf"),
    ],
)
def test_an_older_file_is_kept_as_it_came(office_client: Client, name: str, content: bytes, kept: str) -> None:
    read = office_client.post(READ, {"file": sent(content, name)})
    assert office_client.post(STORE, fields_of(read)).status_code == 302
    source = ImportSource.objects.get()
    assert source.name == kept
    assert content_of(office_client.get(address_of(source))) == content


def test_the_file_survives_the_correcting_and_can_be_downloaded(office_client: Client, office: User) -> None:
    file = word_file()
    read = office_client.post(READ, {"file": sent(file)})
    assert "“反馈.docx”原样留存" in read.content.decode()
    again = office_client.post(READ, fields_of(read) | {"kind": "text", "chosen": ""})
    assert office_client.post(STORE, fields_of(again)).status_code == 302
    inspection = Inspection.objects.get()
    source = ImportSource.objects.get()
    assert (source.inspection, source.name, source.uploaded_by) == (inspection, "反馈.docx", office)
    assert not source.was_corrected
    page = office_client.get(inspection.get_absolute_url()).content.decode()
    address = address_of(source)
    assert re.search(rf'<a href="{address}">反馈.docx</a>（下载；.*上传）', page)
    answer = office_client.get(address)
    assert content_of(answer) == file
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    read_event = Event.objects.filter(action=Action.READ_FILE).get()
    assert (read_event.record_type, read_event.record_id, read_event.result) == (
        "reports.importsource",
        source.pk,
        Result.DONE,
    )
    imported = Event.objects.filter(action=Action.IMPORT).get()
    assert f"原文“反馈.docx”（SHA-256 {source.file_id[:16]}…）" in imported.reason


def test_a_pasted_text_is_kept_as_a_text_file(office_client: Client) -> None:
    office_client.post(STORE, {"text": TEXT, "name": "某轮巡察"})
    source = ImportSource.objects.get()
    assert source.name == "某轮巡察-原文.txt"
    assert content_of(office_client.get(address_of(source))).decode() == TEXT


def test_a_text_that_was_changed_before_it_was_stored_is_said_to_be(office_client: Client) -> None:
    fields = fields_of(office_client.post(READ, {"file": sent(word_file())}))
    office_client.post(STORE, fields | {"text": changed(13, "再接再厉。")})
    inspection = Inspection.objects.get()
    assert inspection.import_sources.get().was_corrected
    assert "，导入前改过文字" in office_client.get(inspection.get_absolute_url()).content.decode()


def test_the_file_is_kept_when_another_field_or_the_text_is_refused(office_client: Client) -> None:
    refused = office_client.post(READ, {"file": sent(word_file()), "name": "长" * 101})
    assert "最多 100 个字" in refused.content.decode()
    office_client.post(STORE, fields_of(refused) | {"name": "某轮巡察"})
    assert Inspection.objects.get().import_sources.get().name == "反馈.docx"
    unread = office_client.post(READ, {"file": sent("这里没有写任何一条。", "别的.txt")})
    assert "没有读到任何问题" in unread.content.decode()
    assert ImportSource.objects.get(inspection=None).name == "别的.txt"
    assert fields_of(unread)["source"]


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("反馈.txt", TEXT.encode("gb18030"), "反馈.txt"),
        ("反馈.htm", "".join(f"<p>{line}</p>" for line in LINES).encode(), "反馈.htm"),
        ("网页.doc", "".join(f"<p>{line}</p>" for line in LINES).encode(), "网页.doc.txt"),
        ("反馈", word_file(), "反馈.docx"),
    ],
)
def test_a_file_is_kept_under_the_kind_that_it_is(office_client: Client, name: str, content: bytes, kept: str) -> None:
    office_client.post(STORE, fields_of(office_client.post(READ, {"file": sent(content, name)})))
    source = Inspection.objects.get().import_sources.get()
    assert source.name == kept
    assert content_of(office_client.get(address_of(source))) == content


def test_what_the_store_does_not_take_leaves_its_text(office_client: Client, settings: Settings) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    refused = office_client.post(READ, {"file": sent(word_file())})
    html = refused.content.decode()
    assert "超过 0 MB" in html
    assert "它的文字已经读出" in html
    assert Event.objects.filter(action=Action.UPLOAD, result=Result.REFUSED).count() == 1
    fields = fields_of(refused)
    assert fields["text"].splitlines() == LINES
    again = office_client.post(STORE, fields)  # nor does it take the text
    assert "超过 0 MB" in again.content.decode()
    assert "核对读取结果" in again.content.decode()
    assert not Inspection.objects.exists()
    settings.EVIDENCE_MAX_BYTES = 10_000_000
    office_client.post(STORE, fields)
    assert Inspection.objects.get().import_sources.get().name.endswith("-原文.txt")


def test_storing_twice_stores_once(office_client: Client) -> None:
    fields = fields_of(office_client.post(READ, {"file": sent(word_file())}))
    assert office_client.post(STORE, fields).status_code == 302
    second = office_client.post(STORE, fields)
    assert "这份文本已经导入过" in second.content.decode()
    assert Inspection.objects.count() == 1
    assert ImportSource.objects.exclude(inspection=None).count() == 1


def test_one_file_is_the_source_of_one_inspection(office_client: Client) -> None:
    """A page that is sent again with another text keeps that text, and takes nothing from the first inspection."""
    fields = fields_of(office_client.post(READ, {"file": sent(word_file())}))
    office_client.post(STORE, fields)
    office_client.post(STORE, fields | {"text": changed(13, "再接再厉。"), "name": "又一轮"})
    kept = {source.inspection.name: source.name for source in ImportSource.objects.exclude(inspection=None)}  # type: ignore[union-attr]
    assert kept == {"2026年区委第三巡察组·区文体局党组": "反馈.docx", "又一轮": "又一轮-原文.txt"}


def test_the_file_of_another_user_is_no_source(office_client: Client, client: Client) -> None:
    fields = fields_of(office_client.post(READ, {"file": sent(word_file())}))
    client.force_login(make_user(role="office"))
    client.post(STORE, fields)
    assert Inspection.objects.get().import_sources.get().name.endswith("-原文.txt")
    assert ImportSource.objects.get(inspection=None).name == "反馈.docx"


@pytest.mark.parametrize("source", ["x", "0", "9" * 30, "-1"])
def test_a_source_that_is_none_is_passed_over(office_client: Client, source: str) -> None:
    office_client.post(STORE, {"text": TEXT, "source": source})
    assert Inspection.objects.get().import_sources.get().name.endswith("-原文.txt")


def test_the_same_file_waits_once_and_not_for_ever(office_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    file = word_file("这里没有写任何一条。")
    for _ in range(2):
        office_client.post(READ, {"file": sent(file, "旧的.docx")})
    ImportSource.objects.update(uploaded_at=timezone.now() - dt.timedelta(days=31))
    old = ImportSource.objects.get().file
    office_client.post(READ, {"file": sent(word_file(), "新的.docx")})
    assert ImportSource.objects.get().name == "新的.docx"
    assert StoredFile.objects.filter(pk=old.pk).exists()
    monkeypatch.setattr("findings.evidence.store.auditing.SPARED", dt.timedelta(0))
    call_command("gc_evidence", stdout=io.StringIO())
    assert list(StoredFile.objects.all()) == [ImportSource.objects.get().file]


def test_only_who_sees_all_of_the_inspection_gets_the_source(client: Client) -> None:
    body = make_unit(name="区政府办")
    unit = make_unit(parent=body)
    finding = make_finding(make_aspect(make_inspection(unit=body)), lead_unit=unit)
    page = finding.inspection.get_absolute_url()
    address = address_of(make_import_source(finding.inspection, make_user()))
    for role, of, status in (("supervisor", body, 200), ("reporter", unit, 403)):
        make_member(of, person := make_user())
        make_grant(person, role, of)
        client.force_login(person)
        answer = client.get(address)
        answer.getvalue()
        assert answer.status_code == status
        assert ("导入的原文" in client.get(page).content.decode()) is (status == 200)
    client.force_login(make_user())
    assert client.get(address).status_code == 404


def test_a_source_that_waits_for_its_scan_is_withheld(office_client: Client, office: User) -> None:
    source = make_import_source(make_finding().inspection, office)
    StoredFile.objects.update(scan=Scan.WAITING)
    assert office_client.get(address_of(source)).status_code == 403
    assert Event.objects.filter(action=Action.READ_FILE, result=Result.REFUSED).count() == 1


def test_an_inspection_without_a_source_has_none_to_give(office_client: Client) -> None:
    inspection = make_finding().inspection
    assert office_client.get("/import-sources/1/").status_code == 404
    assert "导入的原文" not in office_client.get(inspection.get_absolute_url()).content.decode()
