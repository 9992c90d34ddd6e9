"""The definitions of all lists of an inspection: which records, in which order, with which columns and filter.

A new list is one more entry of ``LISTS``; the page, the exports, the import and the commands are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, F, Max, OrderBy, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.http import QueryDict

from accounts.models import User
from accounts.web.filters import ListFilter
from accounts.web.tables import IndexedOrdering
from findings.followup.filters import LetterFilter, SupervisionFilter
from findings.models import (
    Accountability,
    Evidence,
    Finding,
    Inspection,
    Measure,
    Progress,
    Recovery,
    Regulation,
    Supervision,
)
from findings.units.scopes import user_scope
from findings.work.accountability_filters import AccountabilityFilter, RecoveryFilter
from findings.work.evidence_filters import EvidenceFilter
from findings.work.filters import FindingFilter, MeasureFilter, RegulationFilter
from findings.work.http import filter_units
from findings.work.tables import BY_DEADLINE, OF_ONE_INSPECTION, REGISTER_ORDER, MeasureTable
from ledgers import filed_columns, list_columns, supervision_columns
from ledgers.columns import SEVERAL, Column
from ledgers.definitions import Ledger
from ledgers.entry_filters import EntryFilter
from ledgers.headings import known_names
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS

Ordering = tuple[OrderBy, ...]
OF_ONE_LEDGER = ("problems", "tasks", "responsibilities", "register")  # lists of findings and measures
# The key at the end makes every order total, so that pages of a list neither repeat nor lose rows.
BY_KIND = (F("kind").asc(), F("pk").asc())
OF_FINDING = ("finding__aspect", "finding__parent")


@dataclass(frozen=True)
class ListDefinition:
    """One list of an inspection."""

    key: str
    title: str
    noun: str  # measure word and noun for a number of rows, such as 个问题
    columns: tuple[Column, ...]
    records: Callable[[User], QuerySet[Any]]  # those the user may see, with the relations that the columns read
    filter: Callable[[QueryDict, QuerySet[Any], Inspection, User], ListFilter]
    orderings: Mapping[str, Ordering]  # by column; the first is the default
    ledger: Ledger | None = None  # set for the list of a special ledger
    opens: str = ""  # the column whose text is the link to the page of the record

    @property
    def own_order(self) -> str:
        """The column by which the list is sorted unless the request names another."""
        return next(iter(self.orderings))

    @property
    def always(self) -> ListDefinition:
        """The list without the columns that go out only where they are filled in."""
        return replace(self, columns=tuple(column for column in self.columns if not column.if_filled))

    def with_filled(self, records: QuerySet[Any]) -> ListDefinition:
        """The list with those of its columns that go out, given all records that it can show; one query at most."""
        asked = [column for column in self.columns if column.if_filled]
        if not asked:
            return self
        found = records.order_by().aggregate(**{column.key: _is_filled(records.model, column) for column in asked})
        columns = tuple(column for column in self.columns if not column.if_filled or found[column.key])
        return replace(self, columns=columns).with_links()

    def with_links(self) -> ListDefinition:
        """The list whose records come with the links that its columns show, as units and people."""
        linked = [column.field for column in self.columns if column.if_filled and column.kind in SEVERAL]
        return replace(self, records=lambda user: self.records(user).prefetch_related(*linked)) if linked else self

    def import_model(self, user: User) -> type[Any] | None:
        """The model that an import of this list writes; None when every column is read-only."""
        return self.records(user).model if any(column.field for column in self.columns) else None


def _is_filled(model: type[Any], column: Column) -> Max:
    """The aggregate that is 1 when the field of a column is filled in at some record, else None."""
    field = model._meta.get_field(column.field)
    empty = Q(**{f"{column.field}__isnull": True}) if field.null or field.many_to_many else Q(**{column.field: ""})
    return Max(Case(When(~empty, then=Value(1))))


def _findings(user: User) -> QuerySet[Any]:
    above = ("inspection", "aspect", "parent__lead_unit", "lead_unit", "responsible_leader", "person_in_charge")
    return Finding.objects.visible_to(user).select_related(*above).prefetch_related("supporting_units")


def _measures(user: User) -> QuerySet[Any]:
    """The measures with their latest progress entry and the numbers of their live evidence."""
    above = (*OF_FINDING, "finding__lead_unit", "finding__parent__lead_unit", "facet", "lead_unit")
    people = ("person_in_charge", "finding__responsible_leader", "finding__person_in_charge")
    # Two subqueries for the latest entry only: prefetching whole logs would load thousands of rows for one column.
    last = Progress.objects.filter(measure=OuterRef("pk")).order_by("-reported_on", "-pk")
    proof = Prefetch("evidence", Evidence.objects.live().only("number").order_by("number"), to_attr="live_evidence")
    measures = Measure.objects.visible_to(user).select_related(*above, *people).prefetch_related("inspection", proof)
    return measures.annotate(
        progress_on=Subquery(last.values("reported_on")[:1]), progress_text=Subquery(last.values("text")[:1])
    )


def _evidence(user: User) -> QuerySet[Any]:
    """The evidence; replacements are prefetched instead of joined, since few files have one."""
    measures = Prefetch("measures", Measure.objects.select_related("facet").order_by("facet__order", "order"))
    seen = Evidence.objects.visible_to(user).select_related(*OF_FINDING, "file", "uploaded_by")
    return seen.prefetch_related("replacement", measures)


def _supervision(user: User) -> QuerySet[Any]:
    """The supervision records but for letters; of the findings they concern only those the user may see."""
    findings = Prefetch("findings", Finding.objects.visible_to(user).select_related("aspect", "parent"))
    return Supervision.objects.visible_to(user).without_letters().prefetch_related("units", findings)


def _letters(user: User) -> QuerySet[Any]:
    """The letters; of the findings on them only those the user may see."""
    findings = Prefetch("findings", Finding.objects.visible_to(user).select_related("aspect", "parent"))
    seen = Supervision.objects.visible_to(user).letters().select_related("sent_by")
    return seen.prefetch_related("units", findings)


def _records_of(model: Any, *more: str) -> Callable[[User], QuerySet[Any]]:
    """A function from a user to the visible records of a model, with their finding and the relations ``more``."""
    return lambda user: model.objects.visible_to(user).select_related(*OF_FINDING, *more)


def _finding_filter(asked: QueryDict, records: Any, inspection: Inspection, user: User) -> ListFilter:
    return FindingFilter(asked, records, inspection, user, filter_units(user_scope(user)))


def _measure_filter(asked: QueryDict, records: Any, inspection: Inspection, user: User) -> ListFilter:
    return MeasureFilter(asked, records, inspection, user, filter_units(user_scope(user)))


def _evidence_filter(asked: QueryDict, records: Any, _inspection: Inspection, user: User) -> ListFilter:
    return EvidenceFilter(asked, records, filter_units(user_scope(user)))


def _letter_filter(asked: QueryDict, records: Any, _inspection: Inspection, user: User) -> ListFilter:
    return LetterFilter(asked, records, filter_units(user_scope(user)))


def _filter_by(filter: type[ListFilter]) -> Callable[[QueryDict, QuerySet[Any], Inspection, User], ListFilter]:
    """Wrap a filter class that needs neither the inspection nor the user."""
    return lambda asked, records, _inspection, _user: filter(asked, records)


def _special(ledger: Ledger) -> ListDefinition:
    """The list of a special ledger, with orderings by those of its dates that the ledger has."""

    def entries(user: User) -> QuerySet[Any]:
        findings = Prefetch("findings", Finding.objects.visible_to(user).select_related("aspect", "parent"))
        seen = Entry.objects.visible_to(user).in_ledger(ledger).select_related("person_in_charge")
        return seen.prefetch_related("units", findings)

    def filtered(asked: QueryDict, records: Any, _inspection: Inspection, user: User) -> ListFilter:
        return EntryFilter(asked, records, ledger, filter_units(user_scope(user)))

    # Explicit, since PostgreSQL and SQLite place NULLs differently.
    days = {name: (F(name).asc(nulls_last=True), F("pk").asc()) for name in ("received_on", "due_on", "done_on")}
    orderings = {name: order for name, order in days.items() if ledger.has_field(name)}
    return ListDefinition(
        ledger.key, ledger.title, ledger.noun, ledger.columns, entries, filtered, orderings, ledger, opens="title"
    )


OF_FINDINGS = (_findings, _finding_filter, {"number": REGISTER_ORDER, "due": BY_DEADLINE})
OF_MEASURES = (_measures, _measure_filter, {"number": MeasureTable.orderings["number"], "due": BY_DEADLINE})
# Walks the index aspect by aspect instead of sorting all rows (ADR 5).
IN_CATALOGUE = IndexedOrdering.along(*MeasureTable.orderings["number"][:4], F("number").asc(), known=OF_ONE_INSPECTION)
# The order is that of the tabs on the page.
LISTS: dict[str, ListDefinition] = {
    one.key: one
    for one in (
        ListDefinition("problems", "问题清单", "个问题", list_columns.PROBLEMS, *OF_FINDINGS),
        ListDefinition("tasks", "任务清单", "条措施", list_columns.TASKS, *OF_MEASURES),
        ListDefinition("responsibilities", "责任清单", "个问题", list_columns.RESPONSIBILITIES, *OF_FINDINGS),
        ListDefinition(
            "regulations",
            "制度清单",
            "项制度",
            filed_columns.REGULATIONS,
            _records_of(Regulation, "evidence"),
            _filter_by(RegulationFilter),
            {"issued": (F("issued_on").asc(nulls_last=True), F("pk").asc()), "kind": BY_KIND},
        ),
        ListDefinition("register", "整改台账", "条措施", list_columns.REGISTER, *OF_MEASURES),
        ListDefinition(
            "evidence",
            "佐证材料目录",
            "份材料",
            filed_columns.EVIDENCE,
            _evidence,
            _evidence_filter,
            {"number": IN_CATALOGUE, "uploaded": (F("uploaded_at").asc(), F("pk").asc())},
        ),
        ListDefinition(
            "accountability",
            "处理情况",
            "条记录",
            filed_columns.ACCOUNTABILITY,
            _records_of(Accountability),
            _filter_by(AccountabilityFilter),
            {"kind": BY_KIND, "decided": (F("decided_on").asc(nulls_last=True), F("pk").asc())},
        ),
        ListDefinition(
            "recoveries",
            "资金情况",
            "条记录",
            filed_columns.RECOVERIES,
            _records_of(Recovery),
            _filter_by(RecoveryFilter),
            {"kind": BY_KIND, "recovered": (F("recovered_on").asc(nulls_last=True), F("pk").asc())},
        ),
        ListDefinition(
            "supervision",
            "督查记录",
            "条记录",
            supervision_columns.SUPERVISION,
            _supervision,
            _filter_by(SupervisionFilter),
            {"held": (F("held_on").asc(), F("pk").asc()), "kind": BY_KIND},
        ),
        ListDefinition(
            "letters",
            "督办文书",
            "份文书",
            supervision_columns.LETTERS,
            _letters,
            _letter_filter,
            {
                "held": (F("held_on").asc(), F("pk").asc()),
                "number": (F("held_by").asc(), F("number").asc(), F("pk").asc()),
                "due": (F("answer_due_on").asc(), F("pk").asc()),
            },
            opens="number",
        ),
        *map(_special, LEDGERS.values()),
    )
}


def other_lists_of(listed: ListDefinition) -> dict[str, str]:
    """The titles of the other lists of findings and measures, by the headings (normalised) that only they bring in."""
    others = [one for key, one in LISTS.items() if key in OF_ONE_LEDGER and key != listed.key]
    titles: dict[str, str] = {}
    for other in others if listed.key in OF_ONE_LEDGER else []:
        for name in known_names([column for column in other.columns if column.field]) - known_names(listed.columns):
            titles.setdefault(name, other.title)
    return titles
