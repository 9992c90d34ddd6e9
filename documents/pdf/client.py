"""Rendering of a document as a PDF file by a warm worker process (ADR 3)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from documents.document import Document
from documents.pdf.font_configuration import font_cache, write_font_configuration
from documents.sandbox.process import (
    LaunchOptions,
    WorkerBusyError,
    WorkerFailedError,
    WorkerNotStartedError,
    WorkerProcess,
)
from documents.typesetting.profiles import PROFILES, Profile

REPAIRS = (
    "请系统管理员运行 scripts/fetch-fonts 安装免费字体，并安装 fonts-noto-cjk；"
    "或把本单位字体放入 OFFICE_FONT_DIR 指定的文件夹。"
)


class PdfUnavailable(Exception):  # noqa: N818 - a state of the service, not a mistake of the caller
    """No PDF was made; the Chinese message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A PDF file with its number of pages, the PostScript names of its embedded fonts, and the seconds it took."""

    content: bytes
    pages: int
    fonts: list[str]
    seconds: float


def _launch_options() -> LaunchOptions:
    cache = font_cache()
    return LaunchOptions([str(cache)], {"FONTCONFIG_FILE": str(write_font_configuration(cache))})


worker = WorkerProcess("documents.pdf.worker", is_warm=True, launch_options=_launch_options)


def render_pdf(document: Document, profile: Profile | str = "official") -> RenderedPdf:
    """The document in the layout of ``profile`` (a name in ``PROFILES`` or a profile).

    Raises ``PdfUnavailable`` with a message for the user, and ``KeyError`` for an unknown profile name.
    """
    if isinstance(profile, str):
        profile = PROFILES[profile]
    request = {"profile": profile.as_dict(), "document": document.as_dict()}
    started, patience = time.perf_counter(), settings.PDF_TIMEOUT
    try:
        head, content = worker.ask(request, patience=patience)
    except WorkerBusyError as error:
        message = f"无法生成 PDF：其他报告正在排版，已等候 {patience:g} 秒。请稍后重试。"
        raise PdfUnavailable(message) from error
    except WorkerFailedError as error:
        raise PdfUnavailable(_explain_failure(error, patience)) from error
    if "refused" in head:
        raise PdfUnavailable(_explain_refusal(head["refused"], head["details"]))
    return RenderedPdf(content, head["pages"], head["fonts"], time.perf_counter() - started)


def _explain_refusal(code: str, details: list[str]) -> str:
    if code == "glyphs":
        named = "、".join(map(_name_character, details[:20]))
        return (
            f"无法生成 PDF：现有字体都没有下列字符：{named}。"
            "请更换这些字符，或由系统管理员安装包含它们的字体（如 fonts-noto-cjk）。"
        )
    return f"无法生成 PDF：没有找到可用的中文字体（{'、'.join(details)}）。{REPAIRS}"


def _name_character(char: str) -> str:
    """A character with its code point; an unprintable one by its code point only."""
    number = f"U+{ord(char):04X}"
    return f"“{char}”（{number}）" if char.isprintable() else number


def _explain_failure(error: WorkerFailedError, patience: float) -> str:
    """The Chinese message for a failure of the worker, by the end of its standard error."""
    if isinstance(error, WorkerNotStartedError):
        return f"无法生成 PDF：排版进程没有启动。请系统管理员检查文件夹 {font_cache()} 可以写入。"
    if error.is_late:
        return f"无法生成 PDF：排版超过 {patience:g} 秒，已中止。请稍后重试；报告过长时请分成几份。"
    if "cannot load library" in error.words or "ModuleNotFoundError" in error.words:
        return (
            "无法生成 PDF：缺少排版所需的系统库。请系统管理员安装 "
            "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0 后重试。"
        )
    if "MemoryError" in error.words:
        return "无法生成 PDF：报告过大，超出排版进程的内存上限（1 GB）。请分成几份。"
    return "无法生成 PDF：排版进程意外中止。请重试；若反复出现，请联系系统管理员查看日志。"
