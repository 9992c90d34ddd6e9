"""Outages of the database: recognising them by the exception, and waiting until a restart is over."""

from __future__ import annotations

import time

from django.db import Error, InterfaceError, OperationalError, connection

PATIENCE = 10.0  # seconds; a restart takes less
PAUSE = 0.2  # seconds between two tries
# SQLSTATE of PostgreSQL: class 08 is connection errors; the others are shutdown, crash shutdown, cannot connect now.
GONE = ("08", "57P01", "57P02", "57P03")


def is_outage(error: BaseException | None) -> bool:
    """Whether an exception means that the database cannot be reached, not that it refused a statement."""
    if isinstance(error, InterfaceError):  # use of a connection that was lost before
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_CANTOPEN"):
        return True
    code: str | None = getattr(cause, "pgcode", "")
    return code is None or code.startswith(GONE)  # no code: the server did not answer at all


class ReconnectingDatabase:
    """The connection of this process, which waits up to ``PATIENCE`` seconds for a restart of the database.

    The time counts from the first failure of any request: in a long outage only the first requests wait, all later ones
    fail at once and leave the threads to requests that need no database.
    """

    def __init__(self) -> None:
        self.missed_since: float | None = None

    def connect(self) -> None:
        """Make sure the connection works; raises the database's error when it does not within ``PATIENCE``."""
        while not self._is_connected():
            time.sleep(PAUSE)
        self.missed_since = None

    def _is_connected(self) -> bool:
        try:
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except Error as error:
            connection.close()  # it may be half open
            now = time.monotonic()
            self.missed_since = self.missed_since or now
            if not is_outage(error) or now - self.missed_since >= PATIENCE:
                raise
            return False
        return True


database = ReconnectingDatabase()  # one for the process
