"""Django's command line; commands that touch records run only on a database with this program's schema."""

from __future__ import annotations

import sys

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand
from django.db import connection

from rectify.schema import SchemaMismatchError, require_own_schema

# Commands that touch no record, or that bring the schema up to date or show it. Every other one is checked.
UNCHECKED = frozenset(
    {
        "check",
        "check_schema",
        "collectstatic",
        "compilemessages",
        "dbshell",
        "diffsettings",
        "findstatic",
        "help",
        "inspectdb",
        "makemessages",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "parse_letter",
        "parse_report",
        "showmigrations",
        "sqlmigrate",
        "squashmigrations",
        "startapp",
        "test",
        "testserver",
        "version",
    }
)
HELP_OPTIONS = frozenset({"-h", "--help", "--version"})


class CommandLine(ManagementUtility):
    """Finds the command named on the command line, checks the schema if needed, and runs it."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """The command; SchemaMismatchError when it must not touch this database."""
        command = super().fetch_command(subcommand)
        if self.argv[1] not in UNCHECKED and not HELP_OPTIONS & set(self.argv):
            require_own_schema(connection)
        return command


def run(arguments: list[str]) -> None:
    """Run the command of these arguments, the first being the program's name; exit with 1 on a foreign schema."""
    try:
        CommandLine(arguments).execute()
    except SchemaMismatchError as error:
        sys.exit(str(error))
