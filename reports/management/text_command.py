"""What the commands that print a text as it was read have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.lines import ParseError
from reports.management.commands.import_report import read_file
from reports.recognition import Recognised


class TextCommand(BaseCommand):
    """Prints what was recognised in a file, as a tree or as JSON, and stores nothing."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the file and the option for JSON."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, file: Path, json: bool, **options: Any) -> None:
        """Read the file and print what it says; CommandError for a text that cannot be read."""
        try:
            recognised = self.recognise(read_file(file))
        except ParseError as error:
            raise CommandError(f"{file}：{error}") from error
        self.stdout.write(self.as_json(recognised) if json else self.as_tree(recognised))

    def recognise(self, text: str) -> Recognised:
        """What the text says; raises ParseError."""
        raise NotImplementedError

    def as_json(self, recognised: Recognised) -> str:
        """What was recognised, as JSON."""
        raise NotImplementedError

    def as_tree(self, recognised: Recognised) -> str:
        """What was recognised, as indented text."""
        raise NotImplementedError
