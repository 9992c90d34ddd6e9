"""The model of extension requests."""

from __future__ import annotations

from typing import Any, Self

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
from findings.units.models import Unit
from findings.units.scopes import user_scope


class ExtensionQuerySet(RecordQuerySet["Extension"]):
    """Filters of extension requests."""

    def visible_to(self, user: User) -> Self:
        """Requests about findings and measures that the user may see."""
        own = Finding.objects.own_ids
        return self.filter(visible_q(user, f"finding__{BODY}", lambda: Q(finding__in=own(user))))

    def of(self, inspection: Inspection) -> Self:
        """Requests of one inspection."""
        return self.filter(finding__inspection=inspection)

    def decidable_by(self, user: User) -> Self:
        """Waiting requests that the user may decide: they hold the deciding role there and did not make the request."""
        scope = user_scope(user)
        # Which role decides differs by inspection, so that each role is joined with its own area.
        deciders = {role.key for role, _ in scope.active_roles if Right.DECIDE_EXTENSIONS in role.rights}
        # Matches nothing; the places of each role are added to it.
        places = Q(pk__in=[])
        for key in deciders:
            unit = scope.area_of(key).condition("finding__inspection__unit")
            places |= Q(finding__inspection__extensions_by=key) & unit
        return self.waiting().filter(places).exclude(requested_by=user)

    def waiting(self) -> Self:
        """Requests without a decision."""
        return self.filter(decision=Decision.WAITING)

    def about(self, record: Finding | Measure) -> Self:
        """Requests for the deadline of this very record, not of the measures below it."""
        return self.filter(measure=record) if isinstance(record, Measure) else self.filter(finding=record, measure=None)


class Extension(Record):
    """A later deadline of a finding or measure, requested or recorded with its reason; both dates stay visible.

    Made after the old deadline it is a statement on the delay (逾期说明). Whoever decides on extensions may also move a
    deadline themselves, which is stored as one that they granted (``is_direct``).
    """

    finding = models.ForeignKey(
        Finding, models.CASCADE, verbose_name="问题", related_name="extensions", editable=False
    )  # also of a measure's request
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        verbose_name="整改措施",
        null=True,
        blank=True,
        related_name="extensions",
        editable=False,
    )  # None for the deadline of the finding itself
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
    timeline_parents = ("measure", "finding")

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
            models.UniqueConstraint(
                fields=("finding",),
                condition=Q(decision=Decision.WAITING, measure=None),
                # Those of its measures are counted by the constraint above.
                name="extension_one_waiting_of_finding",
                violation_error_message="这个问题已有一份待批的延期申请。",
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

    @classmethod
    def for_record(cls, record: Finding | Measure, **fields: Any) -> Self:
        """An unsaved request for the deadline of a finding or measure, from its present one unless told otherwise."""
        measure, finding = (record, record.finding) if isinstance(record, Measure) else (None, record)
        return cls(**({"finding": finding, "measure": measure, "old_due_on": record.due_on} | fields))

    @property
    def record(self) -> Finding | Measure:
        """The measure, or the finding itself, whose deadline it moves."""
        return self.measure or self.finding

    @property
    def answering_unit(self) -> Unit | None:
        """The unit that answers for the record whose deadline it moves; None when none does."""
        own = self.measure.lead_unit if self.measure else None
        return own or self.finding.leading_unit

    @property
    def inspection(self) -> Inspection:
        """The inspection of the finding; queries unless both are loaded."""
        return self.finding.inspection

    @property
    def is_late(self) -> bool:
        """Whether it was made after the old deadline."""
        return self.old_due_on < timezone.localdate(self.requested_at)

    @property
    def label(self) -> str:
        """What it is called: 逾期说明 when it was made after the old deadline, else 延期申请."""
        return "逾期说明" if self.is_late else "延期申请"

    @property
    def is_direct(self) -> bool:
        """Whether somebody who decides on extensions moved the deadline without a request."""
        return self.decided_by_id is not None and self.decided_by_id == self.requested_by_id

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        self.record.lock_parents()

    def clean(self) -> None:
        """Require that the new deadline is later than the old one and, while it waits, not past (ValidationError)."""
        if self.old_due_on and self.new_due_on and self.new_due_on <= self.old_due_on:
            raise ValidationError({"new_due_on": f"必须晚于原来的时限（{full_date(self.old_due_on)}）。"})
        if self.decision == Decision.WAITING and self.new_due_on and self.new_due_on < timezone.localdate():
            raise ValidationError({"new_due_on": "不能早于今天。"})
