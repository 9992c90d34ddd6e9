"""Pages of PDF files as pictures, for browsers that must not run anything of the file (ADR 13).

Each page is drawn by a worker process of its own, which a malicious or broken file may kill.
"""

from __future__ import annotations

from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

MOST_PAGES = 60  # shown in the browser; longer files must be downloaded
PATIENCE = 20  # seconds for a free worker, and again for one page
UNREADABLE = "这份 PDF 不能在网页里显示（可能已加密、损坏或页面过大），请下载后查看。"
BUSY = "正在显示的文件太多，请稍后再试，或下载后查看。"
WORKER = WorkerProcess("documents.pdf.page_image_worker")


class PreviewUnavailable(Exception):  # noqa: N818 - a state of the file or the service, not a mistake of the caller
    """No picture was made; the Chinese message says why and what to do."""


class PreviewBusyError(PreviewUnavailable):
    """No worker became free; the picture can be made later."""


class MissingPageError(PreviewUnavailable):
    """The file has no page of this number."""

    def __init__(self, number: int, pages: int) -> None:
        super().__init__(f"没有第 {number} 页，这份文件共 {pages} 页。")


def page_count(content: bytes) -> int:
    """The number of pages of a PDF file. Raises ``PreviewUnavailable``."""
    return _draw(content, 0)[0]


def page_picture(content: bytes, number: int) -> bytes:
    """Page ``number`` (from 1) of a PDF file as a PNG. Raises ``PreviewUnavailable``, as such ``MissingPageError``."""
    pages, picture = _draw(content, number)
    if not picture:
        raise MissingPageError(number, pages)
    return picture


def _draw(content: bytes, number: int) -> tuple[int, bytes]:
    try:
        head, picture = WORKER.ask({"page": number}, content, patience=PATIENCE)
    except WorkerBusyError as error:
        raise PreviewBusyError(BUSY) from error
    except WorkerFailedError as error:
        raise PreviewUnavailable(UNREADABLE) from error
    return head["pages"], picture
