"""Reads a made PDF back: where every character stands, in which face and size."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

MM = 72 / 25.4


@dataclass(frozen=True)
class Char:
    """A printed character; ``x`` and ``y`` are its origin in points from the top left corner of the sheet."""

    text: str
    x: float
    y: float
    size: float
    font: str
    top: float  # of its ink, and so are these
    bottom: float
    left: float
    right: float


@dataclass
class PrintedRow:
    """The characters on one base line, from left to right."""

    y: float
    chars: list[Char] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    @property
    def x(self) -> float:
        return self.chars[0].x


@dataclass
class PrintedPage:
    """One page: its lines of text and its page number."""

    rows: list[PrintedRow]
    footer: PrintedRow
    width: float
    height: float


def measure(content: bytes) -> list[PrintedPage]:
    """Every page of a PDF."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [_sheet(document[index]) for index in range(len(document))]
    finally:
        document.close()


def _sheet(page: pypdfium2.PdfPage) -> PrintedPage:
    text = page.get_textpage()
    width, height = page.get_size()
    rows: dict[float, PrintedRow] = {}
    for index in range(text.count_chars()):
        if not pdfium.FPDFText_IsGenerated(text.raw, index):
            char = _char(text, index, height)
            rows.setdefault(round(char.y, 2), PrintedRow(char.y)).chars.append(char)
    text.close()
    page.close()
    *lines, footer = sorted(rows.values(), key=lambda row: row.y)
    return PrintedPage(lines, footer, width, height)


def _char(text: pypdfium2.PdfTextPage, index: int, height: float) -> Char:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text.raw, index, x, y)
    left, bottom, right, top = text.get_charbox(index)
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFText_GetFontInfo(text.raw, index, name, 200, ctypes.c_int())
    size = pdfium.FPDFText_GetFontSize(text.raw, index)
    code = chr(pdfium.FPDFText_GetUnicode(text.raw, index))
    face = name.value.decode()
    return Char(code, x.value, height - y.value, size, face, height - top, height - bottom, left, right)


def borders(content: bytes) -> list[tuple[list[float], list[float]]]:
    """Of every page, where the vertical and the horizontal lines are, in points from the top left corner, in order."""
    document = pypdfium2.PdfDocument(content)
    found: list[tuple[list[float], list[float]]] = []
    for index in range(len(document)):
        page = document[index]
        height = page.get_height()
        xs, ys = set(), set()
        for path in page.get_objects([pdfium.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = path.get_bounds()
            if right - left < top - bottom:
                xs.add(round((left + right) / 2, 2))
            else:
                ys.add(round(height - (bottom + top) / 2, 2))
        found.append((sorted(xs), sorted(ys)))
        page.close()
    document.close()
    return found


def marked_texts(content: bytes) -> list[dict[int, str]]:
    """The text of each marked piece of every page, by its number; what is no part of the structure has -1."""
    document = pypdfium2.PdfDocument(content)
    pages: list[dict[int, str]] = []
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        pieces: dict[int, str] = {}
        for place in range(text.count_chars()):
            if not pdfium.FPDFText_IsGenerated(text.raw, place):
                number = pdfium.FPDFPageObj_GetMarkedContentID(pdfium.FPDFText_GetTextObject(text.raw, place))
                pieces[number] = pieces.get(number, "") + chr(pdfium.FPDFText_GetUnicode(text.raw, place))
        pages.append(pieces)
        text.close()
        page.close()
    document.close()
    return pages
