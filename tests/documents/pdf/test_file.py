"""What the file says about itself: tagged, titled, in Chinese, and nothing about persons or places."""

from __future__ import annotations

import io
import re
import zlib
from itertools import pairwise
from typing import Any

import pypdf
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from documents.document import Document
from documents.pdf.client import RenderedPdf, render_pdf
from tests.documents.documents import TITLE, report
from tests.documents.pdf.measuring import marked_texts


@pytest.fixture(scope="module")
def document() -> Document:
    return report(12)


@pytest.fixture(scope="module")
def made(document: Document, fonts: None) -> RenderedPdf:
    return render_pdf(document)


@pytest.fixture(scope="module")
def reader(made: RenderedPdf) -> Any:  # whatever pypdf finds: its types know nothing of what a file holds
    return pypdf.PdfReader(io.BytesIO(made.content))


def test_the_answer_counts_pages_and_names_fonts(made: RenderedPdf, reader: Any) -> None:
    assert made.pages == len(reader.pages) > 5
    assert made.fonts == [
        "FandolFang-Regular", "FandolHei-Regular", "FandolKai-Regular", "FandolSong-Bold", "FandolSong-Regular",
    ]  # fmt: skip
    assert made.seconds > 0


def test_the_file_claims_pdf_ua(reader: Any) -> None:
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b"http://www.aiim.org/pdfua/ns/id/" in metadata
    assert re.search(rb"pdfuaid:part[>=]\"?1", metadata)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_file_says_nothing_about_persons_or_places(reader: Any) -> None:
    assert dict(reader.metadata) == {"/Title": TITLE, "/Producer": "WeasyPrint 70.0"}
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert not re.search(rb"creator|Author|CreateDate|ModifyDate|/work|/home|/root", metadata)
    assert "/ID" not in reader.trailer


def test_the_same_document_gives_the_same_bytes(document: Document, made: RenderedPdf) -> None:
    assert render_pdf(document).content == made.content


def test_every_font_is_embedded_and_maps_back_to_text(reader: Any) -> None:
    fonts = {name: font.get_object() for page in reader.pages for name, font in page["/Resources"]["/Font"].items()}
    assert len(fonts) == 5
    for font in fonts.values():
        assert "/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_the_outline_lists_the_headings(document: Document, reader: Any) -> None:
    def titles(items: Any) -> list[str]:
        return [title for item in items for title in (titles(item) if isinstance(item, list) else [item["/Title"]])]

    assert titles(reader.outline) == [one.text for one in document.blocks if one.kind.is_heading]


def test_every_block_is_one_element_and_every_piece_of_text_belongs_to_one(document: Document, reader: Any) -> None:
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    elements = [item.get_object() for item in root["/K"][0]["/K"]]
    assert len(elements) == len(document.blocks)
    assert elements[0]["/S"] == "/H1"
    assert all(element["/K"] for element in elements)
    owners = root["/ParentTree"]["/Nums"]
    for index, page in enumerate(reader.pages):
        pieces = page.get_contents().get_data().count(b"/MCID")
        assert owners[2 * index] == page["/StructParents"] == index
        assert len(owners[2 * index + 1]) == pieces > 0
    levels = [int(element["/S"][2:]) for element in elements if element["/S"].startswith("/H")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_structure_read_in_order_is_the_text(document: Document, made: RenderedPdf, reader: Any) -> None:
    texts = marked_texts(made.content)
    numbers = {page.indirect_reference.idnum: index for index, page in enumerate(reader.pages)}
    elements = [item.get_object() for item in reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0]["/K"]]
    read = [
        "".join(texts[numbers[piece.raw_get("/Pg").idnum]][piece["/MCID"]] for piece in element["/K"])
        for element in elements
    ]
    assert read == list(document.paragraphs())
    assert [page[-1] for page in texts] == [f"— {number} —" for number in range(1, made.pages + 1)]


def test_widths_agree_with_the_embedded_fonts(reader: Any) -> None:
    """ISO 14289-1, 7.21.5; a reader that lays text out anew trusts them."""
    fonts = {name: font.get_object() for page in reader.pages for name, font in page["/Resources"]["/Font"].items()}
    for font in fonts.values():
        descendant = font["/DescendantFonts"][0].get_object()
        data = descendant["/FontDescriptor"]["/FontFile3"].get_data()
        with TTFont(io.BytesIO(data)) as program:
            advances = program["hmtx"].metrics
            for first, widths in zip(descendant["/W"][::2], descendant["/W"][1::2], strict=True):
                for number, width in enumerate(widths, start=first):
                    advance = advances[program.getGlyphName(number)][0]
                    assert width == pytest.approx(1000 * advance / program["head"].unitsPerEm, abs=1)


def test_page_numbers_are_artifacts(reader: Any) -> None:
    for page in reader.pages:
        assert page.get_contents().get_data().count(b"/Artifact") == 1


def test_nothing_in_the_file_reaches_outside(made: RenderedPdf) -> None:
    streams = re.findall(rb"stream\n(.*?)\nendstream", made.content, re.DOTALL)
    text = made.content + b"".join(_inflate(stream) for stream in streams)
    for word in (b"/URI", b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"file:"):
        assert word not in text


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return b""
