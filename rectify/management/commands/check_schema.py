"""Check that the database has the schema of this program."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from rectify.schema import find_mismatch


class Command(BaseCommand):
    """check_schema; ends with 1 when the schema is another one."""

    help = "Compare the schema of the database with that of this program, as every start does."

    def handle(self, **options: Any) -> None:
        """Print that the schemas agree, or fail with what to do."""
        if complaint := find_mismatch(connection):
            raise CommandError(complaint)
        self.stdout.write("数据库的结构与程序相符。")
