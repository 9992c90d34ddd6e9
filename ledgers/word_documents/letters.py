"""Letters to a unit that is late: a reminder, and five letters of increasing severity."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from documents.word.layout import ParagraphStyle, TemplateParagraph, body_paragraph, list_table, title_paragraph
from findings.models import Inspection
from ledgers.word_documents.formatting import about_inspection, day
from ledgers.word_documents.overdue import Late
from ledgers.word_documents.placeholders import INSPECTION, FormDefinition, Placeholder

P = Placeholder
ITEM = (
    P("编号", "问题编号", "1-2"),
    P("问题", "问题的标题", "督查工作重部署轻问效"),
    P("类型", "问题或措施", "措施"),
    P("事项", "逾期的问题或措施", "措施 1：建立督查台账。"),
    P("完成时限", "完成时限", "2026年6月30日"),
    P("逾期天数", "到下载之日已逾期几天", "15"),
    P("责任人", "责任人", "李明"),
)
NAMES = (
    *INSPECTION,
    P("单位", "逾期的责任单位", "综合科"),
    P("问题数", "逾期问题的个数", "1"),
    P("措施数", "逾期措施的条数", "2"),
    P("最长逾期", "其中最长的逾期天数", "15"),
    P("依据", "时限的依据", "区委第三巡察组2026年1月15日的反馈意见和整改方案"),
    P("回复期限", "要求完成或回复的期限", "2026年12月1日"),
    P("落款", "发文单位", "区委巡察工作领导小组办公室"),
    P("逾期表", "逾期的问题和措施", rows=ITEM),
)
SUMMARY = "逾期问题 {{ 问题数 }} 个、措施 {{ 措施数 }} 条，最长逾期 {{ 最长逾期 }} 天"


@dataclass(frozen=True)
class Letter:
    """One letter: its form, the days it allows for a reply, and which office signs it."""

    form: FormDefinition
    days: int
    is_by_body: bool  # signed by the inspected body's own office, not by that of the inspecting committee


def _letter(  # noqa: PLR0913, PLR0917 -- each is one line of the letter
    key: str, name: str, purpose: str, days: int, before: str, after: str, *, to: str = "{{ 单位 }}", own: bool = False
) -> Letter:
    """Define a letter; ``to`` is the addressee, ``own`` the value of ``is_by_body``."""
    blocks = (
        title_paragraph(name),
        TemplateParagraph(ParagraphStyle.SALUTATION, f"{to}："),
        body_paragraph(before),
        list_table(
            (11, 38, 49, 31, 13, 14),
            ("编号", "问题", "逾期事项", "完成时限", "逾期天数", "责任人"),
            "逾期表",
            ("编号", "问题", "事项", "完成时限", "逾期天数", "责任人"),
        ),
        body_paragraph(after),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 落款 }}"),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 制表日期 }}"),
    )
    return Letter(FormDefinition(key, name, purpose, NAMES, blocks), days, own)


# In the order of escalation; ``days`` is the default time for a reply.
LETTERS = {
    one.form.key: one
    for one in (
        _letter(
            "reminder",
            "整改提醒函",
            "提醒单位有事项已经逾期",
            7,
            f"根据{{{{ 依据 }}}}，你单位负责的整改事项中，{SUMMARY}，具体如下：",
            "请抓紧落实，于{{ 回复期限 }}前完成，并在系统中填报进展、上传佐证材料；"
            "确有困难的，请书面说明原因和下一步安排。",
            own=True,
        ),
        _letter(
            "supervision",
            "督查督办通知书",
            "逾期后的第一份督办文书",
            10,
            f"根据{{{{ 依据 }}}}，经督查，你单位负责的整改事项中，{SUMMARY}。现对下列事项予以督办：",
            "请你单位主要负责人亲自研究，逐项明确措施、责任人和完成时间，"
            "于{{ 回复期限 }}前完成整改，并书面报告办理情况。",
        ),
        _letter(
            "guidance",
            "阶段督查指导书",
            "督办以后仍有差距时的阶段指导",
            10,
            f"根据{{{{ 依据 }}}}，对你单位现阶段的整改情况进行了督查。目前{SUMMARY}，整改进度滞后，具体如下：",
            "请对照上述事项查找原因、调整措施、倒排工期，于{{ 回复期限 }}前报送阶段整改情况和佐证材料；"
            "需要协调解决的问题一并报送。",
        ),
        _letter(
            "notice",
            "情况提醒书",
            "督办和指导以后仍未完成",
            7,
            f"根据{{{{ 依据 }}}}，你单位负责的下列整改事项经督办和指导仍未完成，{SUMMARY}：",
            "现就上述情况向你单位提醒。请于{{ 回复期限 }}前完成整改并书面报告；逾期仍未完成的，将予以告诫。",
        ),
        _letter(
            "admonition",
            "情况告诫书",
            "提醒以后仍未完成，再次限期",
            5,
            f"根据{{{{ 依据 }}}}，你单位负责的下列整改事项经提醒仍未完成，{SUMMARY}：",
            "现对你单位予以告诫，并再次限定于{{ 回复期限 }}前完成整改。逾期仍未完成的，将提出问责建议。",
        ),
        _letter(
            "accountability",
            "问责建议书",
            "告诫以后仍未完成，向派出党委提出建议",
            15,
            f"根据{{{{ 依据 }}}}，{{{{ 单位 }}}}负责的下列整改事项经督办、指导、提醒、告诫仍未完成，{SUMMARY}：",
            "建议按照管理权限和有关规定，对{{ 单位 }}整改不力的情况予以调查核实，视情追究责任，并请于{{ 回复期限 }}前"
            "反馈处理意见。以上整改事项仍应继续完成。",
            to="{{ 派出党委 }}",
        ),
    )
}


def issuer_of(letter: Letter, inspection: Inspection) -> str:
    """The office that signs a letter unless the form names another."""
    term = inspection.get_term_display()
    if letter.is_by_body:
        return f"{inspection.body}{term}整改工作领导小组办公室"
    return f"{inspection.commissioner}{term}工作领导小组办公室"


def content(inspection: Inspection, late: Late, due: dt.date, issuer: str) -> dict[str, Any]:
    """The values of a letter's placeholders, for one unit."""
    return {
        **about_inspection(inspection),
        "单位": late.unit.name,
        "问题数": str(late.findings),
        "措施数": str(late.measures),
        "最长逾期": str(late.days),
        "依据": f"{inspection.team}{day(inspection.feedback_on, '')}的反馈意见和整改方案",
        "回复期限": day(due),
        "落款": issuer,
        "逾期表": [item.template_values() for item in late.items],
    }
