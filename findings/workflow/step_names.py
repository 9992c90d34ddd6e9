"""The names of the steps with findings, measures and extension requests.

The same act has the same name on every kind of record. They are stored (``Step.transition``) and stand in addresses.
"""

from __future__ import annotations

from enum import StrEnum


class StepName(StrEnum):
    """One act of the workflow."""

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
    GRANT = "grant"
    REFUSE = "refuse"
