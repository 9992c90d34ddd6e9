"""The model of measures."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import PROSE
from accounts.users.roles import Right
from accounts.web.addresses import key_address
from accounts.write_guard import RecordQuerySet
from documents.numerals import full_date
from findings.choices import DONE_STATUSES, OPEN_STATUSES, MeasureStatus
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding, deadline_error
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import MEASURE_STATUS_RULES
from findings.inspections.participation import ANSWERING_FOR_MEASURE, BODY, Participants, answered_q, visible_q
from findings.units.models import Unit
from findings.units.scopes import user_scope


class MeasureQuerySet(RecordQuerySet["Measure"]):
    """Filters of measures."""

    def visible_to(self, user: User) -> Self:
        """Measures of the user's bodies, and of the findings in which the user takes part."""
        return self.filter(visible_q(user, BODY, lambda: Q(finding__in=Finding.objects.own_ids(user))))

    def editable_by(self, user: User) -> Self:
        """Measures the user may edit: for the office all of its bodies, for others those they answer for."""
        scope = user_scope(user)
        whole = scope.bodies(Right.REPORT_WORK)
        if whole.everywhere:
            return self
        own = self._answered_q(user) if scope.has_right(Right.REPORT_WORK) else Q(pk__in=[])
        return self.filter(whole.condition(BODY) | own)

    def answered_by(self, user: User) -> Self:
        """Measures the user answers for: as the person in charge, or with a role in the unit that answers."""
        return self.filter(self._answered_q(user))

    def _answered_q(self, user: User) -> Q:
        return answered_q(self.model._default_manager.order_by(), user, ANSWERING_FOR_MEASURE)

    def of(self, inspection: Inspection) -> Self:
        """Measures of one inspection."""
        return self.filter(inspection=inspection)

    def done(self) -> Self:
        """Measures that were reported as completed and not sent back since, verified or not."""
        return self.filter(status__in=DONE_STATUSES)

    def open(self) -> Self:
        """Measures that are not done: not reported, withdrawn or sent back."""
        return self.filter(status__in=OPEN_STATUSES)

    def unverified(self) -> Self:
        """Measures that still need somebody's work."""
        return self.exclude(status=MeasureStatus.VERIFIED)

    def to_verify_by(self, user: User) -> Self:
        """Measures reported as done by other users (four eyes)."""
        return self.filter(status=MeasureStatus.REPORTED).exclude(reported_by=user)

    def due_soon(self, inspection: Inspection) -> Self:
        """Open measures whose deadline is from today on within the notice days of the inspection."""
        today = timezone.localdate()
        until = today + dt.timedelta(days=inspection.notice_days)
        return self.open().filter(due_on__range=(today, until))

    def overdue(self, on: dt.date | None = None) -> Self:
        """Open measures whose deadline was before a day, by default today."""
        return self.open().filter(due_on__lt=on or timezone.localdate())


class Measure(Record):
    """One measure: what was planned, what is published about it, who answers for it, and its deadline."""

    # The finding's; stored here too, because the indexes of lists begin with it (ADR 5).
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="measures", editable=False, db_index=False
    )
    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="measures")
    facet = models.ForeignKey(
        Facet, models.CASCADE, verbose_name="分面", null=True, blank=True, related_name="measures"
    )
    order = models.PositiveSmallIntegerField("序号")
    goal = models.TextField(
        "整改目标", blank=True, validators=PROSE, help_text="这条措施要达到的目标；列入任务清单，不进公开报告。"
    )
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
    supporting_units = models.ManyToManyField(
        Unit, verbose_name="配合单位", blank=True, related_name="supported_measures"
    )
    other_people_in_charge = models.ManyToManyField(
        User,
        verbose_name="其他责任人",
        blank=True,
        related_name="measures_shared",
        help_text="除责任人以外一起负责的人，同样收到通知、可以填报。",
    )
    started_on = models.DateField("开始日期", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    completed_on = models.DateField("完成日期", null=True, blank=True)

    percent_complete = models.PositiveSmallIntegerField(
        "进度（%）", null=True, blank=True, validators=[MaxValueValidator(100)], help_text="0 到 100 的整数。"
    )
    reason_open = models.TextField("未完成原因", blank=True, validators=PROSE)
    next_step = models.TextField("下一步措施", blank=True, validators=PROSE)

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
    # The digest of the verified content (``signed_content.verified_digest``): a change of it ends the verification.
    verified_digest = models.CharField("核实内容的摘要", max_length=64, blank=True, editable=False)

    objects = MeasureQuerySet.as_manager()
    history = FieldHistory(excluded_fields=["verified_digest"], m2m_fields=[supporting_units, other_people_in_charge])
    timeline_parents = ("finding",)
    numbered_within = ("finding", "facet")

    class Meta:
        verbose_name = "整改措施"
        verbose_name_plural = "整改措施"
        # Measures without a facet come first, as in the report.
        ordering = ("finding", F("facet__order").asc(nulls_first=True), "order")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "order"),
                condition=Q(facet=None),
                # Within a facet the next constraint applies.
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
            models.CheckConstraint(
                condition=Q(percent_complete=None) | Q(percent_complete__lte=100),
                name="measure_percent_at_most_100",
                violation_error_message="进度不能大于 100。",
            ),
            *MEASURE_STATUS_RULES,
        )
        indexes = (
            # One for each order and filter of the lists, beginning with the inspection (ADR 5); the last ones are for
            # the queue and for the desk, over all inspections.
            models.Index(fields=("inspection", "lead_unit", "due_on", "id", "status"), name="measure_unit_due"),
            models.Index(fields=("inspection", "due_on", "id", "status"), name="measure_due"),
            models.Index(fields=("inspection", "status", "due_on", "id"), name="measure_status_due"),
            models.Index(
                fields=("reported_at", "id"), name="measure_waiting", condition=Q(status=MeasureStatus.REPORTED)
            ),
            models.Index(
                fields=("due_on", "id"), name="measure_reported_due", condition=Q(status=MeasureStatus.REPORTED)
            ),
            models.Index(fields=("due_on", "id"), name="measure_open_due", condition=Q(status__in=OPEN_STATUSES)),
        )

    def __str__(self) -> str:
        return self.plan or self.outcome

    def get_absolute_url(self) -> str:
        """The page on which the work on the measure is recorded."""
        return key_address("findings:measure_detail", self.pk)

    @property
    def is_done(self) -> bool:
        """Whether the measure is done; the same rule as ``done`` and, negated, ``open`` for lists."""
        return self.status in DONE_STATUSES

    @property
    def answering_unit_id(self) -> int | None:
        """The key of the unit that answers: its own, or the lead unit of the finding."""
        return self.lead_unit_id or self.finding.leading_unit_id

    @property
    def answering_unit(self) -> Unit | None:
        """The answering unit as a record; load ``finding__parent__lead_unit`` with the measure, else it is queried."""
        return self.lead_unit or self.finding.leading_unit

    @property
    def answering(self) -> Participants:
        """The unit and the person that answer for the measure."""
        return Participants.of(self, ANSWERING_FOR_MEASURE, self.finding.inspection.unit_id)

    def is_answered_by(self, user: User) -> bool:
        """Whether the user answers for this measure; the same rule as ``answered_by`` for lists."""
        return self.answering.include(user_scope(user), Right.REPORT_WORK)

    def is_editable_by(self, user: User) -> bool:
        """Whether the user may edit this measure; the same rule as ``editable_by`` for lists."""
        if self.finding.inspection.allows(user, Right.REPORT_WORK):
            return True
        return user_scope(user).has_right(Right.REPORT_WORK) and self.is_answered_by(user)

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)

    def clean(self) -> None:
        """Check what the database cannot: a facet or inspection of another finding, days too early or in the future."""
        errors: dict[str, str] = {}
        if self.facet is not None and self.facet.finding_id != self.finding_id:
            errors["facet"] = "所选分面属于另一个问题。"
        if self.finding_id is not None and self.finding.inspection_id != self.inspection_id:
            errors["finding"] = "问题必须属于同一次巡察。"
        if self.inspection_id is not None:
            for name in ("started_on", "due_on", "completed_on"):
                if message := deadline_error(getattr(self, name), self.inspection):
                    errors[name] = message
        for name in ("due_on", "completed_on"):
            day = getattr(self, name)
            if day is not None and self.started_on is not None and day < self.started_on:
                errors.setdefault(name, f"不能早于开始日期（{full_date(self.started_on)}）。")
        if self.completed_on is not None and self.completed_on > timezone.localdate():
            errors["completed_on"] = "完成日期不能在今天之后。"
        if errors:
            raise ValidationError(errors)
