"""Templates of an office: what was put is kept, what is wrong is named and refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event
from ledgers.models import FormTemplate
from ledgers.word_documents.catalogue import default_template, template_of
from tests.documents.word.word_files import template, text
from tests.findings.conftest import Case

EDIT = "ledgers:template_edit"


def test_an_office_replaces_a_template_and_goes_back(keeper_client: Client, office_client: Client, case: Case) -> None:
    own = template("本单位的格式：{{ 编号 }}　{{ 问题 }}")
    address = reverse(EDIT, args=["closing"])
    assert "可用的占位符" in keeper_client.get(address).content.decode()
    answer = keeper_client.post(address, {"file": SimpleUploadedFile("我们的.docx", own)})
    assert answer.status_code == 302
    assert template_of("closing") == own
    sheet = office_client.get(reverse("ledgers:finding_closing", args=[case.finding.pk])).getvalue()
    assert f"本单位的格式：1-1　{case.finding.title}" in text(sheet)
    assert keeper_client.get(reverse("ledgers:template_file", args=["closing"])).getvalue() == own
    assert "我们的.docx" in keeper_client.get(reverse("ledgers:template_list")).content.decode()
    keeper_client.post(reverse("ledgers:template_default", args=["closing"]))
    assert template_of("closing") == default_template("closing")
    assert FormTemplate.objects.count() == 2
    assert Event.objects.filter(action=Action.CHANGE, record_type="ledgers.formtemplate").count() == 2


def test_a_broken_template_is_not_taken(keeper_client: Client) -> None:
    address = reverse(EDIT, args=["closing"])
    page = keeper_client.post(address, {"file": SimpleUploadedFile("错.docx", template("好", "{{ 编好 }}"))})
    assert "正文第 2 段" in page.content.decode()
    assert not FormTemplate.objects.exists()


def _with(name: str, data: bytes) -> bytes:
    file = io.BytesIO(template("好"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("模板.doc", lambda: template("好"), "必须是 .docx"),
        ("模板.docx", lambda: b"PK\x03\x04" + b"x" * 100, "损坏"),
        ("模板.docx", lambda: b"", "空的"),
        ("模板.docx", lambda: b"x" * (2 * 1024 * 1024 + 1), "不能超过 2 MB"),
        ("模板.docx", lambda: _with("word/vbaProject.bin", b"x"), "宏"),
        ("模板.docx", lambda: _with("word/x.xml", b"<!DOCTYPE x>"), "DTD"),
    ],
)
def test_a_file_that_is_no_clean_word_document_is_refused(
    keeper_client: Client, name: str, content: Callable[[], bytes], reason: str
) -> None:
    answer = keeper_client.post(reverse(EDIT, args=["closing"]), {"file": SimpleUploadedFile(name, content())})
    assert reason in answer.content.decode()
    assert not FormTemplate.objects.exists()
