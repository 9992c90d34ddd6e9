"""The numbers that a report states of itself, with the words they stand in. Pure.

They stand in the preamble and in the chapters before the findings. Numbers of the business (8项重点事项) are none: a
counter is only what an entry of ``COUNTERS`` words as one. To understand another, add an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.numerals import NUMERAL, from_chinese
from reports.reading.kinds import LineKind, ReadLine

_HIDDEN = r"[*×xX]+(?:\.[*×xX]+)?"
# Numbers of parts are also written in Chinese (六个方面), the others in digits: 完成一项销号一项 counts nothing.
NUMBER = rf"(?P<number>\d[\d,]*(?:\.\d+)?|{_HIDDEN})"
ORDINARY = rf"(?:{NUMBER[:-1]}|(?<![第约]){NUMERAL}))"
_OF_FINDINGS = r"[个项条件]"


@dataclass(frozen=True, slots=True)
class Counter:
    """A stated number: ``value`` is None when its digits are hidden, a text with % for a rate; ``words`` hold it."""

    name: str
    value: int | float | str | None
    words: str
    line: int


@dataclass(frozen=True, slots=True)
class CounterPattern:
    """The wording of a counter in plain text; its name may take the groups ``kind`` and ``unit``."""

    name: str
    pattern: re.Pattern[str]


def _counters(name: str, *patterns: str) -> list[CounterPattern]:
    """Entries of one name; in a pattern {n} stands for a number in digits, {any} also for a Chinese numeral."""
    numbers = {"{n}": NUMBER, "{any}": ORDINARY}
    return [
        CounterPattern(name, re.compile(re.sub(r"\{(?:n|any)\}", lambda gap: numbers[gap[0]], one))) for one in patterns
    ]


_NOT_PARTLY = "(?<!基本)(?<!阶段性)(?<!未)(?<!尚未)(?<!没有)"
# The people by what was done about them, and the wording of each; persons and times are counted apart.
_PEOPLE = {
    "诫勉": "诫勉(?:谈话)?",
    "移交调查": "移交(?:纪委|纪检)?调查",
    "批评帮助": "(?:会上)?批评帮助",
    "责令检查": "责令(?:作出)?(?:书面)?检查",
    "立案": "立案(?:审查)?",
}
_DONE_ABOUT = (
    "党纪政务处分 党政纪处分 政务处分 党纪处分 组织处理 移交线索 批评教育 "
    "谈话提醒 提醒谈话 约谈 问责 通报批评 处理 处分"
)
_PEOPLE |= {words: words for words in _DONE_ABOUT.split()}
_MONEY = "追缴|清退|追回|退缴|收缴|上缴|挽回(?:经济)?损失|退还|补缴"

# In the order of preference: a later wording of the same name is not read when an earlier one was found.
COUNTERS: tuple[CounterPattern, ...] = (
    *_counters("建议", r"{any}(?:条|项|个)?(?:大)?(?:方面)?(?:的)?(?:意见和?)?建议"),
    *_counters("方面", r"{any}个?大?方面(?!的?(?:意见)?建议)", r"方面{n}个"),
    *_counters("类", r"{any}(?:个|大)?类(?:问题|别)?(?!似|型)"),
    *_counters(
        "分项问题",
        rf"{{n}}{_OF_FINDINGS}(?:分项|子|细化|具体分项)问题",
        r"{n}(?:个|条)?分项(?!资金)",
        rf"分项问题{{n}}{_OF_FINDINGS}",
    ),
    *_counters("立行立改", rf"立行立改(?:的)?(?:问题|事项)?{{n}}{_OF_FINDINGS}", rf"{{n}}{_OF_FINDINGS}立行立改"),
    *_counters("专项检查", rf"{{n}}{_OF_FINDINGS}专项(?:检查|巡察)(?:反馈)?问题"),
    *_counters("信访件", r"信访(?:举报)?(?:件|事项|问题){n}[件个项]", r"{n}[件个]信访(?:举报)?(?:件|事项|问题)?"),
    *_counters(
        "反馈问题",
        rf"反馈(?:的)?(?:具体|意见)?问题(?:共|共计|总计|计)?{{n}}{_OF_FINDINGS}",
        rf"{{n}}{_OF_FINDINGS}(?:巡察|巡视)?反馈(?:的)?(?:具体)?问题",
        rf"(?:细化|分解|梳理|归纳|明确)(?:成|为|出)?[^。;,]{{0,30}}?{{n}}{_OF_FINDINGS}(?:具体|整改)?问题",
        rf"(?:方面|类|大类|项){{n}}{_OF_FINDINGS}?(?:具体|主要|突出)?问题",
        rf"{{n}}{_OF_FINDINGS}(?:具体)问题",
        rf"(?:存在|指出|反馈|提出|梳理)(?:了|的)?[^。;]{{0,40}}?{{n}}{_OF_FINDINGS}(?:具体|主要|突出)?问题",
        rf"(?<!立改)(?<!重点)(?<!难点)(?<!上轮)问题(?:共|共计|总计)?{{n}}{_OF_FINDINGS}",
    ),
    *_counters("项", r"方面(?:的)?{n}项(?:问题)?(?!制度|措施|任务)"),
    *_counters("任务", r"{n}[项条个](?:整改|具体|细化)*任务"),
    *_counters("措施", r"{n}[条项个](?:具体|整改|细化)*(?:整改)?措施", r"措施{n}[条项个]"),
    *_counters("阶段性完成并长期坚持", rf"阶段性完成并(?:需要?|且)?长期坚持(?:的)?(?:整改)?{{n}}{_OF_FINDINGS}"),
    *_counters(
        "阶段性完成",
        rf"阶段性完成(?:整改)?(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}",
        rf"{{n}}{_OF_FINDINGS}(?:问题)?(?:已)?阶段性完成(?!并)",
    ),
    *_counters("基本完成", rf"基本完成(?:整改)?(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}"),
    *_counters(
        "已完成",
        rf"{_NOT_PARTLY}(?:整改)?(?:完成整改|整改完成|完成)(?:了)?(?:销号)?(?:的)?(?:问题|任务|事项)?{{n}}{_OF_FINDINGS}(?!月|方面)",
        rf"{{n}}{_OF_FINDINGS}(?:问题)?(?:已)?(?:全部)?(?:完成整改|整改完成|整改到位)",
        rf"整改到位{{n}}{_OF_FINDINGS}",
    ),
    *_counters("正在整改", rf"正在整改(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}"),
    *_counters("整改中", rf"(?<!集中)整改中(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}"),
    *_counters("持续整改", rf"(?:持续整改|持续推进|正在推进)(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}"),
    *_counters("未完成", rf"(?:未完成|尚未完成)(?:整改)?(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}"),
    *_counters(
        "长期坚持",
        rf"(?<!完成并)(?<!完成并需要)(?<!完成并需)(?:需要?)?长期坚持(?:整改)?(?:的)?(?:问题)?{{n}}{_OF_FINDINGS}",
    ),
    *_counters("完成率", r"完成率(?:为|达到?|是)?(?P<number>\d+(?:\.\d+)?%|[*×xX.]+%)"),
    *_counters("制度", r"制度(?:机制|文件|规定|办法)?{n}[项个件条]", r"{n}[项个件](?:[\u4e00-\u9fff]{0,6})制度"),
    *(
        entry
        for name, words in _PEOPLE.items()
        for entry in (
            *_counters(f"{name}人次", rf"(?<!党纪)(?<!政务)(?<!组织){words}(?:了)?(?:干部|党员)?{{n}}人次"),
            *_counters(name, rf"(?<!党纪)(?<!政务)(?<!组织){words}(?:了)?(?:干部|党员)?{{n}}(?:名|人(?!次)|件|起)"),
        )
    ),
    *_counters("{kind}{unit}", rf"(?P<kind>{_MONEY})[\u4e00-\u9fff]{{0,12}}?{{n}}(?P<unit>亿元|万元|元)"),
)

_COUNTABLE = re.compile(r"[\d*×]|方面|类|建议")  # spares most lines all the patterns
_BEFORE_FINDINGS = {LineKind.PREAMBLE, LineKind.CHAPTER, LineKind.ORGANISATION, LineKind.TEXT}
_FINDINGS = {LineKind.ASPECT, LineKind.PART, LineKind.STATUS_GROUP, LineKind.FINDING, LineKind.SUB_FINDING}


def read_counters(lines: Iterable[ReadLine]) -> list[Counter]:
    """The counters stated before the first finding, each name once."""
    found: dict[str, Counter] = {}
    kept = list(_stated_lines(lines))
    for entry in COUNTERS:
        taken: dict[str, Counter] = {}
        for line in kept:
            for counter in _read_line(entry, line):
                taken.setdefault(counter.name, counter)
        for name, counter in taken.items():
            found.setdefault(name, counter)
    return sorted(found.values(), key=lambda counter: counter.line)


def _stated_lines(lines: Iterable[ReadLine]) -> Iterator[ReadLine]:
    for line in lines:
        if line.kind in _FINDINGS:
            return
        if line.kind in _BEFORE_FINDINGS and _COUNTABLE.search(line.source.plain):
            yield line


def _read_line(entry: CounterPattern, line: ReadLine) -> Iterator[Counter]:
    for match in entry.pattern.finditer(line.source.plain):
        groups = match.groupdict()
        kind = (groups.get("kind") or "").replace("经济", "")  # 挽回经济损失 is 挽回损失
        name = entry.name.format(kind=kind, unit=groups.get("unit") or "")
        words = line.source.text[match.start() : match.end()]
        yield Counter(name, _value(groups["number"]), words, line.source.number)


def _value(text: str) -> int | float | str | None:
    if re.search(r"[*×xX]", text):
        return None
    if text.endswith("%"):
        return text
    digits = text.replace(",", "")
    if digits.isdigit():
        return int(digits)
    return from_chinese(digits) if digits[:1] in "一二三四五六七八九十百" else float(digits)
