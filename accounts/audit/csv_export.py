"""The audit trail as CSV for spreadsheets: all columns, UTF-8 with a byte order mark, no cell read as a formula."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.audit.models import CONTENT, PLACE, Action, Event, EventQuerySet, Result

COLUMNS = ("number", *CONTENT, *PLACE[1:])
FORMULA = tuple("=+-@＝＋－＠\t\r")  # a spreadsheet may evaluate a cell that begins with one of these
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)  # the days that both databases can compare with
LABELS = {"action": dict(Action.choices), "result": dict(Result.choices)}


class _Line:
    """A file object whose ``write`` returns the line, so that ``csv.writer.writerow`` returns it as well."""

    def write(self, line: str) -> str:
        """The line unchanged."""
        return line


def lines(events: EventQuerySet) -> Iterator[str]:
    """The lines of the file, oldest event first; at most ``CHUNK`` events are in memory."""
    writer = csv.writer(_Line())
    fields = {field.attname: field for field in Event._meta.concrete_fields}
    yield "\ufeff" + writer.writerow([fields[name].verbose_name for name in COLUMNS])
    for row in events.walk(*COLUMNS[1:]):
        yield writer.writerow([cell(name, value) for name, value in zip(COLUMNS, row, strict=True)])


def cell(name: str, value: Any) -> str:
    """The text of a cell: local time to the microsecond, labels of codes, a quote before a possible formula."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="microseconds")
    return harmless(str(LABELS.get(name, {}).get(value, value)))


def harmless(text: str) -> str:
    """The text, with a single quote in front where a spreadsheet might evaluate it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write(file: Path, content: Iterable[str]) -> int:
    """Write a new file that only its owner can read, flush it to the disk, and return its number of events.

    Raises OSError; FileExistsError when the file exists.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        count = -1  # the first line is the headings
        for line in content:
            out.write(line)
            count += 1
        out.flush()
        os.fsync(out.fileno())
    return count


def between(since: dt.date | None, until: dt.date | None) -> EventQuerySet:
    """The events of the days from ``since`` to ``until``, both included, in local time; None is an open end."""
    events = Event.objects.all()
    since, until = (day and min(max(day, EARLIEST), LATEST) for day in (since, until))
    if since:
        events = events.filter(at__gte=timezone.make_aware(dt.datetime.combine(since, dt.time.min)))
    if until:
        after = dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min)
        events = events.filter(at__lt=timezone.make_aware(after))
    return events
