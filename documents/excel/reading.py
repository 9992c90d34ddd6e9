"""Reading of imported workbooks: checks from outside, then reading by a worker process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from documents.excel.foreign_formats import foreign_format

# Only limits are imported from the worker's side: no workbook is opened in this process.
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
    """The workbook cannot be imported; the Chinese message says why and what to do."""


@dataclass(frozen=True)
class RawSheet:
    """The filled cells of a sheet, by row and column, both from 1; ``merged`` are areas as (top, left, bottom, right).

    The value of a merged area is in all cells that it covers. With ``from_1904`` the serial numbers of its days count
    from 1904, as in workbooks of older Macs.
    """

    name: str
    rows: list[tuple[int, dict[int, Cell]]]
    from_1904: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read_workbook(content: bytes) -> list[RawSheet]:
    """The sheets of a workbook; UnreadableError for other files, harmful ones and those over the limits."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(TOO_LARGE)
    check_workbook(content)
    found, _ = _ask({"task": READ}, content, UNREADABLE)
    if "refused" in found:
        raise UnreadableError(found["refused"])
    return [
        # Keys of JSON objects are texts: the columns become numbers again.
        RawSheet(
            sheet["name"],
            [(row, {int(at): tuple(cell) for at, cell in cells.items()}) for row, cells in sheet["rows"]],
            found["from_1904"],
            [tuple(area) for area in sheet["merged"]],
        )
        for sheet in found["sheets"]
    ]


def check_workbook(content: bytes) -> None:
    """Check a workbook as evidence is checked; UnreadableError for other files and for active content."""
    if words := foreign_format(content):
        raise UnreadableError(words)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        try:
            check_xlsx(Path(file.name))
        except RejectedError as error:
            raise UnreadableError(str(error)) from error


def mark_workbook(content: bytes, faults: Sequence[tuple[str, int, int, str]]) -> bytes:
    """The workbook with the faulty cells (sheet, row, column, message) marked; UnreadableError on failure."""
    return _ask({"task": MARK, "faults": list(faults)}, content, UNMARKED)[1]


def _ask(request: Head, content: bytes, failure: str) -> Message:
    try:
        return WORKER.ask(request, content, patience=PATIENCE)
    except WorkerBusyError as error:
        raise UnreadableError(BUSY) from error
    except WorkerFailedError as error:
        raise UnreadableError(failure) from error
