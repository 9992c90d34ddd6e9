"""A database, keys and an anchor file for one benchmark, without a server.

Must be imported before Django reads its settings, since it sets the environment.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.test.utils import override_settings

FILE = Path(tempfile.gettempdir()) / f"rectify-bench-{os.getpid()}.sqlite3"
SAMPLE_KEY = "only-for-measuring-0123456789-abcdefghijklmnopqrstuvwxyz"
PLAIN_FILES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}  # of which nothing is collected

os.environ.setdefault("DATABASE_URL", f"sqlite:///{FILE}")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
os.environ.setdefault("RECTIFY_SECRET_KEY", SAMPLE_KEY)
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
# Never those of the installation: a benchmark must not write into its trail.
os.environ["RECTIFY_AUDIT_KEY"] = SAMPLE_KEY
os.environ["RECTIFY_AUDIT_ANCHORS"] = f"{FILE}.anchors"
django.setup()


def run(main: Callable[[], int]) -> None:
    """Run a benchmark, remove its files, and exit with the code it returns."""
    try:
        with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES):
            code = main()
    finally:
        for leftover in FILE.parent.glob(f"{FILE.name}*"):
            leftover.unlink()
    sys.exit(code)
