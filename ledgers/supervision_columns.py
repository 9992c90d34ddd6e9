"""The columns of the lists of supervision and of letters."""

from __future__ import annotations

from django.utils import timezone

from findings.choices import SupervisionKind
from findings.models import Supervision
from ledgers.cell_values import name_of, numbers_of, unit_of, units_of
from ledgers.columns import Column, ColumnKind
from ledgers.list_columns import choice_column


def letter_state(letter: Supervision) -> str:
    """Whether a letter is void, answered, or still waits for the answer, in time or too late."""
    if letter.voided_at:
        return "已作废"
    if letter.answered_on:
        return "已答复"
    return "待答复" if letter.is_running(timezone.localdate()) else "逾期没有答复"


LETTERS = (
    Column("held", "发文日期", 22, lambda one: one.held_on, ColumnKind.DAY),
    Column("letter", "文书", 24, lambda one: one.get_letter_display()),
    Column("number", "文号", 30, lambda one: one.number, is_repeated=True),
    Column("unit", "单位", 32, lambda one: unit_of(one.recipient)),
    Column("state", "状态", 20, letter_state),
    Column("findings", "所列问题", 24, lambda one: numbers_of(one.findings.all())),
    Column("issuer", "发文单位", 30, lambda one: one.held_by),
    Column("sender", "经办人", 17, lambda one: name_of(one.sent_by)),
    Column("received", "签收日期", 22, lambda one: one.received_on, ColumnKind.DAY),
    Column("due", "回复期限", 22, lambda one: one.answer_due_on, ColumnKind.DAY),
    Column("answered", "答复日期", 22, lambda one: one.answered_on, ColumnKind.DAY),
    Column("answer", "答复内容", 60, lambda one: one.answer),
    Column("void_reason", "作废原因", 32, lambda one: one.void_reason),
)
SUPERVISION = (
    Column("held", "日期", 22, lambda one: one.held_on, ColumnKind.DAY, field="held_on"),
    choice_column("kind", "方式", 20, "kind", SupervisionKind),
    Column("number", "文号", 28, lambda one: one.number, field="number"),
    Column("by", "实施单位和人员", 32, lambda one: one.held_by, field="held_by"),
    Column(
        "units",
        "涉及单位",
        36,
        lambda one: units_of(one.units),
        ColumnKind.UNITS,
        field="units",
        units=lambda one: one.units.all(),
    ),
    Column(
        "findings",
        "涉及问题",
        24,
        lambda one: numbers_of(one.findings.all()),
        ColumnKind.PLACES,
        field="findings",
    ),
    Column("found", "发现的情况", 70, lambda one: one.found, field="found", identifies=True),
    Column("demand", "整改要求", 60, lambda one: one.demand, field="demand"),
    Column("due", "要求回复日期", 22, lambda one: one.answer_due_on, ColumnKind.DAY, field="answer_due_on"),
    Column("answered", "回复日期", 22, lambda one: one.answered_on, ColumnKind.DAY, field="answered_on"),
    Column("answer", "回复内容", 48, lambda one: one.answer, field="answer"),
)
