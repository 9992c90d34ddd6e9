"""Small pictures of the pages of files, for lists (ADR 13).

Each is drawn by a worker process of its own, which a malicious or broken file may kill.
"""

from __future__ import annotations

from documents.pdf.page_images import PATIENCE, UNREADABLE, MissingPageError, PreviewBusyError, PreviewUnavailable
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

BUSY = "正在显示的文件太多，请稍后再试。"
WORKER = WorkerProcess("documents.thumbnail_worker")


def draw_thumbnail(content: bytes, extension: str, number: int) -> tuple[bytes, int]:
    """Page ``number`` (from 1) of a pdf, png or jpg as a JPEG of at most 112 × 144 pixels, and the number of pages.

    Raises ``PreviewUnavailable``, and as such ``MissingPageError`` and ``PreviewBusyError``.
    """
    try:
        head, picture = WORKER.ask({"page": number, "extension": extension}, content, patience=PATIENCE)
    except WorkerBusyError as error:
        raise PreviewBusyError(BUSY) from error
    except WorkerFailedError as error:
        raise PreviewUnavailable(UNREADABLE) from error
    if not picture:
        raise MissingPageError(number, head["pages"])
    return picture, head["pages"]
