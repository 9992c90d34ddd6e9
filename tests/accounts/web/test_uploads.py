"""What is uploaded has no name on the disk before it is taken: a server that is killed leaves nothing of it behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.web.uploads import NamelessFileUploadHandler

LARGE = bytes(range(256)) * 12 * 1024  # 3 MB: more than Django keeps in memory


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The temporary folder of a test's own."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    return tmp_path


def sent(content: bytes) -> HttpRequest:
    """A form with a file."""
    return RequestFactory().post("/", {"file": SimpleUploadedFile("扫描件.pdf", content, "application/pdf")})


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["in memory", "on the disk"])
def test_a_file_arrives_whole_and_under_no_name(folder: Path, content: bytes) -> None:
    request = sent(content)
    file: Any = request.FILES["file"]
    assert (file.name, file.size, file.content_type) == ("扫描件.pdf", len(content), "application/pdf")
    assert b"".join(file.chunks()) == content == b"".join(file.chunks())
    assert list(folder.iterdir()) == []
    request.close()
    assert file.closed


def test_while_it_arrives_it_has_no_name_either(folder: Path) -> None:
    handler = NamelessFileUploadHandler()
    handler.new_file("file", "扫描件.pdf", "application/pdf", len(LARGE))
    handler.receive_data_chunk(LARGE, 0)
    assert list(folder.iterdir()) == []
    handler.upload_interrupted()
    assert handler.file.closed


def test_an_upload_that_breaks_off_lets_go_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def breaks(handler: NamelessFileUploadHandler, raw_data: bytes, start: int) -> None:
        opened.append(handler.file)
        raise StopUpload(connection_reset=True)

    monkeypatch.setattr(NamelessFileUploadHandler, "receive_data_chunk", breaks)
    request = sent(LARGE)
    assert "file" not in request.FILES
    assert [file.closed for file in opened] == [True]
