"""The forms of the letters to a unit, and their wording, which says nothing but what the register holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documents.word.layout import (
    ParagraphStyle,
    TemplateBlock,
    TemplateParagraph,
    body_paragraph,
    list_table,
    title_paragraph,
)
from findings.choices import LetterKind, SupervisionKind
from findings.models import Inspection, Supervision, Unit
from ledgers.word_documents.formatting import about_inspection, day
from ledgers.word_documents.letter_items import Item
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
VISITS = {
    SupervisionKind.ON_SITE: "现场督查",
    SupervisionKind.UNANNOUNCED: "“四不两直”督查",
    SupervisionKind.VISIT: "回访",
}
DEEDS = {
    LetterKind.SUPERVISION: "督办",
    LetterKind.GUIDANCE: "指导",
    LetterKind.NOTICE: "提醒",
    LetterKind.ADMONITION: "告诫",
}
NO_ANSWER = "没有答复"


@dataclass(frozen=True)
class Letter:
    """One kind of letter: its form, and the days it allows for a reply unless the user says otherwise."""

    form: FormDefinition
    days: int


@dataclass(frozen=True)
class LetterDraft:
    """What a letter of one kind to one unit would be about, as computed from the register on a day."""

    kind: LetterKind
    inspection: Inspection
    unit: Unit
    day: dt.date
    items: Sequence[Item] = ()
    cited: Sequence[Supervision] = ()  # earlier letters about these items, oldest first
    visits: Sequence[Supervision] = ()  # supervision of the unit on the spot, oldest first
    opinions: Mapping[int, Supervision] = field(default_factory=dict)  # by finding (key): the latest with a demand
    objection: str = ""  # why it cannot be sent, a Chinese sentence

    @property
    def is_before_deadlines(self) -> bool:
        """Whether no item is overdue."""
        return all(item.due_on >= self.day for item in self.items)


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


def late_words(items: Iterable[Item], on: dt.date) -> str:
    """How many of the items are late and by how much, as 逾期问题 1 个、措施 2 条，最长逾期 15 天."""
    items = list(items)
    findings, measures = _counts(items)
    parts = [f"问题 {findings} 个"] if findings else []
    parts += [f"措施 {measures} 条"] if measures else []
    return f"逾期{'、'.join(parts)}，最长逾期 {max(item.days_late(on) for item in items)} 天"


def _counts(items: Iterable[Item]) -> tuple[int, int]:
    """The numbers of findings and of measures."""
    measures = [item.measure is not None for item in items]
    return len(measures) - sum(measures), sum(measures)


def answer_words(letter: Supervision) -> str:
    """The answer to a letter in a sentence, 没有答复 without one."""
    if letter.answered_on is None:
        return NO_ANSWER
    return f"{day(letter.answered_on)}答复" + (f"：{letter.answer}" if letter.answer else "")


def basis(inspection: Inspection) -> str:
    """What the deadlines are based on."""
    return f"{inspection.team}{day(inspection.feedback_on, '')}的反馈意见和整改方案"


def opening(draft: LetterDraft) -> str:
    """The paragraph before the table; what it says of visits and earlier letters is in the register."""
    return f"根据{basis(draft.inspection)}，{OPENINGS[draft.kind](draft)}"


def _late_words(draft: LetterDraft) -> str:
    return late_words((item for item in draft.items if item.due_on < draft.day), draft.day)


def _remind(draft: LetterDraft) -> str:
    return f"你单位负责的整改事项中，{_late_words(draft)}，具体如下："


def _supervise(draft: LetterDraft) -> str:
    if draft.is_before_deadlines:
        return f"{_visited(draft.visits)}现将你单位负责的下列整改事项交你单位办理，并予以督办："
    return f"{_visited(draft.visits)}你单位负责的整改事项中，{_late_words(draft)}。现对下列事项予以督办："


def _guide(draft: LetterDraft) -> str:
    visits = {visit.pk: visit for visit in draft.opinions.values()}.values()
    return (
        f"{_visited(sorted(visits, key=lambda visit: (visit.held_on, visit.pk)))}现就你单位负责的下列问题提出指导意见："
    )


def _announce(draft: LetterDraft) -> str:
    left = min(-item.days_late(draft.day) for item in draft.items)
    first = "今天到期" if left == 0 else f"距到期还有 {left} 天"
    return f"你单位负责的下列整改事项完成时限临近，最近的{first}，现尚未完成："


def _admonish(draft: LetterDraft) -> str:
    sent = "、".join(f"{letter.citation}{DEEDS[LetterKind(letter.letter)]}" for letter in draft.cited)
    return f"你单位负责的下列整改事项，经{sent}，限期已过仍未完成，{_late_words(draft)}："


def _propose(draft: LetterDraft) -> str:
    sent = "、".join(letter.citation for letter in draft.cited if letter.letter == LetterKind.ADMONITION)
    late = _late_words(draft)
    return f"{draft.unit.name}负责的下列整改事项，经{sent}告诫、再次限期，限期已过仍未完成，{late}："


OPENINGS: dict[LetterKind, Callable[[LetterDraft], str]] = {
    LetterKind.REMINDER: _remind,
    LetterKind.SUPERVISION: _supervise,
    LetterKind.GUIDANCE: _guide,
    LetterKind.NOTICE: _announce,
    LetterKind.ADMONITION: _admonish,
    LetterKind.ACCOUNTABILITY: _propose,
}


def _visited(visits: Iterable[Supervision]) -> str:
    """A phrase about visits, as 经2026年11月12日现场督查，; an empty string without any."""
    words = [f"{day(one.held_on)}{VISITS.get(SupervisionKind(one.kind), '督查')}" for one in visits]
    return f"经{'、'.join(words)}，" if words else ""


AT_THE_START = "请你单位主要负责人亲自研究，逐项落实措施和责任人，按期完成，并于{by}前书面报告办理安排。"
DEMANDS = {
    LetterKind.REMINDER: "请抓紧落实，于{by}前完成，并在系统中填报进展、上传佐证材料；"
    "确有困难的，请书面说明原因和下一步安排。",
    LetterKind.SUPERVISION: "请你单位主要负责人亲自研究，逐项明确措施、责任人和完成时间，"
    "于{by}前完成整改，并书面报告办理情况。",
    LetterKind.GUIDANCE: "请你单位主要负责人签字认领，对照上述意见调整措施、抓好落实，"
    "于{by}前报送阶段整改情况和佐证材料；需要协调解决的问题一并报送。",
    LetterKind.NOTICE: "现就上述情况向你单位提醒。请抓紧落实、按期完成，并于{by}前书面报告进展；"
    "确有困难的，请在到期以前申请延期。",
    LetterKind.ADMONITION: "现对你单位予以告诫，并再次限定于{by}前完成整改。届时仍未完成的，将提出问责建议。",
    LetterKind.ACCOUNTABILITY: "建议按照管理权限和有关规定，对{unit}整改不力的情况予以调查核实，视情追究责任，"
    "并请于{by}前反馈处理意见。以上整改事项仍应继续完成。",
}


def demand(draft: LetterDraft, due: dt.date) -> str:
    """The paragraph after the table: what is to be done by which day."""
    is_start = draft.kind == LetterKind.SUPERVISION and draft.is_before_deadlines
    words = AT_THE_START if is_start else DEMANDS[draft.kind]
    return words.format(by=day(due), unit=draft.unit.name)


def content(draft: LetterDraft, number: str, due: dt.date, issuer: str) -> dict[str, Any]:
    """The values of a letter's placeholders."""
    findings, measures = _counts(draft.items)
    return {
        **about_inspection(draft.inspection),
        "制表日期": day(draft.day),
        "单位": draft.unit.name,
        "文号": number,
        "问题数": str(findings),
        "措施数": str(measures),
        "最长逾期": str(max(0, *(item.days_late(draft.day) for item in draft.items))),
        "依据": basis(draft.inspection),
        "正文": opening(draft),
        "要求": demand(draft, due),
        "回复期限": day(due),
        "落款": issuer,
        "逾期表": list(_rows(draft)),
        "经过表": [_step(letter) for letter in draft.cited],
    }


def _rows(draft: LetterDraft) -> Iterable[dict[str, str]]:
    """The rows of the items; a finding is named in the first of its rows."""
    above = None
    for item in draft.items:
        row = item.row(draft.day)
        if item.finding.pk == above:
            row |= {"编号": "", "问题": ""}
        above = item.finding.pk
        opinion = draft.opinions.get(item.finding.pk)
        answered = [letter for letter in draft.cited if item.key in letter.item_keys]
        yield {
            **row,
            "督查情况": opinion.found if opinion else "",
            "指导意见": opinion.demand if opinion else "",
            "答复": answer_words(answered[-1]) if answered else "",
        }


def _step(letter: Supervision) -> dict[str, str]:
    """The row of an earlier letter."""
    return {
        "文书": letter.get_letter_display(),
        "文号": letter.number,
        "日期": day(letter.held_on),
        "回复期限": day(letter.answer_due_on),
        "答复": answer_words(letter),
    }


def content_of(letter: Supervision) -> dict[str, Any]:
    """The values of a sent letter's placeholders: as sent, with the number and the sender as they were corrected."""
    sent: dict[str, Any] = letter.as_sent["content"]
    return {**sent, "文号": letter.number, "落款": letter.held_by}
