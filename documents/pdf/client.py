"""A document as a PDF file, made by a child process that stays warm and may die without harm.

The only import of weasyprint is in the child. One child serves this process, one request at a time; it is started
when first needed and again after it has died.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import logging
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from xml.sax.saxutils import escape

from django.conf import settings

from documents.document import Document
from documents.typesetting.profiles import PROFILES, Profile

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
REPAIRS = (
    "请系统管理员运行 scripts/fetch-fonts 安装免费字体，并安装 fonts-noto-cjk；"
    "或把本单位字体放入 OFFICE_FONT_DIR 指定的文件夹。"
)


class PdfUnavailable(Exception):  # noqa: N818 - a state of the service, not a mistake of the caller
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
        named = "、".join(map(_named, details[:20]))
        return (
            f"无法生成 PDF：现有字体都没有下列字符：{named}。"
            "请更换这些字符，或由系统管理员安装包含它们的字体（如 fonts-noto-cjk）。"
        )
    return f"无法生成 PDF：没有找到可用的中文字体（{'、'.join(details)}）。{REPAIRS}"


def _named(char: str) -> str:
    """A character and its number; of one that cannot be seen or sent to a browser, the number alone."""
    number = f"U+{ord(char):04X}"
    return f"“{char}”（{number}）" if char.isprintable() else number


@dataclass(slots=True)
class _Child:
    """The process, the pipes to it and the file its complaints go to.

    The pipes have no buffers: one that a fork copied half full would write its rest a second time when closed.
    """

    process: subprocess.Popen[bytes]
    requests: IO[bytes]
    answers: IO[bytes]
    complaints: IO[bytes]

    @classmethod
    def start(cls) -> _Child:
        """A new child. Raises ``PdfUnavailable`` where the cache folder cannot be written."""
        cache = settings.FONT_DIR.parent / "font-cache"
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        try:
            environment = {**os.environ, "FONTCONFIG_FILE": str(font_configuration(cache))}
            environment["MALLOC_ARENA_MAX"] = "1"  # a heap for its second thread would take 64 MB of its limit
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "documents.pdf.worker", str(cache)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                bufsize=0,
                cwd=Path(__file__).resolve().parent.parent.parent,
                env=environment,
            )
        except OSError as error:
            complaints.close()
            logger.error("the PDF process was not started: %s", error)
            message = f"无法生成 PDF：排版进程没有启动。请系统管理员检查文件夹 {cache} 可以写入。"
            raise PdfUnavailable(message) from error
        return cls(process, cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout), complaints)

    def ask(self, message: bytes) -> tuple[dict[str, Any], bytes]:
        """The head of the answer and the file. Raises ``OSError`` or ``EOFError`` when the child dies over it."""
        unsent = memoryview(LENGTH.pack(len(message)) + message)
        while unsent:
            unsent = unsent[self.requests.write(unsent) :]
        return json.loads(_frame(self.answers)), _frame(self.answers)

    def end(self, patience: float = 2) -> int:
        """Close the pipes, which ends a healthy child, kill one that stays; its exit code. Leaves no zombie."""
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def last_words(self) -> str:
        """The end of what it wrote to standard error; closes the file."""
        with self.complaints:
            self.complaints.seek(0)
            return self.complaints.read()[-4000:].decode(errors="replace")


class _Worker:
    """One child for this process, replaced when it has died."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: _Child | None = None

    def ask(self, request: dict[str, Any], timeout: float) -> tuple[dict[str, Any], bytes]:
        """The head of the answer and the file; waits ``timeout`` seconds for its turn and as long for the answer.

        Raises ``PdfUnavailable``.
        """
        message = json.dumps(request).encode()
        if not self.lock.acquire(timeout=timeout):
            raise PdfUnavailable(f"无法生成 PDF：其他报告正在排版，已等候 {timeout:g} 秒。请稍后重试。")
        try:
            head, content = self._ask(message, timeout)
            if "refused" in head:
                self.stop()  # so that fonts installed meanwhile are seen the next time
        except PdfUnavailable:
            raise
        except BaseException:
            # Broken off in the middle (the server ends this thread): the next one must not get this one's answer.
            if self.child:
                self.child.process.kill()
                self.stop()
            raise
        finally:
            self.lock.release()
        return head, content

    def _ask(self, message: bytes, timeout: float) -> tuple[dict[str, Any], bytes]:
        if self.child and self.child.process.poll() is not None:
            self.stop()  # it died while idle: nobody needs to know
        self.child = child = self.child or _Child.start()
        # Killing a child that hangs ends the waiting, whether it hangs while reading or while writing.
        alarm = threading.Timer(timeout, child.process.kill)
        alarm.start()
        started = time.monotonic()
        try:
            return child.ask(message)
        except (OSError, EOFError):
            self.child = None
            code, words = child.end(), child.last_words()
            logger.error("the PDF process ended with %s: %s", code, words or "(no output)")
            expired = timeout if time.monotonic() - started >= timeout else None
            raise PdfUnavailable(_death(words, expired)) from None
        finally:
            alarm.cancel()

    def stop(self) -> None:
        """End the child, if there is one."""
        child, self.child = self.child, None
        if child:
            child.end()
            child.complaints.close()

    def forget(self) -> None:
        """After a fork the child belongs to the parent: let go of its pipes and start another when needed."""
        child, self.child = self.child, None
        self.lock = threading.Lock()
        if child:
            child.process.returncode = 0  # not ours to wait for
            for pipe in (child.requests, child.answers, child.complaints):
                pipe.close()


def _death(words: str, expired: float | None) -> str:
    """Why the child died and what to do about it."""
    if expired is not None:
        return f"无法生成 PDF：排版超过 {expired:g} 秒，已中止。请稍后重试；报告过长时请分成几份。"
    if "cannot load library" in words or "ModuleNotFoundError" in words:
        return (
            "无法生成 PDF：缺少排版所需的系统库。请系统管理员安装 "
            "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0 后重试。"
        )
    if "MemoryError" in words:
        return "无法生成 PDF：报告过大，超出排版进程的内存上限（1 GB）。请分成几份。"
    return "无法生成 PDF：排版进程意外中止。请重试；若反复出现，请联系系统管理员查看日志。"


def font_configuration(cache: Path) -> Path:
    """A fontconfig file that names our folders, the office's first; raises ``OSError`` where it cannot be written."""
    cache.mkdir(parents=True, exist_ok=True)
    folders = [settings.OFFICE_FONT_DIR, settings.FONT_DIR, *SYSTEM_FONTS]
    text = FONTS_CONF.format(
        folders="\n".join(f"  <dir>{escape(str(folder))}</dir>" for folder in folders if folder),
        cache=escape(str(cache / "fontconfig")),
    )
    # Named after what it says: two processes with different settings must not read each other's.
    path = cache / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.is_file():
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    return path


def _frame(stream: IO[bytes]) -> bytes:
    """The next piece of the answer. Raises ``EOFError`` when the child ends in the middle of it."""
    (size,) = LENGTH.unpack(_read(stream, LENGTH.size))
    return _read(stream, size)


def _read(stream: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = stream.read(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


_worker = _Worker()
atexit.register(_worker.stop)
os.register_at_fork(after_in_child=_worker.forget)
