"""The models of comments on records, which are internal: nothing of them is published."""

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
    """A record with comments; ``comments`` is its reverse relation, and its model's name begins their URL names."""

    pk: Any
    comments: Any
    _meta: ClassVar[Any]

    @property
    def inspection(self) -> Inspection:
        """The inspection of the record."""
        ...

    def get_absolute_url(self) -> str:
        """The page of the record, which shows its comments."""
        ...


class Remark(Record):
    """The base of comments; a withdrawn one leaves a line without its text.

    Each kind of commented record has a model of its own, whose manager has ``visible_to(user)`` and ``on(record)``.
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
        return f"{self.written_by} {timezone.localdate(self.written_at):%Y-%m-%d}"  # the text may be withdrawn

    @classmethod
    def about(cls, record: Any, writer: User) -> Self:
        """A new comment on a record, unsaved and without a text."""
        raise NotImplementedError

    @cached_property
    def record(self) -> Any:
        """The record that the comment is about."""
        raise NotImplementedError

    @property
    def inspection(self) -> Inspection:
        """The inspection of the record."""
        found: Inspection = self.record.inspection
        return found

    def recipients(self) -> Recipients:
        """The users around the record, who can be notified and mentioned."""
        raise NotImplementedError

    def in_charge(self) -> set[int]:
        """The keys of the users who answer for the record."""
        raise NotImplementedError

    def place(self) -> dict[str, Any]:
        """The place a notice of the comment opens, as arguments of ``notify``."""
        return {"address": self.record.get_absolute_url()}

    def may_withdraw(self, user: User) -> bool:
        """Whether the user wrote the comment, or may edit the records of the inspection."""
        return self.written_by_id == user.pk or self.inspection.allows(user, Right.EDIT_RECORDS)


class CommentQuerySet(RecordQuerySet["Comment"]):
    """Filters of comments on findings and measures."""

    def visible_to(self, user: User) -> Self:
        """Comments on the findings and measures that the user may see."""
        on_findings = Q(measure=None, finding__in=Finding.objects.visible_to(user))
        return self.filter(on_findings | Q(measure__in=Measure.objects.visible_to(user)))

    def on(self, record: Finding | Measure) -> Self:
        """The comments on one finding without those on its measures, or on one measure, oldest first."""
        if isinstance(record, Measure):
            return self.filter(measure=record).order_by("pk")
        # Comments on measures have the finding as well.
        return self.filter(finding=record, measure=None).order_by("pk")


class Comment(Remark):
    """A comment on a finding or, with ``measure``, on one of its measures."""

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
        """A new comment on a finding or a measure, unsaved and without a text."""
        if isinstance(record, Measure):
            return cls(finding=record.finding, measure=record, written_by=writer)
        return cls(finding=record, written_by=writer)

    @cached_property
    def record(self) -> Finding | Measure:
        """The measure if there is one, else the finding."""
        return self.measure or self.finding

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)

    def recipients(self) -> Recipients:
        """The users around the finding or the measure."""
        return Recipients.of(self.finding, self.measure)

    def in_charge(self) -> set[int]:
        """The keys of the finding's person in charge and responsible leader, and of the measure's people in charge."""
        finding, measure = self.finding, self.measure
        in_charge = ids(finding.person_in_charge_id, finding.responsible_leader_id)
        return in_charge | (measure.answering.people if measure else set())

    def place(self) -> dict[str, Any]:
        """The finding and the measure."""
        return {"finding": self.finding, "measure": self.measure}
