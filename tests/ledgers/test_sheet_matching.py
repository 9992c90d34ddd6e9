"""Which rows of a sheet are the list."""

from __future__ import annotations

import io

import openpyxl
import pytest

from documents.excel.reading import UnreadableError, read_workbook
from ledgers.catalogue import LISTS
from ledgers.import_forms import TITLES
from ledgers.sheet_matching import list_in


def test_a_list_of_one_row_too_many_is_refused() -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["制度名称", "文号"], *[["x"]] * 5_001):
        book.active.append(row)
    book.save(file)
    listed = LISTS["regulations"]
    with pytest.raises(UnreadableError, match="清单有 5001 行，一次最多导入 5000 行"):
        list_in(read_workbook(file.getvalue()), listed.columns, listed.key, 1, TITLES, {})
