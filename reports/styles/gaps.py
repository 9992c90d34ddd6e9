"""The gaps of preambles and summaries by name: what each says, and the pattern by which it is read. Pure.

Besides these, totals by their keys (诫勉.人次, 追缴.万元) may stand in a gap; they have a point in them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from reports import phrases
from reports.styles.templates import read_template

NUMBER = phrases.COUNT
_DAY_OF_MONTH = r"[\d*]{1,2}月[\d*]{1,2}日"
_LATER_DAY = rf"(?:[\d*]{{4}}年)?{_DAY_OF_MONTH}"


@dataclass(frozen=True, slots=True)
class GapKind:
    """What stands in a gap, in Chinese, and its pattern."""

    note: str
    pattern: str


GAPS: Mapping[str, GapKind] = {
    "派出党委": GapKind("派出巡察组的党委，如：区委", phrases.NAME),
    "巡察组": GapKind("巡察组全称，如：区委第三巡察组", phrases.NAME),
    "巡察机构": GapKind("反馈意见的机构，如：区委巡察组", phrases.NAME),
    "被巡察党组织": GapKind("如：区政府办党组", phrases.NAME),
    "巡察类别": GapKind("“巡察”或“巡视”", "巡察|巡视"),
    "巡察方式": GapKind("常规巡察、专项巡察、机动巡察、巡察“回头看”、延伸巡察", "[^，,。；;\n]{2,20}?"),
    "文种": GapKind("“报告”或“通报”", "报告|通报"),
    "巡察起止月份": GapKind(
        "如：2026年3月至5月", rf"{phrases.MONTH}(?:至(?:[\d*]{{4}}年)?[\d*]{{1,2}}月)?|{phrases.UNKNOWN_PERIOD}"
    ),
    "巡察起止日期": GapKind("如：2026年3月2日至5月29日", rf"{phrases.DAY}至{_LATER_DAY}|{phrases.UNKNOWN_PERIOD}"),
    "反馈日期": GapKind("如：2026年6月30日", rf"{phrases.DAY}|{phrases.UNKNOWN_DAY}"),
    "反馈月日": GapKind("同年时只写月日，如：6月30日", rf"{_LATER_DAY}|{phrases.UNKNOWN_DAY}"),
    "方面名称": GapKind("各方面的简称，如：甲、乙等2个方面", phrases.NAMED_ASPECTS),
    "方面数": GapKind("方面的个数", NUMBER),
    "问题数": GapKind("问题的个数，按本次巡察的口径", NUMBER),
    "完成数": GapKind("已完成的问题数", NUMBER),
    "含基本完成数": GapKind("算在已完成里的基本完成数", NUMBER),
    "含阶段性完成数": GapKind("算在已完成里的阶段性完成数", NUMBER),
    "基本完成数": GapKind("不算在已完成里的基本完成数", NUMBER),
    "阶段性完成数": GapKind("不算在已完成里的阶段性完成数", NUMBER),
    "整改中数": GapKind("还没有完成的问题数", NUMBER),
    "长期坚持数": GapKind("已完成、需要长期坚持的问题数", NUMBER),
    "建立制度数": GapKind("新制定和修订的制度数", NUMBER),
    "措施数": GapKind("整改措施的条数", NUMBER),
    "完成率": GapKind("已完成的问题占全部问题的比例，如：97.4%", r"[\d*]{1,3}(?:\.[\d*])?%"),
}
TOTAL = r"[\d*]+(?:\.[\d*]+)?%?"
PATTERNS: Mapping[str, str] = {name: kind.pattern for name, kind in GAPS.items()}


def patterns_of(text: str) -> dict[str, str]:
    """The patterns of the gaps of a template, those of totals among them."""
    names = read_template(text).names()
    return {name: PATTERNS.get(name, TOTAL) for name in names if name in PATTERNS or is_total(name)}


def is_total(name: str) -> bool:
    """Whether a gap is named by the key of a total."""
    return "." in name


def check_gaps(text: str, names: Collection[str] = ()) -> str:
    """What is wrong (Chinese) with the gaps of a template that may use ``names`` besides; "" for nothing.

    TemplateError for a brace without its partner.
    """
    known = [*names] if names else [*GAPS]
    for name in read_template(text).names():
        is_known = name in known or (is_total(name) and not names)
        # Other words in these brackets are words, unless they resemble a gap.
        if not is_known and (near := get_close_matches(name, known, n=1, cutoff=0.6)):
            return f"没有【{name}】这一项，是不是【{near[0]}】？"
    return ""
