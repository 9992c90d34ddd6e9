"""Instructions for filling in each column of a list, shown on the page of its import."""

from __future__ import annotations

from ledgers.columns import Column, ColumnKind
from ledgers.importing import READ_ONLY

SAME_NAME = "重名的先算本单位的，其他单位的写明上级，如“区住建局／综合科”。"
HOW = {
    ColumnKind.TEXT: "文字。",
    ColumnKind.DAY: "日期，如 2026-6-30、2026.6.30、2026年6月30日、20260630；不写年份的，算反馈以后的第一个。",
    ColumnKind.NUMBER: "整数。",
    ColumnKind.PERCENT: "0 到 100 的整数，可以带百分号，如“80%”。",
    ColumnKind.UNIT: f"单位的全称或简称；{SAME_NAME}",
    ColumnKind.UNITS: f"单位的全称或简称，几个单位用“、”隔开；{SAME_NAME}",
    ColumnKind.PERSON: "系统里的姓名；重名的写明单位，如“王强（综合科）”。",
    ColumnKind.PEOPLE: "系统里的姓名，几个人用“、”隔开；重名的写明单位，如“王强（综合科）”。",
    ColumnKind.PLACE: "问题的序号（如 2-3）或标题。",
    ColumnKind.PLACES: "问题的序号（如 2-3）或标题，几个问题用“、”隔开。",
}
MONTH = "只写年月的，算当月最后一天，“9月底”也是；“9月30日前”算当天。"
ADDED = "模板里没有这一列，需要的可以加上。"
TIMING = "“立行立改”记为时限类型，“长期坚持”记在问题上。"
LOG = "写新的进展，记为今天；要记在别的日子，前面写“2026年6月30日：”。原有的不能删除。"
BELONGS = "新的一行在这里或在标明问题的另一列，填它属于哪个问题：序号（如 2-3）或标题；已有的行不能改到别的问题。"
PLACES = {
    "number": "序号，如 2-3；新的一行可以不填，由系统接着编号。",
    "aspect": "新的一行填方面的标题、简称或序号，没有的方面在确认导入时新建；已有的行不能改。",
}


def how_to_fill(column: Column) -> str:
    """What may be typed into a column, as a Chinese sentence; for a read-only column, what to do instead."""
    # The field of a new progress entry; the stored ones cannot be changed by a list.
    if column.field == "text":
        return LOG
    if column.places:
        return BELONGS if column.shared_by and column.places != "aspect" else PLACES[column.places]
    if not column.field:
        return column.instead or READ_ONLY
    if column.kind == ColumnKind.CHOICE:
        return f"只能填：{'、'.join(column.choices)}。"
    if column.kind == ColumnKind.MONEY:
        unit = "元" if column.per == 1 else "万元"
        return f"金额，不写单位的按{unit}算，也可以写“1.2万元”。"
    return HOW[column.kind] + (MONTH if column.is_deadline else "") + (TIMING if column.sets_timing else "")


def help_of(column: Column) -> str:
    """What may be typed into a column, and that it may be added where the template lacks it."""
    return how_to_fill(column) + (ADDED if column.if_filled else "")
