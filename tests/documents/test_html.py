"""A document as a page: tables with heads, links in their cells, nothing of a text read as markup."""

from __future__ import annotations

import re

from documents.document import NO_SOURCE, Block, BlockKind, Cell, Document, Source, Span
from documents.html import html_blocks, render_html
from tests.documents.documents import annexed_report, block

NASTY = "<script>&"
ROWS = (
    (Cell((Span("序号"),)), Cell((Span("问题"),))),
    (
        Cell(number="1"),
        Cell((Span("学习不够", Source("finding", "7")), Span(NASTY), Span("【完成时限】", missing=True))),
    ),
)
DOCUMENT = Document(
    "报告",
    (
        block(BlockKind.ANNEX, "", "附件1"),
        block(BlockKind.ANNEX_TITLE, "问题清单"),
        Block(BlockKind.TABLE, (), NO_SOURCE, rows=ROWS, widths=(1, 4)),
    ),
)


def test_a_table_has_a_head_columns_and_a_link_for_each_source() -> None:
    *_, shown = html_blocks(DOCUMENT, lambda source: f"/{source.kind}/{source.key}/" if source.kind else "")
    assert shown.words == (
        '<colgroup><col width="20%"><col width="80%"></colgroup>'
        '<thead><tr><th scope="col">序号</th><th scope="col">问题</th></tr></thead>'
        '<tbody><tr><td class="document-number">1</td>'
        '<td><a class="document-source" href="/finding/7/">学习不够</a>&lt;script&gt;&amp;'
        '<mark class="document-missing">【完成时限】</mark></td></tr></tbody>'
    )
    assert shown.table_name == "问题清单"


def test_a_table_scrolls_in_a_named_place_that_the_keyboard_reaches() -> None:
    page = render_html(DOCUMENT)
    assert '<div class="document-scroll" role="region" tabindex="0" aria-label="问题清单"><table>' in page
    assert "<script" not in page
    assert re.search(r'<h3 class="document-annex">附件1</h3>\s*<h4 class="document-annex-title">问题清单</h4>', page)


def test_every_row_of_a_long_list_is_shown() -> None:
    page = render_html(annexed_report(1, 60))
    assert page.count("<tr>") == 61 + 5
    assert page.count("<table>") == page.count("</table>") == 2
