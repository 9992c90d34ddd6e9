"""What was found: aspects and findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from accounts import changes
from accounts.models import Action, FieldHistory, Record, User
from accounts.roles import Right
from accounts.text import LINE, PROSE
from findings.choices import Completion, Counting, Status, Timing
from findings.models.aspects import Aspect
from findings.models.inspections import Inspection
from findings.models.scopes import scope_of, seen_by
from findings.models.status_rules import STATUS_RULES
from findings.models.units import Unit

OWN_COLUMNS = ("pk", "inspection", "aspect", "parent")


class FindingQuerySet(models.QuerySet["Finding"]):
    """The words for lists of findings."""

    def visible_to(self, user: User) -> Self:
        """Findings of this person's bodies, and those with a part of his own or with a sub-finding that has one."""
        own = Finding.objects.own_of

        def own_and_above() -> Q:
            return Q(pk__in=own(user, "pk")) | Q(pk__in=own(user, "parent"))

        return self.filter(seen_by(user, "inspection__unit", own_and_above))

    def own_of(self, user: User, column: str) -> frozenset[int]:
        """A column of the findings that this person or his units lead, support, oversee, or carry out a measure of.

        A sub-finding without a lead unit of its own is its finding's. Looked up once for a request: asked for again in
        every query of a page, it would be what the page spends its time on.
        """
        scope = scope_of(user)
        if scope.own is None:
            scope.own = list(self.filter(pk__in=self._own_parts(user)).order_by().values(*OWN_COLUMNS))
        numbers = (row[column] for row in scope.own)
        return frozenset(number for number in numbers if number is not None)

    def _own_parts(self, user: User) -> Any:
        """A union, not one condition with "or": each part has an index, the whole has none."""
        scope = scope_of(user)
        units, named = scope.units(Right.SEE_OWN), scope.home.holds("inspection__unit")
        supported = self.model.supporting_units.through.objects.filter(units.holds("unit"))
        measures: Any = self.model._meta.get_field("measures").related_model  # declared above this module
        carried_out, own = measures.objects.order_by(), self.order_by()
        return (
            own.filter(units.holds("lead_unit"))
            .values("pk")
            .union(
                own.filter(units.holds("parent__lead_unit"), lead_unit=None).values("pk"),
                own.filter(named, responsible_leader=user).values("pk"),
                own.filter(named, person_in_charge=user).values("pk"),
                supported.values("finding"),
                carried_out.filter(units.holds("lead_unit")).values("finding"),
                carried_out.filter(named, person_in_charge=user).values("finding"),
                all=True,
            )
        )

    def of(self, inspection: Inspection) -> Self:
        """The findings of one inspection."""
        return self.filter(inspection=inspection)

    def top_level(self) -> Self:
        """Findings as the feedback numbers them, without their sub-findings."""
        return self.filter(parent=None)

    def closed(self, on: dt.date | None = None) -> Self:
        """Findings signed off, as far as it holds: not void, and no review of a long-term one missed by that day."""
        day = on or timezone.localdate()
        return self.filter(Q(next_review_on=None) | Q(next_review_on__gte=day), status=Status.CLOSED, is_void=False)

    def void(self) -> Self:
        """Findings whose sign-off no longer says what the record says."""
        return self.filter(status=Status.CLOSED, is_void=True)

    def review_missed(self, on: dt.date | None = None) -> Self:
        """Closed long-term findings whose review was due before today or a given day."""
        return self.filter(status=Status.CLOSED, next_review_on__lt=on or timezone.localdate())

    def overdue(self, on: dt.date | None = None) -> Self:
        """Findings past their deadline and not signed off, today or on a given day."""
        return self.filter(due_on__lt=on or timezone.localdate()).exclude(status=Status.CLOSED)

    def counted(self, inspection: Inspection) -> Self:
        """What the inspection publishes as its number of findings, by its own way of counting."""
        if inspection.counting == Counting.LEAVES:
            return self.of(inspection).filter(sub_findings=None)
        return self.of(inspection).top_level()

    def completed(self, inspection: Inspection) -> Self:
        """Signed-off findings whose completion the inspection publishes as done."""
        return self.closed().filter(completion__in=inspection.counted_completions())

    def hold(self, *pks: int) -> set[int]:
        """Lock findings until this transaction ends, and those above them first; which these are.

        On SQLite beginning to write has done so. On PostgreSQL a row that refers to a finding may still be added: who
        adds it asks for the finding at his commit, when he has the trail for which others wait here.
        """
        above = self.filter(pk__in=pks).values("parent")
        rows = self.select_for_update(no_key=True).filter(Q(pk__in=pks) | Q(pk__in=above))
        return set(rows.order_by(F("parent").asc(nulls_first=True), "pk").values_list("pk", flat=True))

    def recheck(self, pk: int) -> bool:
        """Make the sign-off of a finding void when the record says something else by now; whether it became so.

        To be called after each change below the finding, whose row whoever writes holds: a sign-off at this moment
        either sees the change or is seen by this check.
        """
        stored = self.filter(pk=pk).order_by("pk").first()
        if stored is None or stored.status != Status.CLOSED or stored.is_void:
            return False
        if not any(signoff.become_void() for signoff in stored.signoffs.filter(voided_at=None)):
            return False
        stored.is_void = True
        changes.claim(stored, Action.VOID)
        changes.keep(stored, Action.VOID, reason="销号以后内容有变，需要重新申请销号。")
        return True

    def with_progress(self) -> Self:
        """Adds ``measures_count`` and ``measures_done_count``."""
        return self.annotate(
            measures_count=Count("measures"),
            measures_done_count=Count("measures", filter=Q(measures__completed_on__isnull=False)),
        )


class Finding(Record):
    """One thing the inspectors found, with the units that answer for it and where it stands."""

    # Its aspect's; here too, because lists and rights ask for the records of an inspection: all indexes begin with it.
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="findings", editable=False, db_index=False
    )
    aspect = models.ForeignKey(Aspect, models.CASCADE, verbose_name="方面", related_name="findings")
    parent = models.ForeignKey(
        "self", models.CASCADE, verbose_name="所属问题", null=True, blank=True, related_name="sub_findings"
    )
    order = models.PositiveSmallIntegerField("序号")
    title = models.CharField("问题", max_length=200, validators=LINE, help_text="“关于…问题”中间的文字。")
    detail = models.TextField("具体表现", blank=True, validators=PROSE)
    introduction = models.TextField(
        "引言", blank=True, validators=PROSE, help_text="公开报告中写在“一是”之前的话；只有一条措施时不要填。"
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
    below = ("inspection", "parent")
    _held: Collection[int] = ()  # what ``hold`` locked

    class Meta:
        verbose_name = "问题"
        verbose_name_plural = "问题"
        ordering = ("aspect", "order")
        constraints = (
            models.UniqueConstraint(
                fields=("aspect", "order"),
                condition=Q(parent=None),
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
            *STATUS_RULES,
        )
        indexes = (
            models.Index(fields=("inspection", "status", "due_on", "id"), name="finding_status_due"),
            models.Index(fields=("inspection", "lead_unit", "status", "due_on"), name="finding_unit_status_due"),
            models.Index(fields=("inspection", "due_on", "id", "status"), name="finding_due"),
            models.Index(fields=("aspect", "parent", "order"), name="finding_register"),
        )

    def __str__(self) -> str:
        return self.title

    def hold(self) -> None:
        """The finding above, also one it moves away from, and the finding itself are the first to be locked."""
        self._held = Finding.objects.hold(*filter(None, (self.pk, self.parent_id)))

    def written(self) -> None:
        """A changed text or date makes the sign-off void; a sub-finding does so to that of the finding above."""
        if self.pk and Finding.objects.recheck(self.pk):
            self.version, self.is_void = self.version + 1, True
        for above in {self.parent_id, *self._held} - {self.pk}:
            if above is not None:
                Finding.objects.recheck(above)

    def get_absolute_url(self) -> str:
        """The page of this finding."""
        return reverse("findings:finding_detail", args=[self.pk])

    def clean(self) -> None:
        """Refuse what the database cannot check: a parent elsewhere, a third level, a deadline before the feedback."""
        errors: dict[str, str] = {}
        if self.aspect_id is not None and self.aspect.inspection_id != self.inspection_id:
            errors["aspect"] = "方面必须属于同一次巡察。"
        if self.parent is not None and self.parent.aspect_id != self.aspect_id:
            errors["parent"] = "所属问题必须在同一个方面之下。"
        elif self.parent is not None and self.parent.parent_id is not None:
            errors["parent"] = "分项问题之下不能再分。"
        elif self.parent is not None and self.pk is not None and self.sub_findings.exists():
            errors["parent"] = "本问题下已有分项问题，不能再归入其他问题。"
        if self.aspect_id is not None and (message := before_feedback(self.due_on, self.inspection)):
            errors["due_on"] = message
        if errors:
            raise ValidationError(errors)


def before_feedback(day: dt.date | None, inspection: Inspection) -> str:
    """Why a deadline or completion on this day cannot be right, or an empty string."""
    if day is None or inspection.feedback_on is None or day >= inspection.feedback_on:
        return ""
    return f"不能早于反馈日期（{inspection.feedback_on:%Y-%m-%d}）。"
