"""The seals that chain the audit trail: keyed digests which nobody without the key can make. No database.

A row carries two of them. ``digest`` covers what the row says; ``seal`` covers where it stands: its number, the seal of
the row before it, and its digest. Two, so that a changed row can be told from one that was moved.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping

from django.conf import settings

ALGORITHMS = ("sha256", "sha384", "sha512", "sm3")  # a row that names any other was not written by us


def digest_of(content: Mapping[str, object], algorithm: str) -> str:
    """The digest (hexadecimal) of the columns of a row. Raises ValueError for an algorithm that is not ours.

    Empty columns are left out: a column added later does not break the rows there are.
    """
    filled = {name: _plain(value) for name, value in content.items() if value is not None and value != ""}
    return _mac(algorithm, "content", filled)


def seal_of(number: int, previous: str, digest: str, algorithm: str) -> str:
    """The seal (hexadecimal) of the row of that number and digest, after the row with the seal ``previous``."""
    return _mac(algorithm, "place", [number, previous, digest])


def anchor_mac(anchor: Mapping[str, object]) -> str:
    """What shows that an anchor was written by this installation."""
    return _mac("sha256", "anchor", dict(anchor))


def _mac(algorithm: str, purpose: str, message: object) -> str:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm!r} is not one of {', '.join(ALGORITHMS)}")
    canonical = json.dumps([purpose, message], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(settings.AUDIT_KEY.encode(), canonical.encode(), algorithm).hex()


def _plain(value: object) -> object:
    """A moment in one spelling, whatever its time zone; the rest as it is."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return value
