"""The keyed digests (HMAC) that chain the audit trail; they cannot be made without the key. No database.

A row has two of them. ``digest`` covers its content; ``seal`` covers its place: its number, the seal of the row before
it, and its digest. With two, verification can tell a changed row from one that was moved (ADR 7).
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping

from django.conf import settings

ALGORITHMS = ("sha256", "sha384", "sha512", "sm3")  # a row with any other was not written by this program


def digest_of(content: Mapping[str, object], algorithm: str) -> str:
    """The digest (hexadecimal) of the content of a row. Raises ValueError for an algorithm not in ``ALGORITHMS``."""
    # Empty columns are left out, so that a column added later does not invalidate existing rows.
    filled = {name: _plain(value) for name, value in content.items() if value is not None and value != ""}
    return _mac(algorithm, "content", filled)


def seal_of(number: int, previous: str, digest: str, algorithm: str) -> str:
    """The seal (hexadecimal) of the row of that number and digest, after the row with the seal ``previous``."""
    return _mac(algorithm, "place", [number, previous, digest])


def anchor_mac(anchor: Mapping[str, object]) -> str:
    """The MAC (hexadecimal) of an anchor's values, which shows that this installation wrote it."""
    return _mac("sha256", "anchor", dict(anchor))


def _mac(algorithm: str, purpose: str, message: object) -> str:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm!r} is not one of {', '.join(ALGORITHMS)}")
    # The purpose is part of the message, so that no digest can serve as a seal or as the MAC of an anchor.
    canonical = json.dumps([purpose, message], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(settings.AUDIT_KEY.encode(), canonical.encode(), algorithm).hex()


def _plain(value: object) -> object:
    """A datetime as text in UTC, the same whatever time zone the database gives; other values unchanged."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value
