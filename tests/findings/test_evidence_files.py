"""What the store takes, and what it refuses in words: type lies, polyglots, macros, passwords, bombs, paths, names."""

from __future__ import annotations

import io
import random
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.models import User
from findings.evidence_store import RejectedError, open_stored, receive
from findings.evidence_store.names import shown_name
from findings.models import StoredFile
from tests.hostile_files import good_files, hostile_files

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
def test_a_jpeg_that_was_cut_is_refused_though_it_has_an_end(
    office: User, settings: Settings, mode: str, way: str
) -> None:
    whole = photo(mode, **WAYS[way])
    begin = whole.find(b"\xff\xda") + 20
    for part in (0.1, 0.5, 0.9, 0.99):
        cut = whole[: begin + int((len(whole) - begin) * part)].removesuffix(b"\xff")
        with pytest.raises(RejectedError, match="图片已损坏或不完整"):
            receive(ContentFile(cut + b"\xff\xd9", "x"), "照片.jpg", office)
    assert kept(settings) == []


def test_a_jpeg_that_was_cut_between_two_intervals_is_refused(office: User) -> None:
    whole = photo(restart_marker_rows=1)
    cut = whole[: whole.rfind(b"\xff\xd3")] + b"\xff\xd9"
    with pytest.raises(RejectedError, match="图片已损坏或不完整"):
        receive(ContentFile(cut, "x"), "照片.jpg", office)


def test_a_plain_page_is_no_cut_one(office: User) -> None:
    for shade in ("white", "black"):
        file = io.BytesIO()
        Image.new("RGB", (1200, 1700), shade).save(file, "JPEG")
        receive(ContentFile(file.getvalue(), "x"), "扫描件.jpg", office)
    whole = file.getvalue()
    cut = whole[: len(whole) // 2 + 400].removesuffix(b"\xff") + b"\xff\xd9"
    with pytest.raises(RejectedError, match="图片已损坏或不完整"):
        receive(ContentFile(cut, "x"), "扫描件.jpg", office)


def test_a_png_that_was_cut_is_refused_though_its_chunks_are_whole(office: User) -> None:
    data = zlib.compress(b"".join(b"\0" + noise(30_000)[300 * row : 300 * (row + 1)] for row in range(100)))
    header = struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in ((b"IHDR", header), (b"IDAT", data[: len(data) // 2]), (b"IEND", b""))
    )
    with pytest.raises(RejectedError, match="图片已损坏或不完整"):
        receive(ContentFile(png, "x"), "截图.png", office)
