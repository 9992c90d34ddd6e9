"""The rows of findings on the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.users.roles import ROLES, Right, holders_of
from accounts.web.addresses import key_address
from accounts.web.components import Link
from findings.desk.keys import EntryKey
from findings.desk.row import (
    ME,
    InboxRow,
    context_line,
    day_of,
    in_time_words,
    letter_words,
    since_words,
)
from findings.desk.viewer import Viewer
from findings.followup.models.supervision import Supervision
from findings.inspections.display import TAGGED, finding_number, finding_tag
from findings.inspections.models.findings import Finding
from findings.workflow import StepName
from findings.workflow.models.signoffs import SignOff, Step
from findings.workflow.open_stages import open_stages
from findings.workflow.turns import NO_UNIT

RELATED = (
    "inspection",
    "aspect",
    "parent__lead_unit",
    "lead_unit",
    "person_in_charge",
    "responsible_leader",
    "submitted_by",
)
SHOWN = (
    "order",
    "title",
    *TAGGED,
    "due_on",
    "submission",
    "submitted_at",
    "submitted_by__name",
    "aspect__order",
    "parent__order",
    "parent__lead_unit__name",
    "parent__lead_unit__short_name",
    "lead_unit__name",
    "lead_unit__short_name",
    "person_in_charge__name",
    "responsible_leader__name",
    "inspection__name",
    "inspection__notice_days",
    "inspection__warning_days",
    "inspection__open_word",
    "inspection__in_progress_word",
    "inspection__submitted_word",
    "inspection__closed_word",
)
IN_REVIEW = {"in_review", "submitted"}
URGED = {"late_finding"}
VOID = {"void", "void_seen"}


def finding_rows(keys: list[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of these findings, in any order; one query."""
    found = load_findings(frozenset(key.source.code for key in keys)).in_bulk([key.pk for key in keys])
    return [ROWS[key.source.code](key, found[key.pk], viewer) for key in keys if key.pk in found]


@cache
def load_findings(codes: frozenset[str]) -> QuerySet[Any]:
    """The findings with what rows of these sources show; kept, since making it takes longer than reading the rows."""
    steps = Step.objects.filter(finding=OuterRef("pk"), measure=None).order_by("-pk")
    letters = Supervision.objects.letters().in_force().filter(findings=OuterRef("pk")).order_by("-held_on", "-pk")
    voided = SignOff.objects.filter(finding=OuterRef("pk")).exclude(voided_at=None).order_by("-pk")
    findings: QuerySet[Any] = Finding.objects.order_by().select_related(*RELATED).only(*SHOWN)
    findings = findings.annotate(stepped_at=Subquery(steps.values("taken_at")[:1]))
    if codes & URGED:
        findings = findings.annotate(
            sent_on=Subquery(letters.values("held_on")[:1]), answered=Subquery(letters.values("answered_on")[:1])
        )
    if codes & VOID:
        findings = findings.annotate(
            voided_at=Subquery(voided.values("voided_at")[:1]),
            voided_by_name=Subquery(voided.values("voided_by__name")[:1]),
            signer=Subquery(voided.values("signed_by__name")[:1]),
        )
    if codes & IN_REVIEW:
        findings = findings.annotate(stage_name=open_stages("name"), stage_role=open_stages("role"))
    return findings


def _row(key: EntryKey, finding: Any, who: str, act: Link, **more: Any) -> InboxRow:
    more.setdefault("context", _context(finding))
    return InboxRow.of(
        key,
        finding.inspection,
        number=finding_number(finding),
        title=finding.title,
        address=finding.get_absolute_url(),
        who=who,
        act=act,
        **more,
    )


def _context(finding: Any) -> str:
    leader = f"责任领导 {finding.responsible_leader}" if finding.responsible_leader else ""
    return context_line(finding.inspection, finding.leading_unit, finding.person_in_charge, leader)


def _submitted_context(finding: Any, viewer: Viewer) -> str:
    by, on = finding.submitted_by, day_of(finding.submitted_at, viewer.today)
    return context_line(finding.inspection, finding.leading_unit, None, f"{by} {on}申请销号")


def _ready(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    address = reverse("findings:step", args=["finding", finding.pk, StepName.SUBMIT])
    return _row(key, finding, ME, Link("申请销号", address, is_primary=True), remark="措施已全部报完成")


def _decision(label: str) -> Callable[[EntryKey, Any, Viewer], InboxRow]:
    def row(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
        queue = f"{reverse('findings:queue')}?kind=finding&inspection={finding.inspection_id}&open=finding-{finding.pk}"
        more = {
            "since": since_words(finding.stepped_at or finding.submitted_at, viewer.today),
            "remark": in_time_words(finding.due_on, finding.submitted_at, viewer.today),
            "context": _submitted_context(finding, viewer),
        }
        return _row(key, finding, ME, Link(label, queue, is_primary=True), **more)

    return row


def _late(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    more = {
        "since": since_words(finding.stepped_at, viewer.today),
        "remark": letter_words(finding.sent_on, finding.answered, viewer.today),
    }
    if key.unit is None:
        act = Link("去分派", finding.get_absolute_url())
        return _row(key, finding, NO_UNIT, act, **more | {"remark": "没有牵头单位，先定下来再催办"})
    letters = f"{key_address('ledgers:letter_list', finding.inspection_id)}?unit={key.unit}"
    return _row(key, finding, str(finding.leading_unit), Link("催办…", letters), **more)


def _void(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    on = day_of(finding.voided_at, viewer.today)
    told = f"{on} {finding.voided_by_name} 改动，{finding.signer}的销号作废" if finding.voided_by_name else ""
    context = context_line(finding.inspection, finding.leading_unit, None, told)
    who = ME if key.source.code == "void" else str(finding.leading_unit or NO_UNIT)
    remark = "决定由单位重报，还是恢复原样" if who == ME else ""
    act = Link("看改动", f"{finding.get_absolute_url()}#timeline")
    return _row(key, finding, who, act, context=context, remark=remark)


def _follow_up(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    address = reverse("findings:review_create", args=[finding.pk])
    return _row(key, finding, ME, Link("复查", address, is_primary=True), remark="长期坚持的问题到期复查")


def _with_unit(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    tag = finding_tag(finding, finding.inspection, viewer.today)
    since = since_words(finding.stepped_at, viewer.today)
    act = Link("看问题", finding.get_absolute_url())
    return _row(key, finding, str(finding.leading_unit or NO_UNIT), act, tag=tag, since=since)


def _in_review(key: EntryKey, finding: Any, viewer: Viewer) -> InboxRow:
    who = holders_of(Right.CLOSE) if finding.stage_role is None else ROLES[finding.stage_role].label
    more = {
        "tag": finding_tag(finding, finding.inspection, viewer.today),
        "since": since_words(finding.stepped_at or finding.submitted_at, viewer.today),
        "remark": finding.stage_name or "等待销号",
        "context": _submitted_context(finding, viewer),
    }
    act = Link("看问题", finding.get_absolute_url())
    return _row(key, finding, who, act, settled=True, **more)


ROWS: dict[str, Callable[[EntryKey, Any, Viewer], InboxRow]] = {
    "ready": _ready,
    "sign": _decision("销号"),
    "consent": _decision("审核"),
    "late_finding": _late,
    "void": _void,
    "void_seen": _void,
    "follow_up": _follow_up,
    "with_unit": _with_unit,
    "in_review": _in_review,
    "submitted": _in_review,
}
