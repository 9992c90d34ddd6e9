"""The store of evidence: bytes in, digest out; what is in it is whole, and was looked at."""

from findings.evidence_store.receiving import Received, check_quota, open_stored, receive, usage_of
from findings.evidence_store.recording import add_evidence, already_at, attach, withdraw
from findings.evidence_store.rejections import RejectedError
from findings.evidence_store.storage import MissingFileError

__all__ = [
    "MissingFileError",
    "Received",
    "RejectedError",
    "add_evidence",
    "already_at",
    "attach",
    "check_quota",
    "open_stored",
    "receive",
    "usage_of",
    "withdraw",
]
