"""The forms of the letters to a unit: their placeholders, tables, and the days each allows for a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from documents.word.layout import (
    ParagraphStyle,
    TemplateBlock,
    TemplateParagraph,
    body_paragraph,
    list_table,
    title_paragraph,
)
from findings.choices import LetterKind
from ledgers.word_documents.placeholders import INSPECTION, FormDefinition, Placeholder

P = Placeholder
ITEM = (
    P("编号", "问题编号，同一问题的后几行为空", "1-2"),
    P("问题", "问题的标题，同一问题的后几行为空", "督查工作重部署轻问效"),
    P("类型", "问题或措施", "措施"),
    P("事项", "所列的措施，或整个问题", "措施 1：建立督查台账。"),
    P("完成时限", "完成时限", "2026年6月30日"),
    P("逾期天数", "到发文之日已逾期几天，没有逾期为空", "15"),
    P("剩余天数", "到发文之日距到期几天，已经逾期为空", "12"),
    P("责任人", "责任人", "李明"),
    P("督查情况", "指导书：督查时的进展，取自督查记录", "台账已经建立，没有督办记录。"),
    P("指导意见", "指导书：督查时的整改要求，取自督查记录", "补齐三季度的督办记录。"),
    P("答复", "告诫书和问责建议书：对以前文书的答复", "2026年11月20日答复：正在补齐。"),
)
STEP = (
    P("文书", "以前的文书", "督查督办通知书"),
    P("文号", "它的文号", "区委巡办督〔2026〕1号"),
    P("日期", "它的发文日期", "2026年10月8日"),
    P("回复期限", "它的完成或回复期限", "2026年10月18日"),
    P("答复", "单位的答复", "没有答复。"),
)
NAMES = (
    *INSPECTION,
    P("单位", "责任单位", "综合科"),
    P("文号", "文书的文号", "区委巡办告〔2026〕1号"),
    P("问题数", "所列问题的个数，只列措施的问题不计", "1"),
    P("措施数", "所列措施的条数", "2"),
    P("最长逾期", "所列事项中最长的逾期天数，没有逾期为 0", "15"),
    P("依据", "时限的依据", "区委第三巡察组2026年1月15日的反馈意见和整改方案"),
    P("正文", "表格以前的一段，按登记的文书和督查记录写成", "根据反馈意见，现对下列事项予以督办："),
    P("要求", "表格以后的一段", "请于2026年12月1日前完成整改，并书面报告办理情况。"),
    P("回复期限", "要求完成或回复的期限", "2026年12月1日"),
    P("落款", "发文单位", "区委巡察工作领导小组办公室"),
    P("逾期表", "所列的问题和措施", rows=ITEM),
    P("经过表", "告诫书和问责建议书：以前发出的文书，按日期先后", rows=STEP),
)


@dataclass(frozen=True)
class Letter:
    """One kind of letter: its form, and the days it allows for a reply unless the user says otherwise."""

    form: FormDefinition
    days: int


def _letter(
    key: LetterKind, purpose: str, days: int, columns: Mapping[str, int], *more: TemplateBlock, to: str = "{{ 单位 }}"
) -> Letter:
    """Define a letter; ``columns`` are the names and widths of its table, ``to`` is the addressee."""
    names = tuple(columns)
    blocks = (
        title_paragraph(key.label),
        TemplateParagraph(ParagraphStyle.SALUTATION, f"{to}："),
        body_paragraph("{{ 正文 }}"),
        list_table(tuple(columns.values()), names, "逾期表", names),
        *more,
        body_paragraph("{{ 要求 }}"),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 落款 }}"),
        TemplateParagraph(ParagraphStyle.SIGNATURE, "{{ 制表日期 }}"),
    )
    return Letter(FormDefinition(key.value, key.label, purpose, NAMES, blocks), days)


_LATE = {"编号": 11, "问题": 38, "事项": 49, "完成时限": 31, "逾期天数": 13, "责任人": 14}
LETTERS = {
    LetterKind(one.form.key): one
    for one in (
        _letter(LetterKind.REMINDER, "被巡察党组织的整改办提醒单位有事项已经逾期", 7, _LATE),
        _letter(LetterKind.SUPERVISION, "整改开始时或首次逾期时督办", 10, _LATE),
        _letter(
            LetterKind.GUIDANCE,
            "整改过程中，按督查记录逐个问题提出指导意见",
            10,
            {"编号": 11, "问题": 36, "督查情况": 48, "指导意见": 47, "责任人": 14},
        ),
        _letter(
            LetterKind.NOTICE,
            "到期以前提醒，不说逾期",
            7,
            {"编号": 11, "问题": 38, "事项": 49, "完成时限": 31, "剩余天数": 13, "责任人": 14},
        ),
        _letter(
            LetterKind.ADMONITION,
            "以前的文书限期已过仍未完成，再次限期",
            5,
            {"编号": 11, "问题": 32, "事项": 40, "完成时限": 28, "逾期天数": 13, "答复": 32},
        ),
        _letter(
            LetterKind.ACCOUNTABILITY,
            "告诫书限期已过仍未完成，向派出党委提出建议",
            15,
            _LATE,
            body_paragraph("督办经过："),
            list_table(
                (32, 44, 28, 28, 24),
                ("文书", "文号", "日期", "回复期限", "答复"),
                "经过表",
                ("文书", "文号", "日期", "回复期限", "答复"),
            ),
            to="{{ 派出党委 }}",
        ),
    )
}
