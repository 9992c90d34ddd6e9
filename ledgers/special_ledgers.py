"""The definitions of the special ledgers: their columns, states, steps and deadlines.

A new ledger is one more entry of ``LEDGERS``; its pages, forms, flow chart and exports are made from it. The totals
that can be quoted are defined in ``findings.inspections.totals``, since the content of sign-offs depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from findings.inspections.totals import MEETING_KINDS, PROJECT_KINDS
from ledgers.columns import ColumnKind
from ledgers.definitions import (
    DUE,
    ENDED,
    NUMBER,
    PERSON,
    STATE,
    UNITS,
    EntryState,
    Ledger,
    StepDefinition,
    choice_column,
    date_column,
    end_date_column,
    field_column,
    sent_back,
)


def states_of_event(held: str) -> tuple[EntryState, ...]:
    """The states of what is planned and then takes place; ``held`` says that it did."""
    return (
        EntryState("planned", "计划"),
        EntryState("held", held, final=True),
        EntryState("cancelled", "已取消", final=True),
    )


def steps_of_event(held: str, *needs: str) -> tuple[StepDefinition, ...]:
    """The steps between ``states_of_event``; ``needs`` are the fields to be filled in before it is held."""
    return (
        StepDefinition("hold", held, ("planned",), "held", needs=needs, by_units=True),
        StepDefinition("cancel", "取消", ("planned",), "cancelled", says_why=True),
        sent_back("planned", "held"),
    )


INSTRUCTIONS = Ledger(
    key="instructions",
    title="领导批示和交办事项",
    noun="件事项",
    columns=(
        NUMBER,
        choice_column("类型", "批示", "交办"),
        field_column("title", "事项", 40),
        field_column("party", "批示（交办）领导", 22),
        field_column("content", "批示（交办）内容", 54),
        date_column("received_on", "收到日期"),
        UNITS,
        PERSON,
        DUE,
        STATE,
        field_column("handled", "办理和反馈情况", 54),
        end_date_column("办结日期"),
        *ENDED,
    ),
    states=(
        EntryState("received", "待交办", days=3),
        EntryState("assigned", "已交办"),
        EntryState("handling", "办理中"),
        EntryState("answered", "已反馈"),
        EntryState("closed", "已办结", final=True),
    ),
    steps=(
        StepDefinition("assign", "交办", ("received",), "assigned", needs=("units",)),
        StepDefinition("handle", "开始办理", ("assigned",), "handling", by_units=True),
        StepDefinition("answer", "反馈", ("handling",), "answered", needs=("handled",), by_units=True),
        StepDefinition("close", "办结", ("answered",), "closed"),
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
        choice_column("项目类别", *PROJECT_KINDS),
        field_column("title", "项目名称", 42),
        field_column("content", "建设内容", 54),
        replace(field_column("amount", "总投资（万元）", 26, ColumnKind.MONEY), per=10_000),
        UNITS,
        PERSON,
        date_column("received_on", "列入日期"),
        date_column("due_on", "计划完成日期"),
        STATE,
        field_column("handled", "推进情况", 54),
        end_date_column("完成日期"),
        *ENDED,
    ),
    states=(
        EntryState("planned", "前期工作"),
        EntryState("running", "推进中"),
        EntryState("finished", "已完成", final=True),
    ),
    steps=(
        StepDefinition("start", "开工推进", ("planned",), "running", by_units=True),
        StepDefinition("finish", "完成", ("running",), "finished", needs=("handled",)),
        sent_back("running", "finished"),
    ),
)
TRACKED = Ledger(
    key="tracked",
    title="跟踪件",
    noun="件跟踪件",
    columns=(
        NUMBER,
        field_column("title", "事项", 42),
        field_column("party", "来源", 22),
        field_column("content", "主要内容", 54),
        date_column("received_on", "收到日期"),
        UNITS,
        PERSON,
        DUE,
        STATE,
        field_column("handled", "办理情况", 54),
        end_date_column("销号日期"),
        date_column("revisited_on", "回访日期"),
        field_column("result", "回访结果", 36),
        *ENDED,
    ),
    states=(
        EntryState("registered", "待办理", days=7),
        EntryState("handling", "办理中"),
        EntryState("handled", "已办理"),
        EntryState("closed", "已销号", final=True),
        EntryState("revisited", "已回访", final=True),
    ),
    steps=(
        StepDefinition("handle", "开始办理", ("registered",), "handling", needs=("units",), by_units=True),
        StepDefinition("answer", "报办理情况", ("handling",), "handled", needs=("handled",), by_units=True),
        StepDefinition("close", "销号", ("handled",), "closed"),
        StepDefinition("revisit", "回访", ("closed",), "revisited", needs=("revisited_on", "result")),
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
        field_column("title", "风险点", 42),
        choice_column("风险等级", "高", "中", "低"),
        field_column("party", "岗位或环节", 30),
        field_column("content", "风险表现", 54),
        UNITS,
        PERSON,
        date_column("received_on", "排查日期"),
        date_column("due_on", "防控期限"),
        STATE,
        field_column("handled", "防控措施", 54),
        end_date_column("防控到位日期"),
        *ENDED,
    ),
    states=(
        EntryState("found", "待防控"),
        EntryState("guarded", "防控中"),
        EntryState("settled", "防控到位", final=True),
    ),
    steps=(
        StepDefinition("guard", "制定防控措施", ("found",), "guarded", needs=("handled",), by_units=True),
        StepDefinition("settle", "防控到位", ("guarded",), "settled"),
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
        choice_column("类型", "学习", "走访", "培训"),
        field_column("title", "主题", 42),
        field_column("content", "主要内容", 54),
        field_column("party", "主持人或主讲人", 22),
        date_column("received_on", "计划日期"),
        UNITS,
        PERSON,
        STATE,
        end_date_column("开展日期"),
        field_column("quantity", "参加人次", 16, ColumnKind.NUMBER),
        field_column("handled", "开展情况", 54),
        *ENDED,
    ),
    states=states_of_event("已开展"),
    steps=steps_of_event("已开展", "quantity"),
)
MEETINGS = Ledger(
    key="meetings",
    title="整改会议",
    noun="次会议",
    columns=(
        NUMBER,
        choice_column("类型", *MEETING_KINDS),
        field_column("title", "会议名称", 42),
        field_column("content", "议题和议定事项", 54),
        field_column("party", "主持人", 22),
        date_column("received_on", "计划日期"),
        UNITS,
        PERSON,
        STATE,
        end_date_column("召开日期"),
        field_column("quantity", "参加人数", 16, ColumnKind.NUMBER),
        field_column("handled", "落实情况", 54),
        *ENDED,
    ),
    states=states_of_event("已召开"),
    steps=steps_of_event("已召开", "content"),
)
LEDGERS: Mapping[str, Ledger] = {
    ledger.key: ledger for ledger in (INSTRUCTIONS, PROJECTS, TRACKED, RISKS, ACTIVITIES, MEETINGS)
}
