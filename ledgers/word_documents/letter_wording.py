"""The wording of the letters to a unit, which says nothing but what the register holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from findings.choices import LetterKind, SupervisionKind
from findings.models import Inspection, Supervision, Unit
from ledgers.word_documents.formatting import about_inspection, day
from ledgers.word_documents.letter_items import Item

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
        return f"{_cite(draft.visits)}现将你单位负责的下列整改事项交你单位办理，并予以督办："
    return f"{_cite(draft.visits)}你单位负责的整改事项中，{_late_words(draft)}。现对下列事项予以督办："


def _guide(draft: LetterDraft) -> str:
    visits = {visit.pk: visit for visit in draft.opinions.values()}.values()
    return f"{_cite(sorted(visits, key=lambda visit: (visit.held_on, visit.pk)))}现就你单位负责的下列问题提出指导意见："


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


def _cite(visits: Iterable[Supervision]) -> str:
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
