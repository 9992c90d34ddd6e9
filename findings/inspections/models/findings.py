"""The model of findings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.users.roles import Right
from accounts.web.addresses import key_address
from documents.numerals import full_date
from findings.choices import Completion, Status, Timing
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.finding_queries import FindingQueries
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.status_rules import STATUS_RULES
from findings.inspections.participation import ANSWERING_FOR_FINDING, Participants
from findings.units.models import Unit
from findings.units.scopes import user_scope


class FindingQuerySet(FindingQueries["Finding"]):
    """Filters and locks of findings."""


class Finding(Record):
    """One finding of an inspection, with the units and people that answer for it, its deadline and its status."""

    # The aspect's; stored here too, because lists and rights ask for the records of an inspection and the indexes begin
    # with it (ADR 5).
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="findings", editable=False, db_index=False
    )
    aspect = models.ForeignKey(Aspect, models.CASCADE, verbose_name="方面", related_name="findings")
    parent = models.ForeignKey(
        "self", models.CASCADE, verbose_name="所属问题", null=True, blank=True, related_name="sub_findings"
    )
    order = models.PositiveSmallIntegerField("序号")
    part = models.CharField(
        "分组",
        max_length=200,
        blank=True,
        validators=LINE,
        help_text="方面和问题之间还有一层标题的报告才填；相邻的同名问题归在一起。",
    )
    title = models.CharField("问题", max_length=200, validators=LINE, help_text="“关于…问题”中间的文字。")
    detail = models.TextField("具体表现", blank=True, validators=PROSE)
    introduction = models.TextField(
        "引言", blank=True, validators=PROSE, help_text="公开报告中写在“一是”之前的话；只有一条措施时不要填。"
    )

    cause_analysis = models.TextField(
        "原因分析", blank=True, validators=PROSE, help_text="列入问题清单，不进公开报告。"
    )
    goal = models.TextField(
        "整改目标", blank=True, validators=PROSE, help_text="方案里写的目标；列入整改台账，不进公开报告。"
    )
    remark = models.CharField(
        "备注", max_length=200, blank=True, validators=LINE, help_text="列入整改台账，不进公开报告。"
    )

    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name="牵头单位", null=True, blank=True, related_name="led_findings"
    )
    supporting_units = models.ManyToManyField(
        Unit, verbose_name="配合单位", blank=True, related_name="supported_findings"
    )
    responsible_leader = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任领导", null=True, blank=True, related_name="overseen_findings"
    )
    person_in_charge = models.ForeignKey(
        User, models.PROTECT, verbose_name="责任人", null=True, blank=True, related_name="findings_in_charge"
    )

    timing = models.CharField("整改时限类型", max_length=20, choices=Timing, default=Timing.SCHEDULED)
    due_on = models.DateField("完成时限", null=True, blank=True)
    long_term = models.BooleanField("长期坚持", default=False)
    review_cycle_months = models.PositiveSmallIntegerField(
        "复查周期（月）", null=True, blank=True, help_text="长期坚持的问题每隔几个月复查一次。"
    )

    amount_involved = models.DecimalField(
        "涉及金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="问题涉及的金额；列入问题清单，不进公开报告。",
    )
    amount_received = models.DecimalField(
        "到位金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="其中已经到位的金额；逐笔的到账登记在“资金情况”里。",
    )
    accepted_by_name = models.CharField(
        "验收人", max_length=100, blank=True, validators=LINE, help_text="验收的人或单位，可以写几个，用“、”隔开。"
    )
    accepted_on = models.DateField("验收时间", null=True, blank=True)
    acceptance_conclusion = models.TextField("验收结论", blank=True, validators=PROSE)

    status = models.CharField("状态", max_length=20, choices=Status, default=Status.OPEN, editable=False)
    completion = models.CharField("完成程度", max_length=20, choices=Completion, blank=True, editable=False)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="销号人",
        null=True,
        blank=True,
        editable=False,
        related_name="closed_findings",
    )

    is_void = models.BooleanField("销号失效", default=False, editable=False)
    next_review_on = models.DateField("下次复查日期", null=True, blank=True, editable=False)
    submission = models.PositiveSmallIntegerField("申请次数", default=0, editable=False)
    submitted_at = models.DateTimeField("申请销号时间", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="申请销号人",
        null=True,
        blank=True,
        editable=False,
        related_name="submitted_findings",
    )

    objects = FindingQuerySet.as_manager()
    history = FieldHistory(m2m_fields=[supporting_units])
    timeline_parents = ("inspection", "parent")
    numbered_within = ("aspect", "parent")

    class Meta:
        verbose_name = "问题"
        verbose_name_plural = "问题"
        ordering = ("aspect", "order")
        constraints = (
            models.UniqueConstraint(
                fields=("aspect", "order"),
                condition=Q(parent=None),
                # Sub-findings are numbered within their parent, see the next constraint.
                name="finding_order_unique_within_aspect",
                violation_error_message="本方面已有这个序号的问题，请换一个序号。",
            ),
            models.UniqueConstraint(
                fields=("parent", "order"),
                name="finding_order_unique_within_parent",
                violation_error_message="该问题下已有这个序号的分项问题，请换一个序号。",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="finding_not_its_own_parent",
                violation_error_message="所属问题不能是自己。",
            ),
            models.CheckConstraint(
                condition=Q(amount_involved=None) | Q(amount_involved__gte=0),
                name="finding_amount_involved_not_negative",
                violation_error_message="涉及金额不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(amount_received=None) | Q(amount_received__gte=0),
                name="finding_amount_received_not_negative",
                violation_error_message="到位金额不能小于 0。",
            ),
            models.CheckConstraint(
                condition=Q(amount_involved=None)
                | Q(amount_received=None)
                | Q(amount_received__lte=F("amount_involved")),
                name="finding_received_at_most_involved",
                violation_error_message="到位金额不能大于涉及金额。",
            ),
            *STATUS_RULES,
        )
        # One for each order and filter of the lists, beginning with the inspection (ADR 5); the last ones are for
        # the queue and for the desk, over all inspections.
        indexes = (
            models.Index(fields=("inspection", "status", "due_on", "id"), name="finding_status_due"),
            models.Index(fields=("inspection", "lead_unit", "status", "due_on"), name="finding_unit_status_due"),
            models.Index(fields=("inspection", "due_on", "id", "status", "is_void"), name="finding_due"),
            models.Index(fields=("inspection", "aspect", "parent", "order"), name="finding_register"),
            models.Index(fields=("inspection", "aspect", "status", "due_on"), name="finding_aspect_status_due"),
            # Partial, since few findings are void or have a planned review.
            models.Index(fields=("inspection", "id"), name="finding_void", condition=Q(is_void=True)),
            models.Index(
                fields=("inspection", "next_review_on"),
                name="finding_review",
                condition=Q(next_review_on__isnull=False),
            ),
            models.Index(fields=("submitted_at", "id"), name="finding_waiting", condition=Q(status=Status.SUBMITTED)),
            models.Index(
                fields=("due_on", "id"),
                name="finding_undone_due",
                condition=Q(status__in=(Status.OPEN, Status.IN_PROGRESS)),
            ),
            models.Index(fields=("due_on", "id"), name="finding_submitted_due", condition=Q(status=Status.SUBMITTED)),
            models.Index(fields=("due_on", "id"), name="finding_void_due", condition=Q(is_void=True)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def leading_unit_id(self) -> int | None:
        """The key of the lead unit; a sub-finding without one has its parent's."""
        return self.lead_unit_id or (self.parent.lead_unit_id if self.parent else None)

    @property
    def leading_unit(self) -> Unit | None:
        """The lead unit as a record; load ``parent__lead_unit`` with the finding, else it is a query."""
        return self.lead_unit or (self.parent.lead_unit if self.parent else None)

    @property
    def answering(self) -> Participants:
        """The unit and the person that answer for the finding."""
        return Participants.of(self, ANSWERING_FOR_FINDING, self.inspection.unit_id)

    def is_answered_by(self, user: User) -> bool:
        """Whether the user answers for this finding; the same rule as ``answered_by`` for lists."""
        return self.answering.include(user_scope(user), Right.REPORT_WORK)

    def is_open_to(self, user: User) -> bool:
        """Whether the user sees the measures and evidence too, not only its title above a sub-finding of theirs.

        The same rule as ``visible_to`` of measures and evidence.
        """
        return self.inspection.allows(user, Right.SEE_ALL) or self.pk in Finding.objects.own_ids(user)

    @property
    def is_signed_off(self) -> bool:
        """Whether a sign-off is valid; the same rule as ``signed_off`` in the database."""
        return self.status == Status.CLOSED and not self.is_void

    @property
    def is_with_unit(self) -> bool:
        """Whether the unit works on the finding; the same rule as ``with_unit`` for lists."""
        return self.status in {Status.OPEN, Status.IN_PROGRESS} or self.is_void

    def lock_parents(self) -> None:
        """Lock the finding and, before it, its parent; on a move the former parent is locked as well."""
        Finding.objects.lock(*filter(None, (self.pk, self.parent_id)))

    def get_absolute_url(self) -> str:
        """The page of the finding."""
        return key_address("findings:finding_detail", self.pk)

    def clean(self) -> None:
        """Check what the database cannot: another inspection or aspect, a third level, days out of range."""
        errors: dict[str, str] = {}
        # Constraints of a database cannot compare two tables.
        if self.aspect_id is not None and self.aspect.inspection_id != self.inspection_id:
            errors["aspect"] = "方面必须属于同一次巡察。"
        if self.parent is not None and self.parent.aspect_id != self.aspect_id:
            errors["parent"] = "所属问题必须在同一个方面之下。"
        elif self.parent is not None and self.parent.parent_id is not None:
            errors["parent"] = "分项问题之下不能再分。"
        elif self.parent is not None and self.pk is not None and self.sub_findings.exists():
            errors["parent"] = "本问题下已有分项问题，不能再归入其他问题。"
        if self.inspection_id is not None:
            for name in ("due_on", "accepted_on"):
                if message := deadline_error(getattr(self, name), self.inspection):
                    errors[name] = message
        if self.accepted_on is not None and self.accepted_on > timezone.localdate():
            errors["accepted_on"] = "验收时间不能在今天之后。"
        if errors:
            raise ValidationError(errors)


def deadline_error(day: dt.date | None, inspection: Inspection) -> str:
    """The sentence (Chinese) why a deadline, completion or acceptance on this day is wrong, or an empty string."""
    if day is None or inspection.feedback_on is None or day >= inspection.feedback_on:
        return ""
    return f"不能早于反馈日期（{full_date(inspection.feedback_on)}）。"
