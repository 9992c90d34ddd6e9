"""The rows of extension requests, letters and inspections on the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.web.components import Link
from accounts.web.text import shorten
from findings.desk.keys import EntryKey
from findings.desk.row import ME, InboxRow, context_line, since_words
from findings.desk.viewer import Viewer
from findings.followup.models.supervision import Supervision
from findings.inspections.display import name_with_measure
from findings.inspections.due_status import short_date
from findings.units.models import Unit
from findings.workflow.models.extensions import Extension

ABOVE = ("finding__inspection", "finding__aspect", "finding__parent", "measure__facet", "requested_by")
QUOTED = 40  # characters of the reason of a request
REPORTS = {"plan": "整改方案", "progress_report": "整改进展情况报告"}


def extension_rows(keys: list[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of requests to decide; one query."""
    found = Extension.objects.select_related(*ABOVE).in_bulk([key.pk for key in keys])
    return [_to_decide(key, found[key.pk], viewer) for key in keys if key.pk in found]


def _to_decide(key: EntryKey, request: Extension, viewer: Viewer) -> InboxRow:
    asks = f"申请延到 {short_date(request.new_due_on, viewer.today)}"
    return InboxRow.of(
        key,
        request.inspection,
        number=name_with_measure(request.finding, request.measure),
        title=f"{shorten(str(request.record), 60)}：{asks}",
        address=request.get_absolute_url(),
        context=context_line(
            request.inspection, None, request.requested_by, f"{request.label}：“{shorten(request.reason, QUOTED)}”"
        ),
        who=ME,
        since=since_words(request.requested_at, viewer.today),
        act=Link("审批", request.get_absolute_url(), is_primary=True),
    )


def letter_rows(keys: list[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of letters that wait for an answer; one query."""
    unit = Unit.objects.filter(supervision=OuterRef("pk")).order_by("pk")
    name = Coalesce(Subquery(unit.exclude(short_name="").values("short_name")[:1]), Subquery(unit.values("name")[:1]))
    records: QuerySet[Any] = Supervision.objects.select_related("inspection").annotate(unit_name=name)
    found = records.in_bulk([key.pk for key in keys])
    return [_to_answer(key, found[key.pk], viewer) for key in keys if key.pk in found]


def _to_answer(key: EntryKey, record: Any, viewer: Viewer) -> InboxRow:
    is_own = key.source.code == "answer"
    answer = reverse("findings:letter_answer", args=[record.pk])
    return InboxRow.of(
        key,
        record.inspection,
        title=str(record),
        address=record.get_absolute_url(),
        context=context_line(record.inspection, None, None, record.unit_name or "", f"{record.held_by}发出"),
        who=ME if is_own else record.unit_name or "被督查单位",
        since=since_words(record.held_on, viewer.today),
        remark="" if is_own else "还没有登记答复",
        act=Link("答复", answer, is_primary=True) if is_own else Link("看文书", record.get_absolute_url()),
    )


def inspection_rows(keys: list[EntryKey], viewer: Viewer) -> list[InboxRow]:
    """The rows of what is due for whole inspections; no query."""
    named = {one.pk: one for one in viewer.whole}
    return [
        _to_send(key, named[key.pk]) if key.source.code in REPORTS else _to_assign(key, named[key.pk], viewer)
        for key in keys
    ]


def _to_assign(key: EntryKey, inspection: Any, viewer: Viewer) -> InboxRow:
    units, days = key.finding, key.unit
    lacks = [f"{units} 个问题没有牵头单位"] if units else []
    lacks += [f"{days} 个问题没有完成时限"] if days else []
    findings = reverse("findings:finding_list", args=[inspection.pk])
    address = f"{findings}?gap={'unit' if units else 'deadline'}"
    told = f"反馈日期 {short_date(inspection.feedback_on, viewer.today)}" if inspection.feedback_on else ""
    return InboxRow.of(
        key,
        inspection,
        title="、".join(lacks),
        address=address,
        context=context_line(inspection, None, None, told),
        who=ME,
        remark="整改方案上报以前定下来" if key.day else "",
        act=Link("去分派", address, is_primary=True),
    )


def _to_send(key: EntryKey, inspection: Any) -> InboxRow:
    name = REPORTS[key.source.code]
    page = "reports:report_preview" if key.source.code == "progress_report" else "ledgers:inspection_plan"
    return InboxRow.of(
        key,
        inspection,
        title=f"上报{name}",
        address=inspection.get_absolute_url(),
        context=context_line(inspection, None, None),
        who=ME,
        act=Link("去写" if key.source.code == "progress_report" else "下载方案", reverse(page, args=[inspection.pk])),
    )
