"""Anchors of the audit trail: numbers and seals of events, stored outside the database.

They reveal what the database alone cannot: that the end of the trail was cut off, or that the database was replaced by
an old copy. Each is a JSON line of the file ``AUDIT_ANCHOR_FILE``, to which lines are only appended.
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
    """The number and the seal of the last event in the trail of ``database`` at the moment ``at`` (ISO 8601)."""

    at: str
    database: str
    number: int
    seal: str


def database_name() -> str:
    """The identity of the database: one anchor file may serve several, as on a developer's machine."""
    database = connection.settings_dict
    return f"{connection.vendor}:{database['HOST'] or 'localhost'}:{database['PORT'] or ''}/{database['NAME']}"


def anchor_file() -> Path:
    """The path of the anchor file, from the settings."""
    return Path(settings.AUDIT_ANCHOR_FILE)


def write(number: int, seal: str) -> None:
    """Append an anchor and wait until it is on the disk. Raises OSError."""
    anchor = asdict(Anchor(timezone.localtime().isoformat(timespec="seconds"), database_name(), number, seal))
    line = json.dumps({**anchor, "mac": anchor_mac(anchor)}, ensure_ascii=False) + "\n"
    file = anchor_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Several processes append to this file: one line at a time.
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    """Flush the folder's entry of a new file to the disk; ``fsync`` of the file does not include it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read() -> tuple[list[Anchor], list[int]]:
    """The anchors of this database in order, and the line numbers (from 1) without a valid MAC of this installation.

    Two empty lists when there is no file; raises OSError.
    """
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
    """The anchor in a line, None when the line is malformed or its MAC is not valid."""
    try:
        values = json.loads(line)
        mac = values.pop("mac")
        return Anchor(**values) if mac == anchor_mac(values) else None
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
