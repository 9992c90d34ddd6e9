"""Command that removes files without a row from the store of evidence."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from findings.evidence.store import UnreachableError, auditing


class Command(BaseCommand):
    """``gc_evidence [--dry-run]``"""

    help = "Remove stored files that no record refers to and that are older than a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run``."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be removed.")

    def handle(self, **options: Any) -> None:
        """Remove the files and print their places; CommandError when the store does not answer."""
        try:
            removed = auditing.collect_garbage(is_rehearsal=options["dry_run"])
        except UnreachableError as error:
            raise CommandError(str(error)) from error
        for place in removed:
            self.stdout.write(place)
        self.stdout.write(f"{'将清除' if options['dry_run'] else '已清除'} {len(removed)} 个没有记录的文件。")
