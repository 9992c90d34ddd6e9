"""The columns of the lists of what is filed with an inspection: regulations, evidence, people dealt with, money."""

from __future__ import annotations

from findings.choices import AccountabilityKind, EvidenceKind, RecoveryKind, RegulationKind
from findings.inspections.display import measure_number
from ledgers.cell_values import finding_of, name_of, state_of, uploaded_on
from ledgers.columns import Column, ColumnKind
from ledgers.list_columns import choice_column

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
