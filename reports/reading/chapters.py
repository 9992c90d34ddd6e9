"""The chapters of a report that was read, and what each holds. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.reading.headings import heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.styles.style import ChapterPart

_FINDINGS = {LineKind.FINDING, LineKind.ANSWER}
_TELLING = _FINDINGS | {LineKind.ASPECT, LineKind.PART, LineKind.STATUS_GROUP}
_OFFICE = {LineKind.TEXT, LineKind.ORGANISATION}


@dataclass
class ReadChapter:
    """The lines of a chapter below its heading, which is None for what stands above the first one."""

    heading: ReadLine | None
    part: ChapterPart = ChapterPart.OVERVIEW
    lines: list[ReadLine] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The heading without its number; "" where there is none."""
        return heading_text(self.heading).title if self.heading else ""


def read_chapters(lines: Sequence[ReadLine]) -> list[ReadChapter]:
    """The chapters in order. Those beside the findings hold the words of the office: before them, and after them."""
    chapters = [ReadChapter(None)]
    for line in lines:
        if line.kind == LineKind.CHAPTER:
            chapters.append(ReadChapter(line))
            continue
        if line.kind in _TELLING and len(chapters) == 1:
            # Without chapters the findings begin with their first heading.
            chapters.append(ReadChapter(None))
        chapters[-1].lines.append(line)
    is_answered = any(line.kind == LineKind.ANSWER for line in lines)
    otherwise = ChapterPart.OVERVIEW
    for chapter in chapters:
        kinds = {line.kind for line in chapter.lines}
        if is_answered and LineKind.FINDING in kinds:
            chapter.part = ChapterPart.LISTED
        elif kinds & _FINDINGS:
            chapter.part = otherwise = ChapterPart.FINDINGS
        else:
            chapter.part = ChapterPart.NEXT_STEPS if otherwise == ChapterPart.FINDINGS else ChapterPart.OVERVIEW
    return chapters


def office_text(chapters: Sequence[ReadChapter], part: ChapterPart) -> str:
    """The words of the office in the chapters of a part, one paragraph a line; later chapters with their headings."""
    paragraphs: list[str] = []
    own = [chapter for chapter in chapters if chapter.part == part]
    for place, chapter in enumerate(own):
        if chapter.heading is not None and any(before.heading for before in own[:place]):
            paragraphs.append(chapter.heading.source.text)
        paragraphs += [line.source.text for line in chapter.lines if line.kind in _OFFICE]
    return "\n".join(paragraphs)
