"""The table of evidence, and the tag of its state."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.web.back import returning
from accounts.web.markup import format_html
from accounts.web.tables import ListTable, state_tag
from accounts.web.text import shorten
from findings.choices import Scan
from findings.evidence.models import Evidence
from findings.inspections.display import finding_number
from findings.inspections.due_status import short_date

SCANS = {Scan.WAITING: ("refused", "等待查毒"), Scan.INFECTED: ("failed", "发现病毒")}


def evidence_state(evidence: Evidence) -> SafeString:
    """The tag of a piece of evidence: withdrawn, replaced, waiting for its scan, infected, or valid."""
    if evidence.withdrawn_at is not None:
        return state_tag("withdrawn", "已作废")
    if not evidence.is_live:
        return state_tag("replaced", "旧版")
    state, word = SCANS.get(Scan(evidence.file.scan), ("done", "有效"))
    return state_tag(state, word)


class EvidenceTable(ListTable):
    """The evidence of one inspection."""

    key = "evidence"
    fixed = ("number", "name")
    number = tables.Column("目录号")
    name = tables.Column("文件")
    finding = tables.Column("问题")
    kind = tables.Column("档案类别")
    size = tables.Column("大小")
    uploaded = tables.Column("上传")
    state = tables.Column("状态")

    orderings = {
        "uploaded": (F("uploaded_at").asc(), F("pk").asc()),
        "name": (F("name").asc(), F("pk").asc()),
        "kind": (F("kind").asc(), F("pk").asc()),
        "size": (F("file__size").asc(), F("pk").asc()),
    }
    css = {
        "number": "col-tight ordinal",
        "name": "col-text",
        "finding": "col-record",
        "kind": "col-tight",
        "size": "col-number",
        "uploaded": "col-tight",
        "state": "col-tight",
    }

    def __init__(self, records: list[Evidence], **how: Any) -> None:
        super().__init__(records, **how)
        self.today = timezone.localdate()
        self.address = self.links_to("findings:evidence_preview")

    def render_number(self, evidence: Evidence) -> str:
        """The finding's number and the number in its catalogue."""
        return f"{finding_number(evidence.finding)} / {evidence.number}"

    def render_name(self, evidence: Evidence) -> SafeString:
        """The name, clamped to two lines, with its link and the caption below."""
        html = '<a class="clamp" href="{}" title="{}">{}</a><span class="subline">{}</span>'
        return format_html(html, self.address(evidence.pk), evidence.name, evidence.name, evidence.caption)

    def render_finding(self, evidence: Evidence) -> SafeString:
        """The finding, with its link."""
        finding = evidence.finding
        # The whole title as a tooltip, since the cell shows its beginning.
        html = '<a class="clamp" href="{}" title="{}">{}</a>'
        return format_html(
            html, returning(finding.get_absolute_url(), self.back), finding.title, shorten(finding.title, 60)
        )

    def render_kind(self, evidence: Evidence) -> str:
        """The part of the archive."""
        return evidence.get_kind_display()

    def render_size(self, evidence: Evidence) -> str:
        """The size, as 1.2 MB."""
        return filesizeformat(evidence.file.size)

    def render_uploaded(self, evidence: Evidence) -> SafeString:
        """The day of the upload, with the user below."""
        day = short_date(timezone.localdate(evidence.uploaded_at), self.today)
        return format_html('{}<span class="subline">{}</span>', day, evidence.uploaded_by)

    def render_state(self, evidence: Evidence) -> SafeString:
        """The tag of the state."""
        return evidence_state(evidence)
