"""Totals that a text may quote: 【学习.次数】 is shown as the present number, so that the text stays true.

``TOTALS`` is the one list of them, with what each counts and how a report words it. What is counted is named by its
relation to the inspection, so that records of apps above this one can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from typing import Any

from findings.choices import (
    DONE_STATUSES,
    AccountabilityKind,
    Completion,
    LetterKind,
    RecoveryKind,
    RegulationKind,
    Status,
    SupervisionKind,
    Timing,
)

QUOTED = re.compile(r"【([^【】\n]{1,40})】")
DOTS = str.maketrans("．·。•", "....")  # other dots that users type in a key
LIKENESS = 0.55  # of ``difflib``; low, because keys are only a few characters long
FIGURE = "{}"  # the place of the number in a sentence
Number = int | str  # a str is written as it is: an amount of money, a rate
# Their numbers change with every step of the work.
WORK_RELATIONS = ("findings", "measures")


@dataclass(frozen=True)
class Total:
    """One total: its key, its sentence in a report, such as 共开展集体学习{}次, and what it counts."""

    key: str
    sentence: str
    relation: str  # of an inspection to the records counted, which set ``counts_in_totals``
    where: Mapping[str, Any]  # lookups that select the records
    sum_of: str = ""  # the field to add up instead of counting records
    state: str = ""  # of findings: the state in which they are counted (``models.counted_totals``)
    share_of: str = ""  # the key of the total in which its share is said, in percent
    per: int = 0  # of amounts: the yuan in which they are said, 1 for 元, 10,000 for 万元

    @property
    def words(self) -> str:
        """The sentence with the placeholder, as it is inserted into an outcome."""
        return self.sentence.replace(FIGURE, f"【{self.key}】")

    @property
    def follows_work(self) -> bool:
        """Whether its number changes with the work, so that no text that a sign-off covers may quote it."""
        return self.relation in WORK_RELATIONS

    def render(self, number: Number) -> str:
        """The sentence with the number."""
        return self.sentence.replace(FIGURE, str(number))


def _supervision(key: str, sentence: str, *kinds: SupervisionKind) -> Total:
    return Total(key, sentence, "supervision", {"kind__in": kinds, "voided_at": None})


def _entries(key: str, sentence: str, ledger: str, sum_of: str = "", **where: Any) -> Total:
    """A total of one special ledger (key as in ``ledgers.special_ledgers``)."""
    return Total(key, sentence, "entries", {"ledger": ledger, **where}, sum_of)


def _findings(key: str, sentence: str, state: str = "", share_of: str = "", **where: Any) -> Total:
    """A total of findings, in the inspection's own way of counting."""
    return Total(key, sentence, "findings", where, state=state, share_of=share_of)


def _regulations(key: str, sentence: str, *kinds: RegulationKind) -> Total:
    return Total(key, sentence, "regulations", {"kind__in": kinds})


def _people(kind: AccountabilityKind) -> tuple[Total, Total]:
    """Persons and person-times of one kind; persons of all kinds must not be added up."""
    relation, where = "accountability", {"kind": kind}
    return (
        Total(f"{kind.label}.人数", f"{kind.label}{{}}人", relation, where, "persons"),
        Total(f"{kind.label}.人次", f"{kind.label}{{}}人次", relation, where, "person_times"),
    )


def _money(kind: RecoveryKind) -> tuple[Total, Total]:
    """The money of one kind, in 元 and in 万元; the kinds are never added up."""
    return (
        Total(f"{kind.label}.元", f"{kind.label}{{}}元", "recoveries", {"kind": kind}, "amount", per=1),
        Total(f"{kind.label}.万元", f"{kind.label}{{}}万元", "recoveries", {"kind": kind}, "amount", per=10_000),
    )


def _letters(key: str, sentence: str, **where: Any) -> Total:
    """A total of the letters that were sent; void ones do not count."""
    return Total(key, sentence, "supervision", {"letter__in": LetterKind.values, "voided_at": None, **where})


def _meetings(key: str, kind: str) -> Total:
    return _entries(f"{key}.次数", f"召开{kind}{{}}次", "meetings", kind=kind, status="held")


MEETING_KINDS = ("党组（党委）会", "专题会", "民主生活会", "推进会", "其他会议")
PROJECT_KINDS = ("产业招商", "固定资产投资", "拟招拍挂", "建设", "民生")
_KIND = SupervisionKind
TOTALS = (
    _findings("问题.总数", "共梳理问题{}个"),
    _findings("问题.完成", "完成整改{}个", Completion.COMPLETE),
    _findings("问题.基本完成", "基本完成{}个", Completion.SUBSTANTIALLY),
    _findings("问题.阶段性完成", "阶段性完成{}个", Completion.STAGED),
    _findings("问题.整改中", "正在整改{}个", "unfinished"),
    _findings("问题.待审核", "其中待审核{}个", Status.SUBMITTED),
    _findings("问题.长期坚持", "需要长期坚持的{}个", long_term=True),
    _findings("问题.立行立改", "立行立改的{}个", timing=Timing.IMMEDIATE),
    _findings("问题.限期整改", "限期整改的{}个", timing=Timing.SCHEDULED),
    _findings("整改.完成率", "整改完成率为{}", "published", "问题.总数"),
    Total("措施.总数", "制定整改措施{}条", "measures", {}),
    Total("措施.完成", "完成整改措施{}条", "measures", {"status__in": DONE_STATUSES}),
    _regulations("制度.总数", "新制定、修订和废止制度{}项", *RegulationKind),
    _regulations("制度.新制定", "新制定制度{}项", RegulationKind.NEW),
    _regulations("制度.修订", "修订制度{}项", RegulationKind.REVISED),
    _regulations("制度.废止", "废止制度{}项", RegulationKind.ABOLISHED),
    Total("处理.人次", "共处理{}人次", "accountability", {}, "person_times"),
    *(total for kind in AccountabilityKind for total in _people(kind)),
    *(total for kind in RecoveryKind for total in _money(kind)),
    _supervision("督查.次数", "共开展督查{}次", _KIND.NOTICE, _KIND.ON_SITE, _KIND.UNANNOUNCED),
    _supervision("督查.书面通知", "发出书面督查通知{}份", _KIND.NOTICE),
    _supervision("督查.现场督查", "开展现场督查{}次", _KIND.ON_SITE),
    _supervision("督查.四不两直", "开展“四不两直”督查{}次", _KIND.UNANNOUNCED),
    _supervision("通报.期数", "印发通报{}期", _KIND.BULLETIN),
    _supervision("回访.次数", "开展回访{}次", _KIND.VISIT),
    _letters("督办文书.件数", "共发出督办文书{}件"),
    _letters("督办文书.已回复件数", "其中已回复{}件", answered_on__isnull=False),
    *(_letters(f"{kind.label}.件数", f"发出{kind.label}{{}}件", letter=kind) for kind in LetterKind),
    _entries("批示交办.件数", "共收到领导批示和交办事项{}件", "instructions"),
    _entries("批示.件数", "收到领导批示{}件", "instructions", kind="批示"),
    _entries("交办.件数", "收到交办事项{}件", "instructions", kind="交办"),
    _entries("批示交办.办结件数", "已办结批示和交办事项{}件", "instructions", status="closed"),
    _entries("项目.个数", "共实施重点项目{}个", "projects"),
    _entries("项目.完成个数", "完成重点项目{}个", "projects", status="finished"),
    *(_entries(f"项目.{kind}", f"实施{kind}项目{{}}个", "projects", kind=kind) for kind in PROJECT_KINDS),
    _entries("跟踪件.件数", "共登记跟踪件{}件", "tracked"),
    # A revisited item has been closed before.
    _entries("跟踪件.销号件数", "销号跟踪件{}件", "tracked", status__in=("closed", "revisited")),
    _entries("跟踪件.回访件数", "回访跟踪件{}件", "tracked", status="revisited"),
    _entries("廉政风险点.个数", "共排查廉政风险点{}个", "risks"),
    _entries("廉政风险点.高风险个数", "其中高风险点{}个", "risks", kind="高"),
    _entries("廉政风险点.防控到位个数", "防控到位{}个", "risks", status="settled"),
    _entries("学习.次数", "共开展集体学习{}次", "activities", kind="学习", status="held"),
    _entries("学习.人次", "学习{}人次", "activities", "quantity", kind="学习", status="held"),
    _entries("走访.次数", "开展走访{}次", "activities", kind="走访", status="held"),
    _entries("培训.次数", "举办培训{}次", "activities", kind="培训", status="held"),
    _entries("培训.人次", "培训{}人次", "activities", "quantity", kind="培训", status="held"),
    _entries("会议.次数", "共召开整改会议{}次", "meetings", status="held"),
    _meetings("党组会", MEETING_KINDS[0]),
    *(_meetings(kind, kind) for kind in MEETING_KINDS[1:4]),
)
RELATIONS = tuple(dict.fromkeys(total.relation for total in TOTALS))
BY_KEY: Mapping[str, Total] = {total.key: total for total in TOTALS}


def totals_of_ledger(ledger: str) -> list[Total]:
    """The totals of one special ledger (key)."""
    return [total for total in TOTALS if total.relation == "entries" and total.where["ledger"] == ledger]


def quoted_in(text: str) -> list[str]:
    """The keys of the totals that a text quotes, in order, with repetitions."""
    return [key for key in QUOTED.findall(text) if key in BY_KEY]


def yuan(hundredths: int, per: int) -> str:
    """An amount in units of ``per`` yuan, rounded half up to two decimals, without those that are 0: 1.86."""
    amount = (Decimal(hundredths) / (100 * per)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{amount:f}".rstrip("0").rstrip(".")


def objections(text: str, *, is_signed: bool) -> list[str]:
    """The errors (Chinese) of the placeholders of a text: a sentence for each that cannot be quoted there.

    ``is_signed`` says whether sign-offs cover the text. Other words in these brackets are left alone unless they
    resemble a key.
    """
    keys = dict.fromkeys(QUOTED.findall(text))
    unknown = [_objection(key) for key in keys if key not in BY_KEY and _is_meant(key)]
    moving = [key for key in keys if is_signed and key in BY_KEY and BY_KEY[key].follows_work]
    return [*unknown, *(MOVING.format(key) for key in moving)]


def title_objections(text: str) -> list[str]:
    """The errors (Chinese) of a title, which can quote no totals."""
    return [f"标题里不能引用统计数，请去掉【{key}】，把数字写进引言或成效。" for key in dict.fromkeys(quoted_in(text))]


MOVING = (
    "【{}】随整改进展变化，不能写在这里：这段文字由销号签署，数字一变销号就失效。"
    "请写在报告要素的“整改态度”或“下一步打算”里。"
)


def _is_meant(key: str) -> bool:
    # Other words in brackets are quotations; only those that look like a key are taken for one.
    return "." in key.translate(DOTS) or bool(get_close_matches(key, BY_KEY, n=1, cutoff=0.8))


def _objection(key: str) -> str:
    near = get_close_matches(key.translate(DOTS), BY_KEY, n=3, cutoff=LIKENESS)
    meant = f"您要引用的是不是{'、'.join(f'【{one}】' for one in near)}？" if near else "可以引用的数字见表单旁的列表。"
    return f"没有“{key}”这个统计数。{meant}"


class TotalsRenderer:
    """A callable that puts the totals of one inspection into its texts.

    Those of a relation are counted, by one query, when the first of them is needed.
    """

    do_not_call_in_templates = True  # a template would call it without a text

    def __init__(self, count: Callable[[str], dict[str, Number]]) -> None:
        self._count = count  # returns the present totals of a relation by their keys
        self._counted: dict[str, dict[str, Number]] = {}

    def number(self, key: str) -> Number:
        """The present number of a total; KeyError for an unknown key."""
        relation = BY_KEY[key].relation
        if relation not in self._counted:
            self._counted[relation] = self._count(relation)
        return self._counted[relation][key]

    def __call__(self, text: str) -> str:
        """The text with its placeholders replaced; unknown ones stay as they are."""
        return QUOTED.sub(lambda found: str(self.number(found[1])) if found[1] in BY_KEY else found[0], text)

    def quoted_totals(self, text: str) -> dict[str, Number]:
        """The numbers of the totals that a text quotes, by key; counts nothing when it quotes none."""
        return {key: self.number(key) for key in quoted_in(text)}

    def available_totals(self) -> list[tuple[Total, Number]]:
        """Every total with its present number."""
        return self._with_numbers(TOTALS)

    def signable_totals(self) -> list[tuple[Total, Number]]:
        """The totals that a text may quote which sign-offs cover, with their present numbers."""
        return self._with_numbers(total for total in TOTALS if not total.follows_work)

    def _with_numbers(self, totals: Iterable[Total]) -> list[tuple[Total, Number]]:
        return [(total, self.number(total.key)) for total in totals]
