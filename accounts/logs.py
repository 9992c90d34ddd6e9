"""Log lines: one JSON object each, with the number of the request, and without anything that somebody typed.

Of an exception the classes and the places in the code are told, never its words: those of a database quote values.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback

from accounts.request_context import context_of, current_context


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; in UTF-8, where it can be said in UTF-8."""
        origin = context_of(getattr(record, "request", None)) or current_context()
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": origin.request_id,
        }
        if origin.known_user_id is not None:
            line["user_id"] = origin.known_user_id
        if record.exc_info and record.exc_info[1]:
            line["exception"] = places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def places(error: BaseException) -> str:
    """The classes of an exception and of those behind it, each with where in the code it happened."""
    told = []
    behind: BaseException | None = error
    while behind is not None:
        told.append(f"{type(behind).__module__}.{type(behind).__qualname__}")
        frames = traceback.extract_tb(behind.__traceback__)
        told += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return "\n".join(told)
