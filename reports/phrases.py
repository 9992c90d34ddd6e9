"""The fixed wording of the report: one template both writes a sentence and reads it (ADR 1).

Pure. To read or write another form of a sentence or heading, add an entry here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from string import Formatter

from documents.document import Span
from documents.numerals import NUMERAL, from_chinese, to_chinese

# Public copies of reports may have half-width punctuation: both are read, full-width is written.
_EITHER_WIDTH = {"，": "[，,]", "：": "[：:]", "；": "[；;]", "（": "[（(]", "）": "[）)]"}

COUNT = r"[\d*]+"
MONTH = r"[\d*]{4}年[\d*]{1,2}月"
DAY = rf"{MONTH}[\d*]{{1,2}}日"


class Phrase:
    """A sentence with named gaps, such as ``Phrase("关于{title}问题。")``; ``patterns`` restrict the text of a gap."""

    def __init__(self, template: str, **patterns: str) -> None:
        self._parts = [(literal, name) for literal, name, _, _ in Formatter().parse(template)]
        self._regex = re.compile(self._pattern(patterns), re.DOTALL)

    def _pattern(self, patterns: dict[str, str]) -> str:
        seen: set[str] = set()
        pieces: list[str] = []
        for literal, name in self._parts:
            pieces.append("".join(_EITHER_WIDTH.get(character, re.escape(character)) for character in literal))
            if name is None:
                continue
            # A gap that occurs twice must hold the same text both times.
            pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>{patterns.get(name, '.+?')})")
            seen.add(name)
        return "".join(pieces)

    def spans(self, **gaps: Span) -> tuple[Span, ...]:
        """The sentence with its gaps filled, as spans; the fixed words have no source."""
        spans: list[Span] = []
        for literal, name in self._parts:
            if literal:
                spans.append(Span(literal))
            if name is not None:
                spans.append(gaps[name])
        return tuple(spans)

    def read(self, text: str) -> dict[str, str] | None:
        """The texts of the gaps when the whole text is this sentence, else None."""
        found = self._regex.fullmatch(text)
        return found.groupdict() if found else None

    def find(self, text: str) -> tuple[int, int, dict[str, str]] | None:
        """The first occurrence of this sentence as (start, end, texts of the gaps), else None."""
        found = self._regex.search(text)
        return (found.start(), found.end(), found.groupdict()) if found else None


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbering of one level of headings: written by ``write``, recognised by ``pattern``, read by ``value``."""

    write: Callable[[int], str]
    pattern: str
    value: Callable[[str], int | None] = field(default=int)

    def read(self, text: str) -> tuple[int, str] | None:
        """The number at the beginning of a line and the text after it, else None."""
        found = re.match(self.pattern, text)
        if found is None or (value := self.value(found[1])) is None:
            return None
        return value, text[found.end() :]


CHAPTERS = Numbering(lambda n: f"{to_chinese(n)}、", rf"({NUMERAL})、", from_chinese)
ASPECTS = Numbering(lambda n: f"（{to_chinese(n)}）", rf"[（(]({NUMERAL})[）)]", from_chinese)
ARABIC = Numbering(lambda n: f"{n}.", r"(\d{1,3})[.．]\s?")
BRACKETED = Numbering(lambda n: f"（{n}）", r"[（(](\d{1,3})[）)]")


@dataclass(frozen=True, slots=True)
class FindingStyle:
    """A form of the headings of findings and sub-findings; one report uses the same for all."""

    label: str
    numbering: Numbering | None
    heading: Phrase


FINDING_STYLES = {
    "plain": FindingStyle("关于…问题。", None, Phrase("关于{title}问题。")),
    "numbered": FindingStyle("1.关于…问题。", ARABIC, Phrase("关于{title}问题。")),
    "quoted": FindingStyle("1.关于“…”问题", ARABIC, Phrase("关于“{title}”问题")),
}

ASPECT_HEADING = Phrase("{title}。")

UNKNOWN_PERIOD = "【巡察起止时间未填】"
UNKNOWN_DAY = "【反馈日期未填】"

# Names are short and have no punctuation; without these bounds matching a hostile text could take hours.
NAME = "[^，,。；;\n]{1,60}?"
NAMED_ASPECTS = "[^。\n]{1,2000}"

PREAMBLE = Phrase(
    "根据{commissioner}统一部署，{period}，{team}对{body}进行了{term}。"
    "{feedback_on}，{inspectors}向{body}反馈了{term}意见。"
    "按照党务公开原则和{term}工作有关要求，现将{term}整改情况{genre}如下。",
    commissioner=NAME,
    team=NAME,
    body=NAME,
    inspectors=NAME,
    period=rf"{MONTH}(?:至(?:[\d*]{{4}}年)?[\d*]{{1,2}}月)?|{UNKNOWN_PERIOD}",
    feedback_on=rf"{DAY}|{UNKNOWN_DAY}",
    term="巡察|巡视",
    genre="报告|通报",
)

# The summary consists of these; a clause whose number is 0 is left out.
SUMMARY = Phrase(
    "对照{term}反馈问题，共梳理{aspects}存在的{findings}条问题，已完成整改{completed}个",
    term="巡察|巡视",
    aspects=NAMED_ASPECTS,
    findings=COUNT,
    completed=COUNT,
)
# Within the completed ones, in brackets: （含基本完成2个、含阶段性完成1个）.
SUMMARY_INCLUDING = {
    "including_substantially": Phrase("含基本完成{including_substantially}个", including_substantially=COUNT),
    "including_staged": Phrase("含阶段性完成{including_staged}个", including_staged=COUNT),
}
# Beside them.
SUMMARY_BESIDE = {
    "substantially": Phrase("，基本完成{substantially}个", substantially=COUNT),
    "staged": Phrase("，阶段性完成{staged}个", staged=COUNT),
    "in_progress": Phrase("，正在整改{in_progress}个", in_progress=COUNT),
}
SUMMARY_LONG_TERM = Phrase("，整改成果中需长期坚持的{long_term}个", long_term=COUNT)
SUMMARY_REGULATIONS = Phrase("已建立规章制度{regulations}项，", regulations=COUNT)
SUMMARY_MEASURES = Phrase("制定整改措施{measures}条。", measures=COUNT)
SEVERAL_ASPECTS = Phrase("{names}等{aspects}个方面", names=".+", aspects=COUNT)
ONE_ASPECT = Phrase("{names}方面", names=".+")

FINDINGS_HEADING = Phrase("{inspectors}反馈意见整改落实情况")
LABEL = Phrase("整改情况：{text}", text=".*")
FACET = Phrase("在{title}方面，{text}", title="[^，,。；;：:\n]+?", text=".*")

CONTACT = Phrase(
    "欢迎广大干部群众对{term}整改落实情况进行监督。如有意见建议，请及时向我们反映。{ways}。",
    term="巡察|巡视",
    ways=".+",
)
CONTACT_WAYS = {
    "phone": Phrase("联系电话：{value}", value=".+"),
    "address": Phrase("邮政信箱：{value}", value=".+"),
    "email": Phrase("电子邮箱：{value}", value=".+"),
}
