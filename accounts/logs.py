"""Log lines as JSON objects, with the id of the request and without anything a user typed.

Of an exception only the classes and the places in the code are logged: messages of a database quote values.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback

from accounts.request_context import context_of, current_context


class JsonLines(logging.Formatter):
    """The logging formatter that writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The JSON line; lone surrogates, which UTF-8 cannot encode, are written as escapes."""
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
    """The class of an exception and its traceback as "file:line function" lines, followed by those of its causes."""
    lines = []
    current: BaseException | None = error
    while current is not None:
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        frames = traceback.extract_tb(current.__traceback__)
        lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        # As the interpreter does: the explicit cause, else the context unless ``raise … from None`` hides it.
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)
