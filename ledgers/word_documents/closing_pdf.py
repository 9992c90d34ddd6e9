"""The sign-off sheet as a document of paragraphs, which becomes a PDF in the same way as the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.document import NO_SOURCE, Block, BlockKind, Document, Span

K = BlockKind


def document_of(content: dict[str, Any]) -> Document:
    """The document with the values of ``closing.content``."""
    blocks = tuple(Block(kind, (Span(" ".join(text.split("\n"))),), NO_SOURCE) for kind, text in _paragraphs(content))
    return Document(f"销号单 {content['编号']} {content['问题']}", blocks)


def _paragraphs(values: dict[str, Any]) -> Iterator[tuple[BlockKind, str]]:
    """Yield kind and text of each paragraph; tables become paragraphs."""
    yield K.TITLE, f"{values['派出党委']}{values['巡察或巡视']}反馈问题整改销号单"
    yield K.PARAGRAPH, f"状态：{values['状态']}"
    yield K.PARAGRAPH, f"被巡察党组织：{values['被巡察党组织']}"
    yield K.PARAGRAPH, f"巡察：{values['巡察轮次']}（{values['巡察组']}，{values['反馈日期']}反馈）"
    for name in ("类别", "编号", "问题", "具体表现", "整改目标", "时限类型", "完成时限", "牵头单位", "配合单位"):
        yield K.PARAGRAPH, f"{name}：{values[name] or '无'}"
    yield K.PARAGRAPH, f"责任领导：{values['责任领导']}；责任人：{values['责任人']}"
    yield K.HEADING_1, "一、整改措施和成效"
    for row in values["措施表"]:
        done = f"{row['完成日期']}完成，" if row["完成日期"] else ""
        yield (
            K.PARAGRAPH,
            f"{row['编号']}．{row['措施']}（{row['责任单位']}，{row['责任人']}，{done}{row['办理状态']}）",
        )
        if row["成效"]:
            yield K.PARAGRAPH, f"成效：{row['成效']}"
    yield K.HEADING_1, "二、制度、处理、资金和台账"
    for title, name in (
        ("建章立制", "制度"),
        ("处理情况", "处理情况"),
        ("资金情况", "资金情况"),
        ("台账事项", "台账事项"),
    ):
        yield K.PARAGRAPH, f"{title}：{values[name]}"
    yield K.HEADING_1, "三、申请和办理意见"
    for row in values["办理表"]:
        opinion = f"：{row['意见']}" if row["意见"] else ""
        yield K.PARAGRAPH, f"{row['时间']}　{row['办理人']}　{row['步骤']}（{row['对象']}）{opinion}"
    yield K.HEADING_1, "四、销号"
    yield K.PARAGRAPH, f"佐证材料：{values['材料份数']} 份"
    for name in ("完成程度", "销号意见", "销号人", "销号时间"):
        yield K.PARAGRAPH, f"{name}：{values[name] or '无'}"
    if values["摘要"]:
        yield K.PARAGRAPH, f"签署内容的摘要（{values['摘要算法']}）：{values['摘要']}"
    yield K.DATE, values["制表日期"]
