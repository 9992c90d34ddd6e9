"""The values of the gaps in a style's texts, from the facts and back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from documents.document import Source, Span
from documents.numerals import full_date, percentage
from reports import phrases
from reports.facts import Counts, ReportFacts, SourceKind
from reports.styles.gaps import is_total
from reports.values import number_of

MASKED = "*"  # a number that a text has hidden
# The counts by the names of their gaps.
COUNTS = {
    "方面数": "aspects",
    "问题数": "findings",
    "完成数": "completed",
    "含基本完成数": "including_substantially",
    "含阶段性完成数": "including_staged",
    "基本完成数": "substantially",
    "阶段性完成数": "staged",
    "整改中数": "in_progress",
    "长期坚持数": "long_term",
    "建立制度数": "regulations",
    "措施数": "measures",
}


def inspection_source(facts: ReportFacts) -> Source:
    """The source of values of the inspection itself."""
    return Source(SourceKind.INSPECTION, facts.key)


def or_placeholder(text: str, placeholder: str, source: Source) -> Span:
    """The text, or the placeholder marked as missing when the text is empty."""
    return Span(text, source) if text else Span(placeholder, source, missing=True)


class GapValues(dict[str, Span]):
    """The gaps of ``GAPS`` and the totals as spans with their sources; a total that is missing is a placeholder."""

    def __init__(self, facts: ReportFacts) -> None:
        source = inspection_source(facts)
        words = {
            "派出党委": facts.commissioner,
            "巡察组": facts.team,
            "巡察机构": facts.inspectors,
            "被巡察党组织": facts.body,
            "巡察类别": facts.term,
            "巡察方式": facts.kind or facts.term,
            "文种": facts.genre,
        }
        dates = {
            "巡察起止月份": (months(facts), phrases.UNKNOWN_PERIOD),
            "巡察起止日期": (days(facts), phrases.UNKNOWN_PERIOD),
            "反馈日期": (full_date(facts.feedback_on), phrases.UNKNOWN_DAY),
            "反馈月日": (_later_day(facts.feedback_on, facts.ended_on), phrases.UNKNOWN_DAY),
        }
        super().__init__(
            {name: Span(text, source) for name, text in words.items()}
            | {name: or_placeholder(text, unknown, source) for name, (text, unknown) in dates.items()}
            | {name: count(facts, field) for name, field in COUNTS.items()}
            | {key: Span(text, Source(SourceKind.COUNT, key)) for key, text in facts.totals.items()}
        )
        self["方面名称"] = Span(aspects_named(facts), Source(SourceKind.COUNT, "aspects"))
        self["完成率"] = Span(completion_rate(facts.counts), Source(SourceKind.COUNT, "completed"))

    def __missing__(self, name: str) -> Span:
        if is_total(name):
            return Span(f"【{name}】", Source(SourceKind.COUNT, name), missing=True)
        raise KeyError(name)


def count(facts: ReportFacts, name: str) -> Span:
    """One number of the summary, with its name in ``Counts`` as the source."""
    number = getattr(facts.counts, name)
    return Span(MASKED if number is None else str(number), Source(SourceKind.COUNT, name))


def completion_rate(counts: Counts) -> str:
    """The share of the completed findings; a star when one of both numbers is hidden."""
    if counts.completed is None or counts.findings is None:
        return f"{MASKED}%"
    return percentage(counts.completed, counts.findings) if counts.findings else "0%"


def aspects_named(facts: ReportFacts) -> str:
    """The names of the aspects as 甲、乙、丙等3个方面; a single one without its number."""
    names = Span("、".join(aspect.short_title or aspect.title for aspect in facts.aspects))
    phrase = phrases.ONE_ASPECT if len(facts.aspects) == 1 else phrases.SEVERAL_ASPECTS
    return "".join(span.text for span in phrase.spans(names=names, aspects=Span(str(facts.counts.aspects))))


def months(facts: ReportFacts) -> str:
    """The months of the inspection as 2026年3月至5月, with a second year only if it differs; "" when not known."""
    start, end = facts.started_on, facts.ended_on
    if start is None or end is None:
        return ""
    first = f"{start.year}年{start.month}月"
    if (start.year, start.month) == (end.year, end.month):
        return first
    return f"{first}至{end.month}月" if start.year == end.year else f"{first}至{end.year}年{end.month}月"


def days(facts: ReportFacts) -> str:
    """The days of the inspection as 2026年3月2日至5月29日, with a second year only if it differs; "" when not known."""
    start, end = facts.started_on, facts.ended_on
    return f"{full_date(start)}至{_later_day(end, start)}" if start and end else ""


def _later_day(day: dt.date | None, before: dt.date | None) -> str:
    """The day, without its year where it is that of the one before; "" for None."""
    if day is None or before is None or day.year != before.year:
        return full_date(day)
    return f"{day.month}月{day.day}日"


def read_counts(texts: Mapping[str, str], aspects: int) -> Counts:
    """The counts from the texts of gaps; 0 for clauses left out, None for hidden numbers."""
    stated = {field: number_of(texts[name]) if name in texts else 0 for name, field in COUNTS.items()}
    return Counts(**(stated | {"aspects": aspects}))
