"""The command that prints how a report text is parsed, without storing anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.facts import Counts
from reports.lines import HeadingKind, ParseError
from reports.management.commands.import_report import read_file
from reports.parsing import Parsed, parse

COUNTERS = {
    "aspects": "方面",
    "findings": "反馈问题",
    "completed": "已完成",
    "long_term": "长期坚持",
    "regulations": "制度",
    "measures": "措施",
}
INDENTS = {HeadingKind.CHAPTER: 0, HeadingKind.ASPECT: 1, HeadingKind.FINDING: 2, HeadingKind.SUB_FINDING: 3}


class Command(BaseCommand):
    """parse_report FILE [--json]"""

    help = "Print the tree that would be stored for a report text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the argument for the file and the option for JSON."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, file: Path, json: bool, **options: Any) -> None:
        """Parse the file and print the tree; CommandError for a text that cannot be read."""
        try:
            parsed = parse(read_file(file))
        except ParseError as error:
            raise CommandError(f"{file}：{error}") from error
        self.stdout.write(as_json(parsed) if json else as_tree(parsed))


def as_json(parsed: Parsed) -> str:
    """The result as JSON: headings word for word, stated numbers, notes, and the whole tree of facts."""
    return json.dumps(
        {
            "title": parsed.facts.title.replace("\n", "") or None,
            **{kind.value: parsed.headings_of(kind) for kind in HeadingKind},
            "n_findings": len(parsed.headings_of(HeadingKind.FINDING)),
            "counters": counters(parsed.facts.counts),
            "notes": parsed.notes,
            "tree": asdict(parsed.facts),
        },
        ensure_ascii=False,
        indent=1,
        default=str,  # dates
    )


def counters(counts: Counts) -> dict[str, int]:
    """The stated numbers that are not masked, by their Chinese names."""
    stated = ((label, getattr(counts, name)) for name, label in COUNTERS.items())
    return {label: number for label, number in stated if number is not None}


def as_tree(parsed: Parsed) -> str:
    """The headings, indented by level, and the notes, as text."""
    lines = [f"{'  ' * INDENTS.get(heading.kind, 1)}{heading.text}" for heading in parsed.headings]
    return "\n".join([*lines, *(f"请核对：{note}" for note in parsed.notes)])
