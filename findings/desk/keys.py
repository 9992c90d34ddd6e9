"""What is on the desk, as keys: one query over all kinds, from which pages, numbers and groups are made.

At most ``Viewer.most`` of a kind, those due first. Rows are read for one page only (``rows``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from findings.choices import MeasureStatus
from findings.desk.sources import SOURCES, Records, WorkSource
from findings.desk.statements import find_statement, read_together
from findings.desk.viewer import Viewer
from findings.inspections.models.findings import Finding, FindingQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.workflow.models.extensions import Extension

NO_KEY = Cast(Value(None), BigIntegerField())
UNDATED = "9999-12-31"
CODES = tuple(SOURCES)
PLACES = {code: place for place, code in enumerate(CODES)}
SENT_BACK, ANOTHERS = 1, 2  # marks of a measure to be filled in


class EntryKey(NamedTuple):
    """One row of the desk: deadline (ISO), place of its source, its key, the keys of finding, inspection and unit.

    For an inspection in which work is to be assigned, the places of finding and unit hold the numbers of its findings
    without lead unit and without deadline. Sorted as tuples keys are in the order of the page; the deadline is text,
    since there may be thousands, of which only those of one page are read.
    """

    due: str
    place: int
    pk: int
    finding: int | None
    inspection: int | None
    unit: int | None
    mark: int

    @property
    def source(self) -> WorkSource:
        """The source from which it comes."""
        return SOURCES[CODES[self.place]]

    @property
    def is_sent_back(self) -> bool:
        """Whether it is a measure that was sent back."""
        return is_sent_back(self)

    @property
    def is_anothers(self) -> bool:
        """Whether it is a measure of the user's unit for which other people are named."""
        return self.mark >= ANOTHERS

    @property
    def day(self) -> dt.date | None:
        """The deadline."""
        return None if self.due == UNDATED else dt.date.fromisoformat(self.due)


def is_sent_back(key: tuple[Any, ...]) -> bool:
    """Whether a key, also as a plain tuple, is that of a measure that was sent back."""
    return bool(key[-1] & SENT_BACK)  # the mark


class CappedCount(Subquery):
    """The number of rows of a queryset that is cut to the most that are counted."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = BigIntegerField()
    empty_result_set_value = 0


def find_keys(
    viewer: Viewer, sources: Iterable[WorkSource], counted: Iterable[WorkSource]
) -> tuple[list[Any], dict[str, int]]:
    """The keys of the records of ``sources`` in order, as plain tuples like ``EntryKey``, and the ``counted`` numbers.

    One query; none without sources.
    """
    keys: list[tuple[Any, ...]] = []
    numbers: dict[str, int] = {}
    statements = [find_statement(viewer, one, _keys) for one in sources]
    statements += [find_statement(viewer, one, _number) for one in counted]
    for row in read_together(statements):
        if row[0]:
            keys.append(row)
        else:
            numbers[CODES[row[1]]] = row[2]
    keys.sort()
    return keys, numbers


def _keys(viewer: Viewer, source: WorkSource) -> Records:
    records = source.find(viewer)
    model = records.model
    # Neither compared nor converted by Django: a date of ISO sorts as text.
    due = Coalesce(Cast(source.due, CharField()), Value(UNDATED))
    mark = _mark(viewer) if source.code == "fill" else Value(0)
    if source.is_many:
        records = records.order_by(F(source.due).asc(nulls_last=True), "pk")[: viewer.most + 1]
    if source.kind == "chase":
        # The units are looked up for those alone that are taken.
        records = model._default_manager.order_by().filter(pk__in=records.values("pk"))
    return records.values_list(due, Value(PLACES[source.code]), "pk", *_links(model, source), mark)


def _links(model: Any, source: WorkSource) -> tuple[Any, Any, Any]:
    """The keys of finding, inspection and leading unit of the records of a model; the unit of those to urge only."""
    if source.code == "assign":
        return (
            _of_inspection(Finding.objects.without_unit()),
            F("pk"),
            _of_inspection(Finding.objects.without_deadline()),
        )
    if model is Inspection:
        return NO_KEY, F("pk"), NO_KEY
    if model is Extension:
        return F("finding"), F("finding__inspection"), NO_KEY
    if source.kind != "chase":
        return NO_KEY, F("inspection"), NO_KEY
    if model is Finding:
        return F("pk"), F("inspection"), Coalesce("lead_unit", "parent__lead_unit")
    unit = Coalesce("lead_unit", "finding__lead_unit", "finding__parent__lead_unit")
    return F("finding"), F("inspection"), unit


def _of_inspection(findings: FindingQuerySet) -> Any:
    own = findings.order_by().filter(inspection=OuterRef("pk")).values("inspection")
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number"), output_field=BigIntegerField()), 0)


def _mark(viewer: Viewer) -> Any:
    shared = Measure.other_people_in_charge.through.objects.filter(measure=OuterRef("pk"))
    is_own = Q(person_in_charge=viewer.user) | Exists(shared.filter(user=viewer.user))
    is_anothers = ~is_own & (Q(person_in_charge__isnull=False) | Exists(shared))
    return Case(When(status=MeasureStatus.SENT_BACK, then=SENT_BACK), default=0) + Case(
        When(is_anothers, then=ANOTHERS), default=0
    )


def _number(viewer: Viewer, source: WorkSource) -> Records:
    cut = source.find(viewer).values("pk")[: viewer.most + 1]
    one = User.objects.order_by().filter(pk=viewer.user.pk)
    nothing = Value("", CharField())
    return one.values_list(nothing, Value(PLACES[source.code]), CappedCount(cut), NO_KEY, NO_KEY, NO_KEY, Value(0))
