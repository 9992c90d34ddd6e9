"""The sign-off sheet of a finding (销号单): measures, opinions of all steps, and what was signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from documents.word.layout import (
    ParagraphStyle,
    TemplateParagraph,
    fact_table,
    heading_paragraph,
    list_table,
    title_paragraph,
)
from findings.choices import Status
from findings.inspections.display import finding_number, measure_number
from findings.models import Finding, Measure, Regulation, SignOff, Step
from findings.work.evidence_list import MEASURE_ORDER
from findings.workflow import BY_NAME, StepName
from findings.workflow.signed_content import SignedContent
from ledgers.cell_values import name_of
from ledgers.word_documents.formatting import about_finding, about_inspection, about_measure, day, moment, title_lines
from ledgers.word_documents.placeholders import FINDING, INSPECTION, MEASURE, FormDefinition, Placeholder

NOT_SIGNED = "尚未销号：本单只反映目前的办理情况，不能作为销号凭据。"
IN_FORCE = "已销号，销号有效。"
VOID = "销号已失效，本单不能作为销号凭据：{}"
NO_RECORD = "已销号，但系统里没有签署记录，无法核对签署的内容。"
BROKEN = "签署的内容与摘要不符，本单不能作为销号凭据，请立即报告系统管理员。"
P = Placeholder
STEP = (
    P("时间", "办理的时间", "2026年6月30日 09:30"),
    P("步骤", "办理的步骤", "申请销号"),
    P("对象", "整个问题，或哪一条措施", "问题"),
    P("办理人", "谁办理", "李明"),
    P("意见", "办理时的意见", "同意。"),
)
FORM = FormDefinition(
    "closing",
    "销号单",
    "一个问题从申请到销号的全部意见，和签署内容的摘要",
    (
        P("标题", "销号单的标题，已按公文格式分行", "区委巡察反馈问题整改销号单"),
        *INSPECTION,
        *FINDING,
        P("状态", "是否已经销号，销号是否有效", IN_FORCE),
        P("申请次数", "第几次申请销号；没有申请过为空", "1"),
        P("申请人", "最近一次申请人", "李明"),
        P("申请时间", "最近一次申请的时间", "2026年6月30日 09:30"),
        P("材料份数", "有效佐证材料的份数", "3"),
        P("制度", "登记在问题上的制度，没有的写明没有", "《督查工作规程》（青政办发〔2026〕7号）"),
        P("处理情况", "登记在问题上的处理方式、人数和人次，没有的写明没有", "谈话提醒 2 人（2 人次）"),
        P("资金情况", "登记在问题上的资金类型和金额，没有的写明没有", "收缴 12,600.00 元"),
        P("台账事项", "专项台账里对应问题或者它的措施的事项，没有的写明没有", "群众来信反映的事项（2026年5月1日办结）"),
        P("完成程度", "销号时认定的完成程度", "完成"),
        P("销号意见", "销号人的意见", "同意销号。"),
        P("销号人", "谁销号", "赵督查"),
        P("销号时间", "销号的时间", "2026年7月1日 10:00"),
        P("摘要算法", "签署内容摘要的算法", "sha256"),
        P("摘要", "签署内容的摘要", "0123456789abcdef" * 4),
        P("措施表", "问题的全部措施", rows=MEASURE),
        P("办理表", "全部办理步骤，按时间先后", rows=STEP),
    ),
    (
        title_paragraph("{{ 标题 }}"),
        TemplateParagraph(ParagraphStyle.CENTRED, "（{{ 状态 }}）"),
        fact_table(
            ("被巡察党组织", "{{ 被巡察党组织 }}"),
            ("巡察", "{{ 巡察轮次 }}（{{ 巡察组 }}，{{ 反馈日期 }}反馈）"),
            ("类别", "{{ 类别 }}"),
            ("问题", "{{ 编号 }}　{{ 问题 }}"),
            ("具体表现", "{{ 具体表现 }}"),
            ("整改目标", "{{ 整改目标 }}"),
            ("时限", "{{ 时限类型 }}，{{ 完成时限 }}"),
            ("责任单位", "牵头：{{ 牵头单位 }}{% if 配合单位 %}；配合：{{ 配合单位 }}{% endif %}"),
            ("责任人员", "责任领导：{{ 责任领导 }}；责任人：{{ 责任人 }}"),
        ),
        heading_paragraph("一、整改措施和成效"),
        list_table(
            (11, 44, 56, 31, 14),
            ("编号", "措施", "成效", "完成日期", "状态"),
            "措施表",
            ("编号", "措施", "成效", "完成日期", "办理状态"),
        ),
        heading_paragraph("二、制度、处理、资金和台账"),
        fact_table(
            ("建章立制", "{{ 制度 }}"),
            ("处理情况", "{{ 处理情况 }}"),
            ("资金情况", "{{ 资金情况 }}"),
            ("台账事项", "{{ 台账事项 }}"),
        ),
        heading_paragraph("三、申请和办理意见"),
        list_table(
            (31, 24, 18, 16, 67),
            ("时间", "步骤", "对象", "办理人", "意见"),
            "办理表",
            ("时间", "步骤", "对象", "办理人", "意见"),
        ),
        heading_paragraph("四、销号"),
        fact_table(
            ("状态", "{{ 状态 }}"),
            (
                "申请",
                "{% if 申请次数 %}第 {{ 申请次数 }} 次申请：{{ 申请人 }}，{{ 申请时间 }}{% else %}没有申请{% endif %}",
            ),
            ("佐证材料", "{{ 材料份数 }} 份"),
            ("完成程度", "{{ 完成程度 }}"),
            ("销号意见", "{{ 销号意见 }}"),
            ("销号人和时间", "{{ 销号人 }}　{{ 销号时间 }}"),
            ("签署内容的摘要", "{% if 摘要 %}{{ 摘要算法 }}：{{ 摘要 }}{% endif %}"),
        ),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 制表日期 }}"),
    ),
)


def content(finding: Finding) -> dict[str, Any]:
    """The values of the sheet's placeholders, for a user who may see the whole finding."""
    inspection = finding.inspection
    signoff = finding.signoffs.select_related("signed_by").first() if finding.status == Status.CLOSED else None
    filed = SignedContent(finding)
    measures = list(
        finding.measures.select_related(
            "facet", "lead_unit", "person_in_charge", "finding__person_in_charge", "finding__parent__lead_unit"
        ).order_by(*MEASURE_ORDER)
    )
    steps = list(finding.steps.select_related("taken_by", "measure__facet").order_by("pk"))
    # A finding can be submitted several times; the sheet names the latest application.
    asked = next((one for one in reversed(steps) if one.transition == StepName.SUBMIT), None)
    return {
        "标题": title_lines(f"{inspection.commissioner}{inspection.get_term_display()}反馈问题整改销号单"),
        **about_inspection(inspection),
        **about_finding(finding),
        "状态": state_of(finding, signoff),
        "申请次数": str(asked.submission) if asked else "",
        "申请人": name_of(asked.taken_by) if asked else "",
        "申请时间": moment(asked.taken_at) if asked else "",
        "材料份数": str(finding.evidence.live().count()),
        "制度": _lines_of(map(_regulation, filed.regulations), "无建章立制事项。"),
        "处理情况": _lines_of((_dating(one, one.decided_on, "处理") for one in filed.accountability), "无处理事项。"),
        "资金情况": _lines_of((_dating(one, one.recovered_on, "到账") for one in filed.recoveries), "无资金事项。"),
        "台账事项": _lines_of((_dating(one, one.done_on, "办结") for one in filed.entries), "无对应的台账事项。"),
        "完成程度": inspection.completion_word(signoff.completion) if signoff else "",
        "销号意见": signoff.opinion if signoff else "",
        "销号人": str(signoff.signed_by) if signoff else "",
        "销号时间": moment(signoff.signed_at) if signoff else "",
        "摘要算法": signoff.algorithm if signoff else "",
        "摘要": signoff.digest if signoff else "",
        "措施表": [about_measure(measure) for measure in measures],
        "办理表": [_step(step) for step in steps],
    }


def state_of(finding: Finding, signoff: SignOff | None) -> str:
    """Whether the sheet proves a sign-off, as a Chinese sentence.

    The digest is checked before anything else is told of a sign-off: a changed record proves nothing.
    """
    if finding.status != Status.CLOSED:
        return NOT_SIGNED
    if signoff is None:
        return NO_RECORD
    if not signoff.is_intact:
        return BROKEN
    if signoff.voided_at is not None:
        return VOID.format(f"{day(timezone.localdate(signoff.voided_at))}，{signoff.void_reason}")
    return VOID.format("销号以后内容有变。") if finding.is_void else IN_FORCE


def _lines_of(words: Iterable[str], none: str) -> str:
    """The records of one kind in one text, or the sentence that there are none."""
    return "；".join(words) or none


def _dating(record: Any, on: dt.date | None, what: str) -> str:
    """A record with its day and, if it is one of money, the number of its voucher."""
    more = [f"{day(on)}{what}"] if on else []
    more += [f"凭据号 {record.voucher}"] if getattr(record, "voucher", "") else []
    return f"{record}（{'，'.join(more)}）" if more else str(record)


def _regulation(one: Regulation) -> str:
    issued = f"{day(one.issued_on)}印发" if one.issued_on else ""
    more = "，".join(filter(None, (one.get_kind_display(), one.document_number, issued)))
    return f"{one}（{more}）"


def _step(step: Step) -> dict[str, str]:
    """A row of the table of steps; a step that no longer exists in the workflow keeps its stored name."""
    kind = Measure if step.measure else Finding
    label = BY_NAME[kind, step.transition].label if (kind, step.transition) in BY_NAME else step.transition
    return {
        "时间": moment(step.taken_at),
        "步骤": label,
        "对象": f"措施 {measure_number(step.measure)}" if step.measure else "问题",
        "办理人": name_of(step.taken_by) or "系统",
        "意见": step.comment,
    }


def file_name(finding: Finding) -> str:
    """The file name without extension."""
    return f"{finding_number(finding)}-{finding.title}"
