"""The store of evidence: bytes in, digest out; what is in it is whole, and was looked at."""

from documents.file_checks.rejections import RejectedError
from findings.evidence.store.receiving import Received, check_answers, check_quota, open_stored, receive, usage_of
from findings.evidence.store.storage import MissingFileError, UnreachableError

__all__ = [
    "MissingFileError",
    "Received",
    "RejectedError",
    "UnreachableError",
    "check_answers",
    "check_quota",
    "open_stored",
    "receive",
    "usage_of",
]
