"""The text of Word files and PDFs, read by worker processes after the checks of evidence.

Older Word files are converted first, where the server can (``documents.word.conversion``).

A PDF knows printed lines, no paragraphs: a line goes on in the next one when it is as long as the lines of its page are
and no paragraph ends or begins there. So its result is uncertain, and callers say so.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from documents.file_checks.containers import check_docx
from documents.file_checks.pdf_files import check_pdf
from documents.file_checks.rejections import RejectedError
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess
from documents.word.conversion import ConversionUnavailable, check_older, convert_to_docx, older_format

WORD_WORKER = WorkerProcess("documents.word.reading_worker")
PDF_WORKER = WorkerProcess("documents.pdf.text_worker")
PATIENCE = 20  # seconds
BUSY = "正在读取的文件太多，请稍后再试。"
UNREADABLE = (
    "这个文件读不出来，可能已经损坏，或者太大。请用办公软件打开后另存为 .docx 再上传，或者把文字复制、粘贴进来。"
)
PICTURES = (
    "这个 PDF 只有图片，没有文字（多半是扫描件），读不出内容。请向发文单位要 Word 文件，或者先做文字识别再粘贴进来。"
)
FULL = 0.85  # of the longest line of a page: a shorter one ends its paragraph
_PAGE_NUMBER = re.compile(r"[-—–\s]*\d{1,4}[-—–\s]*$")
_ENDS = "。！？：；”"


class FileTextUnavailable(Exception):  # noqa: N818 -- a state of the file or the service, not a mistake of the caller
    """No text was read; the Chinese message says why and what to do."""


def is_word_file(content: bytes) -> bool:
    """Whether a file is a container, as .docx files are, or a document in an older format."""
    return content.startswith(b"PK\x03\x04") or bool(older_format(content))


def is_pdf(content: bytes) -> bool:
    """Whether a file is a PDF."""
    return content.startswith(b"%PDF-")


def read_word_text(content: bytes) -> str:
    """The paragraphs of a Word file, one a line, with their automatic numbers. Raises ``FileTextUnavailable``."""
    if older_format(content):
        _check(content, check_older)
        try:
            content = convert_to_docx(content)
        except ConversionUnavailable as error:
            raise FileTextUnavailable(str(error)) from error
    return _read_text(content, check_docx, WORD_WORKER)


def read_pdf_text(content: bytes, begins_paragraph: Callable[[str], bool]) -> str:
    """The paragraphs of a PDF, one a line; ``begins_paragraph`` tells of a line whether a paragraph begins with it.

    Raises ``FileTextUnavailable``.
    """
    pages = _read_text(content, check_pdf, PDF_WORKER).split("\f")
    text = "\n".join(join_lines(pages, begins_paragraph))
    if not text.strip():
        raise FileTextUnavailable(PICTURES)
    return text


def _check(content: bytes, check: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "content")
        file.write_bytes(content)
        try:
            check(file)
        except RejectedError as error:
            raise FileTextUnavailable(str(error)) from error


def _read_text(content: bytes, check: Callable[[Path], None], worker: WorkerProcess) -> str:
    _check(content, check)
    try:
        return worker.ask({}, content, patience=PATIENCE)[1].decode()
    except WorkerBusyError as error:
        raise FileTextUnavailable(BUSY) from error
    except WorkerFailedError as error:
        raise FileTextUnavailable(UNREADABLE) from error


def join_lines(pages: list[str], begins_paragraph: Callable[[str], bool]) -> Iterator[str]:
    """The paragraphs of printed lines; a paragraph may go on over the end of a page."""
    paragraph = ""
    goes_on = False
    for page in pages:
        lines = [line.strip() for line in page.splitlines()]
        lines = [line for line in lines if line and not _PAGE_NUMBER.match(line)]
        longest = max(map(len, lines), default=0)
        for line in lines:
            if paragraph and (not goes_on or begins_paragraph(line)):
                yield paragraph
                paragraph = ""
            paragraph += line
            goes_on = len(line) >= FULL * longest and line[-1] not in _ENDS
    if paragraph:
        yield paragraph
