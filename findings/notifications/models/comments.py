"""What people say to each other about a record. Internal: nothing of it is ever published."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import PROSE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.notifications.recipients import Recipients, ids

LONGEST_COMMENT = 2000  # characters


class Commented(Protocol):
    """A record with comments: their kind is the model of ``comments``, their pages are named after the record's."""

    pk: Any
    comments: Any
    _meta: ClassVar[Any]

    @property
    def inspection(self) -> Inspection:
        """The inspection it belongs to."""
        ...

    def get_absolute_url(self) -> str:
        """The page on which its comments stand."""
        ...


class Remark(Record):
    """One remark on a record; withdrawn ones leave a line behind. Each kind of record has its own kind of remark, which
    says who may read it; ``visible_to(user)`` and ``on(record)`` of its rows are what pages ask for.
    """

    text = models.TextField("评论", max_length=LONGEST_COMMENT, validators=PROSE)
    mentioned = models.ManyToManyField(User, verbose_name="提到的人", blank=True, related_name="+", editable=False)
    written_at = models.DateTimeField("评论时间", default=timezone.now, editable=False)
    written_by = models.ForeignKey(User, models.PROTECT, verbose_name="评论人", related_name="+", editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="撤回人", null=True, blank=True, related_name="+", editable=False
    )

    objects: Any

    class Meta:
        abstract = True
        verbose_name = "评论"
        verbose_name_plural = "评论"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="%(class)s_withdrawn_by_whom_and_when",
                violation_error_message="撤回的评论必须写明谁在什么时候撤回。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.written_by} {timezone.localdate(self.written_at):%Y-%m-%d}"  # not the text: it may be withdrawn

    @classmethod
    def about(cls, record: Any, writer: User) -> Self:
        """A remark on a record, not stored and without its text yet."""
        raise NotImplementedError

    @cached_property
    def record(self) -> Any:
        """What it is about."""
        raise NotImplementedError

    @property
    def inspection(self) -> Inspection:
        """The inspection of what it is about."""
        found: Inspection = self.record.inspection
        return found

    def recipients(self) -> Recipients:
        """The people around what it is about."""
        raise NotImplementedError

    def in_charge(self) -> set[int]:
        """The people, by their keys, who answer for what it is about."""
        raise NotImplementedError

    def place(self) -> dict[str, Any]:
        """Where a notice of it leads, as ``tell`` takes it."""
        return {"address": self.record.get_absolute_url()}

    def may_withdraw(self, user: User) -> bool:
        """Whether it is this user's own, or the user keeps the records of the inspection."""
        return self.written_by_id == user.pk or self.inspection.allows(user, Right.EDIT_RECORDS)


class CommentQuerySet(RecordQuerySet["Comment"]):
    """The words for lists of comments."""

    def visible_to(self, user: User) -> Self:
        """Comments on the findings and measures this person may see."""
        on_findings = Q(measure=None, finding__in=Finding.objects.visible_to(user))
        return self.filter(on_findings | Q(measure__in=Measure.objects.visible_to(user)))

    def on(self, record: Finding | Measure) -> Self:
        """The comments on one finding, or on one measure, oldest first."""
        if isinstance(record, Measure):
            return self.filter(measure=record).order_by("pk")
        return self.filter(finding=record, measure=None).order_by("pk")


class Comment(Remark):
    """A remark on a finding or, with ``measure``, on one of its measures."""

    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="comments", editable=False)
    measure = models.ForeignKey(
        Measure,
        models.CASCADE,
        verbose_name="整改措施",
        null=True,
        blank=True,
        related_name="comments",
        editable=False,
    )

    objects = CommentQuerySet.as_manager()
    history = FieldHistory(m2m_fields=["mentioned"])
    timeline_parents = ("finding", "measure")

    @classmethod
    def about(cls, record: Finding | Measure, writer: User) -> Self:
        """A remark on a finding or a measure, not stored and without its text yet."""
        if isinstance(record, Measure):
            return cls(finding=record.finding, measure=record, written_by=writer)
        return cls(finding=record, written_by=writer)

    @cached_property
    def record(self) -> Finding | Measure:
        """What it is about."""
        return self.measure or self.finding

    def lock_parents(self) -> None:
        """Who writes below a finding holds it."""
        Finding.objects.lock(self.finding_id)

    def recipients(self) -> Recipients:
        """Those around the finding or the measure."""
        return Recipients.of(self.finding, self.measure)

    def in_charge(self) -> set[int]:
        """Who answers for the finding, and for the measure."""
        finding, measure = self.finding, self.measure
        in_charge = ids(finding.person_in_charge_id, finding.responsible_leader_id)
        return in_charge | ids(measure.person_in_charge_id if measure else None)

    def place(self) -> dict[str, Any]:
        """Notices of findings and measures name these."""
        return {"finding": self.finding, "measure": self.measure}
