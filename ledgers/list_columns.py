"""The columns of each list."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import TextChoices

from documents.excel.columns import CellValue
from findings.choices import (
    AccountabilityKind,
    EvidenceKind,
    MeasureStatus,
    RecoveryKind,
    RegulationKind,
    Timing,
)
from findings.inspections.display import finding_number
from findings.models import Measure, Unit
from findings.work.evidence_list import measure_number
from ledgers.cell_values import (
    aspect_of,
    by_aspect,
    by_aspect_of_measure,
    by_finding,
    catalogue_numbers,
    closed_on,
    closing_of,
    finding_of,
    last_progress,
    name_of,
    state_of,
    status_word,
    unit_of,
    units_of,
    uploaded_on,
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
TASKS = (
    _of_finding(NUMBER),
    _of_finding(ASPECT),
    _of_finding(TITLE, width=38),
    Column("measure", "措施编号", 14, measure_number, is_repeated=True),
    PLAN,
    UNIT,
    PERSON,
    DUE,
    STATE,
)
REGISTER = (
    _of_finding(NUMBER, width=12),
    _of_finding(ASPECT, width=15),
    _of_finding(TITLE, width=26),
    _of_finding(DETAIL, width=38),
    _of_finding(Column("goal", "整改目标", 28, lambda finding: finding.goal)),
    replace(PLAN, width=48),
    _of_finding(LEADER, width=14),
    replace(UNIT, width=17),
    replace(PERSON, width=14),
    replace(DUE, width=20),
    Column("progress", "整改进展", 46, last_progress, field="text"),
    replace(STATE, width=14),
    Column("outcome", "整改成效", 55, lambda measure: measure.inspection.saying(measure.outcome), field="outcome"),
    Column("completed", "完成日期", 20, lambda measure: measure.completed_on, ColumnKind.DAY, field="completed_on"),
    Column("evidence", "佐证目录号", 14, catalogue_numbers),
    _of_finding(Column("closed", "是否销号", 11, closing_of)),
    _of_finding(Column("closed_on", "销号日期", 20, closed_on, ColumnKind.DAY)),
    _of_finding(Column("remark", "备注", 20, lambda finding: finding.remark)),
)
REGULATIONS = (
    Column("title", "制度名称", 70, lambda one: one.title, field="title", identifies=True),
    Column("document", "文号", 42, lambda one: one.document_number, field="document_number"),
    choice_column("kind", "类型", 18, "kind", RegulationKind),
    Column("issued", "印发日期", 26, lambda one: one.issued_on, ColumnKind.DAY, field="issued_on"),
    Column("finding", "对应问题", 60, finding_of, ColumnKind.PLACE, field="finding"),
    Column("file", "制度文件", 45, lambda one: one.evidence.name if one.evidence else ""),
)
EVIDENCE = (
    Column("finding", "问题", 46, finding_of, shared_by=lambda one: one.finding_id),
    Column("number", "目录号", 14, lambda one: one.number, ColumnKind.NUMBER),
    choice_column("kind", "档案类别", 24, "kind", EvidenceKind),
    Column("name", "文件名", 56, lambda one: one.name),
    Column("caption", "说明", 50, lambda one: one.caption),
    Column("measures", "证明的措施", 22, lambda one: "、".join(measure_number(each) for each in one.measures.all())),
    Column("size", "字节数", 22, lambda one: one.file.size, ColumnKind.NUMBER),
    Column("uploaded", "上传日期", 22, uploaded_on, ColumnKind.DAY),
    Column("by", "上传人", 20, lambda one: name_of(one.uploaded_by)),
    Column("state", "状态", 18, state_of),
    Column("digest", "摘要（SHA-256）", 74, lambda one: one.file.digest),
)
ACCOUNTABILITY = (
    choice_column("kind", "处理方式", 30, "kind", AccountabilityKind),
    Column("persons", "人数", 16, lambda one: one.persons, ColumnKind.NUMBER, field="persons"),
    Column("times", "人次", 16, lambda one: one.person_times, ColumnKind.NUMBER, field="person_times"),
    Column("decided", "处理日期", 26, lambda one: one.decided_on, ColumnKind.DAY, field="decided_on"),
    Column("finding", "对应问题", 77, finding_of, ColumnKind.PLACE, field="finding"),
)
RECOVERIES = (
    choice_column("kind", "类型", 26, "kind", RecoveryKind),
    Column("amount", "金额（元）", 30, lambda one: one.amount, ColumnKind.MONEY, field="amount"),
    Column("recovered", "到账日期", 26, lambda one: one.recovered_on, ColumnKind.DAY, field="recovered_on"),
    Column("voucher", "凭据号", 30, lambda one: one.voucher, field="voucher", identifies=True),
    Column("finding", "对应问题", 53, finding_of, ColumnKind.PLACE, field="finding"),
)
