"""The structure tree of a report's PDF, by which screen readers read it (ISO 14289-1, PDF/UA-1).

A paragraph is one element, also when it continues on the next page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no types

from documents.document import BlockKind
from documents.pdf.page_content import PageContent
from documents.typesetting.pages import Paragraph

HEADING_RANK = {
    BlockKind.TITLE: 1,
    BlockKind.HEADING_1: 2,
    BlockKind.HEADING_2: 3,
    BlockKind.HEADING_3: 4,
    BlockKind.HEADING_4: 5,
}


def add_structure(pdf: Any, sheets: Sequence[PageContent], paragraphs: Sequence[Paragraph]) -> None:
    """Add the structure tree to a finished pydyf document, with the references to the marked content of each page."""
    root, document = _element(pdf, "StructTreeRoot"), _element(pdf, "StructElem", S="/Document")
    root["K"], document["P"] = pydyf.Array([document.reference]), root.reference
    elements = _elements(pdf, document, paragraphs)
    numbers = pydyf.Array()
    for index, (sheet, page) in enumerate(zip(sheets, _pages(pdf), strict=True)):
        page["StructParents"], page["Tabs"] = index, "/S"
        for place, block in enumerate(sheet.marks):
            elements[block]["K"].append(
                pydyf.Dictionary({"Type": "/MCR", "Pg": page.reference, "MCID": place}),
            )
        numbers += [index, pydyf.Array([elements[block].reference for block in sheet.marks])]
    parents = pydyf.Dictionary({"Nums": numbers})
    pdf.add_object(parents)
    root["ParentTree"] = parents.reference
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})


def _elements(pdf: Any, document: Any, paragraphs: Sequence[Paragraph]) -> list[Any]:
    """One structure element for each block; heading levels increase by one at most, as PDF/UA requires."""
    elements = []
    level = 0
    for kind, _ in paragraphs:
        tag = "/P"
        if kind in HEADING_RANK:
            level = min(HEADING_RANK[kind], level + 1)
            tag = f"/H{level}"
        elements.append(_element(pdf, "StructElem", S=tag, P=document.reference, K=pydyf.Array()))
    document["K"] = pydyf.Array([element.reference for element in elements])
    return elements


def _element(pdf: Any, kind: str, **entries: Any) -> Any:
    element = pydyf.Dictionary({"Type": f"/{kind}", **entries})
    pdf.add_object(element)
    return element


def _pages(pdf: Any) -> list[Any]:
    # pydyf stores a reference as three items: object number, generation, "R".
    return [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
