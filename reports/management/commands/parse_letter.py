"""The command that prints how a feedback letter is read, without storing anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.lines import ParseError
from reports.management.commands.import_report import read_file
from reports.reading.letter import FeedbackLetter, read_letter
from reports.recognition import Recognised, recognise_letter


class Command(BaseCommand):
    """parse_letter FILE [--json]"""

    help = "Print the aspects and findings that would be stored for a feedback letter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the file and the option for JSON."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, file: Path, json: bool, **options: Any) -> None:
        """Read the file and print what it says; CommandError for a text that cannot be read."""
        try:
            text = read_file(file)
            recognised = recognise_letter(text)
        except ParseError as error:
            raise CommandError(f"{file}：{error}") from error
        letter = read_letter(text)
        self.stdout.write(as_json(letter, recognised) if json else as_tree(letter, recognised))


def as_json(letter: FeedbackLetter, recognised: Recognised) -> str:
    """The letter as JSON: its aspects, its findings with details, what is to be rectified at once, and the doubts."""
    return json.dumps(
        {
            "aspects": letter.aspects,
            "findings": [
                {"title": finding.title, "detail": finding.detail, "aspect": finding.aspect}
                for finding in letter.findings
            ],
            "immediate": letter.immediate,
            "doubts": [asdict(doubt) for doubt in recognised.doubts],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_tree(letter: FeedbackLetter, recognised: Recognised) -> str:
    """The findings below their aspects, and the doubts, as text."""
    lines: list[str] = []
    above = None
    for finding in letter.findings:
        if finding.aspect != above:
            lines.append(finding.aspect or "（没有分方面）")
            above = finding.aspect
        lines.append(f"  {finding.title}")
    lines += [f"立行立改：{title}" for title in letter.immediate]
    return "\n".join([*lines, *(f"请核对：{doubt}" for doubt in recognised.doubts)])
