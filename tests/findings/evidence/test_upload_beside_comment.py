"""Uploading and commenting without script on one page: neither takes away what was typed for the other."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import Comment, Evidence
from tests.findings.conftest import Case
from tests.uploads import png

pytestmark = pytest.mark.django_db
CAPTION, REMARK = "十月督查会议纪要", "请看第二条。"


@pytest.fixture(params=["finding", "measure"])
def address(request: pytest.FixtureRequest, case: Case) -> str:
    """Where the shared form of the page is submitted."""
    return reverse(f"findings:{request.param}_evidence", args=[getattr(case, request.param).pk])


def submitted(**more: object) -> dict[str, object]:
    """What the shared form submits."""
    return {"kind": "02", "caption": CAPTION, "comment-text": REMARK} | more


def test_a_comment_keeps_what_is_typed_beside_it(office_client: Client, address: str) -> None:
    page = html.unescape(office_client.post(address, submitted(comment="on")).content.decode())
    assert Comment.objects.get().text == REMARK
    assert f'value="{CAPTION}"' in page
    assert "已发表评论；页面上填写的其他内容还没有保存。" in page


def test_an_upload_keeps_the_comment_that_is_being_written(office_client: Client, address: str) -> None:
    file = SimpleUploadedFile("现场照片.png", png())
    page = html.unescape(office_client.post(address, submitted(uploads=file)).content.decode())
    assert Evidence.objects.get().caption == CAPTION
    assert not Comment.objects.exists()
    assert f">\n{REMARK}</textarea>" in page


def test_an_upload_without_a_file_keeps_both(office_client: Client, address: str) -> None:
    page = html.unescape(office_client.post(address, submitted()).content.decode())
    assert "请选择文件。" in page
    assert f'value="{CAPTION}"' in page
    assert f">\n{REMARK}</textarea>" in page


def test_files_chosen_beside_a_comment_are_stored(office_client: Client, address: str) -> None:
    file = SimpleUploadedFile("现场照片.png", png())
    answer = office_client.post(address, submitted(uploads=file, comment="on"))
    assert answer.status_code == 302
    assert (Comment.objects.count(), Evidence.objects.count()) == (1, 1)


def test_a_refused_comment_stays_in_its_box(office_client: Client, address: str) -> None:
    page = office_client.post(address, submitted(comment="on") | {"comment-text": "看\x07看"}).content.decode()
    assert "没有发表评论：" in page
    assert not Comment.objects.exists()
