"""Comparing the store with the records: missing, changed and orphaned files."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import operator
from contextlib import suppress
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from accounts.locks import BusyError
from findings.choices import Scan
from findings.evidence.models import StoredFile
from findings.evidence.store import storage
from findings.evidence.store.scanning import scan_stored_file

CHUNK = 1 << 20
HEXADECIMAL = set("0123456789abcdef")
SPARED = dt.timedelta(days=1)  # an upload stores the file before the row


@dataclass
class Findings:
    """The deviations of the store: digests of missing and changed files, places of orphaned ones."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every row has its intact file; orphans do no harm."""
        return not self.missing and not self.changed


def verify() -> Findings:
    """Read every file again and compare its digest; UnreachableError when the store does not answer."""
    found, known = Findings(), set()
    for digest, size in StoredFile.objects.order_by("digest").values_list("digest", "size").iterator():
        found.checked += 1
        known.add(digest)
        try:
            is_intact = _digest_and_size(digest) == (digest, size)
        except storage.MissingFileError:
            found.missing.append(digest)
        else:
            found.changed += [] if is_intact else [digest]
    # A file that is uploaded meanwhile may be among the orphans, which does no harm.
    found.orphaned = [place for place in storage.the_storage().places() if place.rpartition("/")[2] not in known]
    return found


def _digest_and_size(digest: str) -> tuple[str, int]:
    read, size = hashlib.sha256(), 0
    with storage.open_digest(digest) as file:
        while chunk := file.read(CHUNK):
            read.update(chunk)
            size += len(chunk)
    return read.hexdigest(), size


def collect_garbage(*, is_rehearsal: bool = False) -> list[str]:
    """Remove files older than a day that no record refers to, with their rows, and return their places.

    ``is_rehearsal`` only lists them. Files that an upload holds or that have vanished meanwhile are passed over. Raises
    UnreachableError.
    """
    store, before = storage.the_storage(), timezone.now() - SPARED
    removed = []
    # A list, because files are deleted during the loop.
    for place in list(store.places()):
        # An upload holds the lock of its name: its file is in use. A file may also vanish during the loop.
        with suppress(FileNotFoundError, BusyError), storage.lock_file_name(place.rpartition("/")[2]):
            if _is_garbage(store, place, before):
                removed.append(place)
                if not is_rehearsal:
                    # The row first: killed in between, this leaves a file without a row, the next one to be removed.
                    StoredFile.objects.filter(digest=place.rpartition("/")[2]).delete()
                    store.delete(place)
    return removed


def _is_garbage(store: storage.EvidenceStorage, place: str, before: dt.datetime) -> bool:
    """Whether no record refers to a file and it is older than ``before``; younger ones may belong to an upload.

    An upload of content that is there already makes the file young again, before it looks for the row.
    """
    is_referred = StoredFile.objects.filter(_has_reference(), digest=place.rpartition("/")[2]).exists()
    return not is_referred and store.get_modified_time(place) <= before


def _has_reference() -> Q:
    """The condition of the rows that a record refers to, whatever app its model is of."""
    names = (relation.name for relation in StoredFile._meta.related_objects)
    return functools.reduce(operator.or_, (Q(**{f"{name}__isnull": False}) for name in names))


def scan_waiting() -> dict[str, int]:
    """Scan again all files that wait for the scanner; the number of files by result.

    UnreachableError when the store does not answer. Files that are missing are left to ``verify``.
    """
    results: dict[str, int] = {}
    for file in StoredFile.objects.filter(scan=Scan.WAITING).order_by("digest"):
        try:
            with storage.open_digest(file.digest) as content:
                file.scan = scan_stored_file(content)
        except storage.MissingFileError:
            continue  # ``verify`` reports it
        file.save(update_fields=["scan"])
        results[file.scan] = results.get(file.scan, 0) + 1
    return results
