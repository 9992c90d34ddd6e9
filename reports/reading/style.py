"""The style of a report that was read: how its headings, labels, statuses and lists are written. Pure.

A report has one style, and mostly keeps to it: of the ways in which a level is written the most frequent one is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from documents.numerals import CIRCLED, NUMERAL
from reports.reading import patterns
from reports.reading.chapters import ReadChapter, read_chapters
from reports.reading.headings import heading_text
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.outcomes import LISTS, opening_status
from reports.reading.patterns import CONTACT_WAY
from reports.reading.source import plain_text
from reports.reading.wordings import ReadTexts, replace_braces
from reports.styles.numbers import write_number
from reports.styles.shipped import PLAIN
from reports.styles.style import (
    CONTACT,
    STATUS,
    TITLE,
    WAYS,
    Chapter,
    ChapterPart,
    HeadingStyle,
    MeasureList,
    ReportStyle,
    StatusPlace,
)
from reports.values import split_measures

RECOGNISED = "按导入的原文"
_NUMBER = re.compile(rf"\d{{1,4}}|{NUMERAL}|[{CIRCLED}]")
_ABOVE = {
    LineKind.FINDING: {LineKind.ASPECT, LineKind.STATUS_GROUP, LineKind.PART},
    LineKind.SUB_FINDING: {LineKind.FINDING, LineKind.ANSWER},
}
_LISTED_TEXT = {LineKind.FINDING, LineKind.ANSWER, LineKind.SUB_FINDING}


def recognise_style(lines: Sequence[ReadLine], texts: ReadTexts) -> ReportStyle:
    """The style of a report from its lines, ``texts`` being its preamble and summary with gaps for what they say."""
    chapters = read_chapters(lines)
    told = [line for one in chapters if one.part == ChapterPart.FINDINGS for line in one.lines]
    below = list(_paragraphs_below(told))
    aspects = [line for line in lines if line.kind in {LineKind.ASPECT, LineKind.STATUS_GROUP}]
    findings = [line for line in lines if line.kind in {LineKind.FINDING, LineKind.ANSWER}]
    listed = [line for line in lines if line.kind == LineKind.FINDING]
    subs = [line for line in lines if line.kind == LineKind.SUB_FINDING]
    parts = [line for line in lines if line.kind == LineKind.PART]
    label, is_label_apart = _label(below)
    status, place = _status(lines, below)
    finding = _level(findings, lines) or PLAIN.finding
    return ReportStyle(
        name=RECOGNISED,
        preamble=texts.preamble,
        summary=texts.summary,
        chapters=tuple(_chapters(chapters, texts)),
        chapter_number=_most(number_sample(one.heading) for one in chapters if one.heading) or "一、",
        aspect=_level(aspects, lines),
        part=_level(parts, lines),
        finding=finding,
        sub_finding=_level(subs, lines) or HeadingStyle("（1）", finding.words),
        label=label,
        is_label_apart=is_label_apart,
        status=status,
        status_place=place,
        listing=_listing(below),
        contact=_contact(lines),
        detail_runs_in=any(line.kind == LineKind.ANSWER for line in lines) and _runs_in(listed),
    )


def _most(values: Iterable[str]) -> str:
    """The most frequent value, the first of several; "" for none."""
    return next((value for value, _ in Counter(values).most_common(1)), "")


# Headings


def _level(headings: Sequence[ReadLine], lines: Sequence[ReadLine]) -> HeadingStyle | None:
    """How the headings of one level are written; None when there are none."""
    if not headings:
        return None
    number = _most(map(number_sample, headings))
    words = _most(map(_words, headings))
    answers = [line for line in headings if line.kind == LineKind.ANSWER]
    runs_in = _runs_in(answers or headings)
    return HeadingStyle(number, words, runs_on=_runs_on(headings, lines), runs_in=runs_in)


def _runs_in(headings: Sequence[ReadLine]) -> bool:
    """Whether the text mostly follows in the line of its heading."""
    return sum(bool(heading_text(line).rest) for line in headings) * 2 > len(headings)


def number_sample(line: ReadLine) -> str:
    """The number of a heading as that of the first one: 1. for 12. and （一） for （三）; "" without a number."""
    number = line.heading_number
    prefix = line.source.text[: number.length].rstrip() if number else ""
    return _NUMBER.sub(lambda found: _first_of(found[0]), prefix)


def _first_of(number: str) -> str:
    if number.isdecimal():
        return "1"
    return "①" if number in CIRCLED else "一"


def _words(line: ReadLine) -> str:
    """The words of a heading with a gap for its title."""
    divided = heading_text(line)
    head = line.words[: len(line.words) - len(divided.rest)] if divided.rest else line.words
    before, found, after = head.partition(divided.title) if divided.title else ("", "", "")
    if not found or any(mark in before + after for mark in "{}"):
        return f"【{TITLE}】"
    return f"{before.lstrip()}【{TITLE}】{after.rstrip()}"


def _runs_on(headings: Sequence[ReadLine], lines: Sequence[ReadLine]) -> bool:
    """Whether the numbers go on below another heading instead of beginning anew."""
    above, kinds = _ABOVE.get(headings[0].kind, set()), {line.kind for line in headings}
    continued, last, is_first = Counter[bool](), 0, False
    for line in lines:
        if line.kind in above:
            is_first = True
        elif line.kind in kinds:
            number = line.heading_number
            if is_first and last and number:
                continued[number.value == last + 1] += 1
            last, is_first = number.value if number else 0, False
    return continued[True] > continued[False]


# What stands below a finding


def _paragraphs_below(lines: Sequence[ReadLine]) -> Iterator[list[ReadLine]]:
    """For each finding the lines of its text and status, those behind its heading in the same line included."""
    current: list[ReadLine] | None = None
    for line in lines:
        if line.kind in _LISTED_TEXT:
            if current:
                yield current
            current = []
        elif line.kind in {LineKind.TEXT, LineKind.STATUS} and current is not None:
            current.append(line)
        else:
            if current:
                yield current
            current = None
    if current:
        yield current


def _label(below: Sequence[Sequence[ReadLine]]) -> tuple[str, bool]:
    """The label before the text, and whether it stands alone; "" when most texts have none."""
    labels: list[str] = []
    apart = 0
    for paragraphs in below:
        first = next((line for line in paragraphs if line.kind == LineKind.TEXT), None)
        found = patterns.LABEL.match(first.source.plain) if first else None
        if first and found:
            labels.append(first.source.text[: found.end()])
            apart += found.end() == len(first.source.text)
    if len(labels) * 2 <= len(below):
        return "", False
    return _most(labels), apart * 2 > len(labels)


def _status(lines: Sequence[ReadLine], below: Sequence[Sequence[ReadLine]]) -> tuple[str, StatusPlace]:
    """How the status is said, and where; "" when it is not."""
    stated = [line for line in lines if line.kind == LineKind.STATUS]
    if stated:
        before = sum(paragraphs[0].kind == LineKind.STATUS for paragraphs in below)
        place = StatusPlace.BEFORE if before * 2 > len(stated) else StatusPlace.AFTER
        return _most(map(_status_words, stated)), place
    opening = [found for paragraphs in below if (found := opening_status(paragraphs[0].source.text))]
    if opening and len(opening) * 2 > len(below):
        return f"【{STATUS}】{_most(found[2] for found in opening)}", StatusPlace.OPENING
    return "", StatusPlace.BEFORE


def _status_words(line: ReadLine) -> str:
    found = patterns.STATUS_LINE.match(line.source.plain)
    text = line.source.text
    return f"{text[: found.start(1)]}【{STATUS}】{text[found.end(1) :]}" if found else f"整改状态：【{STATUS}】"


def _listing(below: Sequence[Sequence[ReadLine]]) -> MeasureList:
    """How measures are listed: by the numbers that divide most texts."""
    found: Counter[MeasureList] = Counter()
    for paragraphs in below:
        text = "\n".join(line.source.text for line in paragraphs if line.kind == LineKind.TEXT)
        if listing := listing_of(text):
            found[listing] += 1
    return next((listing for listing, _ in found.most_common(1)), MeasureList())


def listing_of(text: str) -> MeasureList | None:
    """How the measures of one text are listed; None when they are not."""
    for listing in LISTS:
        _, pieces = split_measures(text, listing)
        if len(pieces) < 2:
            continue
        ending = _most(piece[-1:] for piece in pieces[:-1])
        later = [write_number(listing.number, number) for number in range(2, len(pieces) + 1)]
        plain = plain_text(text)
        at = plain.find(plain_text(listing.number))
        number = text[at : at + len(listing.number)] if at >= 0 else listing.number
        is_apart = all(f"\n{one}" in plain for one in later)
        return MeasureList(number, ending if ending in {"；", ";"} else "", is_apart)
    return None


# Chapters and the end


def _chapters(chapters: Sequence[ReadChapter], texts: ReadTexts) -> Iterator[Chapter]:
    """The first chapter of each part; later ones stand in the words of the office, with their headings."""
    written: set[ChapterPart] = set()
    for chapter in chapters:
        if chapter.part in written or (chapter.part == ChapterPart.OVERVIEW and not _is_written(chapter, texts)):
            continue
        written.add(chapter.part)
        yield Chapter(chapter.part, replace_braces(chapter.title), is_headed=chapter.heading is not None)


def _is_written(chapter: ReadChapter, texts: ReadTexts) -> bool:
    """Whether an overview has anything to write: above the first chapter there may be a preamble alone."""
    if chapter.heading is not None:
        return True
    preamble = [line for line in chapter.lines if line.kind == LineKind.PREAMBLE]
    return len(preamble) > 1 or any(line.kind == LineKind.TEXT for line in chapter.lines)


def _contact(lines: Sequence[ReadLine]) -> str:
    """The sentence of the contact details with a gap for them."""
    for line in lines:
        text = line.source.text
        if line.kind == LineKind.CONTACT and (start := CONTACT_WAY.search(text)):
            ending = "。" if text.endswith("。") else ""
            return f"{replace_braces(text[: start.start()])}【{WAYS}】{ending}"
    return CONTACT
