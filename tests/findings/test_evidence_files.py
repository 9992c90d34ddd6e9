"""What the store takes, and what it refuses in words: type lies, polyglots, macros, passwords, bombs, paths, names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
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
