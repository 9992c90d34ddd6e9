"""Which other table format a file is that should have been an Excel workbook, and how to make one of it."""

from __future__ import annotations

import io
import zipfile

from documents.file_checks.containers import BROKEN, COMPOUND, has_entry

HEAD_BYTES = 4_096  # enough to recognise a format by
SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”，再上传另存的文件。"
CSV = f"这是 CSV（逗号分隔的文本）文件，不是 Excel 工作簿。系统只导出 CSV，不导入 CSV。{SAVE_AS}"
TEXT = f"这是纯文本文件，不是 Excel 工作簿。{SAVE_AS}"
HTML = f"这是网页（HTML）文件，只是扩展名像 Excel。{SAVE_AS}"
XML = f"这是“XML 表格 2003”文件，不是 xlsx。{SAVE_AS}"
PDF = "这是 PDF 文件，不是 Excel 工作簿。请上传原来的 xlsx 文件。"
XLS = f"这是旧版格式的 Excel 工作簿（.xls），不是 xlsx。{SAVE_AS}"
XLSB = f"这是二进制的 Excel 工作簿（.xlsb），不是 xlsx。{SAVE_AS}"
ODS = (
    "这是 OpenDocument 表格（.ods），不是 xlsx。请用 LibreOffice 或 WPS 打开，"
    "另存为“Excel 2007-365（*.xlsx）”，再上传另存的文件。"
)
STRICT = (
    "这是“Strict Open XML 电子表格”，扩展名也是 xlsx，但格式不同。请用 Excel 打开，另存时把保存类型从"
    "“Strict Open XML 电子表格”改为“Excel 工作簿（*.xlsx）”，再上传另存的文件。"
)


def foreign_format(content: bytes) -> str:
    """The Chinese sentence that says what the file is and what to do; "" for a workbook and for anything unknown."""
    if content.startswith(COMPOUND):
        return XLS if has_entry(content, "Workbook", "Book") and not _has_macros(content) else ""
    if content.startswith(b"PK"):
        return _foreign_container(content)
    if content.lstrip().startswith(b"%PDF-"):
        return PDF
    return _foreign_text(content[:HEAD_BYTES])


def _has_macros(content: bytes) -> bool:
    return has_entry(content, "_VBA_PROJECT_CUR", "_VBA_PROJECT", "EncryptedPackage")


def _foreign_container(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            names = set(container.namelist())

            def head(name: str) -> bytes:
                with container.open(name) as part:
                    return part.read(HEAD_BYTES)

            if "mimetype" in names and b"opendocument.spreadsheet" in head("mimetype"):
                return ODS
            if "xl/workbook.bin" in names:
                return XLSB
            if "xl/workbook.xml" in names and b"purl.oclc.org/ooxml" in head("xl/workbook.xml"):
                return STRICT
    except BROKEN:  # a damaged file is refused by the checks of containers, with their sentence
        return ""
    return ""


def _foreign_text(head: bytes) -> str:
    text = _decode(head)
    if not text.strip() or any(ord(each) < 32 and each not in "\t\r\n" for each in text):
        return ""
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html", "<table")):
        return HTML
    if start.startswith("<"):
        return XML if "urn:schemas-microsoft-com:office:spreadsheet" in start else HTML if "<html" in start else TEXT
    return CSV if any(mark in text for mark in (",", "\t", ";")) else TEXT


def _decode(head: bytes) -> str:
    """The beginning of a text in one of the encodings in which tables are saved; "" when it is none."""
    encodings = ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        for cut in range(4):  # the last character may have been cut
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return ""
