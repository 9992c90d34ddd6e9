"""When the database cannot be reached: how such an error is told from others, and waiting until a restart is over."""

from __future__ import annotations

import time

from django.db import Error, InterfaceError, OperationalError, connection

PATIENCE = 10.0  # seconds; a restart takes less
PAUSE = 0.2  # seconds between two tries
# PostgreSQL: class 08 is the connection, and these are shutting down, crashing, starting up.
GONE = ("08", "57P01", "57P02", "57P03")


def is_outage(error: BaseException | None) -> bool:
    """Whether an error means that the database could not be reached or went away, not that it refused something."""
    if isinstance(error, InterfaceError):  # the connection was lost before and is used once more
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if str(getattr(cause, "sqlite_errorname", "")).startswith("SQLITE_CANTOPEN"):
        return True
    code: str | None = getattr(cause, "pgcode", "")
    return code is None or code.startswith(GONE)  # without a code nothing was heard from the server


class ReconnectingDatabase:
    """How this process waits for the database.

    Patience counts from when the database was first missed: in a long outage only the first requests wait, all others
    are answered at once and keep no thread from those who need no database.
    """

    def __init__(self) -> None:
        self.missed_since: float | None = None

    def connect(self) -> None:
        """Have a connection that answers; what the database raises when there is none and patience is over."""
        while not self._is_connected():
            time.sleep(PAUSE)
        self.missed_since = None

    def _is_connected(self) -> bool:
        try:
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except Error as error:
            connection.close()  # it may have been lost half-way through being made
            now = time.monotonic()
            self.missed_since = self.missed_since or now
            if not is_outage(error) or now - self.missed_since >= PATIENCE:
                raise
            return False
        return True


database = ReconnectingDatabase()  # one for the process
