"""A workbook as it is brought in: looked at from outside, then read by a process of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# The limits stand where they are kept; no workbook is opened in this process.
from documents.excel.limits import MARK, MOST_BYTES, PATIENCE, READ, Cell
from documents.file_checks.containers import check_xlsx
from documents.file_checks.rejections import RejectedError
from documents.sandbox.messages import Head, Message
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

WORKER = WorkerProcess("documents.excel.reading_worker")
TOO_LARGE = f"文件超过 {MOST_BYTES // 1024**2} MB，不能导入。请删除文件里的图片和多余的工作表后再试。"
BUSY = "正在读取的文件太多，请稍后再试。"
UNREADABLE = "这个文件读不出来（可能已损坏、内容过多或过于复杂）。请用办公软件打开，另存为 xlsx 后再试。"
UNMARKED = "标注不了这个文件，请按页面上列出的位置修改。"


class UnreadableError(ValueError):
    """A workbook that is not taken; the message says in Chinese why and what to do."""


@dataclass(frozen=True)
class RawSheet:
    """The filled cells of a sheet, by row and column, both from 1."""

    name: str
    rows: list[tuple[int, dict[int, Cell]]]


def read_workbook(content: bytes) -> list[RawSheet]:
    """The sheets of a workbook. UnreadableError for what is none, or is larger or other than a list can be."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(TOO_LARGE)
    check_workbook(content)
    found, _ = _ask({"task": READ}, content, UNREADABLE)
    if "refused" in found:
        raise UnreadableError(found["refused"])
    return [
        RawSheet(
            sheet["name"], [(row, {int(at): tuple(cell) for at, cell in cells.items()}) for row, cells in sheet["rows"]]
        )
        for sheet in found["sheets"]
    ]


def check_workbook(content: bytes) -> None:
    """Look at a workbook from outside, as at evidence. UnreadableError for what is none, or has something active."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            check_xlsx(Path(file.name))
        except RejectedError as error:
            raise UnreadableError(str(error)) from error


def mark_workbook(content: bytes, faults: Sequence[tuple[str, int, int, str]]) -> bytes:
    """The same workbook with these cells (sheet, row, column, what is wrong) marked. UnreadableError when it cannot."""
    return _ask({"task": MARK, "faults": list(faults)}, content, UNMARKED)[1]


def _ask(request: Head, content: bytes, failure: str) -> Message:
    try:
        return WORKER.ask(request, content, patience=PATIENCE)
    except WorkerBusyError as error:
        raise UnreadableError(BUSY) from error
    except WorkerFailedError as error:
        raise UnreadableError(failure) from error
