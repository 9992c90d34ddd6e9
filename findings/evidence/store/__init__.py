"""The store of files of evidence, by digest: every file in it is complete and was checked (ADR 10)."""

from documents.file_checks.rejections import RejectedError
from findings.evidence.store.receiving import Received, check_answers, check_quota, open_stored, receive, usage_of
from findings.evidence.store.storage import MissingFileError, UnreachableError
from findings.evidence.store.thumbnails import known_pages, pages_of, thumbnail_of

__all__ = [
    "MissingFileError",
    "Received",
    "RejectedError",
    "UnreachableError",
    "check_answers",
    "check_quota",
    "known_pages",
    "open_stored",
    "pages_of",
    "receive",
    "thumbnail_of",
    "usage_of",
]
