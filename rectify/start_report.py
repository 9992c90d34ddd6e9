"""A permission to report a failed start, so that one report appears however many workers fail.

``gunicorn.conf.py`` imports this module in the master, so that all workers share one permission. It imports the
standard library only: a reload of the workers does not replace what the master has imported.
"""

from __future__ import annotations

import os


class SharedPermission:
    """A permission that exactly one process gets, of this one and those forked from it."""

    def __init__(self) -> None:
        # A byte in a pipe can be read only once, whichever process reads it.
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.write(writer, b"1")
        os.close(writer)

    def take(self) -> bool:
        """Whether this call got the permission; all later calls, in any process, do not."""
        return os.read(self._reader, 1) == b"1"


permission = SharedPermission()
