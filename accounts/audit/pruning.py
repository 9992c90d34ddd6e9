"""Taking the oldest events out of the trail: first into a file, then, with a row that says so, out of the database."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.audit import csv_export
from accounts.audit.events import Subject, record
from accounts.audit.models import Action, Event
from accounts.audit.triggers import FLOOR
from accounts.audit.verification import verify

KEPT = 3 * 365  # days, unless told otherwise
LONGEST = 36_500  # days; further back no calendar of a computer goes


class PruneRefusedError(Exception):
    """Nothing was removed; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The last number removed, how many events went, and where they are now."""

    last: int
    count: int
    file: Path


def prune(days: int, file: Path | None = None) -> Pruned | None:
    """Remove the events older than that many days, or None when there are none.

    Raises PruneRefusedError, and OSError when the file cannot be written. Either way nothing is removed.
    """
    if days < FLOOR:
        raise PruneRefusedError(f"审计记录至少保存 {FLOOR} 天，不能清理 {days} 天以内的记录。")
    if days > LONGEST:
        raise PruneRefusedError(f"最多按 {LONGEST} 天清理，给出的 {days} 天太长。")
    last = last_older_than(timezone.now() - dt.timedelta(days=days))
    if last is None:
        return None
    verification = verify()
    if verification.problems:  # or the damage would go with what is removed
        raise PruneRefusedError(f"{verification.words}查清之前不能清理。")
    old = Event.objects.filter(number__lte=last.number)
    file = file or _default_file(verification.first or 0, last.number)
    count = csv_export.write(file, csv_export.lines(old))
    with transaction.atomic():
        old.delete()
        # Named by number and seal: verification accepts this new beginning and no other.
        record(
            Action.TRAIL,
            Subject(Event._meta.label_lower, last.number, last.seal),
            reason=f"清理 {days} 天以前的 {count} 条审计记录，已导出到 {file.name}，SHA-256 {_sha256(file)}",
        )
    return Pruned(last.number, count, file)


def last_older_than(moment: dt.datetime) -> Event | None:
    """The last of the events from the beginning that are all older: a clock once set back leaves no gap."""
    first_kept = Event.objects.filter(at__gte=moment).order_by("number").first()
    older = Event.objects.filter(number__lt=first_kept.number) if first_kept else Event.objects.all()
    return older.order_by("-number").first()


def _default_file(first: int, last: int) -> Path:
    folder = Path(settings.AUDIT_ANCHOR_FILE).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"events-{first}-{last}.csv"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
