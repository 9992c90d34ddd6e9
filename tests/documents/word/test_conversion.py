"""Older Word files are converted by LibreOffice where it is installed, and refused with the way out where not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django import Settings

from documents.file_text import FileTextUnavailable, is_word_file, read_word_text
from documents.word.conversion_worker import network_barrier
from tests.hostile_files import compound
from tests.reports.test_letters import LETTER, word_file

DOC, RTF = compound("WordDocument"), b"{\\rtf1\\ansi text}"
REAL = shutil.which("soffice")


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A soffice that runs this script, in which ``$last`` is the file to convert."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\nfor last; do :; done\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def refusal(content: bytes) -> str:
    """Why a file is not read."""
    with pytest.raises(FileTextUnavailable) as error:
        read_word_text(content)
    return str(error.value)


@pytest.mark.parametrize("content", [DOC, RTF])
def test_an_older_file_is_read_as_what_it_is_converted_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(word_file(LETTER))
    install(tmp_path, monkeypatch, f'cp {made} "${{last%.*}}.docx"')
    assert is_word_file(content)
    assert read_word_text(content) == read_word_text(word_file(LETTER))


def test_without_libreoffice_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for content in (DOC, RTF):
        words = refusal(content)
        assert "另存为 .docx 再上传" in words
        assert "请系统管理员在服务器上安装 LibreOffice" in words


def test_what_takes_too_long_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.CONVERSION_SECONDS = 1
    install(tmp_path, monkeypatch, f"echo $$ > {tmp_path}/pid; exec sleep 30")
    assert "用了 1 秒以上" in refusal(DOC)
    pid = (tmp_path / "pid").read_text().strip()
    assert not Path("/proc", pid, "exe").exists()


def test_what_cannot_be_converted_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for script in ("exit 1", "exit 0"):
        install(tmp_path, monkeypatch, script)
        assert "转换不了" in refusal(DOC)


def test_what_libreoffice_makes_is_checked_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, 'echo no > "${last%.*}.docx"')
    assert "损坏" in refusal(DOC)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (compound("WordDocument", "EncryptedPackage"), "打开密码"),
        (compound("EncryptedPackage"), "打开密码"),
        (compound("WordDocument", "VBA"), "含有宏"),
        (compound("WordDocument", "\x01Ole10Native"), "夹带了其他文件"),
        (compound("Workbook"), "不是 Word 文件"),
        (b"{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}", "夹带了其他文件"),
    ],
)
def test_harmful_files_never_reach_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, reason: str
) -> None:
    install(tmp_path, monkeypatch, f"touch {tmp_path}/reached")
    assert reason in refusal(content)
    assert not (tmp_path / "reached").exists()


def test_there_is_no_network() -> None:
    if not (barrier := network_barrier()):
        pytest.skip("NO UNSHARE: the kernel allows no namespace here; the profile of LibreOffice alone keeps it off")
    seen = subprocess.run([*barrier, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout  # noqa: S603 -- our own words
    assert [line.split(":")[0].strip() for line in seen.splitlines()[2:]] == ["lo"]


@pytest.mark.skipif(REAL is None, reason="LIBREOFFICE MISSING: no real conversion was tried")
@pytest.mark.parametrize("extension", ["doc", "rtf"])
def test_a_real_older_file_keeps_its_automatic_numbers(tmp_path: Path, extension: str) -> None:
    (tmp_path / "letter.docx").write_bytes(word_file(LETTER))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(REAL), "--headless", profile, "--convert-to", extension, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "letter.docx")], check=True, capture_output=True, timeout=120)  # noqa: S603
    content = (tmp_path / f"letter.{extension}").read_bytes()
    # LibreOffice writes the brackets of some numbers in half-width.
    read = read_word_text(content).translate(str.maketrans("()", "（）"))
    assert read.split() == read_word_text(word_file(LETTER)).split()
