"""The preamble and the summary of a report that was read, as templates: with gaps for what they say. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.numerals import full_date
from reports.facts import SUMMARY_PLACE, ReportFacts
from reports.gap_values import days, months
from reports.reading.counters import Counter
from reports.reading.kinds import LineKind, ReadLine
from reports.reading.preamble import restore_dates

# What is counted in the findings and measures of a text; numbers of other records stay as they are written.
_GAPS = {
    "反馈问题": "问题数",
    "方面": "方面数",
    "已完成": "完成数",
    "基本完成": "基本完成数",
    "阶段性完成": "阶段性完成数",
    "正在整改": "整改中数",
    "整改中": "整改中数",
    "未完成": "整改中数",
    "长期坚持": "长期坚持数",
    "措施": "措施数",
    "完成率": "完成率",
}
_DONE = {"已完成", "完成率"}  # a summary says one of them
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?|[*×]+%?")
_SENTENCE = re.compile(r"[^。\n]*(?:。|$)")


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """The templates of a report, and the words of the office without its summary."""

    preamble: str
    summary: str
    pledge: str


def read_texts(lines: Sequence[ReadLine], pledge: str, facts: ReportFacts, counters: Iterable[Counter]) -> ReadTexts:
    """The templates of the preamble and of the summary, which stands in it or in what the office says before."""
    first, *rest = [line.source.text for line in lines if line.kind == LineKind.PREAMBLE] or [""]
    office = "\n".join([*rest, *([pledge] if pledge else [])])
    stated = [counter for counter in counters if counter.name in _GAPS and counter.value is not None]
    preamble = with_occasion_gaps(replace_braces(first), facts)
    if _is_summary(first, stated):
        return ReadTexts(with_number_gaps(preamble, stated), "", office)
    start, end = _summary_place(office, stated)
    summary = with_number_gaps(replace_braces(office[start:end]), stated)
    if not summary:
        return ReadTexts(preamble, "", office)
    after = office[end:]
    # A summary in a paragraph of its own brings its line break along.
    before = office[:start]
    if before.endswith("\n"):
        before, summary = before[:-1], f"\n{summary}"
    return ReadTexts(preamble, summary, f"{before}{SUMMARY_PLACE}{after}" if after else before)


def replace_braces(text: str) -> str:
    """The text without the braces, which mean something in a template."""
    return text.translate(str.maketrans("{}｛｝", "（）（）"))


def with_occasion_gaps(text: str, facts: ReportFacts) -> str:
    """A preamble with gaps for who inspected whom and when."""
    text = restore_dates(text)
    feedback = facts.feedback_on
    values = [
        (days(facts), "巡察起止日期"),
        (months(facts), "巡察起止月份"),
        (full_date(feedback), "反馈日期"),
        (
            _month_day(feedback) if feedback and facts.ended_on and feedback.year == facts.ended_on.year else "",
            "反馈月日",
        ),
        (facts.team, "巡察组"),
        (facts.body, "被巡察党组织"),
    ]
    for value, name in values:
        if value and f"【{name}】" not in text:
            text = re.sub(rf"(?<![\d年【]){re.escape(value)}(?!】)", f"【{name}】", text)
    if facts.commissioner:
        text = re.sub(
            rf"((?:根据|按照|依照|遵照|依据|经)){re.escape(facts.commissioner)}", r"\1【派出党委】", text, count=1
        )
    return re.sub(rf"{facts.genre}(如下[:：。]?)$", r"【文种】\1", text)


def _month_day(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"


def _is_summary(text: str, stated: Sequence[Counter]) -> bool:
    """Whether a text says how many findings there are and how many are done."""
    said = {counter.name for counter in stated if counter.words in text}
    return "反馈问题" in said and bool(said & _DONE)


def _summary_place(text: str, stated: Sequence[Counter]) -> tuple[int, int]:
    """Where the sentences stand that say the numbers: from the first to the last of a paragraph; (0, 0) without."""
    at = 0
    for paragraph in text.split("\n"):
        if _is_summary(paragraph, stated):
            saying = [
                found.span()
                for found in _SENTENCE.finditer(paragraph)
                if any(counter.words in found[0] for counter in stated)
            ]
            return at + saying[0][0], at + saying[-1][1]
        at += len(paragraph) + 1
    return 0, 0


def with_number_gaps(text: str, stated: Sequence[Counter]) -> str:
    """A text with gaps for the numbers that are computed."""
    for counter in stated:
        gap = f"【{_GAPS[counter.name]}】"
        if counter.words in text and gap not in text:
            words = _last_number(counter.words, gap)
            text = text.replace(counter.words, words, 1)
    return text


def _last_number(words: str, gap: str) -> str:
    """The words of a counter with a gap for its number, the last one in them."""
    found = list(_NUMBER.finditer(words))
    if not found:
        return words
    start, end = found[-1].span()
    return words[:start] + gap + words[end:]
