"""The placeholders of the Word forms.

Templates, their checks, sample data and the documentation are made from these lists. No database access.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from documents.word.layout import TemplateBlock


@dataclass(frozen=True)
class Placeholder:
    """One placeholder: its name, what it stands for, and an example; with ``rows`` it is a list of such rows."""

    name: str
    says: str
    sample: str = "示例"
    rows: tuple[Placeholder, ...] = ()


@dataclass(frozen=True)
class FormDefinition:
    """One Word form: its title and purpose, its placeholders, and the blocks of its built-in template."""

    key: str
    title: str
    purpose: str
    placeholders: tuple[Placeholder, ...]
    blocks: tuple[TemplateBlock, ...]


def known_of(placeholders: Iterable[Placeholder]) -> dict[str, Any]:
    """The names as a tree for the template check: None for a text, a tree for the rows of a list."""
    return {one.name: known_of(one.rows) if one.rows else None for one in placeholders}


def sample_of(placeholders: Iterable[Placeholder]) -> dict[str, Any]:
    """Sample values for all placeholders; every list has two rows, so that loops are tried as well."""
    return {one.name: [sample_of(one.rows)] * 2 if one.rows else one.sample for one in placeholders}


def _texts(*pairs: tuple[str, str, str]) -> tuple[Placeholder, ...]:
    """Placeholders of texts, from name, meaning and example."""
    return tuple(Placeholder(name, says, sample) for name, says, sample in pairs)


INSPECTION = _texts(
    ("被巡察党组织", "巡察的被巡察党组织", "区政府办党组"),
    ("巡察名称", "巡察的名称", "第三轮巡察"),
    ("巡察轮次", "巡察的轮次", "十三届区委第三轮巡察"),
    ("巡察组", "巡察组", "区委第三巡察组"),
    ("派出党委", "派出巡察组的党委", "区委"),
    ("巡察或巡视", "用词：巡察或巡视", "巡察"),
    ("反馈日期", "反馈日期", "2026年1月15日"),
    ("制表日期", "下载表单的日期", "2026年11月24日"),
)
FINDING = _texts(
    ("编号", "问题编号", "1-2"),
    ("类别", "问题所在的方面", "推动决策部署落地见效存在温差"),
    ("问题", "问题的标题", "督查工作重部署轻问效"),
    ("具体表现", "问题的具体表现", "部分督查事项没有台账。"),
    ("整改目标", "问题的整改目标", "督查事项件件有着落。"),
    ("时限类型", "立行立改或限期整改", "限期整改"),
    ("完成时限", "问题的完成时限", "2026年6月30日"),
    ("牵头单位", "问题的牵头单位", "综合科"),
    ("配合单位", "问题的配合单位", "督查室"),
    ("责任领导", "问题的责任领导", "王建国"),
    ("责任人", "问题的责任人", "李明"),
)
MEASURE = _texts(
    ("编号", "措施编号", "1"),
    ("措施", "整改措施", "建立督查台账。"),
    ("成效", "整改成效", "台账已经建立。"),
    ("责任单位", "措施的责任单位，没有另定的为问题的牵头单位", "综合科"),
    ("责任人", "措施的责任人，没有另定的为问题的责任人", "李明"),
    ("完成时限", "措施的完成时限", "2026年6月30日"),
    ("完成日期", "措施的完成日期", "2026年5月1日"),
    ("办理状态", "措施的办理状态", "已核实"),
)
