"""What is done about a finding, and how far it has come."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from findings.choices import MeasureStatus
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding, deadline_error
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import MEASURE_STATUS_RULES
from findings.inspections.participation import ANSWERING_FOR_MEASURE, BODY, Participants, answered_q, visible_q
from findings.units.models import Unit
from findings.units.scopes import user_scope


class MeasureQuerySet(RecordQuerySet["Measure"]):
    """The words for lists of measures."""

    def visible_to(self, user: User) -> Self:
        """Measures of this user's bodies, and those of the findings in which the user takes part."""
        return self.filter(visible_q(user, BODY, lambda: Q(finding__in=Finding.objects.own_ids(user))))

    def editable_by(self, user: User) -> Self:
        """Measures this user may work on: for the office those of its bodies, for others those they answer for."""
        scope = user_scope(user)
        whole = scope.bodies(Right.REPORT_WORK)
        if whole.everywhere:
            return self
        own = self._answered_q(user) if scope.has_right(Right.REPORT_WORK) else Q(pk__in=[])
        return self.filter(whole.condition(BODY) | own)

    def answered_by(self, user: User) -> Self:
        """Measures this user answers for: in charge of them, or with a role in the unit that is."""
        return self.filter(self._answered_q(user))

    def _answered_q(self, user: User) -> Q:
        return answered_q(self.model._default_manager.order_by(), user, ANSWERING_FOR_MEASURE)

    def of(self, inspection: Inspection) -> Self:
        """The measures of one inspection."""
        return self.filter(inspection=inspection)

    def done(self) -> Self:
        """Measures carried out."""
        return self.filter(completed_on__isnull=False)

    def unverified(self) -> Self:
        """Measures with which somebody still has something to do."""
        return self.exclude(status=MeasureStatus.VERIFIED)

    def to_verify_by(self, user: User) -> Self:
        """Measures reported as done by somebody else."""
        return self.filter(status=MeasureStatus.REPORTED).exclude(reported_by=user)

    def due_soon(self, inspection: Inspection) -> Self:
        """Measures not carried out whose deadline is within the days before which an inspection reminds."""
        today = timezone.localdate()
        until = today + dt.timedelta(days=inspection.notice_days)
        return self.filter(due_on__range=(today, until), completed_on=None)

    def overdue(self, on: dt.date | None = None) -> Self:
        """Measures past their deadline and not carried out, today or on a given day."""
        return self.filter(due_on__lt=on or timezone.localdate(), completed_on=None)


class Measure(Record):
    """One measure: what was planned, what is published about it, who answers for it and until when."""

    # Its finding's, for the reason given there.
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="measures", editable=False, db_index=False
    )
    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="measures")
    facet = models.ForeignKey(
        Facet, models.CASCADE, verbose_name="分面", null=True, blank=True, related_name="measures"
    )
    order = models.PositiveSmallIntegerField("序号")
    plan = models.TextField("整改措施", blank=True, validators=PROSE, help_text="方案里写的措施。")
    outcome = models.TextField(
        "整改成效（公开用语）", blank=True, validators=PROSE, help_text="写进公开报告的话，不写“一是”，系统自动编排。"
    )

    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name="责任单位",
        null=True,
        blank=True,
        related_name="measures",
        help_text="不填则为问题的牵头单位。",
    )
    person_in_charge = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="measures_in_charge"
    )
    due_on = models.DateField("完成时限", null=True, blank=True)
    completed_on = models.DateField("完成日期", null=True, blank=True)

    status = models.CharField(
        "办理状态", max_length=20, choices=MeasureStatus, default=MeasureStatus.NOT_STARTED, editable=False
    )
    reported_at = models.DateTimeField("报完成时间", null=True, blank=True, editable=False)
    reported_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="报完成人",
        null=True,
        blank=True,
        editable=False,
        related_name="reported_measures",
    )
    verified_at = models.DateTimeField("核实时间", null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="核实人",
        null=True,
        blank=True,
        editable=False,
        related_name="verified_measures",
    )
    # Of what was verified (``signed_content.verified_digest``); a measure that says something else is verified no more.
    verified_digest = models.CharField("核实内容的摘要", max_length=64, blank=True, editable=False)

    objects = MeasureQuerySet.as_manager()
    history = FieldHistory(excluded_fields=["verified_digest"])
    timeline_parents = ("finding",)

    class Meta:
        verbose_name = "整改措施"
        verbose_name_plural = "整改措施"
        ordering = ("finding", F("facet__order").asc(nulls_first=True), "order")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "order"),
                condition=Q(facet=None),
                name="measure_order_unique_within_finding",
                violation_error_message="该问题下已有这个序号的措施，请换一个序号。",
            ),
            models.UniqueConstraint(
                fields=("facet", "order"),
                name="measure_order_unique_within_facet",
                violation_error_message="该分面下已有这个序号的措施，请换一个序号。",
            ),
            models.CheckConstraint(
                condition=~Q(plan="", outcome=""),
                name="measure_says_something",
                violation_error_message="整改措施和整改成效至少填写一项。",
            ),
            *MEASURE_STATUS_RULES,
        )
        indexes = (
            models.Index(fields=("inspection", "lead_unit", "due_on", "id", "completed_on"), name="measure_unit_due"),
            models.Index(fields=("inspection", "due_on", "id", "completed_on"), name="measure_due"),
            models.Index(fields=("inspection", "completed_on", "id"), name="measure_completed"),
            models.Index(fields=("inspection", "status", "due_on", "id"), name="measure_status_due"),
            models.Index(
                fields=("reported_at", "id"), name="measure_waiting", condition=Q(status=MeasureStatus.REPORTED)
            ),
        )

    def __str__(self) -> str:
        return self.plan or self.outcome

    def get_absolute_url(self) -> str:
        """The work sheet of this measure."""
        return reverse("findings:measure_detail", args=[self.pk])

    @property
    def answering_unit_id(self) -> int | None:
        """The unit that answers for it: its own, or that which leads its finding."""
        return self.lead_unit_id or self.finding.leading_unit_id

    @property
    def answering_unit(self) -> Unit | None:
        """The same as a record; ask for it together with ``finding__parent__lead_unit``."""
        return self.lead_unit or self.finding.leading_unit

    @property
    def answering(self) -> Participants:
        """The unit and the person that answer for it."""
        return Participants.of(self, ANSWERING_FOR_MEASURE, self.finding.inspection.unit_id)

    def is_answered_by(self, user: User) -> bool:
        """For one measure what ``answered_by`` says for lists."""
        return self.answering.include(user_scope(user), Right.REPORT_WORK)

    def is_editable_by(self, user: User) -> bool:
        """For one measure what ``editable_by`` says for lists."""
        if self.finding.inspection.allows(user, Right.REPORT_WORK):
            return True
        return user_scope(user).has_right(Right.REPORT_WORK) and self.is_answered_by(user)

    def lock_parents(self) -> None:
        """Who writes below a finding holds it."""
        Finding.objects.lock(self.finding_id)

    def clean(self) -> None:
        """Refuse what the database cannot check: a facet of another finding, dates before the feedback."""
        errors: dict[str, str] = {}
        if self.facet is not None and self.facet.finding_id != self.finding_id:
            errors["facet"] = "所选分面属于另一个问题。"
        if self.finding_id is not None and self.finding.inspection_id != self.inspection_id:
            errors["finding"] = "问题必须属于同一次巡察。"
        if self.inspection_id is not None:
            for name in ("due_on", "completed_on"):
                if message := deadline_error(getattr(self, name), self.inspection):
                    errors[name] = message
        if self.completed_on is not None and self.completed_on > timezone.localdate():
            errors["completed_on"] = "完成日期不能在今天之后。"
        if errors:
            raise ValidationError(errors)


class ProgressQuerySet(RecordQuerySet["Progress"]):
    """The words for lists of progress."""

    def visible_to(self, user: User) -> Self:
        """Entries of the measures this person may see."""
        return self.filter(measure__in=Measure.objects.visible_to(user))


class Progress(Record):
    """One entry in the log of a measure."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name="整改措施", related_name="progress")
    reported_on = models.DateField("进展日期", default=timezone.localdate)
    text = models.TextField("整改进展", validators=PROSE)
    logged_at = models.DateTimeField("填报时间", default=timezone.now, editable=False)
    logged_by = models.ForeignKey(User, models.PROTECT, verbose_name="填报人", related_name="progress", editable=False)

    objects = ProgressQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("measure",)

    class Meta:
        verbose_name = "整改进展"
        verbose_name_plural = "整改进展"
        ordering = ("-reported_on", "-pk")

    def __str__(self) -> str:
        return self.text

    @property
    def inspection(self) -> Inspection:
        """The inspection of the measure."""
        return self.measure.inspection

    def clean(self) -> None:
        """Progress is reported, not promised."""
        if self.reported_on is not None and self.reported_on > timezone.localdate():
            raise ValidationError({"reported_on": "进展日期不能在今天之后。"})
