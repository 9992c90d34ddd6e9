"""Reading and filling of external templates by a worker process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from documents.excel.limits import PATIENCE
from documents.excel.reading import UNREADABLE, UnreadableError, check_workbook
from documents.excel.templates.mapping import TemplateMapping
from documents.excel.templates.snapshot import DESCRIBE, FILL, SheetSnapshot
from documents.sandbox.messages import Head
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

WORKER = WorkerProcess("documents.excel.templates.worker")
BUSY = "正在处理的表样太多，请稍后再试。"
NOT_FILLED = (
    "按表样填表没有成功（内容过多，或者表样过于复杂）。请先筛选再导出；若反复出现，请系统管理员检查这份上级表样。"
)

EncodedValue = Sequence[str]  # the type (s text, d day, n number, m amount) and the value; empty for None


class TemplateNotFilledError(Exception):
    """No workbook was made; the Chinese message says why and what to do."""


def read_template(content: bytes) -> list[SheetSnapshot]:
    """The sheets of a workbook; UnreadableError for other files and for what cannot be a template."""
    check_workbook(content)
    try:
        found, _ = WORKER.ask({"task": DESCRIBE}, content, patience=PATIENCE)
    except WorkerBusyError as error:
        raise UnreadableError(BUSY) from error
    except WorkerFailedError as error:
        raise UnreadableError(UNREADABLE) from error
    if "refused" in found:
        raise UnreadableError(found["refused"])
    return [SheetSnapshot.from_json(page) for page in found["sheets"]]


def fill_template(
    content: bytes, places: TemplateMapping, cells: Mapping[str, str], records: Sequence[Sequence[EncodedValue]]
) -> bytes:
    """The workbook with ``cells`` in its single cells and the values of each record in the columns of ``places``.

    Raises TemplateNotFilledError.
    """
    request: Head = {
        "task": FILL,
        "sheet": places.sheet,
        "row": places.row,
        "columns": list(places.columns),
        "cells": cells,
        "records": records,
    }
    try:
        return WORKER.ask(request, content, patience=PATIENCE)[1]
    except WorkerBusyError as error:
        raise TemplateNotFilledError(BUSY) from error
    except WorkerFailedError as error:
        raise TemplateNotFilledError(NOT_FILLED) from error
