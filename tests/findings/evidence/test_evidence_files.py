"""What the store takes, and what it refuses in words: type lies, polyglots, macros, passwords, bombs, paths, names."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from findings.evidence.store import RejectedError, open_stored, receive
from findings.evidence.store.names import shown_name
from findings.models import StoredFile
from tests.hostile_files import good_files, hostile_files, pdf

pytestmark = pytest.mark.django_db
GOOD = list(good_files())
HOSTILE = list(hostile_files())


def kept(settings: Settings) -> list[Path]:
    """Every file in the store's folder, whole or not."""
    return [path for path in Path(settings.EVIDENCE_ROOT).rglob("*") if path.is_file()]


def test_the_collections_are_large_enough() -> None:
    assert len(HOSTILE) >= 100
    assert len({name for name, _ in HOSTILE}) == len(HOSTILE)
    assert len(GOOD) >= 20


@pytest.mark.parametrize(("name", "content"), GOOD, ids=[name for name, _ in GOOD])
def test_good_files_come_back_identical(office: User, name: str, content: bytes) -> None:
    received = receive(ContentFile(content, "x"), name, office)
    with open_stored(received.file) as file:
        assert file.read() == content
    assert received.file.size == len(content)


@pytest.mark.parametrize(("name", "content"), HOSTILE, ids=[name for name, _ in HOSTILE])
def test_hostile_files_are_refused_in_words_and_leave_nothing(
    office: User, settings: Settings, name: str, content: bytes
) -> None:
    with pytest.raises(RejectedError) as refused:
        receive(ContentFile(content, "x"), name, office)
    words = str(refused.value)
    assert re.search(r"[。]$", words)
    assert len(re.findall(r"[\u4e00-\u9fff]", words)) >= 8
    assert not StoredFile.objects.exists()
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("..\\..\\系统\\通知.pdf", "通知.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("换\n行\t.PDF", "换行.pdf"),
        ("e\u0301.png", "é.png"),
        ("\u200b.pdf", "未命名.pdf"),
        ("", "未命名"),
    ],
)
def test_shown_names_cannot_mislead(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize("stem", ["长" * 120, "长" * 300, "a" * 300, "😀" * 100])
def test_long_names_keep_their_extension(stem: str) -> None:
    shown = shown_name(f"{stem}.docx")
    assert shown.endswith(".docx")
    assert len(shown) <= 120
    assert len(shown.encode()) <= 200


def test_a_file_too_large_is_refused_before_it_is_copied(office: User, settings: Settings) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000
    with pytest.raises(RejectedError, match="超过 0 MB"):
        receive(ContentFile(bytes(2000), "x"), "大.pdf", office)
    assert kept(settings) == []


WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "progressive": {"progressive": True},
    "in intervals": {"restart_marker_blocks": 3},
    "in rows": {"restart_marker_rows": 1},
    "full colour": {"subsampling": 0},
    "progressive in rows": {"progressive": True, "restart_marker_rows": 1},
}


def noise(size: int) -> bytes:
    """The same each time."""
    return random.Random(7).randbytes(size)  # noqa: S311 -- colours, not secrets


def photo(mode: str = "RGB", **how: Any) -> bytes:
    """A picture that is another one in every place."""
    small = Image.frombytes(mode, (100, 75), noise(7500 * len(mode)))
    file = io.BytesIO()
    small.resize((400, 300)).save(file, "JPEG", **how)
    return file.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_is_taken_when_it_is_whole(office: User, mode: str, way: str) -> None:
    whole = photo(mode, **WAYS[way])
    for behind in (b"", b"\0" * 40, b"SEFT of a camera"):
        assert receive(ContentFile(whole + behind, "x"), "照片.jpg", office).file.size == len(whole + behind)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_that_did_not_arrive_whole_is_refused(office: User, settings: Settings, mode: str, way: str) -> None:
    whole = photo(mode, **WAYS[way])
    for size in (3, 300, len(whole) // 2, len(whole) - 2, len(whole) - 1):
        with pytest.raises(RejectedError, match="图片已损坏或不完整"):
            receive(ContentFile(whole[:size], "x"), "照片.jpg", office)
    assert kept(settings) == []


def test_a_png_that_did_not_arrive_whole_is_refused(office: User, settings: Settings) -> None:
    file = io.BytesIO()
    Image.frombytes("RGB", (100, 75), noise(22_500)).save(file, "PNG")
    whole, middle = file.getvalue(), len(file.getvalue()) // 2
    damaged = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for spoilt in (whole[:40], whole[:middle], whole[:-12], whole[:-1], damaged):
        with pytest.raises(RejectedError, match="图片已损坏或不完整"):
            receive(ContentFile(spoilt, "x"), "截图.png", office)
    assert kept(settings) == []
    assert receive(ContentFile(whole, "x"), "截图.png", office).file.size == len(whole)


def test_a_name_written_with_escapes_is_found_as_it_is_meant(office: User, settings: Settings) -> None:
    for written in (b"/JavaScript", b"/#4aavaScript", b"/JavaScr#69pt", b"/J#61v#61Script#20", b"/Launc#68"):
        with pytest.raises(RejectedError, match="不能接收"):
            receive(ContentFile(pdf(b"4 0 obj<</S" + written + b"(x)>>endobj\n"), "x"), "通知.pdf", office)
    assert kept(settings) == []
    harmless = pdf(b"4 0 obj<</A#20B/JavaScri#70/Laun#63e(/ #4a)>>endobj\n")
    assert receive(ContentFile(harmless, "x"), "通知.pdf", office).file.size == len(harmless)
