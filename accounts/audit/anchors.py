"""Anchors of the audit trail: numbers and seals written down outside the database.

What the database alone cannot show, that its end was cut off or an old copy put in its place, shows against them.
One JSON line each, in the file ``AUDIT_ANCHOR_FILE``, which only ever grows.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.audit.sealing import anchor_mac


@dataclass(frozen=True, slots=True)
class Anchor:
    """At that moment (ISO 8601) the last row of that database's trail had this number and this seal."""

    at: str
    database: str
    number: int
    seal: str


def database_name() -> str:
    """Which database is meant: one file may serve several, such as a developer's."""
    database = connection.settings_dict
    return f"{connection.vendor}:{database['HOST'] or 'localhost'}:{database['PORT'] or ''}/{database['NAME']}"


def anchor_file() -> Path:
    """Where the anchors are."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def write(number: int, seal: str) -> None:
    """Add an anchor; when this returns it is on the disk. Raises OSError."""
    anchor = asdict(Anchor(timezone.localtime().isoformat(timespec="seconds"), database_name(), number, seal))
    line = json.dumps({**anchor, "mac": anchor_mac(anchor)}, ensure_ascii=False) + "\n"
    file = anchor_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    """Put the file's name on the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read() -> tuple[list[Anchor], list[int]]:
    """The anchors of this database in the order written, and the lines (from 1) that are not this installation's."""
    anchors, broken = [], []
    file = anchor_file()
    if not file.exists():
        return [], []
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            anchor = _parse_anchor(line)
            if anchor is None:
                broken.append(number)
            elif anchor.database == database_name():
                anchors.append(anchor)
    return anchors, broken


def _parse_anchor(line: str) -> Anchor | None:
    """The anchor of a line, or None when the line is not one of ours."""
    try:
        values = json.loads(line)
        mac = values.pop("mac")
        return Anchor(**values) if mac == anchor_mac(values) else None
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
