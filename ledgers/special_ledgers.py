"""The special ledgers a report speaks of: their columns, states, steps, deadlines.

A new ledger is one more entry of ``LEDGERS``; its pages, forms, flow picture, and exports are made from it. Its totals
that may be quoted are in ``findings.inspections.totals``: what a sign-off signs is known there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from findings.inspections.totals import PROJECT_KINDS
from ledgers.columns import ColumnKind
from ledgers.definitions import (
    DUE,
    ENDED,
    NUMBER,
    PERSON,
    STATE,
    UNITS,
    Ledger,
    State,
    Step,
    day,
    ended,
    kinds,
    sent_back,
    typed,
)

INSTRUCTIONS = Ledger(
    key="instructions",
    title="领导批示和交办事项",
    noun="件事项",
    columns=(
        NUMBER,
        kinds("类型", "批示", "交办"),
        typed("title", "事项", 12),
        typed("party", "批示（交办）领导", 6),
        typed("content", "批示（交办）内容", 16),
        day("received_on", "收到日期"),
        UNITS,
        PERSON,
        DUE,
        STATE,
        typed("handled", "办理和反馈情况", 16),
        ended("办结日期"),
        *ENDED,
    ),
    states=(
        State("received", "待交办", days=3),
        State("assigned", "已交办"),
        State("handling", "办理中"),
        State("answered", "已反馈"),
        State("closed", "已办结", final=True),
    ),
    steps=(
        Step("assign", "交办", ("received",), "assigned", needs=("units",)),
        Step("handle", "开始办理", ("assigned",), "handling", by_units=True),
        Step("answer", "反馈", ("handling",), "answered", needs=("handled",), by_units=True),
        Step("close", "办结", ("answered",), "closed"),
        sent_back("handling", "answered", "closed"),
    ),
    due_days=30,
)
PROJECTS = Ledger(
    key="projects",
    title="重点项目",
    noun="个项目",
    columns=(
        NUMBER,
        kinds("项目类别", *PROJECT_KINDS),
        typed("title", "项目名称", 14),
        typed("content", "建设内容", 16),
        replace(typed("amount", "总投资（万元）", 7, ColumnKind.MONEY), per=10_000),
        UNITS,
        PERSON,
        day("received_on", "列入日期"),
        day("due_on", "计划完成日期"),
        STATE,
        typed("handled", "推进情况", 16),
        ended("完成日期"),
        *ENDED,
    ),
    states=(State("planned", "前期工作"), State("running", "推进中"), State("finished", "已完成", final=True)),
    steps=(
        Step("start", "开工推进", ("planned",), "running", by_units=True),
        Step("finish", "完成", ("running",), "finished", needs=("handled",)),
        sent_back("running", "finished"),
    ),
)
TRACKED = Ledger(
    key="tracked",
    title="跟踪件",
    noun="件跟踪件",
    columns=(
        NUMBER,
        typed("title", "事项", 14),
        typed("party", "来源", 6),
        typed("content", "主要内容", 16),
        day("received_on", "收到日期"),
        UNITS,
        PERSON,
        DUE,
        STATE,
        typed("handled", "办理情况", 16),
        ended("销号日期"),
        day("revisited_on", "回访日期"),
        typed("result", "回访结果", 10),
        *ENDED,
    ),
    states=(
        State("registered", "待办理", days=7),
        State("handling", "办理中"),
        State("handled", "已办理"),
        State("closed", "已销号", final=True),
        State("revisited", "已回访", final=True),
    ),
    steps=(
        Step("handle", "开始办理", ("registered",), "handling", needs=("units",), by_units=True),
        Step("answer", "报办理情况", ("handling",), "handled", needs=("handled",), by_units=True),
        Step("close", "销号", ("handled",), "closed"),
        Step("revisit", "回访", ("closed",), "revisited", needs=("revisited_on", "result")),
        sent_back("handling", "handled", "closed", "revisited"),
    ),
    due_days=30,
)
RISKS = Ledger(
    key="risks",
    title="廉政风险点",
    noun="个风险点",
    columns=(
        NUMBER,
        typed("title", "风险点", 14),
        kinds("风险等级", "高", "中", "低"),
        typed("party", "岗位或环节", 8),
        typed("content", "风险表现", 16),
        UNITS,
        PERSON,
        day("received_on", "排查日期"),
        day("due_on", "防控期限"),
        STATE,
        typed("handled", "防控措施", 16),
        ended("防控到位日期"),
        *ENDED,
    ),
    states=(State("found", "待防控"), State("guarded", "防控中"), State("settled", "防控到位", final=True)),
    steps=(
        Step("guard", "制定防控措施", ("found",), "guarded", needs=("handled",), by_units=True),
        Step("settle", "防控到位", ("guarded",), "settled"),
        sent_back("guarded", "settled"),
    ),
    due_days=60,
)
ACTIVITIES = Ledger(
    key="activities",
    title="学习走访培训",
    noun="次活动",
    columns=(
        NUMBER,
        kinds("类型", "学习", "走访", "培训"),
        typed("title", "主题", 14),
        typed("content", "主要内容", 16),
        typed("party", "主持人或主讲人", 6),
        day("received_on", "计划日期"),
        UNITS,
        PERSON,
        STATE,
        ended("开展日期"),
        typed("quantity", "参加人次", 4, ColumnKind.NUMBER),
        typed("handled", "开展情况", 16),
        *ENDED,
    ),
    states=(State("planned", "计划"), State("held", "已开展", final=True), State("cancelled", "已取消", final=True)),
    steps=(
        Step("hold", "已开展", ("planned",), "held", needs=("quantity",), by_units=True),
        Step("cancel", "取消", ("planned",), "cancelled", says_why=True),
        sent_back("planned", "held"),
    ),
)
LEDGERS: Mapping[str, Ledger] = {ledger.key: ledger for ledger in (INSTRUCTIONS, PROJECTS, TRACKED, RISKS, ACTIVITIES)}
