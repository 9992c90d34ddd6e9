"""Totals that a text may quote: 【学习.次数】 is shown as the present number, so that the text stays true.

``TOTALS`` is the one list of them, with what each counts and how a report words it. What is counted is named by its
relation to the inspection, so that records of apps above this one can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from findings.choices import SupervisionKind

QUOTED = re.compile(r"【([^【】\n]{1,40})】")
DOTS = str.maketrans("．·。•", "....")  # other dots that users type in a key
LIKENESS = 0.55  # of ``difflib``; low, because keys are only a few characters long
FIGURE = "{}"  # the place of the number in a sentence


@dataclass(frozen=True)
class Total:
    """One total: its key, its sentence in a report, such as 共开展集体学习{}次, and what it counts."""

    key: str
    sentence: str
    relation: str  # of an inspection to the records counted, which set ``counts_in_totals``
    where: Mapping[str, Any]  # lookups that select the records
    sum_of: str = ""  # the field to add up instead of counting records

    @property
    def words(self) -> str:
        """The sentence with the placeholder, as it is inserted into an outcome."""
        return self.sentence.replace(FIGURE, f"【{self.key}】")

    def render(self, number: int) -> str:
        """The sentence with the number."""
        return self.sentence.replace(FIGURE, str(number))


def _supervision(key: str, sentence: str, *kinds: SupervisionKind) -> Total:
    return Total(key, sentence, "supervision", {"kind__in": kinds, "voided_at": None})


def _entries(key: str, sentence: str, ledger: str, sum_of: str = "", **where: Any) -> Total:
    """A total of one special ledger (key as in ``ledgers.special_ledgers``)."""
    return Total(key, sentence, "entries", {"ledger": ledger, **where}, sum_of)


PROJECT_KINDS = ("产业招商", "固定资产投资", "拟招拍挂", "建设", "民生")
_KIND = SupervisionKind
TOTALS = (
    _supervision("督查.次数", "共开展督查{}次", _KIND.NOTICE, _KIND.ON_SITE, _KIND.UNANNOUNCED),
    _supervision("督查.书面通知", "发出书面督查通知{}份", _KIND.NOTICE),
    _supervision("督查.现场督查", "开展现场督查{}次", _KIND.ON_SITE),
    _supervision("督查.四不两直", "开展“四不两直”督查{}次", _KIND.UNANNOUNCED),
    _supervision("通报.期数", "印发通报{}期", _KIND.BULLETIN),
    _supervision("回访.次数", "开展回访{}次", _KIND.VISIT),
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
)
BY_KEY: Mapping[str, Total] = {total.key: total for total in TOTALS}


def totals_of_ledger(ledger: str) -> list[Total]:
    """The totals of one special ledger (key)."""
    return [total for total in TOTALS if total.relation == "entries" and total.where["ledger"] == ledger]


def quoted_in(text: str) -> list[str]:
    """The keys of the totals that a text quotes, in order, with repetitions."""
    return [key for key in QUOTED.findall(text) if key in BY_KEY]


def objections(text: str) -> list[str]:
    """The errors (Chinese) of the placeholders of a text: a sentence for each total that does not exist.

    Other words in these brackets are left alone unless they resemble a key.
    """
    return [_objection(key) for key in dict.fromkeys(QUOTED.findall(text)) if key not in BY_KEY and _is_meant(key)]


def _is_meant(key: str) -> bool:
    # Other words in brackets are quotations; only those that look like a key are taken for one.
    return "." in key.translate(DOTS) or bool(get_close_matches(key, BY_KEY, n=1, cutoff=0.8))


def _objection(key: str) -> str:
    near = get_close_matches(key.translate(DOTS), BY_KEY, n=3, cutoff=LIKENESS)
    meant = f"您要引用的是不是{'、'.join(f'【{one}】' for one in near)}？" if near else "可以引用的数字见表单旁的列表。"
    return f"没有“{key}”这个统计数。{meant}"


class TotalsRenderer:
    """A callable that puts the totals of one inspection into its texts; they are counted at the first quotation."""

    do_not_call_in_templates = True  # a template would call it without a text

    def __init__(self, count: Callable[[], dict[str, int]]) -> None:
        self._count = count  # returns every present total by its key
        self._totals: dict[str, int] | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Every total of the inspection by its key, counted once."""
        if self._totals is None:
            self._totals = self._count()
        return self._totals

    def __call__(self, text: str) -> str:
        """The text with its placeholders replaced; unknown ones stay as they are."""
        if not quoted_in(text):
            return text
        return QUOTED.sub(lambda found: str(self.totals.get(found[1], found[0])), text)

    def quoted_totals(self, text: str) -> dict[str, int]:
        """The numbers of the totals that a text quotes, by key; counts nothing when it quotes none."""
        return {key: self.totals[key] for key in quoted_in(text)}

    def available_totals(self) -> list[tuple[Total, int]]:
        """Every total with its present number."""
        return [(total, self.totals[total.key]) for total in TOTALS]
