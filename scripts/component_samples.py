"""The components of pages with sample values, as one page of HTML: the picture of docs/components.md."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.template import engines
from django.utils.safestring import SafeString

from accounts.web.components import Bar, Chip, MenuEntry, PathStep, Tile
from accounts.web.pagination import page_links
from accounts.web.tables import state_tag
from findings.choices import MeasureStatus
from findings.inspections.due_status import DueStatus

TODAY = dt.date(2026, 11, 30)


def render_samples(server: str) -> str:
    """The page; its stylesheets are those of the server at this address."""
    source = Path(__file__).with_name("component_samples.html").read_text(encoding="utf-8")
    return engines["django"].from_string(source).render({"server": server} | samples())


def samples() -> dict[str, object]:
    """A value of each component, as the template names them."""
    lights = DueStatus(TODAY, notice_days=20, warning_days=10)
    days = (dt.date(2026, 11, 12), dt.date(2026, 12, 2), dt.date(2026, 12, 20), None)
    return {
        "states": [state_tag(status.value, status.label) for status in MeasureStatus],
        "void": state_tag("void", "销号失效"),
        "lights": [lights.html(day, settled=False) for day in days],
        "tiles": [
            Tile("该我办", 9, "?show=mine", is_current=True),
            Tile("其中已逾期", 3, "?show=late", "late"),
            Tile("7 天内到期", 4, "?show=week", "warn"),
            Tile("已销号", 83, "?show=done", "good"),
            Tile("销号失效", 0, "?show=void", "late"),
        ],
        "chips": [
            Chip("全部", "?", 18, is_current=True),
            Chip("措施", "?kind=measure", 11),
            Chip("问题", "?kind=finding", 7),
        ],
        "menu": [
            MenuEntry("修改问题", "/edit/", "会使秦峥 10月31日的销号作废"),
            MenuEntry("调整期限", "/deadline/"),
            MenuEntry("删除问题", "", refusal="已有 3 条措施，不能删除"),
        ],
        "steps": [
            PathStep("分派", "past"),
            PathStep("整改中", "now"),
            PathStep("督查员核实", "to_come"),
            PathStep("销号", "to_come"),
        ],
        "pages": page_links(4, 20, lambda number: f"?page={number}"),
        "bar": Bar([("done", 11), ("going", 2), ("late", 1)], "14 个问题：销号 11，整改中 2，逾期 1"),
        "difference": SafeString("新增社区健身场地<del>4</del><ins>6</ins>处，<ins>全部完工投用</ins>。"),
    }
