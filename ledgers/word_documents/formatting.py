"""Dates, people, units and measures as the Word forms write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.numerals import full_date
from documents.typesetting.titles import break_title
from findings.inspections.display import finding_number, measure_number
from findings.models import Finding, Inspection, Measure
from ledgers.cell_values import name_of, unit_of, units_of

NOT_SET = "未定"
TITLE_ROOM = 20.0  # width of a title in em: 156 mm (GB/T 9704-2012 5.2) in 2号 (22 pt)


def day(date: dt.date | None, missing: str = NOT_SET) -> str:
    """The date as 2026年6月30日, without leading zeros (GB/T 9704-2012 7.3.5.4); ``missing`` for None."""
    return full_date(date) or missing


def title_lines(words: str) -> str:
    """The title broken into lines by GB/T 9704-2012 7.3.1: no word split, no last line of one character."""
    return "\n".join(break_title(words, lambda char: 0.5 if char.isascii() else 1.0, TITLE_ROOM))


def moment(at: dt.datetime) -> str:
    """The local time as 2026年6月30日 09:30."""
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


def about_inspection(inspection: Inspection) -> dict[str, Any]:
    """Values for ``placeholders.INSPECTION``."""
    return {
        "被巡察党组织": inspection.body,
        "巡察名称": inspection.name,
        "巡察轮次": inspection.round or inspection.name,
        "巡察组": inspection.team,
        "派出党委": inspection.commissioner,
        "巡察或巡视": inspection.get_term_display(),
        "反馈日期": day(inspection.feedback_on),
        "制表日期": day(timezone.localdate()),
    }


def about_finding(finding: Finding) -> dict[str, Any]:
    """Values for ``placeholders.FINDING``."""
    return {
        "编号": finding_number(finding),
        "类别": finding.aspect.title,
        "问题": finding.title,
        "具体表现": finding.detail,
        "整改目标": finding.goal,
        "时限类型": finding.get_timing_display(),
        "完成时限": day(finding.due_on),
        "牵头单位": unit_of(finding.leading_unit) or NOT_SET,
        "配合单位": units_of(finding.supporting_units),
        "责任领导": name_of(finding.responsible_leader) or NOT_SET,
        "责任人": name_of(finding.person_in_charge) or NOT_SET,
    }


def about_measure(measure: Measure) -> dict[str, Any]:
    """Values for ``placeholders.MEASURE``."""
    return {
        "编号": measure_number(measure),
        "措施": measure.plan or measure.outcome,
        "成效": measure.outcome,
        "责任单位": unit_of(measure.answering_unit) or NOT_SET,
        "责任人": name_of(measure.person_in_charge or measure.finding.person_in_charge) or NOT_SET,
        "完成时限": day(measure.due_on),
        "完成日期": day(measure.completed_on if measure.is_done else None, ""),
        "办理状态": measure.get_status_display(),
    }
