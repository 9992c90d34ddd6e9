"""The search in the header: findings and measures of all inspections that a user may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.web.filters import text_contains
from accounts.web.markup import format_html
from findings.inspections.display import (
    finding_due,
    finding_number,
    finding_tag,
    measure_due,
    measure_tag,
    number_with_measure,
)
from findings.inspections.due_status import DueStatus
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure

LONGEST = 60  # characters of a query
LISTED = 30  # records of a kind; whoever finds more has to ask for more
AROUND = 24  # characters of the text on either side of the words found
NUMBER = re.compile(  # of a finding, a sub-finding or, after a slash, a measure, which may have a facet
    r"(?P<aspect>\d{1,4})-(?P<finding>\d{1,4})(?:-(?P<sub_finding>\d{1,4}))?"
    r"(?: ?/ ?(?:(?P<facet>\d{1,4})\.)?(?P<measure>\d{1,4}))?"
)
FINDING_TEXTS = ("title", "detail")
MEASURE_TEXTS = ("plan", "outcome")
ABOVE = ("aspect", "lead_unit", "parent__lead_unit")
OF_FINDING = tuple(f"finding__{one}" for one in ABOVE)


@dataclass(frozen=True)
class SearchHit:
    """A record that was found: its number, its text with the words marked, where it belongs and how it stands."""

    address: str
    number: str
    text: SafeString
    inspection: str
    unit: str
    tag: SafeString
    due: SafeString


@dataclass(frozen=True)
class SearchGroup:
    """The records of one kind, the first ``LISTED`` of them."""

    label: str
    hits: list[SearchHit]
    has_more: bool


def search_records(user: User, words: str) -> list[SearchGroup]:
    """The findings and the measures with these words, or with this number (2-3, 2-3-1, 2-3/4, 2-3/4.1); two queries."""
    findings = Finding.objects.visible_to(user).filter(
        text_contains(words, *FINDING_TEXTS) | _number_condition(words, "")
    )
    measures = Measure.objects.visible_to(user).filter(
        text_contains(words, *MEASURE_TEXTS) | _number_condition(words, "finding__")
    )
    return [
        _group("问题", findings.select_related("inspection", *ABOVE), words, _finding_hit),
        _group("措施", measures.select_related("inspection", "facet", "lead_unit", *OF_FINDING), words, _measure_hit),
    ]


def _number_condition(words: str, path: str) -> Q:
    """The condition that a record has this number; of a number with a slash only measures, and only that one."""
    match = NUMBER.fullmatch(words)
    if match is None or (match["measure"] and not path):
        return Q(pk__in=[])
    if match["sub_finding"]:
        condition = Q(**{f"{path}parent__order": match["finding"], f"{path}order": match["sub_finding"]})
    else:
        condition = Q(**{f"{path}parent": None, f"{path}order": match["finding"]})
    if match["measure"]:
        facet = Q(facet__order=match["facet"]) if match["facet"] else Q(facet=None)
        condition &= facet & Q(order=match["measure"])
    return condition & Q(**{f"{path}aspect__order": match["aspect"]})


def _group(label: str, records: QuerySet[Any], words: str, hit_of: Any) -> SearchGroup:
    found = list(records.order_by("-pk")[: LISTED + 1])
    return SearchGroup(label, [hit_of(record, words) for record in found[:LISTED]], has_more=len(found) > LISTED)


def _finding_hit(finding: Finding, words: str) -> SearchHit:
    inspection = finding.inspection
    return SearchHit(
        finding.get_absolute_url(),
        finding_number(finding),
        mark_words(finding.title, finding.detail, words),
        inspection.name,
        str(finding.leading_unit or ""),
        finding_tag(finding, inspection),
        finding_due(finding, DueStatus.of(inspection)),
    )


def _measure_hit(measure: Measure, words: str) -> SearchHit:
    inspection = measure.inspection
    return SearchHit(
        measure.get_absolute_url(),
        number_with_measure(measure.finding, measure),
        mark_words(measure.plan or measure.outcome, measure.outcome, words),
        inspection.name,
        str(measure.answering_unit or ""),
        measure_tag(measure),
        measure_due(measure, DueStatus.of(inspection)),
    )


def mark_words(first: str, second: str, words: str) -> SafeString:
    """The first text with the words marked; when they stand in the second only, followed by the place where they do."""
    if (place := first.casefold().find(words.casefold())) >= 0:
        return _mark_passage(first, place, len(words), len(first))
    if (place := second.casefold().find(words.casefold())) >= 0:
        return format_html('{}<span class="subline">{}</span>', first, _mark_passage(second, place, len(words), AROUND))
    return format_html("{}", first)


def _mark_passage(text: str, place: int, length: int, around: int) -> SafeString:
    start, end = max(0, place - around), place + length + around
    return format_html(
        "{}{}<mark>{}</mark>{}{}",
        "…" if start else "",
        text[start:place],
        text[place : place + length],
        text[place + length : end],
        "…" if end < len(text) else "",
    )
