"""The rectification plan (整改方案): every finding with its measures, units, people and deadlines."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from documents.numerals import to_chinese
from documents.word.layout import (
    ParagraphStyle,
    TemplateParagraph,
    TemplateRow,
    TemplateTable,
    body_paragraph,
    heading_paragraph,
    tag_row,
    title_paragraph,
)
from findings.models import Finding, Inspection, Measure
from findings.work.evidence_list import MEASURE_ORDER
from findings.work.tables import REGISTER_ORDER
from ledgers.word_documents.formatting import about_finding, about_inspection, about_measure, day, title_lines
from ledgers.word_documents.placeholders import FINDING, INSPECTION, MEASURE, FormDefinition, Placeholder

P = Placeholder
NO_MEASURE = "（尚未制定措施）"
FORM = FormDefinition(
    "plan",
    "整改方案",
    "一次巡察的整改方案：按方面列出问题、措施、责任和时限",
    (
        P("标题", "方案的标题，已按公文格式分行", "区政府办党组关于区委巡察反馈意见的整改方案"),
        *INSPECTION,
        P("巡察开始日期", "巡察开始日期", "2025年9月1日"),
        P("巡察结束日期", "巡察结束日期", "2025年11月30日"),
        P("方案期限", "整改方案上报期限", "2026年2月15日"),
        P("整改期限", "集中整改期限", "2026年7月15日"),
        P("报告期限", "整改进展上报期限", "2026年7月31日"),
        P("方面数", "方面的个数", "3"),
        P("问题数", "问题的个数，分项问题不另计", "12"),
        P("措施数", "措施的条数", "48"),
        P("立行立改数", "立行立改的问题个数，分项问题不另计", "4"),
        P(
            "方面表",
            "各个方面",
            rows=(
                P("序号", "方面的序号，用中文数字", "一"),
                P("方面", "方面的标题", "推动决策部署落地见效存在温差"),
                P("问题表", "这个方面的问题和分项问题", rows=(*FINDING, P("措施表", "问题的措施", rows=MEASURE))),
            ),
        ),
    ),
    (
        title_paragraph("{{ 标题 }}"),
        body_paragraph(
            "{{ 巡察开始日期 }}至{{ 巡察结束日期 }}，{{ 巡察组 }}对{{ 被巡察党组织 }}进行了{{ 巡察或巡视 }}，"
            "{{ 反馈日期 }}反馈了意见。为做好整改工作，制定本方案。"
        ),
        heading_paragraph("一、整改任务"),
        body_paragraph(
            "反馈意见涉及 {{ 方面数 }} 个方面、{{ 问题数 }} 个问题，其中立行立改 {{ 立行立改数 }} 个；"
            "共制定整改措施 {{ 措施数 }} 条。"
        ),
        heading_paragraph("二、时限要求"),
        body_paragraph("集中整改于{{ 整改期限 }}前完成，整改进展于{{ 报告期限 }}前上报。各项措施的时限以下表为准。"),
        heading_paragraph("三、问题、措施和责任"),
        TemplateTable(
            (11, 28, 46, 26, 14, 31),
            (
                TemplateRow(("编号", "反馈问题", "整改措施", "责任单位", "责任人", "完成时限"), heavy=True),
                tag_row("for 方面 in 方面表"),
                TemplateRow(("（{{ 方面.序号 }}）{{ 方面.方面 }}",), heavy=True),
                tag_row("for 问题 in 方面.问题表"),
                tag_row("for 措施 in 问题.措施表"),
                TemplateRow(
                    (
                        "{% vm %}{{ 问题.编号 }}",
                        "{% vm %}{{ 问题.问题 }}",
                        "{{ 措施.措施 }}",
                        "{{ 措施.责任单位 }}",
                        "{{ 措施.责任人 }}",
                        "{{ 措施.完成时限 }}",
                    )
                ),
                tag_row("endfor"),
                tag_row("endfor"),
                tag_row("endfor"),
            ),
        ),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 被巡察党组织 }}"),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 制表日期 }}"),
    ),
)


def content(inspection: Inspection, user: User) -> dict[str, Any]:
    """The values of the plan's placeholders, with the findings and measures the user may see."""
    people = ("lead_unit", "responsible_leader", "person_in_charge", "parent__lead_unit")
    named = Measure.objects.visible_to(user).select_related("facet", "lead_unit", "person_in_charge")
    findings = list(
        Finding.objects.visible_to(user)
        .of(inspection)
        .select_related("aspect", *people)
        .prefetch_related("supporting_units", Prefetch("measures", named.order_by(*MEASURE_ORDER)))
        .order_by(*REGISTER_ORDER)
    )
    # Sub-findings are not counted in 问题数 and 立行立改数.
    top = [finding for finding in findings if finding.parent_id is None]
    # ``groupby`` needs the register's order, which begins with the aspect.
    aspects = [(aspect, list(own)) for aspect, own in groupby(findings, lambda finding: finding.aspect)]
    return {
        "标题": title_lines(
            f"{inspection.body}关于{inspection.commissioner}{inspection.get_term_display()}反馈意见的整改方案"
        ),
        **about_inspection(inspection),
        "巡察开始日期": day(inspection.started_on),
        "巡察结束日期": day(inspection.ended_on),
        "方案期限": day(inspection.plan_due_on),
        "整改期限": day(inspection.rectification_due_on),
        "报告期限": day(inspection.report_due_on),
        "方面数": str(len(aspects)),
        "问题数": str(len(top)),
        "措施数": str(sum(len(finding.measures.all()) for finding in findings)),
        "立行立改数": str(sum(finding.timing == "immediate" for finding in top)),
        "方面表": [
            {"序号": to_chinese(aspect.order), "方面": aspect.title, "问题表": [_finding(one, own) for one in own]}
            for aspect, own in aspects
        ],
    }


def _finding(finding: Finding, others: list[Finding]) -> dict[str, Any]:
    """A finding with its measures; without any, one row that says so.

    A finding with sub-findings among ``others`` refers to them instead: it needs no measure of its own.
    """
    rows = [about_measure(measure) for measure in finding.measures.all()]
    if not rows:
        blank = dict.fromkeys((one.name for one in MEASURE), "")
        words = "见分项问题" if any(other.parent_id == finding.pk for other in others) else NO_MEASURE
        values = about_finding(finding)
        rows = [
            blank
            | {
                "措施": words,
                "责任单位": values["牵头单位"],
                "责任人": values["责任人"],
                "完成时限": values["完成时限"],
            }
        ]
    return {**about_finding(finding), "措施表": rows}
