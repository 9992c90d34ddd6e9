"""The store of evidence: bytes in, digest out; what is in it is whole, and was looked at."""

from documents.file_checks.rejections import RejectedError
from findings.evidence.recording import add_evidence, already_at, attach, withdraw
from findings.evidence.store.receiving import Received, check_answers, check_quota, open_stored, receive, usage_of
from findings.evidence.store.storage import MissingFileError, UnreachableError

__all__ = [
    "MissingFileError",
    "Received",
    "RejectedError",
    "UnreachableError",
    "add_evidence",
    "already_at",
    "attach",
    "check_answers",
    "check_quota",
    "open_stored",
    "receive",
    "usage_of",
    "withdraw",
]
