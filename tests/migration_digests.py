"""The digests of all migrations that have landed, which are never edited, renamed or removed again.

    python -m tests.migration_digests

adds the new ones, as ``scripts/freeze-migrations`` does, and rewrites none.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "migrations" / "digests.json"
APPS = ("accounts", "findings", "ledgers", "rectify", "reports")
Digests = Mapping[str, str]  # SHA-256 (hexadecimal) by path from the root of the repository


def frozen_digests() -> dict[str, str]:
    """The digests of the migrations that have landed."""
    digests: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return digests


def current_digests() -> dict[str, str]:
    """The digests of the migrations as they are."""
    return {
        file.relative_to(ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for app in APPS
        for file in sorted((ROOT / app / "migrations").glob("[0-9]*.py"))
    }


def find_changes(frozen: Digests, current: Digests) -> list[str]:
    """What has become of migrations that have landed, one sentence each with what to do; empty when nothing has."""
    changes = []
    for path, digest in frozen.items():
        if path not in current:
            changes.append(f"{path} is missing, but databases have had it: bring it back.")
        elif current[path] != digest:
            changes.append(f"{path} has been edited after it landed: restore it and put the change in a new migration.")
    return changes


def find_unfrozen(frozen: Digests, current: Digests) -> list[str]:
    """The migrations that are new."""
    return [path for path in current if path not in frozen]


def main() -> int:
    """Add what is new; 1, and nothing is written, when anything that has landed is not as it was."""
    frozen, current = frozen_digests(), current_digests()
    if changes := find_changes(frozen, current):
        print(*changes, "docs/upgrading.md tells how a schema changes. Nothing was written.", sep="\n", file=sys.stderr)
        return 1
    added = find_unfrozen(frozen, current)
    FILE.write_text(json.dumps({**frozen, **current}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(added)} migrations frozen, {len(frozen)} were already.", *added, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
