"""One report of a failed start, however many workers fail: who may make it.

``gunicorn.conf.py`` imports this module in the master, so that all workers share the one permission. Standard library
only: whatever the master imports, a reload of the workers cannot replace.
"""

from __future__ import annotations

import os


class SharedPermission:
    """A permission that exactly one of this process and those forked from it gets."""

    def __init__(self) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.write(writer, b"1")
        os.close(writer)

    def take(self) -> bool:
        """Whether this call got the permission; every later one, in any of the processes, does not."""
        return os.read(self._reader, 1) == b"1"


permission = SharedPermission()
