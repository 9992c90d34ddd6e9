"""Small pictures of stored files, and their numbers of pages: worked out once, then kept by digest."""

from __future__ import annotations

from django.core.cache import caches

from documents.pdf.page_images import PreviewUnavailable, page_count
from documents.thumbnails import ThumbnailBusyError, draw_thumbnail
from findings.evidence.models import StoredFile
from findings.evidence.store.receiving import open_stored

KEPT = 30 * 24 * 3600  # seconds
FAILURE_KEPT = 3600  # seconds after which an unreadable file is tried again


def thumbnail_of(file: StoredFile, number: int) -> bytes:
    """Page ``number`` (from 1) of a pdf, png or jpg as a small JPEG.

    Raises ``PreviewUnavailable``, and whatever ``open_stored`` raises.
    """
    cache, key = caches["thumbnails"], f"{file.digest}-{number}"
    kept = cache.get(key)
    if kept is None:
        try:
            with open_stored(file) as stored:
                kept, pages = draw_thumbnail(stored.read(), file.extension, number)
        except PreviewUnavailable as reason:
            if not isinstance(reason, ThumbnailBusyError):
                cache.set(key, str(reason), FAILURE_KEPT)
            raise
        cache.set(key, kept, KEPT)
        _keep_pages(file, pages)
    if isinstance(kept, str):
        raise PreviewUnavailable(kept)
    return bytes(kept)


def known_pages(file: StoredFile) -> int | None:
    """The number of pages if it is known without opening the file."""
    pages: int | None = caches["thumbnails"].get(_pages_key(file))
    return pages


def pages_of(file: StoredFile) -> int:
    """The number of pages of a PDF; raises as ``thumbnail_of``."""
    pages = known_pages(file)
    if pages is None:
        with open_stored(file) as stored:
            pages = page_count(stored.read())
        _keep_pages(file, pages)
    return pages


def _pages_key(file: StoredFile) -> str:
    return f"{file.digest}-pages"


def _keep_pages(file: StoredFile, pages: int) -> None:
    caches["thumbnails"].set(_pages_key(file), pages, KEPT)
