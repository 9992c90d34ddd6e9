"""What people say to each other about a finding or a measure. Internal: nothing of it is ever published."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.roles import Right
from accounts.text import PROSE
from findings.models.findings import Finding
from findings.models.inspections import Inspection
from findings.models.measures import Measure

LONGEST_COMMENT = 2000  # characters


class CommentQuerySet(models.QuerySet["Comment"]):
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


class Comment(Record):
    """One remark on a finding or, with ``measure``, on one of its measures; withdrawn ones leave a line behind."""

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
    text = models.TextField("评论", max_length=LONGEST_COMMENT, validators=PROSE)
    mentioned = models.ManyToManyField(
        User, verbose_name="提到的人", blank=True, related_name="mentioned_in", editable=False
    )
    written_at = models.DateTimeField("评论时间", default=timezone.now, editable=False)
    written_by = models.ForeignKey(User, models.PROTECT, verbose_name="评论人", related_name="comments", editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="撤回人",
        null=True,
        blank=True,
        related_name="withdrawn_comments",
        editable=False,
    )

    objects = CommentQuerySet.as_manager()
    history = FieldHistory(m2m_fields=[mentioned])
    below = ("finding", "measure")

    class Meta:
        verbose_name = "评论"
        verbose_name_plural = "评论"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="comment_withdrawn_by_whom_and_when",
                violation_error_message="撤回的评论必须写明谁在什么时候撤回。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.written_by} {timezone.localdate(self.written_at):%Y-%m-%d}"  # not the text: it may be withdrawn

    @property
    def inspection(self) -> Inspection:
        """The inspection of the finding."""
        return self.finding.inspection

    @property
    def record(self) -> Finding | Measure:
        """What it is about."""
        return self.measure or self.finding

    def hold(self) -> None:
        """Who writes below a finding holds it."""
        Finding.objects.hold(self.finding_id)

    def may_withdraw(self, user: User) -> bool:
        """Whether it is this person's own, or he keeps the records of the inspection."""
        return self.written_by_id == user.pk or self.inspection.allows(user, Right.EDIT_RECORDS)
