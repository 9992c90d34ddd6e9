"""The audit trail as CSV for spreadsheets: every column, marked as UTF-8, nothing that they take for a formula."""

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
FORMULA = tuple("=+-@＝＋－＠\t\r")  # with any of these in front a spreadsheet may calculate
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)  # what every database can compare with
LABELS = {"action": dict(Action.choices), "result": dict(Result.choices)}


class _Line:
    """A file for the csv module that hands every line back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def lines(events: EventQuerySet) -> Iterator[str]:
    """The file line by line, oldest event first; the events are read in pieces, never all at once."""
    writer = csv.writer(_Line())
    fields = {field.attname: field for field in Event._meta.concrete_fields}
    yield "\ufeff" + writer.writerow([fields[name].verbose_name for name in COLUMNS])
    for row in events.walk(*COLUMNS[1:]):
        yield writer.writerow([cell(name, value) for name, value in zip(COLUMNS, row, strict=True)])


def cell(name: str, value: Any) -> str:
    """What a column shows: local time to the microsecond, labels for codes, a quote before what may be a formula."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="microseconds")
    return harmless(str(LABELS.get(name, {}).get(value, value)))


def harmless(text: str) -> str:
    """A text with a quote before it where a spreadsheet might take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write(file: Path, content: Iterable[str]) -> int:
    """Write a new file that only its owner can read, and put it on the disk: how many events it holds.

    Raises OSError, FileExistsError where there is one already.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        count = -1  # the headings
        for line in content:
            out.write(line)
            count += 1
        out.flush()
        os.fsync(out.fileno())
    return count


def between(since: dt.date | None, until: dt.date | None) -> EventQuerySet:
    """The events of these days, both included, in local time; None leaves that end open."""
    events = Event.objects.all()
    since, until = (day and min(max(day, EARLIEST), LATEST) for day in (since, until))
    if since:
        events = events.filter(at__gte=timezone.make_aware(dt.datetime.combine(since, dt.time.min)))
    if until:
        after = dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min)
        events = events.filter(at__lt=timezone.make_aware(after))
    return events
