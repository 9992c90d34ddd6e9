"""Older Word files (.doc, .wps, .wpt) and .rtf, converted by LibreOffice where the server has it.

They are recognised by their content: what is called .docx may be one. They pass the checks of evidence first.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from documents.file_checks.containers import COMPOUND, RTF, check_doc, check_rtf
from documents.sandbox.process import LaunchOptions, WorkerBusyError, WorkerFailedError, WorkerProcess

PROGRAMS = ("soffice", "libreoffice")
SPARE = 15  # seconds that the worker has for itself, besides those of LibreOffice
NOT_INSTALLED = (
    "这是旧版的 Word 文件（.doc、.wps、.rtf 等）。请用办公软件打开，另存为 .docx 再上传；"
    "要让系统直接读取，请系统管理员在服务器上安装 LibreOffice。"
)
BUSY = "正在转换的文件太多，请稍后再试，或者另存为 .docx 再上传。"
LATE = "转换这个旧版文件用了 {} 秒以上，没有读取。请用办公软件打开，另存为 .docx 再上传。"
FAILED = "这个旧版文件转换不了，可能已经损坏，或者设有打开密码。请用办公软件打开，另存为 .docx 再上传。"


def _launch_options() -> LaunchOptions:
    return LaunchOptions(arguments=[str(settings.CONVERSION_SECONDS)])


WORKER = WorkerProcess("documents.word.conversion_worker", launch_options=_launch_options)


class ConversionUnavailable(Exception):  # noqa: N818 -- a state of the file or the server, not a mistake of the caller
    """Nothing was converted; the Chinese message says why and what to do."""


def older_format(content: bytes) -> str:
    """The extension of the older format that a content is in: "doc" or "rtf"; "" for another one."""
    if content.startswith(COMPOUND):
        return "doc"
    return "rtf" if content.startswith(RTF) else ""


def check_older(path: Path) -> None:
    """Raise RejectedError unless a file in an older format is a harmless document."""
    checks: dict[str, Callable[[Path], None]] = {"doc": check_doc, "rtf": check_rtf}
    checks[older_format(path.read_bytes())](path)


def convert_to_docx(content: bytes) -> bytes:
    """A checked file in an older format as a .docx file. Raises ``ConversionUnavailable``."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ConversionUnavailable(NOT_INSTALLED)
    with tempfile.TemporaryDirectory() as folder:  # of this process: it goes even when the worker is killed
        request = {"program": program, "folder": folder, "extension": older_format(content)}
        try:
            head, converted = WORKER.ask(request, content, patience=settings.CONVERSION_SECONDS + SPARE)
        except WorkerBusyError as error:
            raise ConversionUnavailable(BUSY) from error
        except WorkerFailedError as error:
            raise ConversionUnavailable(FAILED) from error
    if head["is_late"]:
        raise ConversionUnavailable(LATE.format(settings.CONVERSION_SECONDS))
    if not converted:
        raise ConversionUnavailable(FAILED)
    return converted
