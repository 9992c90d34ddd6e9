"""The columns of each list, and the functions that read their values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import User
from documents.excel.columns import CellValue
from documents.numerals import full_date
from findings.choices import (
    AccountabilityKind,
    EvidenceKind,
    MeasureStatus,
    RecoveryKind,
    RegulationKind,
    Status,
    SupervisionKind,
    Timing,
)
from findings.inspections.display import finding_number
from findings.models import Evidence, Finding, Measure, Unit
from findings.work.evidence_list import measure_number
from ledgers.columns import Column, ColumnKind


def unit_of(unit: Unit | None) -> str:
    """The unit's full name, since readers of these lists may not know short names; "" for None."""
    return unit.name if unit else ""


def units_of(units: Any) -> str:
    """The full names of a related manager's units, separated by 、."""
    return "、".join(unit.name for unit in units.all())


def numbers_of(findings: Iterable[Finding]) -> str:
    """The numbers of findings in numerical order (2-9 before 2-10), separated by 、."""
    return "、".join(
        sorted(map(finding_number, findings), key=lambda number: [int(part) for part in number.split("-")])
    )


def name_of(person: User | None) -> str:
    """The person's name; "" for None."""
    return person.name if person else ""


def aspect_of(finding: Finding) -> str:
    """The aspect's short title, or its title if it has none."""
    return finding.aspect.short_title or finding.aspect.title


def closing_of(finding: Finding) -> str:
    """Whether the finding is signed off: 是, 否, or 失效 for a void sign-off."""
    if finding.status != Status.CLOSED:
        return "否"
    return "失效" if finding.is_void else "是"


def closed_on(finding: Finding) -> CellValue:
    """The local date of the sign-off, None when there is none."""
    return timezone.localdate(finding.closed_at) if finding.closed_at else None


def uploaded_on(evidence: Evidence) -> CellValue:
    """The local date on which the file was uploaded."""
    return timezone.localdate(evidence.uploaded_at)


def state_of(evidence: Evidence) -> str:
    """Whether the evidence is in force, replaced by a newer version, or withdrawn."""
    if evidence.withdrawn_at:
        return "已作废"
    return "有效" if evidence.is_live else "旧版"


def last_progress(measure: Any) -> str:
    """The latest progress entry with its date, from the annotations that the catalogue adds; "" without one."""
    if not measure.progress_text:
        return ""
    # ``cell_parsing.ENTRY`` reads this format back.
    return f"{full_date(measure.progress_on)}：{measure.progress_text}"


def catalogue_numbers(measure: Any) -> str:
    """The catalogue numbers of the measure's live evidence, prefetched by the catalogue, separated by 、."""
    return "、".join(str(evidence.number) for evidence in measure.live_evidence)


def finding_of(record: Any) -> str:
    """Number and title of the finding a record belongs to; "" for none."""
    return f"{finding_number(record.finding)} {record.finding.title}" if record.finding else ""


def status_word(finding: Finding) -> str:
    """The finding's status in the inspection's own words; a void sign-off is named instead."""
    return "销号失效" if finding.is_void else finding.inspection.status_word(finding.status)


def by_aspect(finding: Finding) -> int:
    """The value neighbouring findings share: one cell for each aspect."""
    return finding.aspect_id


def by_finding(measure: Measure) -> int:
    """The value neighbouring measures share: one cell for each finding."""
    return measure.finding_id


def by_aspect_of_measure(measure: Measure) -> int:
    """The value neighbouring measures share: one cell for each aspect."""
    return measure.finding.aspect_id


def _choice(key: str, heading: str, width: int, field: str, choices: type[TextChoices]) -> Column:
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
TITLE = Column("title", "反馈问题", 40, lambda finding: finding.title, field="title", is_repeated=True)
DETAIL = Column("detail", "具体表现", 84, lambda finding: finding.detail, field="detail")
DUE = Column("due", "完成时限", 24, lambda record: record.due_on, ColumnKind.DAY, field="due_on")
LEAD = Column("unit", "牵头单位", 24, lambda finding: unit_of(finding.leading_unit), ColumnKind.UNIT, field="lead_unit")
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
    _choice("timing", "时限类型", 18, "timing", Timing),
    DUE,
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
    ),
    Column(
        "person", "责任人", 22, lambda one: name_of(one.person_in_charge), ColumnKind.PERSON, field="person_in_charge"
    ),
    DUE,
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


PLAN = Column("plan", "整改措施", 88, lambda measure: measure.plan, field="plan")
# Shows the unit that answers, also when it is the finding's; an import stores it as the measure's own.
UNIT = Column("unit", "责任科室", 26, lambda one: unit_of(one.answering_unit), ColumnKind.UNIT, field="lead_unit")
# As with the unit, the finding's person is shown for a measure without one.
PERSON = Column(
    "person",
    "责任人",
    18,
    lambda measure: name_of(measure.person_in_charge or measure.finding.person_in_charge),
    ColumnKind.PERSON,
    field="person_in_charge",
)
STATE = replace(_choice("status", "完成情况", 20, "status", MeasureStatus), field="")  # only a workflow step writes it
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
    Column("title", "制度名称", 70, lambda one: one.title, field="title"),
    Column("document", "文号", 42, lambda one: one.document_number, field="document_number"),
    _choice("kind", "类型", 18, "kind", RegulationKind),
    Column("issued", "印发日期", 26, lambda one: one.issued_on, ColumnKind.DAY, field="issued_on"),
    Column("finding", "对应问题", 60, finding_of, ColumnKind.PLACE, field="finding"),
    Column("file", "制度文件", 45, lambda one: one.evidence.name if one.evidence else ""),
)
EVIDENCE = (
    Column("finding", "问题", 46, finding_of, shared_by=lambda one: one.finding_id),
    Column("number", "目录号", 14, lambda one: one.number, ColumnKind.NUMBER),
    _choice("kind", "档案类别", 24, "kind", EvidenceKind),
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
    _choice("kind", "处理方式", 30, "kind", AccountabilityKind),
    Column("persons", "人数", 16, lambda one: one.persons, ColumnKind.NUMBER, field="persons"),
    Column("times", "人次", 16, lambda one: one.person_times, ColumnKind.NUMBER, field="person_times"),
    Column("decided", "处理日期", 26, lambda one: one.decided_on, ColumnKind.DAY, field="decided_on"),
    Column("finding", "对应问题", 77, finding_of, ColumnKind.PLACE, field="finding"),
)
RECOVERIES = (
    _choice("kind", "类型", 26, "kind", RecoveryKind),
    Column("amount", "金额（元）", 30, lambda one: one.amount, ColumnKind.MONEY, field="amount"),
    Column("recovered", "到账日期", 26, lambda one: one.recovered_on, ColumnKind.DAY, field="recovered_on"),
    Column("voucher", "凭据号", 30, lambda one: one.voucher, field="voucher"),
    Column("finding", "对应问题", 53, finding_of, ColumnKind.PLACE, field="finding"),
)
SUPERVISION = (
    Column("held", "日期", 22, lambda one: one.held_on, ColumnKind.DAY, field="held_on"),
    _choice("kind", "方式", 20, "kind", SupervisionKind),
    Column("number", "文号", 28, lambda one: one.number, field="number"),
    Column("by", "实施单位和人员", 32, lambda one: one.held_by, field="held_by"),
    Column("units", "涉及单位", 36, lambda one: units_of(one.units), ColumnKind.UNITS, field="units"),
    Column(
        "findings",
        "涉及问题",
        24,
        lambda one: numbers_of(one.findings.all()),
        ColumnKind.PLACES,
        field="findings",
    ),
    Column("found", "发现的情况", 70, lambda one: one.found, field="found"),
    Column("demand", "整改要求", 60, lambda one: one.demand, field="demand"),
    Column("due", "要求回复日期", 22, lambda one: one.answer_due_on, ColumnKind.DAY, field="answer_due_on"),
    Column("answered", "回复日期", 22, lambda one: one.answered_on, ColumnKind.DAY, field="answered_on"),
    Column("answer", "回复内容", 48, lambda one: one.answer, field="answer"),
)
