"""The model of extension requests."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from documents.numerals import full_date
from findings.choices import Decision
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.participation import BODY, visible_q
from findings.units.scopes import user_scope


class ExtensionQuerySet(RecordQuerySet["Extension"]):
    """Filters of extension requests."""

    def visible_to(self, user: User) -> Self:
        """Requests about measures that the user may see."""
        own = Finding.objects.own_ids
        return self.filter(visible_q(user, f"measure__{BODY}", lambda: Q(measure__finding__in=own(user))))

    def of(self, inspection: Inspection) -> Self:
        """Requests of one inspection."""
        return self.filter(measure__inspection=inspection)

    def decidable_by(self, user: User) -> Self:
        """Waiting requests that the user may decide: they hold the deciding role there and did not make the request."""
        scope = user_scope(user)
        # Which role decides differs by inspection, so that each role is joined with its own area.
        deciders = {role.key for role, _ in scope.active_roles if Right.DECIDE_EXTENSIONS in role.rights}
        # Matches nothing; the places of each role are added to it.
        places = Q(pk__in=[])
        for key in deciders:
            unit = scope.area_of(key).condition("measure__inspection__unit")
            places |= Q(measure__inspection__extensions_by=key) & unit
        return self.waiting().filter(places).exclude(requested_by=user)

    def waiting(self) -> Self:
        """Requests without a decision."""
        return self.filter(decision=Decision.WAITING)


class Extension(Record):
    """A request for a later deadline of a measure, made before the old one; both dates stay visible."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name="整改措施", related_name="extensions")
    old_due_on = models.DateField("原完成时限", editable=False)
    new_due_on = models.DateField("申请延至")
    reason = models.TextField("延期理由", validators=PROSE)
    requested_at = models.DateTimeField("申请时间", default=timezone.now, editable=False)
    requested_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="申请人", related_name="requested_extensions", editable=False
    )
    decision = models.CharField("审批", max_length=10, choices=Decision, default=Decision.WAITING, editable=False)
    opinion = models.TextField("审批意见", blank=True, validators=PROSE, editable=False)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="审批人",
        null=True,
        blank=True,
        related_name="decided_extensions",
        editable=False,
    )

    objects = ExtensionQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("measure",)

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        ordering = ("-pk",)
        constraints = (
            # Holds also against two requests sent at the same moment.
            models.UniqueConstraint(
                fields=("measure",),
                condition=Q(decision=Decision.WAITING),
                name="extension_one_waiting",
                violation_error_message="这条措施已有一份待批的延期申请。",
            ),
            models.CheckConstraint(
                condition=Q(new_due_on__gt=models.F("old_due_on")),
                name="extension_is_later",
                violation_error_message="新的时限必须晚于原来的时限。",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.WAITING, decided_at=None, decided_by=None)
                | (~Q(decision=Decision.WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="extension_decided_by_whom_and_when",
                violation_error_message="已批的延期申请必须写明谁在什么时候批的。",
            ),
        )

    def __str__(self) -> str:
        return f"{full_date(self.old_due_on)}延至{full_date(self.new_due_on)}"

    def get_absolute_url(self) -> str:
        """The page of the request, which has the form of the decision."""
        return reverse("findings:extension_detail", args=[self.pk])

    @property
    def inspection(self) -> Inspection:
        """The inspection of the measure; queries unless both are loaded."""
        return self.measure.inspection

    def lock_parents(self) -> None:
        """Lock the finding of the measure, as every write below a finding does."""
        self.measure.lock_parents()

    def clean(self) -> None:
        """Require that the old deadline has not passed and that the new one is later (ValidationError)."""
        if self.decision == Decision.WAITING and self.old_due_on and self.old_due_on < timezone.localdate():
            raise ValidationError("完成时限已过，不能再申请延期；请在进展中说明原因，由整改办处理。")
        if self.old_due_on and self.new_due_on and self.new_due_on <= self.old_due_on:
            raise ValidationError({"new_due_on": f"必须晚于原来的时限（{full_date(self.old_due_on)}）。"})
