"""Pruning of the trail: the oldest events are exported to a file, then deleted, with an event that records it."""

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

KEPT = 3 * 365  # days, the default
LONGEST = 36_500  # days, a hundred years; far more would be before the first date of datetime


class PruneRefusedError(Exception):
    """Nothing was deleted; the message gives the reason in Chinese."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The result of a pruning: the last number deleted, the number of events, and the file that has them now."""

    last: int
    count: int
    file: Path


def prune(days: int, file: Path | None = None) -> Pruned | None:
    """Export and delete the events older than ``days``; None when there are none.

    ``file`` must not exist; by default it is beside the anchors. Raises PruneRefusedError, or OSError when the file
    cannot be written; then nothing is deleted.
    """
    if days < FLOOR:
        raise PruneRefusedError(f"审计记录至少保存 {FLOOR} 天，不能清理 {days} 天以内的记录。")
    if days > LONGEST:
        raise PruneRefusedError(f"最多按 {LONGEST} 天清理，给出的 {days} 天太长。")
    last = last_older_than(timezone.now() - dt.timedelta(days=days))
    if last is None:
        return None
    verification = verify()
    if verification.problems:  # pruning a damaged trail could delete the evidence of the damage
        raise PruneRefusedError(f"{verification.words}查清之前不能清理。")
    old = Event.objects.filter(number__lte=last.number)
    file = file or _default_file(verification.first or 0, last.number)
    count = csv_export.write(file, csv_export.lines(old))
    with transaction.atomic():
        old.delete()
        # With number and seal of the last deleted event: verification accepts only the row after it as the beginning.
        record(
            Action.TRAIL,
            Subject(Event._meta.label_lower, last.number, last.seal),
            reason=f"清理 {days} 天以前的 {count} 条审计记录，已导出到 {file.name}，SHA-256 {_sha256(file)}",
        )
    return Pruned(last.number, count, file)


def last_older_than(moment: dt.datetime) -> Event | None:
    """The last event before the first that is not older than ``moment``; None when there is none.

    Only a prefix of the trail is deleted, so that a clock that was set back leaves no gap in the numbers.
    """
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
