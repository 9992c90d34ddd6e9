"""The command that prints how a report text is parsed, without storing anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.lines import HeadingKind, ParseError
from reports.management.commands.import_report import read_file
from reports.recognition import Recognised, recognise

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
            recognised = recognise(read_file(file))
        except ParseError as error:
            raise CommandError(f"{file}：{error}") from error
        self.stdout.write(as_json(recognised) if json else as_tree(recognised))


def as_json(recognised: Recognised) -> str:
    """The result as JSON: headings word for word, stated numbers, doubts, what was set aside, and the tree of facts."""
    parsed = recognised.parsed
    return json.dumps(
        {
            "title": parsed.facts.title.replace("\n", "") or None,
            **{kind.value: parsed.headings_of(kind) for kind in HeadingKind},
            "n_findings": len(parsed.headings_of(HeadingKind.FINDING)),
            # A masked number is unknown and has no entry here; its words are below.
            "counters": {one.name: one.value for one in recognised.counters if one.value is not None},
            "counter_words": {one.name: one.words for one in recognised.counters},
            "doubts": [asdict(doubt) for doubt in recognised.doubts],
            "set_aside": recognised.set_aside,
            "notes": parsed.notes,
            "tree": asdict(parsed.facts),
        },
        ensure_ascii=False,
        indent=1,
        default=str,  # dates
    )


def as_tree(recognised: Recognised) -> str:
    """The headings, indented by level, and the notes, as text."""
    parsed = recognised.parsed
    lines = [f"{'  ' * INDENTS.get(heading.kind, 1)}{heading.text}" for heading in parsed.headings]
    return "\n".join([*lines, *(f"请核对：{note}" for note in parsed.notes)])
