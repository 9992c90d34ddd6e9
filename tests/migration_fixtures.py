"""The databases of released versions, one of SQLite and one of PostgreSQL for each: where they lie and how they return.

``tests/migrations/VERSION/`` holds what ``scripts/make-fixture-database`` made when the version was released.
"""

from __future__ import annotations

import lzma
from pathlib import Path

from django.db import connection

FOLDER = Path(__file__).resolve().parent / "migrations"
AUDIT_KEY = "the-key-of-the-databases-kept-for-tests-and-of-no-installation"  # it seals their trails
FILES = {"sqlite": "rectify.sqlite3.xz", "postgresql": "rectify.sql.xz"}


def kept_versions() -> list[str]:
    """The versions of which databases are kept, oldest first."""
    versions = [file.parent.name for file in FOLDER.glob(f"*/{FILES['sqlite']}")]
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])


def restore(version: str) -> None:
    """Bring the database of a version back into the empty one to which Django is connected."""
    content = lzma.decompress((FOLDER / version / FILES[connection.vendor]).read_bytes())
    connection.close()
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).write_bytes(content)
        return
    with connection.cursor() as cursor:
        cursor.execute(content.decode())
    connection.close()  # the statements have changed its settings
