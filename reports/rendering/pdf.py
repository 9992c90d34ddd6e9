"""A document as a PDF file, made by a child process that stays warm and may die without harm.

The only import of weasyprint is in the child. One child serves this process, one request at a time; it is started
when first needed and again after it has died.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from django.conf import settings

from reports.document import Document
from reports.rendering.profiles import PROFILES, Profile

logger = logging.getLogger(__name__)

LENGTH = struct.Struct(">I")
SYSTEM_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <!-- Fandol's bold faces do not say in numbers that they are. -->
  <match target="scan">
    <test name="style" compare="contains"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
</fontconfig>
"""
REPAIRS = "请系统管理员运行 scripts/fetch-fonts 安装免费字体，并安装 fonts-noto-cjk；或把本单位字体放入 OFFICE_FONT_DIR 指定的文件夹。"


class PdfUnavailable(Exception):
    """No PDF was made; the message says in Chinese what is wrong and what to do about it."""


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished file: how many pages, which fonts (PostScript names) it embeds, how many seconds it took."""

    content: bytes
    pages: int
    fonts: list[str]
    seconds: float


def render_pdf(document: Document, profile: Profile | str = "official") -> RenderedPdf:
    """The document in the layout of ``profile`` (a name in ``PROFILES`` or a profile of one's own).

    Raises ``PdfUnavailable`` with a message for the user, and ``KeyError`` for an unknown profile name.
    """
    if isinstance(profile, str):
        profile = PROFILES[profile]
    request = {
        "name": document.name,
        "profile": profile.as_dict(),
        "paragraphs": [(block.kind, block.text) for block in document.blocks],
    }
    started = time.perf_counter()
    head, content = _worker.ask(request, settings.PDF_TIMEOUT)
    if "refused" in head:
        raise PdfUnavailable(_refusal(head["refused"], head["details"]))
    return RenderedPdf(content, head["pages"], head["fonts"], time.perf_counter() - started)


def _refusal(code: str, details: list[str]) -> str:
    if code == "glyphs":
        named = "、".join(f"“{char}”（U+{ord(char):04X}）" for char in details[:20])
        return f"无法生成 PDF：现有字体都没有下列字符：{named}。请更换这些字符，或安装包含它们的字体（如 fonts-noto-cjk）。"
    return f"无法生成 PDF：没有找到可用的中文字体（{'、'.join(details)}）。{REPAIRS}"


class _Worker:
    """The child process and the pipes to it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.log: IO[bytes] | None = None

    def ask(self, request: dict[str, Any], timeout: float) -> tuple[dict[str, Any], bytes]:
        """The head of the answer and the file; a child that died while idle is replaced unnoticed."""
        message = json.dumps(request).encode()
        with self.lock:
            if self.process and self.process.poll() is not None:
                self.stop()
            process = self.process or self._start()
            # A child that hangs is killed, which ends the reading below; it can hang at any byte.
            killed = threading.Event()
            timer = threading.Timer(timeout, lambda: (killed.set(), process.kill()))
            timer.start()
            try:
                head, content = _exchange(process, message)
            except (OSError, EOFError, ValueError):
                reason = self._reason(self._end(process), timeout if killed.is_set() else None)
                self.stop()
                raise PdfUnavailable(reason) from None
            finally:
                timer.cancel()
            if "refused" in head:
                self.stop()  # so that fonts installed meanwhile are seen the next time
            return head, content

    def _start(self) -> subprocess.Popen[bytes]:
        self.log = tempfile.TemporaryFile()
        cache = settings.FONT_DIR.parent / "font-cache"
        try:
            configuration = _write_configuration(cache)
            environment = {**os.environ, "FONTCONFIG_FILE": str(configuration), "PYTHONIOENCODING": "utf-8"}
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "reports.rendering.pdf_worker", str(cache)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                cwd=Path(__file__).resolve().parent.parent.parent,
                env=environment,
            )
        except OSError as error:
            self.log.close()
            raise PdfUnavailable(f"无法生成 PDF：排版进程没有启动（{error}）。请检查文件夹 {cache} 可写。") from error
        return self.process

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> int:
        """The exit code of a child that broke off; its pipes end a moment before it does."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=2)
        process.kill()
        return process.wait()

    def _reason(self, code: int, timeout: float | None) -> str:
        """Why the child died, in words."""
        assert self.log is not None
        self.log.seek(0)
        log = self.log.read()[-4000:].decode(errors="replace")
        logger.error("the PDF process ended with %s: %s", code, log or "(no output)")
        if timeout is not None:
            return f"无法生成 PDF：排版超过 {timeout:g} 秒，已中止。请稍后重试；报告过长时请分成几份。"
        if "cannot load library" in log or "ModuleNotFoundError" in log:
            return (
                "无法生成 PDF：缺少排版所需的系统库。请系统管理员安装 "
                "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0 后重试。"
            )
        if "MemoryError" in log:
            return "无法生成 PDF：报告过大，超出排版进程的内存上限（1 GB）。请分成几份。"
        how = signal.Signals(-code).name if code < 0 else f"退出码 {code}"
        return f"无法生成 PDF：排版进程意外中止（{how}）。请重试；若反复出现，请联系系统管理员查看日志。"

    def stop(self) -> None:
        """End the child, if there is one, and leave no zombie."""
        process, self.process = self.process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self.log:
            self.log.close()

    def forget(self) -> None:
        """After a fork the child belongs to the parent: let go of the pipes and start another when needed."""
        process, self.process = self.process, None
        self.lock = threading.Lock()
        if process:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    os.close(pipe.fileno())
            process.returncode = 0  # not ours to wait for


def _write_configuration(cache: Path) -> Path:
    """A fontconfig file that names our folders, the office's first; raises ``OSError`` where it cannot be written."""
    cache.mkdir(parents=True, exist_ok=True)
    folders = [settings.OFFICE_FONT_DIR, settings.FONT_DIR, *SYSTEM_FONTS]
    text = FONTS_CONF.format(
        folders="\n".join(f"  <dir>{escape(str(folder))}</dir>" for folder in folders if folder),
        cache=escape(str(cache / "fontconfig")),
    )
    path = cache / "fonts.conf"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        scratch = cache / f"fonts.conf.{os.getpid()}"
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    return path


def _exchange(process: subprocess.Popen[bytes], message: bytes) -> tuple[dict[str, Any], bytes]:
    assert process.stdin and process.stdout
    process.stdin.write(LENGTH.pack(len(message)) + message)
    process.stdin.flush()
    head = json.loads(_frame(process.stdout))
    return head, _frame(process.stdout)


def _frame(stream: IO[bytes]) -> bytes:
    """The next piece of the answer. Raises ``EOFError`` when the child ends in the middle of it."""
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        raise EOFError
    (size,) = LENGTH.unpack(length)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


_worker = _Worker()
atexit.register(_worker.stop)
os.register_at_fork(after_in_child=_worker.forget)
