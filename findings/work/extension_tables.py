"""The table and filter of extension requests."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.web.filters import CheckboxFilter, ChoiceFilter, ListFilter
from accounts.web.markup import format_html
from accounts.web.tables import ListTable, state_tag
from accounts.web.text import shorten
from documents.numerals import full_date
from findings.choices import Decision
from findings.inspections.display import finding_number, unit_name
from findings.workflow.models.extensions import Extension, ExtensionQuerySet


class ExtensionTable(ListTable):
    """The extension requests of one inspection."""

    key = "extensions"
    fixed = ("measure",)
    measure = tables.Column("问题或措施")
    unit = tables.Column("责任单位")
    days = tables.Column("时限")
    reason = tables.Column("延期理由")
    requested = tables.Column("申请")
    decision = tables.Column("审批")

    orderings = {
        "requested": (F("requested_at").asc(), F("pk").asc()),
        "days": (F("old_due_on").asc(), F("pk").asc()),
    }
    css = {
        "measure": "col-text",
        "unit": "col-unit",
        "days": "col-tight",
        "reason": "col-record",
        "requested": "col-tight",
        "decision": "col-tight",
    }

    def __init__(self, records: list[Extension], **how: Any) -> None:
        super().__init__(records, **how)
        self.address = self.links_to("findings:extension_detail")

    def render_measure(self, extension: Extension) -> SafeString:
        """The measure or finding, clamped to two lines, with a link to the request; the finding below."""
        finding = extension.finding
        html = '<a class="clamp" href="{}" title="{}">{}</a><span class="subline">{} {}</span>'
        words = str(extension.record)
        shown = shorten(words, 500), shorten(words, 120)
        return format_html(html, self.address(extension.pk), *shown, finding_number(finding), finding)

    def render_unit(self, extension: Extension) -> SafeString:
        """The unit that answers for the measure or finding."""
        return unit_name(extension.answering_unit)

    def render_days(self, extension: Extension) -> SafeString:
        """The old deadline, with the requested one below."""
        old, new = full_date(extension.old_due_on), full_date(extension.new_due_on)
        words = "改为" if extension.is_direct else "申请延至"
        return format_html('{}<span class="subline">{} {}</span>', old, words, new)

    def render_reason(self, extension: Extension) -> SafeString:
        """The first 120 characters of the reason."""
        return format_html('<span class="clamp" title="{}">{}</span>', extension.reason, shorten(extension.reason, 120))

    def render_requested(self, extension: Extension) -> SafeString:
        """The user who requested it, with the day below."""
        at = full_date(timezone.localdate(extension.requested_at))
        what = "直接调整" if extension.is_direct else extension.label
        return format_html('{}<span class="subline">{} {}</span>', extension.requested_by, at, what)

    def render_decision(self, extension: Extension) -> SafeString:
        """The tag of the decision, with the user who decided below."""
        tag, by = decision_tag(extension), extension.decided_by
        return format_html('{}<span class="subline">{}</span>', tag, by) if by else tag


class ExtensionFilter(ListFilter):
    """The filter of an inspection's extension requests."""

    decision = ChoiceFilter(label="审批", choices=list(Decision.choices))
    mine = CheckboxFilter(label="待我批准", method="only_mine")

    class Meta(ListFilter.Meta):
        model = Extension
        fields: list[str] = []

    def __init__(self, data: Any, queryset: ExtensionQuerySet, user: User) -> None:
        self.user = user
        super().__init__(data, queryset)

    def only_mine(self, queryset: ExtensionQuerySet, _name: str, ticked: bool) -> ExtensionQuerySet:
        """Waiting requests that the user may decide."""
        return queryset.filter(pk__in=Extension.objects.decidable_by(self.user)) if ticked else queryset


def decision_tag(extension: Extension) -> SafeString:
    """The tag of the decision: icon, word and colour."""
    states = {Decision.WAITING: "submitted", Decision.GRANTED: "done", Decision.REFUSED: "refused"}
    decision = Decision(extension.decision)
    return state_tag(states[decision], decision.label)
