"""The model of supervision: notices, on-site visits, bulletins, and follow-up visits."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from findings.choices import SupervisionKind
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.quoted_totals import lock_findings_quoting_totals
from findings.inspections.participation import BODY, visible_q
from findings.units.models import Unit
from findings.units.scopes import user_scope


class SupervisionQuerySet(RecordQuerySet["Supervision"]):
    """Filters and counts of supervision."""

    def visible_to(self, user: User) -> Self:
        """Supervision of the user's bodies, or about a finding of theirs or, in their inspections, a unit of theirs."""

        def concerned() -> Q:
            findings = Supervision.findings.through.objects.filter(finding__in=Finding.objects.own_ids(user))
            units = Supervision.units.through.objects.filter(user_scope(user).units(Right.SEE_OWN).condition("unit"))
            # A unit that is named sees it only in inspections in which it takes part.
            named = Q(pk__in=units.values("supervision"), inspection__in=Inspection.objects.own_ids(user))
            return Q(pk__in=findings.values("supervision")) | named

        return self.filter(visible_q(user, BODY, concerned))

    def of(self, inspection: Inspection) -> Self:
        """Supervision of one inspection."""
        return self.filter(inspection=inspection)

    def unanswered(self, on: dt.date | None = None) -> Self:
        """Supervision whose answer was due before a day, by default today, and is missing."""
        return self.filter(answer_due_on__lt=on or timezone.localdate(), answered_on=None)

    def counts(self) -> list[tuple[SupervisionKind, int]]:
        """The number of each kind, also of kinds that do not occur; one query."""
        found = dict(self.order_by().values_list("kind").annotate(number=models.Count("pk")))
        return [(kind, found.get(kind.value, 0)) for kind in SupervisionKind]


class Supervision(Record):
    """One act of supervision (督查), bulletin (通报) or follow-up visit (回访), and the answer to it."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="supervision")
    kind = models.CharField("方式", max_length=20, choices=SupervisionKind)
    held_on = models.DateField("日期", default=timezone.localdate)
    number = models.CharField("文号", max_length=60, blank=True, validators=LINE, help_text="书面通知和通报的文号。")
    held_by = models.CharField(
        "实施单位和人员", max_length=200, validators=LINE, help_text="如：区委巡察办 王强、李敏；回访填回访人。"
    )
    units = models.ManyToManyField(Unit, verbose_name="涉及单位", blank=True, related_name="supervision")
    findings = models.ManyToManyField(Finding, verbose_name="涉及问题", blank=True, related_name="supervision")
    found = models.TextField("发现的情况", validators=PROSE, help_text="通报填通报内容，回访填回访结果。")
    demand = models.TextField("整改要求", blank=True, validators=PROSE)
    answer_due_on = models.DateField("要求回复日期", null=True, blank=True)
    answered_on = models.DateField("回复日期", null=True, blank=True)
    answer = models.TextField("回复内容", blank=True, validators=PROSE)

    objects = SupervisionQuerySet.as_manager()
    counts_in_totals = True  # outcomes quote its numbers (``findings.inspections.totals``)
    history = FieldHistory(m2m_fields=[units, findings])
    timeline_parents = ("inspection", "findings")

    class Meta:
        verbose_name = "督查回访记录"
        verbose_name_plural = "督查回访记录"
        ordering = ("inspection", "-held_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer_due_on=None) | Q(answer_due_on__gte=F("held_on")),
                name="supervision_due_after_held",
                violation_error_message="要求回复日期不能早于督查日期。",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(answered_on__gte=F("held_on")),
                name="supervision_answered_after_held",
                violation_error_message="回复日期不能早于督查日期。",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_on__isnull=False),
                name="supervision_answer_has_its_day",
                violation_error_message="有回复内容的，请填写回复日期。",
            ),
        )
        indexes = (models.Index(fields=("inspection", "held_on", "id"), name="supervision_held"),)

    def __str__(self) -> str:
        return f"{self.held_on.year}年{self.held_on.month}月{self.held_on.day}日{self.get_kind_display()}"

    def lock_parents(self) -> None:
        """Lock the closed findings whose outcomes quote totals, which this write may change."""
        lock_findings_quoting_totals(self.inspection_id)
