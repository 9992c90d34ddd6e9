"""The lists that offices hand out: which records, in which order, and what each column says of them.

A new list is one more entry of ``LISTS``; the page, the exports and the command are made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, OuterRef, Prefetch, QuerySet, Subquery
from django.http import QueryDict

from accounts.models import User
from accounts.web.filters import ListFilter
from accounts.web.tables import IndexedOrdering
from findings.followup.filters import SupervisionFilter
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
from ledgers import list_columns as say
from ledgers.columns import Column
from ledgers.definitions import Ledger
from ledgers.entry_filters import EntryFilter
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS

Ordering = tuple[OrderBy, ...]
BY_KIND = (F("kind").asc(), F("pk").asc())
OF_FINDING = ("finding__aspect", "finding__parent")


@dataclass(frozen=True)
class ListDefinition:
    """One list of an inspection."""

    key: str
    title: str
    noun: str  # what its rows are counted in, such as 个问题
    columns: tuple[Column, ...]
    records: Callable[[User], QuerySet[Any]]  # those a person sees, with what the columns say
    filter: Callable[[QueryDict, QuerySet[Any], Inspection, User], ListFilter]
    orderings: Mapping[str, Ordering]  # by column; the first is the list's own order
    ledger: Ledger | None = None  # the special ledger it is, whose rows have a page of their own

    @property
    def own_order(self) -> str:
        """The column by which it is sorted unless somebody asks otherwise."""
        return next(iter(self.orderings))


def _findings(user: User) -> QuerySet[Any]:
    above = ("inspection", "aspect", "parent__lead_unit", "lead_unit", "responsible_leader", "person_in_charge")
    return Finding.objects.visible_to(user).select_related(*above).prefetch_related("supporting_units")


def _measures(user: User) -> QuerySet[Any]:
    above = (*OF_FINDING, "finding__lead_unit", "finding__parent__lead_unit", "facet", "lead_unit")
    people = ("person_in_charge", "finding__responsible_leader", "finding__person_in_charge")
    last = Progress.objects.filter(measure=OuterRef("pk")).order_by("-reported_on", "-pk")
    proof = Prefetch("evidence", Evidence.objects.live().only("number").order_by("number"), to_attr="live_evidence")
    measures = Measure.objects.visible_to(user).select_related(*above, *people).prefetch_related("inspection", proof)
    return measures.annotate(
        progress_on=Subquery(last.values("reported_on")[:1]), progress_text=Subquery(last.values("text")[:1])
    )


def _evidence(user: User) -> QuerySet[Any]:
    """Newer versions are fetched beside: few files have one."""
    measures = Prefetch("measures", Measure.objects.select_related("facet").order_by("facet__order", "order"))
    seen = Evidence.objects.visible_to(user).select_related(*OF_FINDING, "file", "uploaded_by")
    return seen.prefetch_related("replacement", measures)


def _supervision(user: User) -> QuerySet[Any]:
    findings = Prefetch("findings", Finding.objects.visible_to(user).select_related("aspect", "parent"))
    return Supervision.objects.visible_to(user).prefetch_related("units", findings)


def _records_of(model: Any, *more: str) -> Callable[[User], QuerySet[Any]]:
    return lambda user: model.objects.visible_to(user).select_related(*OF_FINDING, *more)


def _finding_filter(asked: QueryDict, records: Any, inspection: Inspection, user: User) -> ListFilter:
    return FindingFilter(asked, records, inspection, user, filter_units(user_scope(user)))


def _measure_filter(asked: QueryDict, records: Any, inspection: Inspection, user: User) -> ListFilter:
    return MeasureFilter(asked, records, inspection, user, filter_units(user_scope(user)))


def _evidence_filter(asked: QueryDict, records: Any, _inspection: Inspection, user: User) -> ListFilter:
    return EvidenceFilter(asked, records, filter_units(user_scope(user)))


def _filter_by(filter: type[ListFilter]) -> Callable[[QueryDict, QuerySet[Any], Inspection, User], ListFilter]:
    return lambda asked, records, _inspection, _user: filter(asked, records)


def _special(ledger: Ledger) -> ListDefinition:
    """The list of a special ledger."""

    def entries(user: User) -> QuerySet[Any]:
        findings = Prefetch("findings", Finding.objects.visible_to(user).select_related("aspect", "parent"))
        seen = Entry.objects.visible_to(user).in_ledger(ledger).select_related("person_in_charge")
        return seen.prefetch_related("units", findings)

    def filtered(asked: QueryDict, records: Any, _inspection: Inspection, user: User) -> ListFilter:
        return EntryFilter(asked, records, ledger, filter_units(user_scope(user)))

    days = {name: (F(name).asc(nulls_last=True), F("pk").asc()) for name in ("received_on", "due_on", "done_on")}
    orderings = {name: order for name, order in days.items() if ledger.has_field(name)}
    return ListDefinition(ledger.key, ledger.title, ledger.noun, ledger.columns, entries, filtered, orderings, ledger)


OF_FINDINGS = (_findings, _finding_filter, {"number": REGISTER_ORDER, "due": BY_DEADLINE})
OF_MEASURES = (_measures, _measure_filter, {"number": MeasureTable.orderings["number"], "due": BY_DEADLINE})
IN_CATALOGUE = IndexedOrdering.along(*MeasureTable.orderings["number"][:4], F("number").asc(), known=OF_ONE_INSPECTION)
LISTS: dict[str, ListDefinition] = {
    one.key: one
    for one in (
        ListDefinition("problems", "问题清单", "个问题", say.PROBLEMS, *OF_FINDINGS),
        ListDefinition("tasks", "任务清单", "条措施", say.TASKS, *OF_MEASURES),
        ListDefinition("responsibilities", "责任清单", "个问题", say.RESPONSIBILITIES, *OF_FINDINGS),
        ListDefinition(
            "regulations",
            "制度清单",
            "项制度",
            say.REGULATIONS,
            _records_of(Regulation, "evidence"),
            _filter_by(RegulationFilter),
            {"issued": (F("issued_on").asc(nulls_last=True), F("pk").asc()), "kind": BY_KIND},
        ),
        ListDefinition("register", "整改台账", "条措施", say.REGISTER, *OF_MEASURES),
        ListDefinition(
            "evidence",
            "佐证材料目录",
            "份材料",
            say.EVIDENCE,
            _evidence,
            _evidence_filter,
            {"number": IN_CATALOGUE, "uploaded": (F("uploaded_at").asc(), F("pk").asc())},
        ),
        ListDefinition(
            "accountability",
            "处理情况",
            "条记录",
            say.ACCOUNTABILITY,
            _records_of(Accountability),
            _filter_by(AccountabilityFilter),
            {"kind": BY_KIND, "decided": (F("decided_on").asc(nulls_last=True), F("pk").asc())},
        ),
        ListDefinition(
            "recoveries",
            "资金情况",
            "条记录",
            say.RECOVERIES,
            _records_of(Recovery),
            _filter_by(RecoveryFilter),
            {"kind": BY_KIND, "recovered": (F("recovered_on").asc(nulls_last=True), F("pk").asc())},
        ),
        ListDefinition(
            "supervision",
            "督查记录",
            "条记录",
            say.SUPERVISION,
            _supervision,
            _filter_by(SupervisionFilter),
            {"held": (F("held_on").asc(), F("pk").asc()), "kind": BY_KIND},
        ),
        *map(_special, LEDGERS.values()),
    )
}
