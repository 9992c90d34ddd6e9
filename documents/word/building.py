"""Builds .docx templates from readable definitions, in the layout of GB/T 9704-2012."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from documents.word.layout import ParagraphStyle, TemplateBlock, TemplateRow, TemplateTable

XIAOBIAOSONG, FANGSONG, HEITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
PITCH = Pt(28.95)  # between base lines; with 29 points a page would have one line fewer
WIDTH = Mm(156)
CENTRE, RIGHT, JUSTIFIED = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
LEFT = WD_ALIGN_PARAGRAPH.LEFT
LOOKS: dict[
    ParagraphStyle, tuple[str, float, Any, float]
] = {  # font, points, alignment, indent of the first line in points
    ParagraphStyle.TITLE: (XIAOBIAOSONG, 22, CENTRE, 0),
    ParagraphStyle.CENTRED: (FANGSONG, 16, CENTRE, 0),
    ParagraphStyle.SALUTATION: (FANGSONG, 16, LEFT, 0),
    ParagraphStyle.HEADING: (HEITI, 16, JUSTIFIED, 32),
    ParagraphStyle.BODY: (FANGSONG, 16, JUSTIFIED, 32),
    ParagraphStyle.SIGNATURE: (FANGSONG, 16, RIGHT, 0),
    ParagraphStyle.TAG: (FANGSONG, 16, LEFT, 0),
}
IN_TABLE = 10.5  # points, 五号: so that dates and names of people stay on one line
BESIDE = Mm(1)  # between the text of a cell and its borders
TWIP = 635  # EMU
BLANK_AFTER = {ParagraphStyle.TITLE}


def build_template(blocks: Sequence[TemplateBlock]) -> bytes:
    """The .docx file of a template; the same bytes whenever it is built from the same blocks."""
    document = Document()
    _set_up(document)
    for block in blocks:
        if isinstance(block, TemplateTable):
            _add_table(document, block)
        else:
            paragraph = document.add_paragraph()
            font, size, alignment, indent = LOOKS[block.look]
            _set_spacing(paragraph, alignment, indent)
            if block.look == ParagraphStyle.HEADING:
                paragraph.paragraph_format.keep_with_next = True
            if block.look == ParagraphStyle.SIGNATURE:
                paragraph.paragraph_format.right_indent = Pt(32)
            _add_run(paragraph, block.words, font, size)
            if block.look in BLANK_AFTER:
                _set_spacing(document.add_paragraph(), LEFT, 0)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Any) -> None:
    section = document.sections[0]
    # A4 with a text area of 156 × 225 mm, as GB/T 9704-2012 asks.
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    _set_language(document)
    # Page numbers at the outer edge: right on odd pages, left on even ones (GB/T 9704-2012, 7.5).
    document.settings.odd_and_even_pages_header_footer = True
    for footer, alignment in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        margin = Pt(14)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = margin
        _add_run(paragraph, "— ", SONGTI, 14)
        _add_page_number(paragraph)
        _add_run(paragraph, " —", SONGTI, 14)
    about = document.core_properties
    about.author = about.last_modified_by = about.comments = about.title = about.keywords = about.subject = ""
    about.created = about.modified = dt.datetime(2026, 1, 1)  # noqa: DTZ001 -- a fixed time keeps the file the same
    about.revision = 1


def _set_language(document: Any) -> None:
    """Make Chinese in the body's font the default, so that text an office adds looks like the rest."""
    normal = document.styles["Normal"]
    normal.font.size = Pt(16)
    properties = normal.element.get_or_add_rPr()
    _set_fonts(properties, FANGSONG)
    for style in (properties, document.styles.element.find(".//" + qn("w:rPrDefault")).find(qn("w:rPr"))):
        language = style.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            style.append(language)
        for name in ("w:val", "w:eastAsia"):
            language.set(qn(name), "zh-CN")


def _set_fonts(properties: Any, font: str, *, hint: bool = False) -> None:
    fonts = properties.get_or_add_rFonts()
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), font)
    if hint:  # without it Word sets “ ” — …… in a Latin font
        fonts.set(qn("w:hint"), "eastAsia")


def _set_spacing(paragraph: Any, alignment: Any, indent: float) -> None:
    form = paragraph.paragraph_format
    form.alignment = alignment
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    if indent:
        form.first_line_indent = Pt(indent)


def _add_run(paragraph: Any, words: str, font: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(size), bold or None
    _set_fonts(run._r.get_or_add_rPr(), font, hint=True)


def _add_page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(14)
    _set_fonts(run._r.get_or_add_rPr(), SONGTI)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)


def _add_table(document: Any, block: TemplateTable) -> None:
    columns, whole = len(block.widths), sum(block.widths)
    widths = [Emu(WIDTH * part // whole) for part in block.widths]
    table = document.add_table(rows=0, cols=columns)
    table.style, table.autofit = document.styles["Table Grid"], False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(_cell_margins())
    for number, row in enumerate(block.rows):
        cells = table.add_row().cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        _fill_row(cells, row)
        properties = table.rows[-1]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number < block.headings:
            properties.append(OxmlElement("w:tblHeader"))


def _cell_margins() -> Any:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(BESIDE // TWIP))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    return margins


def _fill_row(cells: Sequence[Any], row: TemplateRow) -> None:
    if len(row.cells) == 1 and len(cells) > 1:
        cells = [cells[0].merge(cells[-1])]
    for place, (cell, words) in enumerate(zip(cells, row.cells, strict=True)):
        paragraph = cell.paragraphs[0]
        grid = OxmlElement("w:snapToGrid")  # otherwise each line takes a whole line of the page's grid
        grid.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().append(grid)
        form = paragraph.paragraph_format
        form.alignment = CENTRE if row.heavy and len(row.cells) > 1 else LEFT
        form.space_before = form.space_after = Pt(1)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(16)
        heavy = row.heavy or (len(row.cells) == 2 and place == 0)
        _add_run(paragraph, words, HEITI if heavy else FANGSONG, IN_TABLE)
