"""Small pictures of stored files, and their numbers of pages: worked out once, then kept by digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import caches

from documents.pdf.page_images import MissingPageError, PreviewBusyError, PreviewUnavailable, page_count
from documents.thumbnails import draw_thumbnail
from findings.evidence.models import StoredFile
from findings.evidence.store.receiving import open_stored

KEPT = 30 * 24 * 3600  # seconds
FAILURE_KEPT = 3600  # seconds after which an unreadable file is tried again


def thumbnail_of(file: StoredFile, number: int) -> bytes:
    """Page ``number`` (from 1) of a pdf, png or jpg as a small JPEG.

    Raises ``PreviewUnavailable``, and whatever ``open_stored`` raises.
    """

    def draw() -> bytes:
        with open_stored(file) as stored:
            picture, pages = draw_thumbnail(stored.read(), file.extension, number)
        # Only if it is not known: writing to a cache of files costs more than drawing.
        caches["thumbnails"].add(_pages_key(file), pages, KEPT)
        return picture

    return bytes(_get_or_work_out(f"{file.digest}-{number}", draw))


def known_pages(file: StoredFile) -> int | None:
    """The number of pages if it is known without opening the file."""
    pages = caches["thumbnails"].get(_pages_key(file))
    return pages if isinstance(pages, int) else None


def pages_of(file: StoredFile) -> int:
    """The number of pages of a PDF; raises as ``thumbnail_of``."""

    def count() -> int:
        with open_stored(file) as stored:
            return page_count(stored.read())

    return int(_get_or_work_out(_pages_key(file), count))


def _get_or_work_out(key: str, work_out: Callable[[], Any]) -> Any:
    """What is kept under a key, else what the function gives; that a file cannot be read is kept as a sentence."""
    cache = caches["thumbnails"]
    kept = cache.get(key)
    if kept is None:
        try:
            kept = work_out()
        except (MissingPageError, PreviewBusyError):  # of this request, not of the file
            raise
        except PreviewUnavailable as reason:
            cache.set(key, str(reason), FAILURE_KEPT)
            raise
        cache.set(key, kept, KEPT)
    if isinstance(kept, str):
        raise PreviewUnavailable(kept)
    return kept


def _pages_key(file: StoredFile) -> str:
    return f"{file.digest}-pages"
