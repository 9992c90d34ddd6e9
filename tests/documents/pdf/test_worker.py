"""The child process: what kills it harms nobody, what it cannot do it says."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types
from pytest_django import Settings

from documents.document import BlockKind, Document
from documents.html import render_html
from documents.pdf import client, font_configuration
from documents.pdf.client import PdfUnavailable, render_pdf
from documents.sandbox import process
from documents.sandbox.messages import pack_message
from documents.sandbox.process import Child
from documents.typesetting.profiles import OFFICIAL
from tests.documents.documents import RARE, block, report
from tests.documents.pdf.measuring import measure

SMALL = Document("小", (block(BlockKind.PARAGRAPH, "整改到位。"),))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def fresh(fonts: None) -> Iterator[None]:
    """No child before the test and none left of it: the settings of a test are read when a child starts."""
    client.worker.stop()
    yield
    client.worker.stop()


def child() -> Child:
    assert client.worker.child
    return client.worker.child


def test_the_child_stays_warm(fresh: None) -> None:
    render_pdf(SMALL)
    first = child().process.pid
    render_pdf(SMALL)
    assert child().process.pid == first


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_child_that_died_while_idle_is_replaced_unnoticed(fresh: None, number: signal.Signals) -> None:
    render_pdf(SMALL)
    process = child().process
    process.send_signal(number)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert render_pdf(SMALL).pages == 1
    assert not Path(f"/proc/{process.pid}").exists(), "a zombie is left"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_dies_at_work_is_reported_and_replaced(
    fresh: None, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    render_pdf(SMALL)
    process = child().process
    process.send_signal(signal.SIGSTOP)

    def strike() -> None:
        process.send_signal(number)
        process.send_signal(signal.SIGCONT)

    killer = threading.Timer(0.3, strike)
    killer.start()
    with pytest.raises(PdfUnavailable, match="意外中止。"):
        render_pdf(report(40))
    assert f"documents.pdf.worker ended with {-number}" in caplog.text
    killer.join()
    assert not Path(f"/proc/{process.pid}").exists(), "a zombie is left"
    assert render_pdf(SMALL).pages == 1


def test_a_child_that_hangs_is_killed(fresh: None, settings: Settings) -> None:
    render_pdf(SMALL)
    child().process.send_signal(signal.SIGSTOP)
    settings.PDF_TIMEOUT = 0.5
    with pytest.raises(PdfUnavailable, match=r"超过 0\.5 秒"):
        render_pdf(report(300))  # more than a pipe holds, so that writing hangs as well
    settings.PDF_TIMEOUT = 120
    assert render_pdf(SMALL).pages == 1


def test_a_request_broken_off_never_answers_the_next_one(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ends a thread does it at any point: here when the child has answered and nobody has read it."""
    render_pdf(SMALL)
    with monkeypatch.context() as patch:

        def interrupt(_: object) -> bytes:
            raise SystemExit

        patch.setattr(process, "read_message", interrupt)
        with pytest.raises(SystemExit):
            render_pdf(Document("别人的报告", (block(BlockKind.PARAGRAPH, "不给别人看。"),)))
    [sheet] = measure(render_pdf(SMALL).content)
    assert [row.text for row in sheet.rows] == ["整改到位。"]


def test_who_waits_too_long_for_others_is_told(fresh: None, settings: Settings) -> None:
    settings.PDF_TIMEOUT = 0.2
    with client.worker.turns, pytest.raises(PdfUnavailable, match=r"其他报告正在排版，已等候 0\.2 秒"):
        render_pdf(SMALL)


def test_the_html_report_does_not_need_the_child(fresh: None, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "font-cache").write_text("in the way")
    settings.FONT_DIR = tmp_path / "fonts"
    with pytest.raises(PdfUnavailable):
        render_pdf(SMALL)
    assert "整改到位。" in render_html(SMALL)


def test_no_font_is_said_in_chinese_and_mended_without_a_restart(
    fresh: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(font_configuration, "SYSTEM_FONTS", ())
    settings.FONT_DIR = tmp_path / "fonts"
    with pytest.raises(PdfUnavailable, match=r"没有找到可用的中文字体.*scripts/fetch-fonts"):
        render_pdf(SMALL)
    settings.FONT_DIR.symlink_to(ROOT / "var" / "fonts")
    assert render_pdf(SMALL).fonts == ["FandolFang-Regular", "FandolSong-Regular"]


def test_the_offices_own_font_comes_first(fresh: None, settings: Settings, tmp_path: Path) -> None:
    with TTFont(django_settings.FONT_DIR / "FandolKai-Regular.otf", lazy=True) as font:
        for language, family in ((0x804, "仿宋_GB2312"), (0x409, "Office FangSong")):
            font["name"].setName(family, 1, 3, 1, language)
            font["name"].setName(family, 4, 3, 1, language)
        font["name"].setName("Office-FangSong", 6, 3, 1, 0x409)
        font.save(tmp_path / "office.otf")
    settings.OFFICE_FONT_DIR = tmp_path
    assert render_pdf(SMALL).fonts == ["FandolSong-Regular", "Office-FangSong"]


def test_rare_characters_of_names_are_printed_without_noto(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_configuration, "SYSTEM_FONTS", ("/usr/share/fonts/truetype/babelstone",))
    kinds = (BlockKind.TITLE, BlockKind.HEADING_1, BlockKind.HEADING_2, BlockKind.PARAGRAPH)
    document = Document("生僻字", tuple(block(kind, f"王{RARE}𬭎𫖮、李整改") for kind in kinds))
    assert "BabelStoneHan" in render_pdf(document).fonts


@pytest.mark.parametrize("character", ["😀", "\uf8ff"])
def test_the_font_of_rare_characters_prints_nothing_else(
    fresh: None, monkeypatch: pytest.MonkeyPatch, character: str
) -> None:
    monkeypatch.setattr(font_configuration, "SYSTEM_FONTS", ("/usr/share/fonts/truetype/babelstone",))
    with pytest.raises(PdfUnavailable, match=f"U\\+{ord(character):04X}"):
        render_pdf(Document("符号", (block(BlockKind.PARAGRAPH, f"好{character}"),)))


def test_a_character_no_font_has_is_named(fresh: None) -> None:
    unknown = Document("缺字", (block(BlockKind.PARAGRAPH, "正常\U000e0041字\uf8ff符"),))
    with pytest.raises(PdfUnavailable, match=r"U\+F8FF.*U\+E0041"):
        render_pdf(unknown)
    assert render_pdf(SMALL).pages == 1


def test_an_unpaired_surrogate_or_control_character_is_named_by_number_alone(fresh: None) -> None:
    broken = Document("坏字", (block(BlockKind.PARAGRAPH, "坏\ud800字\x07"),))
    with pytest.raises(PdfUnavailable, match=r"U\+0007、U\+D800") as caught:
        render_pdf(broken)
    assert str(caught.value).encode()


def test_an_emoji_is_named_not_printed_as_a_box(fresh: None) -> None:
    with pytest.raises(PdfUnavailable, match=r"“😀”（U\+1F600）"):
        render_pdf(Document("表情", (block(BlockKind.PARAGRAPH, "好😀"),)))


def test_a_missing_system_library_is_named(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Gone:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'weasyprint':\n"
        "            raise OSError(\"cannot load library 'libpango-1.0-0'\")\n"
        "sys.meta_path.insert(0, Gone())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PdfUnavailable, match=r"libpango-1\.0-0"):
        render_pdf(SMALL)


def test_a_cache_that_cannot_be_written_is_named(fresh: None, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "font-cache").write_text("in the way")
    settings.FONT_DIR = tmp_path / "fonts"
    with pytest.raises(PdfUnavailable, match="可以写入") as refused:
        render_pdf(SMALL)
    assert "Errno" not in str(refused.value)


def test_the_child_ends_with_its_input(fresh: None) -> None:
    render_pdf(SMALL)
    process = child().process
    child().requests.close()
    assert process.wait(5) == 0


def test_the_child_ends_in_the_middle_of_a_rendering_when_its_server_is_killed(fonts: None) -> None:
    """The rendering would take half a minute; who asked for it is killed half a second after it began."""
    code = (
        "import django; django.setup()\n"
        "from tests.documents.pdf.test_worker import SMALL, client, render_pdf, report\n"
        "render_pdf(SMALL); print(client.worker.child.process.pid, flush=True)\n"
        "render_pdf(report(6000))\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rectify.settings"}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as server:  # noqa: S603
        assert server.stdout
        rendering = os.pidfd_open(int(server.stdout.readline()))
        assert select.select([rendering], [], [], 0.5)[0] == []
        server.kill()
        ended, _, _ = select.select([rendering], [], [], 5)
    os.close(rendering)
    assert ended


def test_many_threads_share_the_child(fresh: None) -> None:
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(render_pdf(report(2)).pages)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 8 and len(set(counts)) == 1


def test_a_forked_process_gets_a_child_of_its_own(fresh: None) -> None:
    render_pdf(SMALL)
    code = (
        "import os, django; django.setup()\n"
        "from tests.documents.pdf.test_worker import SMALL, client, render_pdf\n"
        "render_pdf(SMALL); pid = client.worker.child.process.pid\n"
        "if not (fork := os.fork()):\n"
        "    assert client.worker.child is None\n"
        "    render_pdf(SMALL); assert client.worker.child.process.pid != pid\n"
        "    client.worker.stop(); os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 7\n"
        "render_pdf(SMALL); assert client.worker.child.process.pid == pid\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "rectify.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=60)  # noqa: S603


def test_the_child_opens_no_address_and_no_foreign_file(fresh: None, tmp_path: Path) -> None:
    """Everything Python opens after start-up is written down by an audit hook: fonts and their index, nothing else."""
    log = tmp_path / "opened"
    code = (
        "import sys, documents.pdf.worker as worker\n"
        f"log = open({str(log)!r}, 'a')\n"
        "def hook(event, details):\n"
        "    if event == 'open' or event.startswith('socket.') or event == 'subprocess.Popen':\n"
        "        print(event, *details, file=log, flush=True)\n"
        "sys.addaudithook(hook)\n"
        "worker.main()\n"
    )
    nasty = '<img src="file:///etc/passwd"><link rel=attachment href="http://127.0.0.1/x">url(file:///etc/hosts)'
    document = Document(nasty, (block(BlockKind.TITLE, nasty), block(BlockKind.PARAGRAPH, nasty)))
    message = pack_message({"profile": OFFICIAL.as_dict(), "document": document.as_dict()}, b"")
    cache = django_settings.FONT_DIR.parent / "font-cache"
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(cache)],
        cwd=ROOT, input=message, capture_output=True, check=True, timeout=60,
        env={**os.environ, "FONTCONFIG_FILE": str(font_configuration.write_font_configuration(cache))},
    )  # fmt: skip
    assert b"%PDF" in run.stdout
    opened = [line.split(" ")[1] for line in log.read_text().splitlines()]
    allowed = (str(cache), str(django_settings.FONT_DIR), "/usr/share/fonts/", sys.prefix, sys.base_prefix)
    assert all(path.startswith(allowed) or path.isdigit() for path in opened), opened
    assert not any(line.startswith("socket.") for line in log.read_text().splitlines())


def test_the_fetcher_fetches_nothing() -> None:
    code = (
        "from documents.pdf.worker import DenyAll\n"
        "for address in ('file:///etc/passwd', 'http://127.0.0.1/', 'data:text/plain,x'):\n"
        "    try: DenyAll().fetch(address)\n"
        "    except ValueError: continue\n"
        "    raise SystemExit(address)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)  # noqa: S603


def test_the_child_has_a_memory_limit(fresh: None) -> None:
    render_pdf(SMALL)
    limits = Path(f"/proc/{child().process.pid}/limits").read_text()
    assert f"Max address space         {1 << 30}" in limits


def test_a_report_beyond_the_memory_limit_is_told_so(fresh: None) -> None:
    render_pdf(SMALL)
    pages = int(Path(f"/proc/{child().process.pid}/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE")  # all that it has and nothing more
    resource.prlimit(child().process.pid, resource.RLIMIT_AS, (limit, limit))
    with pytest.raises(PdfUnavailable, match=r"内存上限|意外中止"):
        render_pdf(report(600))
    assert render_pdf(SMALL).pages == 1


def test_a_request_while_the_child_starts_again_waits(fresh: None) -> None:
    started = time.monotonic()
    assert render_pdf(SMALL).pages == 1
    assert time.monotonic() - started < 30
