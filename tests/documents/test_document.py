"""The document as a value: tables and annexes, and what is stored of a document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from documents.document import NO_SOURCE, Block, BlockKind, Cell, Document, Source, Span
from documents.text import render_text
from tests.documents.documents import TITLE, annexed_report, block, report, table

FINDING = Source("finding", "7")
ROWS = (
    (Cell((Span("序号"),)), Cell((Span("问题"),))),
    (Cell(number="1"), Cell((Span("关于12项任务\n的问题", FINDING), Span("【完成时限】", missing=True)))),
)
TABLE = Block(BlockKind.TABLE, (), NO_SOURCE, rows=ROWS, widths=(1, 4))


def to_json_and_back(document: Document) -> Any:
    """What a database gives back of a document."""
    return json.loads(json.dumps(document.as_dict()))


@pytest.mark.parametrize("document", [report(3), annexed_report(1, 5), Document("表", (TABLE,))])
def test_a_document_survives_json(document: Document) -> None:
    assert Document.from_dict(to_json_and_back(document)) == document


def test_a_document_stored_before_there_were_tables_is_read() -> None:
    data = to_json_and_back(report(2))
    for one in data["blocks"]:
        del one["rows"], one["widths"]
    assert Document.from_dict(data) == report(2)


def test_a_row_of_a_table_is_a_paragraph_with_tabs() -> None:
    document = Document("表", (block(BlockKind.ANNEX, "", "附件1"), TABLE))
    assert list(document.paragraphs()) == ["附件1", "序号\t问题", "1\t关于12项任务 的问题【完成时限】"]
    assert TABLE.text == "序号\t问题\n1\t关于12项任务 的问题【完成时限】"
    assert render_text(document).count("\n") == 3


def test_placeholders_in_cells_are_missing() -> None:
    document = Document(TITLE, (block(BlockKind.PARAGRAPH, "文字"), TABLE))
    assert document.missing() == ["【完成时限】"]


def test_a_change_reaches_the_cells_and_neither_numbers_nor_sources() -> None:
    changed = TABLE.map_text(lambda text: text.replace("1", "*"))
    assert [cell.text for cell in changed.rows[1]] == ["1", "关于*2项任务\n的问题【完成时限】"]
    assert [span.source for span in changed.every_span()] == [span.source for span in TABLE.every_span()]


def test_a_row_with_a_cell_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        table(("序号", "问题"), [("1", "甲", "乙")], (1, 4))
