"""The demo for tests that look at it: loaded once for a module, for it takes long."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import time_machine
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from rectify.demo.accounts import Account
from rectify.demo.loading import load

DAY = dt.date(2026, 11, 24)  # for which the dates of the demo are chosen
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def on_the_day() -> time_machine.travel:
    """The morning of that day, until the end of the block."""
    return time_machine.travel(dt.datetime.combine(DAY, dt.time(9), timezone.get_default_timezone()), tick=False)


@contextmanager
def demo_in(folder: Path) -> Iterator[list[Account]]:
    """The demo's records until the end of the block, its files in a folder; each test's changes are its own."""
    with transaction.atomic():
        with override_settings(**places(folder), PASSWORD_HASHERS=QUICK), on_the_day():
            loaded = load()
        yield loaded
        transaction.set_rollback(True)


def places(folder: Path) -> dict[str, Path]:
    """The settings that say where files lie."""
    return {
        "VAR_DIR": folder / "var",
        "EVIDENCE_ROOT": folder / "evidence",
        "AUDIT_ANCHOR_FILE": folder / "anchors.jsonl",
    }


def copied(folder: Path, target: Path) -> None:
    """The files of a demo for one test, which may change them."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
