"""The command that prints how a feedback letter is read, without storing anything."""

from __future__ import annotations

import json
from dataclasses import asdict

from reports.management.text_command import TextCommand
from reports.reading.letter import letter_of
from reports.recognition import Recognised, recognise_letter


class Command(TextCommand):
    """parse_letter FILE [--json]"""

    help = "Print the aspects and findings that would be stored for a feedback letter."

    def recognise(self, text: str) -> Recognised:
        """What the letter says; raises ParseError."""
        return recognise_letter(text)

    def as_json(self, recognised: Recognised) -> str:
        """Its aspects, its findings with details, what is to be rectified at once, and the doubts."""
        letter = letter_of(recognised.lines)
        return json.dumps(
            {
                "aspects": letter.aspects,
                "findings": [
                    {"title": finding.title, "detail": finding.detail, "aspect": finding.aspect}
                    for finding in letter.findings
                ],
                "immediate": [one.title for one in letter.immediate],
                "doubts": [asdict(doubt) for doubt in recognised.doubts],
            },
            ensure_ascii=False,
            indent=1,
        )

    def as_tree(self, recognised: Recognised) -> str:
        """The findings below their aspects, and the doubts."""
        letter = letter_of(recognised.lines)
        lines: list[str] = []
        above = None
        for finding in letter.findings:
            if finding.aspect != above:
                lines.append(finding.aspect or "（没有分方面）")
                above = finding.aspect
            lines.append(f"  {finding.title}")
        lines += [f"立行立改：{one.title}" for one in letter.immediate]
        return "\n".join([*lines, *(f"请核对：{doubt}" for doubt in recognised.doubts)])
