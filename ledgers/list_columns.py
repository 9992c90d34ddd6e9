"""The columns of the lists of findings and measures."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import TextChoices

from documents.excel.columns import CellValue
from findings.choices import (
    MeasureStatus,
    Timing,
)
from findings.inspections.display import finding_number, measure_number
from findings.models import Measure, Unit
from ledgers.cell_values import (
    aspect_of,
    by_aspect,
    by_aspect_of_measure,
    by_finding,
    by_goal,
    catalogue_numbers,
    closed_on,
    closing_of,
    last_progress,
    name_of,
    names_of,
    status_word,
    unit_of,
    units_of,
)
from ledgers.columns import Column, ColumnKind


def _as_units(unit: Unit | None) -> tuple[Unit, ...]:
    return (unit,) if unit else ()


def choice_column(key: str, heading: str, width: int, field: str, choices: type[TextChoices]) -> Column:
    """A column of a field with choices, by their labels; an import turns labels into the stored codes."""
    display = f"get_{field}_display"
    labels = tuple(str(label) for label in choices.labels)
    return Column(
        key,
        heading,
        width,
        lambda one: getattr(one, display)(),
        ColumnKind.CHOICE,
        choices=labels,
        codes=tuple(choices.values),
        field=field,
    )


NUMBER = Column("number", "序号", 15, finding_number, places="number", is_repeated=True)
ASPECT = Column("aspect", "类别", 18, aspect_of, shared_by=by_aspect, places="aspect", is_repeated=True)
TITLE = Column("title", "反馈问题", 40, lambda finding: finding.title, field="title", identifies=True, is_repeated=True)
DETAIL = Column("detail", "具体表现", 84, lambda finding: finding.detail, field="detail")
DUE = Column("due", "完成时限", 24, lambda record: record.due_on, ColumnKind.DAY, field="due_on")
FINDING_DUE = replace(DUE, sets_timing=True)
LEAD = Column(
    "unit",
    "牵头单位",
    24,
    lambda finding: unit_of(finding.leading_unit),
    ColumnKind.UNIT,
    field="lead_unit",
    units=lambda finding: _as_units(finding.leading_unit),
)
LEADER = Column(
    "leader",
    "责任领导",
    19,
    lambda finding: name_of(finding.responsible_leader),
    ColumnKind.PERSON,
    field="responsible_leader",
)

PROBLEMS = (
    NUMBER,
    ASPECT,
    TITLE,
    DETAIL,
    choice_column("timing", "时限类型", 18, "timing", Timing),
    FINDING_DUE,
    LEAD,
    LEADER,
    Column("status", "状态", 19, status_word),
    Column("cause", "原因分析", 50, lambda finding: finding.cause_analysis, field="cause_analysis", if_filled=True),
    Column(
        "involved",
        "涉及金额（元）",
        26,
        lambda finding: finding.amount_involved,
        ColumnKind.MONEY,
        field="amount_involved",
        if_filled=True,
    ),
    Column(
        "received",
        "到位金额（元）",
        26,
        lambda finding: finding.amount_received,
        ColumnKind.MONEY,
        field="amount_received",
        if_filled=True,
    ),
    Column(
        "accepter", "验收人", 20, lambda finding: finding.accepted_by_name, field="accepted_by_name", if_filled=True
    ),
    Column(
        "accepted",
        "验收时间",
        22,
        lambda finding: finding.accepted_on,
        ColumnKind.DAY,
        field="accepted_on",
        if_filled=True,
    ),
    Column(
        "acceptance",
        "验收结论",
        34,
        lambda finding: finding.acceptance_conclusion,
        field="acceptance_conclusion",
        if_filled=True,
    ),
)
RESPONSIBILITIES = (
    NUMBER,
    ASPECT,
    replace(TITLE, width=52),
    replace(LEADER, width=22),
    replace(LEAD, width=28),
    Column(
        "supporting",
        "配合单位",
        60,
        lambda finding: units_of(finding.supporting_units),
        ColumnKind.UNITS,
        field="supporting_units",
        units=lambda finding: finding.supporting_units.all(),
    ),
    Column(
        "person", "责任人", 22, lambda one: name_of(one.person_in_charge), ColumnKind.PERSON, field="person_in_charge"
    ),
    FINDING_DUE,
    Column("status", "状态", 20, status_word),
)


IN_PROBLEMS = "这一列说的是问题，这里的改动不计；请在问题清单里改了再导入，或者到问题的页面上改。"
ON_THE_PAGE = "这一列说的是问题，这里的改动不计；请到问题的页面上改。"


def _of_finding(column: Column, width: int = 0) -> Column:
    """A read-only column of the finding in a list of its measures, as one cell; ``width`` 0 keeps the width."""

    def value(measure: Measure) -> CellValue:
        return column.value(measure.finding)

    shared = by_aspect_of_measure if column.shared_by else by_finding
    places = "title" if column.key == "title" else column.places if column.key == "number" else ""
    # Columns of the problem list can be changed there; the others only on the finding's page.
    instead = "" if places else IN_PROBLEMS if column in PROBLEMS and column.field else ON_THE_PAGE
    width = width or column.width
    return replace(column, value=value, width=width, shared_by=shared, field="", places=places, instead=instead)


PLAN = Column("plan", "整改措施", 88, lambda measure: measure.plan, field="plan", identifies=True)
# Shows the unit that answers, also when it is the finding's; an import stores it as the measure's own.
UNIT = Column(
    "unit",
    "责任科室",
    26,
    lambda measure: unit_of(measure.answering_unit),
    ColumnKind.UNIT,
    field="lead_unit",
    units=lambda measure: _as_units(measure.answering_unit),
)
# As with the unit, the finding's person is shown for a measure without one.
PERSON = Column(
    "person",
    "责任人",
    18,
    lambda measure: name_of(measure.person_in_charge or measure.finding.person_in_charge),
    ColumnKind.PERSON,
    field="person_in_charge",
)
STATE = replace(
    choice_column("status", "完成情况", 20, "status", MeasureStatus), field=""
)  # only a workflow step writes it
SUPPORTING = Column(
    "supporting",
    "配合单位",
    26,
    lambda measure: units_of(measure.supporting_units),
    ColumnKind.UNITS,
    field="supporting_units",
    units=lambda measure: measure.supporting_units.all(),
    if_filled=True,
)
OTHER_PEOPLE = Column(
    "others",
    "其他责任人",
    20,
    lambda measure: names_of(measure.other_people_in_charge),
    ColumnKind.PEOPLE,
    field="other_people_in_charge",
    if_filled=True,
)
STARTED = Column(
    "started", "开始日期", 20, lambda measure: measure.started_on, ColumnKind.DAY, field="started_on", if_filled=True
)
AS_IT_STANDS = (
    Column(
        "percent",
        "进度（%）",
        12,
        lambda measure: measure.percent_complete,
        ColumnKind.PERCENT,
        field="percent_complete",
        if_filled=True,
    ),
    Column("reason", "未完成原因", 34, lambda measure: measure.reason_open, field="reason_open", if_filled=True),
    Column("next", "下一步措施", 34, lambda measure: measure.next_step, field="next_step", if_filled=True),
)
# Shows the goal of the finding for a measure without one of its own, as with the unit.
GOAL = Column(
    "goal",
    "整改目标",
    28,
    lambda measure: measure.goal or measure.finding.goal,
    shared_by=by_goal,
    field="goal",
)
TASKS = (
    _of_finding(NUMBER),
    _of_finding(ASPECT),
    _of_finding(TITLE, width=38),
    Column("measure", "措施编号", 14, measure_number, is_repeated=True),
    Column("goal", "整改目标", 40, lambda measure: measure.goal, field="goal", if_filled=True),
    PLAN,
    UNIT,
    SUPPORTING,
    PERSON,
    OTHER_PEOPLE,
    STARTED,
    DUE,
    STATE,
    *AS_IT_STANDS,
)
REGISTER = (
    _of_finding(NUMBER, width=12),
    _of_finding(ASPECT, width=15),
    _of_finding(TITLE, width=26),
    _of_finding(DETAIL, width=38),
    GOAL,
    replace(PLAN, width=48),
    _of_finding(LEADER, width=14),
    replace(UNIT, width=17),
    replace(SUPPORTING, width=20),
    replace(PERSON, width=14),
    replace(OTHER_PEOPLE, width=16),
    STARTED,
    replace(DUE, width=20),
    Column("progress", "整改进展", 46, last_progress, field="text"),
    replace(STATE, width=14),
    *(replace(column, width=min(column.width, 28)) for column in AS_IT_STANDS),
    Column("outcome", "整改成效", 55, lambda measure: measure.inspection.saying(measure.outcome), field="outcome"),
    Column("completed", "完成日期", 20, lambda measure: measure.completed_on, ColumnKind.DAY, field="completed_on"),
    Column("evidence", "佐证目录号", 14, catalogue_numbers),
    _of_finding(Column("closed", "是否销号", 11, closing_of)),
    _of_finding(Column("closed_on", "销号日期", 20, closed_on, ColumnKind.DAY)),
    _of_finding(Column("remark", "备注", 20, lambda finding: finding.remark)),
)
