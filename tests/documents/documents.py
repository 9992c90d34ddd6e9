"""Documents to render: long, fictional, and full of the marks that are hard to set."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from documents.document import NO_SOURCE, Block, BlockKind, Cell, Document, Span
from reports.parsing import parse
from reports.wording import compose

TITLE = "中共清河区政务服务局党组关于巡察整改进展情况的通报"
RARE = "镕喆珺祎翀赟垚玥昇犇"  # in people's names, not in Fandol
DEMO = Path(__file__).resolve().parents[2] / "rectify" / "demo" / "report.txt"

CLAUSES = (
    "修订《清河区政务服务局“三重一大”事项决策制度》",
    "召开专题会议12次",
    "组织学习《中国共产党巡视工作条例》（2024年修订）",
    "完成率由86.5%提高到100%",
    "对照“四个意识”“两个维护”逐条检视",
    "建立台账——明确时限、责任人、完成标准",
    "查摆出学用脱节、重业务轻党建等问题37个",
    "于2025年11月24日前全部办结",
    "落实“首问负责制”“一次性告知制”和“限时办结制”",
    "约谈提醒8人（其中科级干部3人）",
    "深入14个镇街、126个村（社区）走访",
    "群众满意率达98.73%",
    "推动“一件事一次办”；压减材料1204份",
    "收回、上缴违规发放的补贴3.6万元",
    "坚持边学边改、立行立改……决不让问题过夜",
    "与区委组织部、区财政局、区审计局会商",
    "持续做好“后半篇文章”",
    "问：整改到位了吗？答：到位了！",
)


def block(kind: BlockKind, text: str, number: str = "") -> Block:
    """A block whose words come from nowhere in particular."""
    return Block(kind, (Span(text),), NO_SOURCE, number)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]) -> Block:
    """A table whose first column has the numbers of the rows."""
    body = [(Cell(number=number), *(Cell((Span(text),)) for text in texts)) for number, *texts in rows]
    return Block(
        BlockKind.TABLE, (), NO_SOURCE, rows=(tuple(Cell((Span(word),)) for word in head), *body), widths=widths
    )


def problem_table(rows: int, seed: int = 1) -> Block:
    """A list of problems with texts of very different lengths."""
    rng = random.Random(seed)  # noqa: S311 - text, not secrets
    head = ("序号", "反馈问题", "整改措施及成效", "责任单位", "完成时限", "完成情况")
    body = [
        (
            str(number),
            f"关于{rng.choice(CLAUSES)}不够到位问题。",
            paragraph(rng, rng.choice((1, 2, 3, 5, 8))),
            rng.choice(("办公室", "机关党委", "行政审批科、公共资源交易中心")),
            f"{rng.randint(2025, 2026)}年{rng.randint(1, 12)}月",
            rng.choice(("已完成", "基本完成", "长期坚持")),
        )
        for number in range(1, rows + 1)
    ]
    return table(head, body, (6, 20, 35, 14, 14, 11))


def annexed_report(findings: int, rows: int) -> Document:
    """A report with notes on its annexes, a list of problems and a short list of rules."""
    long = report(findings)
    *text, contact, signature, date = long.blocks
    rules = [(str(number), f"清河区政务服务局工作规则（{number}）", "2026年3月") for number in range(1, 5)]
    return Document(
        long.name,
        (
            *text,
            contact,
            block(BlockKind.ANNEX_NOTE, "区委第一巡察组反馈意见指出的问题及其整改情况的完整清单和完成时限", "附件：1."),
            block(BlockKind.ANNEX_NOTE, "整改期间制定、修订和废止的规章制度清单", "2."),
            signature,
            date,
            block(BlockKind.ANNEX, "", "附件1"),
            block(BlockKind.ANNEX_TITLE, "问题清单"),
            problem_table(rows),
            block(BlockKind.ANNEX, "", "附件2"),
            block(BlockKind.ANNEX_TITLE, "制度清单"),
            table(("序号", "名称", "印发时间"), rules, (1, 6, 3)),
        ),
    )


def paragraph(rng: random.Random, clauses: int) -> str:
    """Some clauses with commas between them and a full stop."""
    return "整改情况：" + "，".join(rng.choice(CLAUSES) for _ in range(clauses)) + "。"


def report(findings: int, seed: int = 1, *, ending: bool = True) -> Document:
    """A report with everything a report has, about ``findings`` × 350 characters long."""
    rng = random.Random(seed)  # noqa: S311 - text, not secrets
    blocks = [block(BlockKind.TITLE, TITLE), block(BlockKind.SALUTATION, "区委巡察工作领导小组：")]
    blocks.append(block(BlockKind.PARAGRAPH, paragraph(rng, 9)))
    for number in range(1, findings + 1):
        if number % 10 == 1:
            blocks.append(
                block(
                    BlockKind.HEADING_1, "整改工作基本情况及“回头看”", f"{'一二三四五六七八九十'[number // 10 % 10]}、"
                )
            )
        if number % 5 == 1:
            name = "贯彻党的路线方针政策和上级决策部署存在差距，促进党员干部担当作为方面不够有力问题"
            blocks.append(block(BlockKind.HEADING_2, name, f"（{'一二三四五六七八九十'[number // 5 % 10]}）"))
        blocks.append(block(BlockKind.HEADING_3, "关于服务大局不够到位问题。", f"{number}."))
        blocks.append(block(BlockKind.HEADING_4, "关于督办落实不够问题。", "（1）"))
        blocks += [block(BlockKind.PARAGRAPH, paragraph(rng, rng.randint(3, 14))) for _ in range(2)]
    if ending:
        blocks.append(block(BlockKind.CONTACT, "联系电话：0532-12345678；邮政信箱：清河区政务路1号（邮编：266000）。"))
        blocks += [block(BlockKind.SIGNATURE, "中共清河区政务服务局党组"), block(BlockKind.DATE, "2026年11月24日")]
    return Document(TITLE, tuple(blocks))


def composed(text: str) -> Document:
    """The document that a report text becomes once its records are composed again."""
    return compose(parse(text).facts)
