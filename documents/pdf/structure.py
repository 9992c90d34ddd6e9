"""The structure tree of a report's PDF, by which screen readers read it (ISO 14289-1, PDF/UA-1).

A paragraph is one element, also when it continues on the next page, and so is a cell of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no types

from documents.document import Block, BlockKind
from documents.pdf.page_content import Mark, PageContent

HEADING_RANK = {
    BlockKind.TITLE: 1,
    BlockKind.HEADING_1: 2,
    BlockKind.HEADING_2: 3,
    BlockKind.HEADING_3: 4,
    BlockKind.HEADING_4: 5,
    BlockKind.ANNEX: 2,
    BlockKind.ANNEX_TITLE: 3,
}


def add_structure(pdf: Any, sheets: Sequence[PageContent], blocks: Sequence[Block]) -> None:
    """Add the structure tree to a finished pydyf document, with the references to the marked content of each page."""
    root, document = _element(pdf, "StructTreeRoot"), _element(pdf, "StructElem", S="/Document")
    root["K"], document["P"] = pydyf.Array([document.reference]), root.reference
    elements = _elements(pdf, document, blocks)
    numbers = pydyf.Array()
    for index, (sheet, page) in enumerate(zip(sheets, _pages(pdf), strict=True)):
        page["StructParents"], page["Tabs"] = index, "/S"
        for place, mark in enumerate(sheet.marks):
            elements[mark]["K"].append(
                pydyf.Dictionary({"Type": "/MCR", "Pg": page.reference, "MCID": place}),
            )
        numbers += [index, pydyf.Array([elements[mark].reference for mark in sheet.marks])]
    parents = pydyf.Dictionary({"Nums": numbers})
    pdf.add_object(parents)
    root["ParentTree"] = parents.reference
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})


def _elements(pdf: Any, document: Any, blocks: Sequence[Block]) -> dict[Mark, Any]:
    """One structure element for each block; heading levels increase by one at most, as PDF/UA requires."""
    elements: dict[Mark, Any] = {}
    level = 0
    document["K"] = pydyf.Array()
    for number, block in enumerate(blocks):
        tag = "/Table" if block.kind is BlockKind.TABLE else "/P"
        if block.kind in HEADING_RANK:
            level = min(HEADING_RANK[block.kind], level + 1)
            tag = f"/H{level}"
        element = _child(pdf, document, tag)
        if block.kind is BlockKind.TABLE:
            elements |= _cell_elements(pdf, element, number, block)
        else:
            elements[Mark(number)] = element
    return elements


def _cell_elements(pdf: Any, table: Any, number: int, block: Block) -> dict[Mark, Any]:
    """The elements of the cells of a table, by row and column; a cell of the head is that of its column."""
    elements: dict[Mark, Any] = {}
    for order, cells in enumerate(block.rows):
        row = _child(pdf, table, "/TR")
        for column in range(len(cells)):
            cell = _child(pdf, row, "/TD" if order else "/TH")
            if not order:
                cell["A"] = pydyf.Dictionary({"O": "/Table", "Scope": "/Column"})
            elements[Mark(number, order, column)] = cell
    return elements


def _child(pdf: Any, parent: Any, tag: str) -> Any:
    """A new structure element, the last one in its parent."""
    element = _element(pdf, "StructElem", S=tag, P=parent.reference, K=pydyf.Array())
    parent["K"].append(element.reference)
    return element


def _element(pdf: Any, kind: str, **entries: Any) -> Any:
    element = pydyf.Dictionary({"Type": f"/{kind}", **entries})
    pdf.add_object(element)
    return element


def _pages(pdf: Any) -> list[Any]:
    # pydyf stores a reference as three items: object number, generation, "R".
    return [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
