"""Verification of the audit trail: its chain, its beginning, its end (by the anchors) and its triggers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from accounts.audit import anchors, triggers
from accounts.audit.anchors import Anchor
from accounts.audit.models import CONTENT, PLACE, Action, Event
from accounts.audit.sealing import ALGORITHMS, digest_of, seal_of

COLUMNS = (*PLACE[1:], *CONTENT)  # ``walk`` adds the number itself


class ProblemKind(models.TextChoices):
    """The kinds of damage that verification tells apart."""

    CHANGED = "changed", "被改动"
    MISSING = "missing", "缺失"
    ORDER = "order", "顺序被调换"
    INSERTED = "inserted", "伪造插入"
    FOREIGN = "foreign", "来自另一份副本"
    CUT = "cut", "末尾被截去"
    EMPTIED = "emptied", "被清空"
    REPLACED = "replaced", "被旧副本替换"
    TRIGGER = "trigger", "触发器失效"
    ANCHOR = "anchor", "锚点文件异常"


@dataclass(frozen=True, slots=True)
class TrailProblem:
    """One problem: its kind, the number of the row (None if it is not about one row), and a Chinese sentence."""

    kind: ProblemKind
    number: int | None
    words: str


@dataclass(slots=True)
class ChainWalk:
    """The state of a walk along the chain: rows read, first number, last valid row, and the problem that stopped it."""

    rows: int = 0
    first: int | None = None
    number: int = 0
    seal: str = ""
    beginning: tuple[int, str] = (0, "")  # the number and seal of the row before the first one
    pruned: tuple[int, str] = (0, "")  # the number and seal of the last row deleted, from the last event of a pruning
    problem: TrailProblem | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: number of rows, first and last number, number of anchors, problems; ``first`` None if empty."""

    rows: int
    first: int | None
    last: int
    anchors: int
    problems: list[TrailProblem] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The outcome in one sentence."""
        if self.problems:
            return f"核验发现 {len(self.problems)} 处问题，第一处：{self.problems[0].words}"
        if not self.rows:
            return "核验通过：还没有审计记录。"
        rows = f"{self.rows} 条审计记录（第 {self.first} 至 {self.last} 条）"
        return f"核验通过：{rows}完整，与 {self.anchors} 个锚点一致。"


def verify() -> Verification:
    """Check the whole chain, its ends and its triggers, with constant memory. Raises OSError for the anchor file."""
    # Before the walk, so that rows added during it cannot be missing for an anchor.
    anchored, foreign_lines = anchors.read()
    walk = walk_chain()
    problems = [walk.problem] if walk.problem else beginning_problems(walk)
    problems += anchor_problems(walk, anchored)
    problems += [
        TrailProblem(ProblemKind.ANCHOR, None, f"锚点文件第 {line} 行不是本系统写入的，或已被改动。")
        for line in foreign_lines[:1]  # the first is enough
    ]
    problems += [
        TrailProblem(ProblemKind.TRIGGER, None, f"{fault}，审计记录可能失去保护。")
        for fault in triggers.faults(connection)
    ]
    return Verification(walk.rows, walk.first, walk.number, len(anchored), problems)


def walk_chain() -> ChainWalk:
    """Follow the chain from its first row to its end, or to the first row that does not continue it."""
    walk = ChainWalk()
    for number, *values in Event.objects.walk(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True)) | {"number": number}
        if walk.first is None:
            # A pruned trail begins after row 1: what came before is compared in ``beginning_problems``.
            walk.first, walk.beginning = number, (number - 1, row["previous"] if number > 1 else "")
            walk.number, walk.seal = walk.beginning
        walk.problem = _break(row, walk)
        if walk.problem:
            break
        if row["action"] == Action.TRAIL and row["record_type"] == Event._meta.label_lower:
            walk.pruned = (row["record_id"], row["record_words"])
        walk.rows, walk.number, walk.seal = walk.rows + 1, number, row["seal"]
    return walk


def _break(row: dict[str, Any], walk: ChainWalk) -> TrailProblem | None:
    """The problem of a row that does not continue the chain; None when it does."""
    expected = walk.number + 1
    if row["number"] > expected:
        missing = f"第 {expected} 条" if row["number"] == expected + 1 else f"第 {expected} 至 {row['number'] - 1} 条"
        return TrailProblem(ProblemKind.MISSING, expected, f"{missing}缺失：已被删除。")
    if row["algorithm"] not in ALGORITHMS:
        return _unsealed_row_problem(row, "它的封签算法不是本系统用的。")
    digest = digest_of({name: row[name] for name in CONTENT}, row["algorithm"])
    seal = seal_of(expected, walk.seal, digest, row["algorithm"])
    if (row["digest"], row["previous"], row["seal"]) == (digest, walk.seal, seal):
        return None
    return (_misplaced_row_problem if row["digest"] == digest else _altered_row_problem)(row, walk, digest)


def _misplaced_row_problem(row: dict[str, Any], walk: ChainWalk, digest: str) -> TrailProblem:
    """The problem of a row whose content is valid but whose seal does not fit its place."""
    number = row["number"]
    expected_seal = seal_of(number, walk.seal, digest, row["algorithm"])
    if twin := _other(number, digest=digest):
        return TrailProblem(ProblemKind.INSERTED, number, f"第 {number} 条是插入的：它是第 {twin} 条的复制。")
    if row["seal"] == seal_of(number, row["previous"], digest, row["algorithm"]):
        words = f"第 {number} 条接不上第 {number - 1} 条：两者之一来自数据库的另一份副本。"
        return TrailProblem(ProblemKind.FOREIGN, number, words)
    # The next row repeats the seal that was written here: if it is the expected one, only the stored seal changed.
    is_only_seal_changed = row["previous"] == walk.seal and _following(number) in {None, expected_seal}
    if is_only_seal_changed or row["seal"] == expected_seal:
        return TrailProblem(ProblemKind.CHANGED, number, f"第 {number} 条被改动：它的封签不是写入时的封签。")
    return TrailProblem(ProblemKind.ORDER, number, f"第 {number} 条不在写入时的位置：记录的顺序被调换。")


def _altered_row_problem(row: dict[str, Any], walk: ChainWalk, digest: str) -> TrailProblem:
    """The problem of a row whose content does not match its digest."""
    number = row["number"]
    if twin := _other(number, digest=digest):
        return TrailProblem(ProblemKind.ORDER, number, f"第 {number} 条的内容是第 {twin} 条的：记录的顺序被调换。")
    # Where already the first row fails, the likely cause is a wrong key.
    hint = "如果每一条都这样，请核对密钥 RECTIFY_AUDIT_KEY。" if walk.rows == 0 else ""
    if row["seal"] == seal_of(number, walk.seal, row["digest"], row["algorithm"]):
        return TrailProblem(ProblemKind.CHANGED, number, f"第 {number} 条被改动：内容与写入时的摘要不符。{hint}")
    return _unsealed_row_problem(row, f"内容与摘要、封签都不符。{hint}")


def _unsealed_row_problem(row: dict[str, Any], words: str) -> TrailProblem:
    """The problem of a row with neither a valid digest nor a valid seal.

    If the next row follows its seal, a row of ours was changed; else the row was inserted.
    """
    number = row["number"]
    if _following(number) == row["seal"]:
        return TrailProblem(ProblemKind.CHANGED, number, f"第 {number} 条被改动：{words}")
    return TrailProblem(ProblemKind.INSERTED, number, f"第 {number} 条不是本系统写入的：{words}")


def _other(number: int, **columns: str) -> int | None:
    """The number of another row with these column values, None when there is none."""
    return Event.objects.filter(**columns).exclude(number=number).values_list("number", flat=True).first()


def _following(number: int) -> str | None:
    """The ``previous`` seal of the row after that number; None when there is no such row."""
    return Event.objects.filter(number=number + 1).values_list("previous", flat=True).first()


def beginning_problems(walk: ChainWalk) -> list[TrailProblem]:
    """The problem of the beginning: the first row must be row 1, or follow the last row deleted by a pruning."""
    if walk.first is None or walk.beginning == walk.pruned:
        return []
    begins, pruned = walk.beginning[0], walk.pruned[0]
    if begins == pruned:
        return [TrailProblem(ProblemKind.FOREIGN, walk.first, f"第 {walk.first} 条接不上已经清理的第 {pruned} 条。")]
    if begins < pruned:
        return [
            TrailProblem(
                ProblemKind.INSERTED, walk.first, f"第 {walk.first} 至 {pruned} 条已经清理，却又出现在审计记录里。"
            )
        ]
    missing = f"第 {pruned + 1} 至 {begins} 条" if begins > pruned + 1 else f"第 {begins} 条"
    return [TrailProblem(ProblemKind.MISSING, pruned + 1, f"{missing}缺失：开头被删除，没有对应的清理记录。")]


def anchor_problems(walk: ChainWalk, anchored: list[Anchor]) -> list[TrailProblem]:
    """The first contradiction between the trail and the anchors, or that there are rows but no anchors."""
    last = Event.objects.order_by("-number").values_list("number", flat=True).first()
    if not anchored:
        words = "锚点文件里没有这个数据库的锚点，无法判断末尾是否完整。"
        return [TrailProblem(ProblemKind.ANCHOR, None, words)] if last is not None else []
    if last is None:
        return [TrailProblem(ProblemKind.EMPTIED, None, f"审计记录被清空：锚点记得到过第 {anchored[-1].number} 条。")]
    for anchor in anchored:
        if anchor.number > last:
            words = f"只到第 {last} 条，锚点记得 {anchor.at} 已有第 {anchor.number} 条：末尾被截去，或恢复了旧副本。"
            return [TrailProblem(ProblemKind.CUT, anchor.number, words)]
        seal = Event.objects.filter(number=anchor.number).values_list("seal", flat=True).first()
        if seal is not None and seal != anchor.seal:
            words = f"第 {anchor.number} 条与 {anchor.at} 的锚点不符：恢复旧副本或重写之后又写了新的记录。"
            return [TrailProblem(ProblemKind.REPLACED, anchor.number, words)]
    return []
