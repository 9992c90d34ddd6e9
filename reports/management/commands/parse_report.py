"""The command that prints how a report text is parsed, without storing anything."""

from __future__ import annotations

import json
from dataclasses import asdict

from reports.lines import HeadingKind
from reports.management.text_command import TextCommand
from reports.recognition import Recognised, recognise

INDENTS = {HeadingKind.CHAPTER: 0, HeadingKind.ASPECT: 1, HeadingKind.FINDING: 2, HeadingKind.SUB_FINDING: 3}


class Command(TextCommand):
    """parse_report FILE [--json]"""

    help = "Print the tree that would be stored for a report text."

    def recognise(self, text: str) -> Recognised:
        """What the report says, in any form; raises ParseError."""
        return recognise(text)

    def as_json(self, recognised: Recognised) -> str:
        """Headings word for word, stated numbers, doubts, what was set aside, and the tree of facts."""
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

    def as_tree(self, recognised: Recognised) -> str:
        """The headings, indented by level, and the notes."""
        parsed = recognised.parsed
        lines = [f"{'  ' * INDENTS.get(heading.kind, 1)}{heading.text}" for heading in parsed.headings]
        return "\n".join([*lines, *(f"请核对：{note}" for note in parsed.notes)])
