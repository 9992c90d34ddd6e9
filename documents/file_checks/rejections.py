"""The error of a file that is rejected."""

from __future__ import annotations


class RejectedError(Exception):
    """The file is rejected; the message is a Chinese sentence that says why and what to do."""
