"""Which numbering stands for which level of a report: the assignment that explains most lines wins. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from reports.reading import patterns
from reports.reading.kinds import LineKind
from reports.reading.numbering import DEPTH, RUNNING, number_of_line
from reports.reading.source import SourceLine, plain_text

UNNUMBERED = "关于…问题。"  # headings of findings without a number
_DEPTH = DEPTH | {UNNUMBERED: 2}
_LADDER = (LineKind.STATUS_GROUP, LineKind.ASPECT, LineKind.PART, LineKind.FINDING, LineKind.SUB_FINDING, LineKind.TEXT)
_RANK = {kind: rank for rank, kind in enumerate(_LADDER)}
_INLINE_LIST = re.compile(r"\d{1,2}\.(?!\d).+[。;]\d{1,2}\.(?!\d)")
_LONG = 25  # characters of a title; what is longer and ends like a sentence is one

Levels = Mapping[str, LineKind]


@dataclass(frozen=True, slots=True)
class PossibleHeading:
    """A line that may be a heading, with what follows it: ``place`` is its index in the lines."""

    place: int
    numbering: str
    words: str  # plain
    opens: bool  # the next line has a deeper number
    has_label: bool  # 整改情况： or a status follows, on the next line or on this one
    has_body: bool  # the next line has no number
    is_labelled_text: bool  # it stands below such a label already

    @property
    def is_sentence(self) -> bool:
        """Whether it is longer than a title and ends like a sentence."""
        return len(self.words) > _LONG and self.words[-1:] in "。;"


Fit = Callable[[PossibleHeading, LineKind], float]


def possible_headings(lines: Sequence[SourceLine]) -> list[PossibleHeading]:
    """The lines of a part that begin with a number, or are worded like the heading of a finding."""
    numberings = [_numbering_of(line) for line in lines]
    headings: list[PossibleHeading] = []
    labelled_below: str | None = None  # the numbering of the last heading that a label followed
    for place, found in enumerate(numberings):
        if found is None:
            continue
        name, words = found
        after = lines[place + 1].plain if place + 1 < len(lines) else ""
        following = numberings[place + 1] if place + 1 < len(lines) else None
        has_label = bool(patterns.LABEL.match(after) or patterns.STATUS_LINE.match(after) or _label_within(words))
        is_below = labelled_below is not None and _DEPTH[name] > _DEPTH[labelled_below]
        headings.append(
            PossibleHeading(
                place,
                name,
                words,
                opens=following is not None and _DEPTH[following[0]] > _DEPTH[name],
                has_label=has_label,
                has_body=bool(after) and following is None,
                is_labelled_text=is_below,
            )
        )
        if not is_below:
            labelled_below = name if has_label else None
    return headings


def begins_paragraph(line: str) -> bool:
    """Whether a printed line begins a paragraph by its number, its label, or as the heading of a finding."""
    plain = plain_text(line).strip()
    return bool(patterns.LABEL.match(plain) or number_of_line(plain) or patterns.UNNUMBERED_PROBLEM.match(plain))


def _numbering_of(line: SourceLine) -> tuple[str, str] | None:
    plain = line.plain
    if patterns.LABEL.match(plain):
        return None
    if numbered := number_of_line(plain):
        return numbered.numbering, plain[numbered.length :]
    return (UNNUMBERED, plain) if patterns.UNNUMBERED_PROBLEM.match(plain) else None


def _label_within(words: str) -> bool:
    return any(f"{label}:" in words for label in patterns.LABELS)


def choose_levels(headings: Sequence[PossibleHeading], fit: Fit | None = None) -> Levels:
    """The level of each numbering by the sum of how well its lines fit; without headings the mapping is empty."""
    fit = fit or fit_in_report
    numberings = sorted({heading.numbering for heading in headings}, key=lambda name: (_DEPTH[name], name))
    fits = {
        (name, kind): sum(fit(one, kind) for one in headings if one.numbering == name)
        for name in numberings
        for kind in _LADDER
    }
    best: dict[str, LineKind] = {}
    most = float("-inf")
    for kinds in _assignments(len(numberings)):
        score = sum(fits[name, kind] for name, kind in zip(numberings, kinds, strict=True))
        if score > most:
            most, best = score, dict(zip(numberings, kinds, strict=True))
    return best


def _assignments(count: int) -> Iterator[tuple[LineKind, ...]]:
    """All ways to give levels to so many numberings from the outermost in; one of them is the finding's."""
    for kinds in product(_LADDER, repeat=count):
        ranks = [_RANK[kind] for kind in kinds]
        is_descending = all(upper < lower or upper == lower == _RANK[LineKind.TEXT] for upper, lower in pairwise(ranks))
        has_above = LineKind.PART not in kinds or LineKind.ASPECT in kinds
        if is_descending and has_above and LineKind.FINDING in kinds:
            yield kinds


def fit_in_report(heading: PossibleHeading, kind: LineKind) -> float:
    """How well a line of a report fits a level; the weights were found on published reports."""
    words = heading.words
    is_problem = bool(patterns.PROBLEM.match(words)) or heading.numbering in {UNNUMBERED, RUNNING}
    is_aspect = bool(patterns.ASPECT.match(words))
    is_group = bool(patterns.STATUS_GROUP.match(words))
    is_bare = not (heading.opens or heading.has_body or heading.has_label)
    match kind:
        case LineKind.FINDING:
            labelled = 3 * heading.has_label - 3 * heading.is_labelled_text
            return 4 * is_problem + labelled + heading.has_body - is_bare - 2 * is_aspect - 5 * is_group
        case LineKind.SUB_FINDING:
            labelled = heading.has_label - 3 * heading.is_labelled_text
            return 3 * is_problem + labelled + heading.has_body - 2 * is_bare - 2 * is_aspect
        case LineKind.ASPECT | LineKind.PART:
            against = 3 * heading.has_label + 2 * is_bare + 2 * (is_problem and not is_aspect) + 2 * is_group
            return 3 * is_aspect + 1.5 * heading.opens - heading.has_body - against - 0.5 * (kind == LineKind.PART)
        case LineKind.STATUS_GROUP:
            return 5 * is_group - 4 * (not is_group) + heading.opens - 3 * heading.has_label
        case _:
            worded = 2 * bool(_INLINE_LIST.search(words)) + heading.is_sentence - 4 * is_problem - 3 * is_aspect
            return 3 * heading.is_labelled_text + is_bare + worded - 2 * heading.has_label - heading.opens


def fit_in_letter(heading: PossibleHeading, kind: LineKind) -> float:
    """How well a line of a feedback letter fits a level: a finding is told on its own line, with nothing below it."""
    is_aspect = bool(patterns.ASPECT.match(heading.words))
    match kind:
        case LineKind.FINDING:
            return 1 + heading.is_sentence - is_aspect - 0.5 * heading.opens
        case LineKind.ASPECT:
            return is_aspect + 2 * heading.opens - heading.is_sentence - (not heading.opens)
        case LineKind.TEXT:
            return 0.5
        case _:
            return -1
