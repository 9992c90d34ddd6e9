"""A few entries of each special ledger for the demo's inspection that is being worked on; all of it is invented."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from findings.models import Finding, Inspection, Unit
from ledgers.factories import make_entry
from ledgers.models import Entry

INSPECTION = "2026年区委第五轮巡察·区文旅体局党组"
Rows = list[dict[str, Any]]


def _day(month: int, day: int) -> dt.date:
    return dt.date(2026, month, day)


ENTRIES: dict[str, Rows] = {
    "instructions": [
        {
            "number": "批示〔2026〕18号",
            "title": "在建健身场地停工未设围挡",
            "party": "区委书记",
            "content": "立即整改，举一反三，两周内反馈。",
            "received_on": _day(11, 13),
            "due_on": _day(11, 27),
            "status": "handling",
            "handled": "11月16日设置围挡，施工单位承诺12月1日复工。",
            "units": ["体育科"],
            "findings": ["体育设施建设管理滞后"],
        },
        {
            "kind": "交办",
            "title": "汇总校园周边文化经营场所检查结果",
            "party": "分管副区长",
            "received_on": _day(10, 12),
            "due_on": _day(10, 30),
            "status": "closed",
            "done_on": _day(10, 28),
            "handled": "43家场所检查情况已报区政府办。",
            "units": ["市场管理科"],
            "findings": ["文化市场日常监管偏软"],
        },
        {"title": "延时开放服务延伸到社区分馆", "party": "区长", "received_on": _day(11, 18)},
    ],
    "projects": [
        {
            "kind": "民生",
            "title": "社区健身步道二期",
            "content": "新建步道6.4公里。",
            "amount": Decimal("860.00"),
            "received_on": _day(9, 20),
            "due_on": _day(12, 31),
            "status": "running",
            "handled": "已完成4.1公里。",
            "units": ["体育科"],
        },
        {
            "kind": "建设",
            "title": "区文化馆小剧场改造",
            "amount": Decimal("27.40"),
            "received_on": _day(10, 30),
            "due_on": _day(12, 15),
            "status": "running",
            "units": ["区文化馆"],
        },
        {"kind": "产业招商", "title": "影视后期制作基地", "amount": Decimal("3200.00"), "received_on": _day(11, 2)},
    ],
    "tracked": [
        {
            "title": "群众来信反映图书馆提前闭馆",
            "party": "区信访局转办",
            "received_on": _day(9, 18),
            "due_on": _day(10, 18),
            "status": "revisited",
            "done_on": _day(10, 15),
            "handled": "重新排定值班表并公示。",
            "revisited_on": _day(11, 5),
            "result": "来信人表示满意。",
            "units": ["区图书馆"],
            "findings": ["延时开放流于形式"],
        },
        {
            "title": "剧场座椅破损久未修复",
            "party": "12345热线",
            "received_on": _day(10, 9),
            "due_on": _day(11, 8),
            "status": "handling",
            "units": ["区文化馆"],
        },
    ],
    "risks": [
        {
            "title": "节庆活动服务采购",
            "kind": "高",
            "party": "采购和验收环节",
            "content": "一人经手采购、验收和支付。",
            "received_on": _day(9, 25),
            "status": "settled",
            "done_on": _day(10, 20),
            "handled": "四个环节分人负责，每季度抽查。",
            "units": ["办公室"],
            "findings": ["节庆活动经费使用不规范"],
        },
        {
            "title": "文物修缮工程变更签证",
            "kind": "中",
            "party": "现场管理岗",
            "received_on": _day(9, 25),
            "due_on": _day(12, 20),
            "status": "guarded",
            "handled": "变更由两人现场确认并拍照留存。",
            "units": ["文物保护科"],
        },
    ],
    "activities": [
        {"kind": "学习", "title": "党组理论学习中心组学习", "day": _day(9, 24), "quantity": 14},
        {"kind": "学习", "title": "巡察整改专题学习", "day": _day(10, 22), "quantity": 31},
        {"kind": "走访", "title": "走访文化经营场所", "day": _day(10, 29), "quantity": 9},
        {"kind": "培训", "title": "采购和合同管理培训", "day": _day(11, 6), "quantity": 46},
        {"kind": "培训", "title": "文物巡查员培训", "received_on": _day(12, 4)},
    ],
}


def load_entries() -> int:
    """Store the entries, all or none: how many; none when the inspection is not there or has some already."""
    inspection = Inspection.objects.filter(name=INSPECTION).first()
    if inspection is None or Entry.objects.of(inspection).exists():
        return 0
    with transaction.atomic():
        for ledger, rows in ENTRIES.items():
            for row in rows:
                _store(inspection, ledger, row)
    return sum(map(len, ENTRIES.values()))


def _store(inspection: Inspection, ledger: str, row: dict[str, Any]) -> None:
    fields = row | {
        "units": _units(row.get("units", ())),
        "findings": Finding.objects.of(inspection).filter(title__in=row.get("findings", ())),
    }
    if held := fields.pop("day", None):
        fields |= {"received_on": held, "done_on": held, "status": "held"}
    make_entry(inspection, ledger, **fields)


def _units(names: Any) -> list[Unit]:
    return [unit for unit in Unit.objects.in_tree_order() if str(unit) in names]
