"""A superior's workbook looked at and filled in by a process of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from documents.excel.limits import LENGTH, PATIENCE
from documents.excel.reading import UNREADABLE, UnreadableError, inspect
from documents.excel.templates.mapping import Places
from documents.excel.templates.snapshot import Page
from documents.sandbox import BusyError, ChildFailedError, Kind

WORKING = Kind("documents.excel.templates.worker")
BUSY = "正在处理的表样太多，请稍后再试。"
NOT_FILLED = (
    "按表样填表没有成功（内容过多，或者表样过于复杂）。请先筛选再导出；若反复出现，请系统管理员检查这份上级表样。"
)

Given = Sequence[str]  # what it is (s text, d day, n number, m amount) and its value; empty for nothing


class NotFilledError(Exception):
    """No form was made; the message says in Chinese why and what to do."""


def look(content: bytes) -> list[Page]:
    """What stands in a workbook. UnreadableError for what is none, or cannot be a form."""
    inspect(content)
    try:
        found = json.loads(WORKING.answer("look", content=content, patience=PATIENCE))
    except BusyError as error:
        raise UnreadableError(BUSY) from error
    except ChildFailedError as error:
        raise UnreadableError(UNREADABLE) from error
    if "refused" in found:
        raise UnreadableError(found["refused"])
    return [Page.from_json(page) for page in found["sheets"]]


def fill(content: bytes, places: Places, cells: dict[str, str], records: Sequence[Sequence[Given]]) -> bytes:
    """The workbook with these texts in its single cells, and for each record these values in the columns of ``places``.

    NotFilledError when it cannot be made.
    """
    asked: dict[str, Any] = {
        "sheet": places.sheet,
        "row": places.row,
        "columns": list(places.columns),
        "cells": cells,
        "records": records,
    }
    words = json.dumps(asked).encode()
    try:
        return WORKING.answer("fill", content=LENGTH.pack(len(words)) + words + content, patience=PATIENCE)
    except BusyError as error:
        raise NotFilledError(BUSY) from error
    except ChildFailedError as error:
        raise NotFilledError(NOT_FILLED) from error
