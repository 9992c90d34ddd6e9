"""Template tags of the ways through the site: the tabs of an inspection, and the way back to a filtered list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.template import Context
from django.urls import reverse

from accounts.users.roles import Right
from accounts.web.back import returning
from accounts.web.components import Chip
from findings.evidence.models import Evidence
from findings.followup.models.supervision import Supervision
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.workflow.models.extensions import Extension

register = template.Library()
register.filter("returning", returning)


@dataclass(frozen=True)
class TabPlace:
    """A page to which a tab leads, with the right that opens it (None: whoever sees the inspection)."""

    key: str
    label: str
    view: str
    arguments: tuple[str, ...] = ()
    right: Right | None = None

    def address(self, inspection: Inspection) -> str:
        """The URL of the page."""
        # The history is one page for records of several kinds, and its URL begins with the kind.
        kind = ["inspection"] if self.view == "findings:history" else []
        return reverse(self.view, args=[*kind, inspection.pk, *self.arguments])


# The tabs with the places behind them; a view names its place in ``tab``. Where a tab has several, they stand side by
# side below it.
TABS: dict[str, tuple[TabPlace, ...]] = {
    "概览": (TabPlace("overview", "概览", "findings:inspection_detail"),),
    "问题": (TabPlace("findings", "问题", "findings:finding_list"),),
    "措施": (TabPlace("measures", "措施", "findings:measure_list"),),
    "材料": (
        TabPlace("evidence", "佐证材料", "findings:evidence_list"),
        TabPlace("regulations", "制度", "findings:regulation_list"),
    ),
    "台账": (
        TabPlace("lists", "清单", "ledgers:list", ("problems",)),
        TabPlace("accountability", "处理与资金", "findings:accountability_list"),
        TabPlace("special", "专项台账", "ledgers:list", ("instructions",)),
    ),
    "督办": (
        TabPlace("supervision", "督查回访", "findings:supervision_list"),
        TabPlace("letters", "督办文书", "ledgers:list", ("letters",)),
        TabPlace("extensions", "延期", "findings:extension_list"),
    ),
    "报告": (TabPlace("report", "报告", "reports:report_preview", right=Right.MAKE_REPORT),),
    "设置": (
        TabPlace("settings", "基本设置", "findings:inspection_edit", right=Right.EDIT_RECORDS),
        TabPlace("stages", "审核级", "findings:stage_list", right=Right.EDIT_RECORDS),
        TabPlace("letter_rules", "文书规则", "findings:letter_rule_list", right=Right.EDIT_RECORDS),
        TabPlace("history", "历史", "findings:history"),
    ),
}
# What those need who see their own part only; they reach everything else from their findings and measures.
OF_REPORTERS = ("概览", "问题", "措施", "材料")


@dataclass(frozen=True)
class Tab:
    """A tab of an inspection as one user sees it, with the number of records behind it (None: not counted)."""

    label: str
    address: str
    is_current: bool
    number: int | None = None


@register.inclusion_tag("findings/inspections/tabs.html", takes_context=True)
def inspection_tabs(context: Context, inspection: Inspection, place: str) -> dict[str, Any]:
    """The tabs of an inspection, eight at most, and the places beside the present one; one query, for the numbers."""
    user = context["user"]
    sees_all = inspection.allows(user, Right.SEE_ALL)
    numbers = numbers_of(inspection) if sees_all else {}
    tabs, beside = [], []
    for label, places in TABS.items():
        open_to_user = [one for one in places if one.right is None or inspection.allows(user, one.right)]
        is_current = any(one.key == place for one in open_to_user)
        # A page that somebody was led to shows its tab, also when they would not be offered it.
        if open_to_user and (sees_all or label in OF_REPORTERS or is_current):
            tabs.append(Tab(label, open_to_user[0].address(inspection), is_current, numbers.get(label)))
        if is_current and len(open_to_user) > 1:
            beside = [Chip(one.label, one.address(inspection), is_current=one.key == place) for one in open_to_user]
    return {"tabs": tabs, "beside": beside, "label": next((tab.label for tab in tabs if tab.is_current), "")}


def numbers_of(inspection: Inspection) -> dict[str, int]:
    """The numbers at the tabs: records, and for 督办 what waits for an answer or a decision; one query."""
    counted: dict[str, QuerySet[Any]] = {
        "findings": Finding.objects.filter(inspection=OuterRef("pk")),
        "measures": Measure.objects.filter(inspection=OuterRef("pk")),
        "evidence": Evidence.objects.filter(inspection=OuterRef("pk")).live(),
        "unanswered": Supervision.objects.filter(inspection=OuterRef("pk")).unanswered(),
        "undecided": Extension.objects.filter(finding__inspection=OuterRef("pk")).waiting(),
    }
    found = (
        Inspection.objects.filter(pk=inspection.pk)
        .order_by()
        .values_list(*(_number_of(records) for records in counted.values()))
        .get()
    )
    by_name = dict(zip(counted, found, strict=True))
    return {
        "问题": by_name["findings"],
        "措施": by_name["measures"],
        "材料": by_name["evidence"],
        "督办": by_name["unanswered"] + by_name["undecided"],
    }


def _number_of(records: QuerySet[Any]) -> Coalesce:
    whole = records.order_by().values(inspection_key=OuterRef("pk")).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(whole, output_field=IntegerField()), 0)
