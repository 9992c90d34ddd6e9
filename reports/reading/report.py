"""Reading of a published report in any form: which line is what. Pure.

The chapters are found first, then the one that tells of the findings, then what each numbering in it stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.reading import patterns
from reports.reading.breaks import divide_lines
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.levels import UNNUMBERED, Levels, choose_levels, possible_headings
from reports.reading.numbering import CHAPTER, number_of_line
from reports.reading.opening import body_start, is_furniture, opening_kinds
from reports.reading.source import SourceLine, source_lines

_ORGANISING = ("组织", "领导", "责任", "站位", "认识", "部署", "统筹", "工作开展")
_SHORT_FURNITURE = 40  # characters within the text


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of a chapter with its heading; of what stands before the first one ``heading`` is empty."""

    heading: str
    lines: Sequence[SourceLine]


def read_report(text: str) -> tuple[ReadLine, ...]:
    """Every line of the text with its kind, in order."""
    opening, body, closing = split_text(text)
    return (*opening, *read_sections(divide_sections(body)), *closing)


def split_text(text: str) -> tuple[list[ReadLine], Sequence[SourceLine], list[ReadLine]]:
    """The lines of a text, lost breaks restored: those before the body with their kinds, the body, those behind it."""
    lines = list(divide_lines(source_lines(text)))
    start = body_start(lines)
    opening = [ReadLine(line, kind) for line, kind in zip(lines, opening_kinds(lines[:start]), strict=False)]
    return (opening, *split_closing(lines[start:]))


def split_closing(lines: Sequence[SourceLine]) -> tuple[Sequence[SourceLine], list[ReadLine]]:
    """The lines of the text, and those at its end: contact, signature, date, furniture, and annexes, set aside."""
    annex = next((place for place, line in enumerate(lines) if _begins_annex(lines, place)), len(lines))
    closing = [ReadLine(line, LineKind.SET_ASIDE) for line in lines[annex:]]
    for line in reversed(lines[:annex]):
        kind = _closing_kind(line)
        if kind is None:
            break
        closing.insert(0, ReadLine(line, kind))
    return lines[: len(lines) - len(closing)], closing


def _begins_annex(lines: Sequence[SourceLine], place: int) -> bool:
    """Whether 附件 stands behind the signature or the date; before them, it only names what is annexed."""
    return bool(patterns.ANNEX.match(lines[place].plain)) and any(
        patterns.DATE.match(line.plain) or patterns.SIGNATURE.match(line.plain)
        for line in lines[max(0, place - 3) : place]
    )


def _closing_kind(line: SourceLine) -> LineKind | None:
    plain = line.plain
    if number_of_line(plain):
        return None
    if patterns.DATE.match(plain):
        return LineKind.DATE
    if patterns.CONTACT.match(plain):
        return LineKind.CONTACT
    if is_furniture(line):
        return LineKind.SET_ASIDE
    return LineKind.SIGNATURE if patterns.SIGNATURE.match(plain) else None


def divide_sections(lines: Sequence[SourceLine]) -> list[Section]:
    """The chapters, after a first section with what stands before them, which may be empty."""
    starts = [place for place, line in enumerate(lines) if _is_chapter(line)]
    sections = [Section("", lines[: starts[0] if starts else None])]
    for start, end in pairwise([*starts, len(lines)]):
        plain = lines[start].plain
        numbered = number_of_line(plain)
        sections.append(Section(plain[numbered.length if numbered else 0 :], lines[start:end]))
    return sections


def _is_chapter(line: SourceLine) -> bool:
    numbered = number_of_line(line.plain)
    return numbered is not None and numbered.numbering == CHAPTER


def read_sections(sections: Sequence[Section]) -> list[ReadLine]:
    """The lines of all sections with their kinds."""
    telling = _sections_with_findings(sections)
    if _are_aspects(sections, telling):
        return _read_aspect_chapters(sections, telling)
    listing = {place for place, section in enumerate(sections) if patterns.FINDINGS_LISTED.match(section.heading)}
    listing = listing if telling - listing else set()
    headings = [
        one
        for place in sorted(telling - listing) or sorted(telling)
        for one in possible_headings(below_heading(sections[place]))
    ]
    levels = choose_levels(headings)
    read: list[ReadLine] = []
    for place, section in enumerate(sections):
        if place in telling | listing:
            answered = bool(listing) and place not in listing
            read += _read_findings(section, levels, is_answer=answered)
        else:
            read += _read_other(section, is_before=not telling or place < min(telling))
    return read


def below_heading(section: Section) -> Sequence[SourceLine]:
    """The lines of a section without its heading."""
    return section.lines[1:] if section.heading else section.lines


def _evidence(section: Section) -> int:
    """How much speaks for a section to tell of findings: labels, statuses, headings worded like a finding."""
    found = 0
    for line in below_heading(section):
        plain = line.plain
        if patterns.LABEL.match(plain) or patterns.STATUS_LINE.match(plain):
            found += 2
        elif numbered := number_of_line(plain):
            found += 2 * bool(patterns.PROBLEM.match(plain[numbered.length :]))
        elif patterns.UNNUMBERED_PROBLEM.match(plain):
            found += 2
    if found and any(word in section.heading for word in _ORGANISING) and "问题" not in section.heading:
        found -= 2
    return found


def _sections_with_findings(sections: Sequence[Section]) -> set[int]:
    """The indexes of the sections that tell of findings; none when nothing speaks for any."""
    found = {
        place
        for place, section in enumerate(sections)
        if _evidence(section) > 0 and not patterns.NEXT_STEPS.match(section.heading)
    }
    if found:
        return found
    # Titles without any fixed wording: the last chapter on rectification that has numbered lines, else what has none.
    for place in reversed(range(len(sections))):
        section = sections[place]
        is_fit = not section.heading or patterns.RECTIFICATION.match(section.heading)
        if is_fit and not patterns.NEXT_STEPS.match(section.heading) and possible_headings(below_heading(section)):
            return {place}
    return set()


def _are_aspects(sections: Sequence[Section], telling: set[int]) -> bool:
    """Whether 一、 numbers the aspects themselves: no chapter stands above the findings."""
    worded = [place for place in telling if patterns.ASPECT.match(sections[place].heading)]
    return len(worded) >= 2 and len(worded) * 2 > len(telling)


def _read_aspect_chapters(sections: Sequence[Section], telling: set[int]) -> list[ReadLine]:
    first, last = min(telling), max(telling)
    within = [line for section in sections[first : last + 1] for line in section.lines]
    levels = choose_levels(possible_headings(within))
    read: list[ReadLine] = []
    for section in sections[:first]:
        read += _read_other(section, is_before=True)
    read += _read_lines(within, levels, is_answer=False)
    for section in sections[last + 1 :]:
        read += _read_other(section, is_before=False)
    return read


def _read_findings(section: Section, levels: Levels, *, is_answer: bool) -> list[ReadLine]:
    below = below_heading(section)
    heading = [ReadLine(section.lines[0], LineKind.CHAPTER)] if section.heading else []
    return heading + _read_lines(below, levels, is_answer=is_answer, is_opening=not section.heading)


def _read_lines(
    lines: Sequence[SourceLine], levels: Levels, *, is_answer: bool, is_opening: bool = False
) -> list[ReadLine]:
    """The lines of a section with findings; those before its first heading are the preamble when nothing is above."""
    headings = {one.place: one for one in possible_headings(lines)}
    read: list[ReadLine] = []
    before = LineKind.PREAMBLE if is_opening else LineKind.TEXT
    for place, line in enumerate(lines):
        kind = before
        if heading := headings.get(place):
            kind = levels.get(heading.numbering, LineKind.TEXT)
            if heading.is_labelled_text and kind != LineKind.FINDING and heading.numbering != UNNUMBERED:
                kind = LineKind.TEXT
            if kind == LineKind.FINDING and is_answer:
                kind = LineKind.ANSWER
            before = LineKind.TEXT
        elif patterns.STATUS_LINE.match(line.plain):
            kind = LineKind.STATUS
        elif is_furniture(line) and len(line.text) <= _SHORT_FURNITURE:
            kind = LineKind.SET_ASIDE
        read.append(ReadLine(line, kind))
    return read


def _read_other(section: Section, *, is_before: bool) -> list[ReadLine]:
    """A section without findings: the preamble, or a chapter, whose headings count in the one about organisation."""
    if not section.heading:
        return [ReadLine(line, _body_kind(line, LineKind.PREAMBLE)) for line in section.lines]
    read = [ReadLine(section.lines[0], LineKind.CHAPTER)]
    outermost = next((found.numbering for line in section.lines[1:] if (found := number_of_line(line.plain))), "")
    is_organisation = is_before and not patterns.NEXT_STEPS.match(section.heading)
    for line in section.lines[1:]:
        numbered = number_of_line(line.plain)
        is_heading = is_organisation and numbered is not None and numbered.numbering == outermost
        read.append(ReadLine(line, LineKind.ORGANISATION if is_heading else _body_kind(line, LineKind.TEXT)))
    return read


def _body_kind(line: SourceLine, otherwise: LineKind) -> LineKind:
    is_aside = is_furniture(line) and len(line.text) <= _SHORT_FURNITURE
    return LineKind.SET_ASIDE if is_aside else otherwise
