"""Why a file is not taken."""

from __future__ import annotations


class RejectedError(Exception):
    """A file is not taken; the message is a Chinese sentence that says what, why and what to do."""
