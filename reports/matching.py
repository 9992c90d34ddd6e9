"""What a text says of an inspection that is there already: which of its records it means, and what it would change.

Pure: both sides are facts; those of the inspection have the keys of their records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.facts import AspectFacts, FacetFacts, FindingFacts, SourceKind
from reports.title_pairs import Title, TitlePairs, pair_titles

Path = tuple[int, ...]  # of an aspect, a finding or a sub-finding: its numbers from the top, each from 1
ASPECTS, FINDINGS, SUB_FINDINGS = 1, 2, 3  # the lengths of paths


@dataclass(frozen=True, slots=True)
class Placed:
    """An aspect, a finding or a sub-finding, and where it stands."""

    path: Path
    facts: AspectFacts | FindingFacts

    @property
    def number(self) -> str:
        """Its number as pages write it: 2, 2-3 or 2-3-1."""
        return "-".join(map(str, self.path))


@dataclass(frozen=True, slots=True)
class Match:
    """What the text says at one place, the record that it is (None: a new one), and what it might be, best first."""

    said: Placed
    present: Placed | None
    likely: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record that the text says otherwise; ``key`` is "" for a record that is not there yet.

    ``facet`` and ``facet_key`` name the facet of a measure, or the facet itself, "" for none.
    """

    kind: SourceKind
    key: str
    field: str
    heading: str
    ours: str
    theirs: str
    facet: str = ""
    facet_key: str = ""


def place_all(aspects: Sequence[AspectFacts]) -> list[Placed]:
    """All aspects, findings and sub-findings in the order of the text."""
    placed: list[Placed] = []
    for first, aspect in enumerate(aspects, start=1):
        placed.append(Placed((first,), aspect))
        for second, finding in enumerate(aspect.findings, start=1):
            placed.append(Placed((first, second), finding))
            subs = enumerate(finding.sub_findings, start=1)
            placed.extend(Placed((first, second, third), sub) for third, sub in subs)
    return placed


def match_all(said: Sequence[Placed], present: Sequence[Placed]) -> list[Match]:
    """For everything that the text says, in its order, the record that it is.

    Level by level, because a number counts within the aspect or finding that the one above is.
    """
    found: dict[Path, Match] = {}
    for level in (ASPECTS, FINDINGS, SUB_FINDINGS):
        ours = [one for one in present if len(one.path) == level]
        theirs = [one for one in said if len(one.path) == level]
        result = pair_titles([_title_in(one, found) for one in theirs], [_title_of(one) for one in ours])
        found |= {one.path: _match(one, place, result, ours) for place, one in enumerate(theirs)}
    return [found[one.path] for one in said]


def _match(said: Placed, place: int, result: TitlePairs, ours: Sequence[Placed]) -> Match:
    paired = result.pairs.get(place)
    likely = tuple(ours[other] for other in result.likely[place])
    return Match(said, None if paired is None else ours[paired], likely)


def _title_of(present: Placed) -> Title:
    return Title(present.facts.title, present.path, present.path[:-1] or None)


def _title_in(said: Placed, found: dict[Path, Match]) -> Title:
    """The title of what the text says, numbered within the record that stands above it."""
    above = found[said.path[:-1]].present if len(said.path) > 1 else None
    if len(said.path) > 1 and above is None:
        return Title(said.facts.title, None)  # below something new: no number of the inspection is its own
    group = above.path if above else ()
    return Title(said.facts.title, (*group, said.path[-1]), group or None)


def changes_between(said: Placed, present: Placed | None) -> list[Change]:
    """What the text says otherwise than the record, or, without one, everything that it says.

    A field that the text leaves out is no change, nor are further measures of the record.
    """
    facts = said.facts
    if isinstance(facts, AspectFacts):
        before = present.facts if present and isinstance(present.facts, AspectFacts) else AspectFacts("")
        return list(_aspect_changes(facts, before))
    known = present.facts if present and isinstance(present.facts, FindingFacts) else FindingFacts("")
    return [*_finding_changes(facts, known), *_facet_changes(facts.facets, known)]


def _aspect_changes(said: AspectFacts, present: AspectFacts) -> Iterator[Change]:
    for field, heading in (("title", "标题"), ("short_title", "简称")):
        yield from _change(
            SourceKind.ASPECT, present.key, field, heading, getattr(present, field), getattr(said, field)
        )


def _finding_changes(said: FindingFacts, present: FindingFacts) -> Iterator[Change]:
    for field, heading in (("title", "问题"), ("part", "分组"), ("detail", "具体表现")):
        yield from _change(
            SourceKind.FINDING, present.key, field, heading, getattr(present, field), getattr(said, field)
        )


def _facet_changes(said: Sequence[FacetFacts], present: FindingFacts) -> Iterator[Change]:
    """The changes of measures, by their numbers within a facet; facets are paired by their titles."""
    ours = [one for one in present.facets if one.title]
    theirs = [one for one in said if one.title]
    pairs = pair_titles(
        [Title(one.title, number) for number, one in enumerate(theirs)],
        [Title(one.title, number) for number, one in enumerate(ours)],
    ).pairs
    untitled = next((one for one in present.facets if not one.title), FacetFacts())
    for facet in said:
        if not facet.title:
            yield from _change(
                SourceKind.FINDING, present.key, "introduction", "引言", untitled.introduction, facet.introduction
            )
            yield from _measure_changes(facet, untitled)
    for number, facet in enumerate(theirs):
        own = ours[pairs[number]] if number in pairs else FacetFacts()
        for field, heading in (("title", "分面"), ("introduction", "引言")):
            words = f"分面“{facet.title}”的引言" if field == "introduction" else heading
            yield from _change(
                SourceKind.FACET,
                own.key,
                field,
                words,
                getattr(own, field),
                getattr(facet, field),
                facet.title,
                own.key,
            )
        yield from _measure_changes(facet, own)


def _measure_changes(said: FacetFacts, present: FacetFacts) -> Iterator[Change]:
    where = f"在{said.title}方面：" if said.title else ""
    for place, measure in enumerate(said.measures):
        own = present.measures[place] if place < len(present.measures) else None
        key, before = (own.key, own.outcome) if own else ("", "")
        heading = f"{where}第 {place + 1} 条措施的成效" + ("" if own else "（新增）")
        yield from _change(
            SourceKind.MEASURE, key, "outcome", heading, before, measure.outcome, said.title, present.key
        )


def _change(  # noqa: PLR0913, PLR0917 -- the parts of a change
    kind: SourceKind,
    key: str,
    field: str,
    heading: str,
    before: str,
    after: str,
    facet: str = "",
    facet_key: str = "",
) -> Iterator[Change]:
    """The change of one field, unless the text leaves it out or says the same."""
    ours, theirs = _lines(before), _lines(after)
    if theirs and theirs != ours:
        yield Change(kind, key, field, heading, ours, theirs, facet, facet_key)


def _lines(text: str) -> str:
    """The text without blanks around its lines and without empty lines, which no report distinguishes."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
