"""The names of the steps of findings, measures and extension requests.

The same act has the same name for every kind of record. The names are stored (``Step.transition``) and part of URLs.
"""

from __future__ import annotations

from enum import StrEnum


class StepName(StrEnum):
    """One act of the workflow, as stored."""

    START = "start"
    REPORT = "report"
    VERIFY = "verify"
    EXPIRE_VERIFICATION = "expire_verification"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    SEND_BACK = "send_back"
    CLOSE = "close"
    REOPEN = "reopen"
    REQUEST = "request"
    POSTPONE = "postpone"
    GRANT = "grant"
    REFUSE = "refuse"
