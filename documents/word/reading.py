"""Reading of the text of Word files by a worker process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from documents.file_checks.containers import check_docx
from documents.file_checks.rejections import RejectedError
from documents.sandbox.process import WorkerBusyError, WorkerFailedError, WorkerProcess

WORKER = WorkerProcess("documents.word.reading_worker")
PATIENCE = 20  # seconds
BUSY = "正在读取的文件太多，请稍后再试。"
UNREADABLE = "这个 Word 文件读不出来，可能已经损坏，或者太大。请用 Word 或 WPS 打开后另存为 .docx，再上传。"


class WordTextUnavailable(Exception):  # noqa: N818 -- a state of the file or the service, not a mistake of the caller
    """No text was read; the Chinese message says why and what to do."""


def is_word_file(content: bytes) -> bool:
    """Whether a file is a container, as .docx files are, or a document in the older format of Word."""
    return content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def read_word_text(content: bytes) -> str:
    """The paragraphs of a .docx file, one a line, with their automatic numbers. Raises ``WordTextUnavailable``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "text.docx")
        file.write_bytes(content)
        try:
            check_docx(file)
        except RejectedError as error:
            raise WordTextUnavailable(str(error)) from error
    try:
        return WORKER.ask({}, content, patience=PATIENCE)[1].decode()
    except WorkerBusyError as error:
        raise WordTextUnavailable(BUSY) from error
    except WorkerFailedError as error:
        raise WordTextUnavailable(UNREADABLE) from error
