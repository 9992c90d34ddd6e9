"""The models of signing off: stages of review, steps taken, and sign-offs with the content that was signed."""

from __future__ import annotations

import hashlib
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.users.roles import ROLES, Right
from accounts.write_guard import RecordQuerySet
from findings.choices import Completion
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.workflow.step_names import StepName

MOST_STAGES = 3
# Stored with each sign-off, so that old ones can be checked when another algorithm follows.
ALGORITHM = "sha256"
REVIEWERS = [(role.key, role.label) for role in ROLES.values() if Right.REVIEW in role.rights]


class ReviewStageQuerySet(RecordQuerySet["ReviewStage"]):
    """Filters of stages of review."""

    def visible_to(self, user: User) -> Self:
        """Stages of the inspections that the user may see."""
        return self.filter(inspection__in=Inspection.objects.visible_to(user))


class ReviewStage(Record):
    """One stage of review before the sign-off: any one holder of a role consents or, with ``by_all``, all reviewers."""

    # Stages are settings of the inspection and go with it.
    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="stages")
    order = models.PositiveSmallIntegerField(
        "级次", validators=[MinValueValidator(1), MaxValueValidator(MOST_STAGES)], help_text="从 1 开始，最多 3 级。"
    )
    name = models.CharField("名称", max_length=30, validators=LINE, help_text="如：整改办审核、党组书记审签。")
    role = models.CharField("审核角色", max_length=20, choices=REVIEWERS)
    by_all = models.BooleanField(
        "会签", default=False, help_text="勾选后，下面选定的人员全部同意才算通过；不勾选，任一人同意即通过。"
    )
    reviewers = models.ManyToManyField(
        User, verbose_name="审核人员", blank=True, related_name="review_stages", help_text="不选则为该角色的任一人。"
    )

    objects = ReviewStageQuerySet.as_manager()
    history = FieldHistory(m2m_fields=[reviewers])
    timeline_parents = ("inspection",)

    class Meta:
        verbose_name = "审核级"
        verbose_name_plural = "审核级"
        ordering = ("inspection", "order")
        constraints = (
            models.UniqueConstraint(
                fields=("inspection", "order"),
                name="review_stage_order_unique",
                violation_error_message="本次巡察已有这一级审核。",
            ),
            models.CheckConstraint(
                condition=Q(order__gte=1, order__lte=MOST_STAGES),
                name="review_stage_order_in_range",
                violation_error_message="审核级次从 1 到 3。",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def lock_parents(self) -> None:
        """Lock all findings of the inspection: none is submitted or changes its stage meanwhile."""
        Finding.objects.filter(inspection=self.inspection_id).lock_all()


class Step(models.Model):
    """One step of the workflow as it was taken: user, time, statuses, comment; rows are never changed."""

    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="steps")
    measure = models.ForeignKey(
        Measure, models.CASCADE, verbose_name="整改措施", null=True, blank=True, related_name="steps"
    )
    transition = models.CharField("步骤", max_length=20, editable=False)
    source = models.CharField("原状态", max_length=20, editable=False)
    target = models.CharField("新状态", max_length=20, editable=False)
    submission = models.PositiveSmallIntegerField("第几次申请", default=0, editable=False)
    stage = models.PositiveSmallIntegerField("审核级次", null=True, blank=True, editable=False)
    comment = models.TextField("意见", blank=True, editable=False)
    taken_at = models.DateTimeField("时间", default=timezone.now, editable=False)
    taken_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="办理人", null=True, blank=True, related_name="steps", editable=False
    )

    label = ""  # set by the views that show it

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ("-pk",)
        constraints = (
            # A consent is counted once for each user, stage and submission.
            models.UniqueConstraint(
                fields=("finding", "submission", "stage", "taken_by"),
                condition=Q(transition=StepName.REVIEW.value),
                name="step_one_consent_each",
                violation_error_message="您在这一级已经审核过。",
            ),
            models.CheckConstraint(
                condition=Q(transition=StepName.REVIEW.value, stage__isnull=False)
                | (~Q(transition=StepName.REVIEW.value) & Q(stage=None)),
                name="step_stage_of_each_consent",
                violation_error_message="审核必须写明级次，其他步骤没有级次。",
            ),
            # Only a command has no user, and the only step it can cause is this one.
            models.CheckConstraint(
                condition=Q(taken_by__isnull=False) | Q(transition=StepName.EXPIRE_VERIFICATION.value),
                name="step_by_whom",
                violation_error_message="必须写明谁办理；只有命令改动内容引起的核实失效没有办理人。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.transition} {self.taken_at:%Y-%m-%d}"

    def is_consent_to(self, finding: Finding) -> bool:
        """Whether the step is a consent to the present submission of the finding."""
        return self.transition == StepName.REVIEW and self.submission == finding.submission


class SignOff(models.Model):
    """A sign-off: the signed text and its digest; void as soon as the record differs from that text (ADR 12)."""

    # PROTECT: a finding that was ever signed off cannot be deleted.
    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="signoffs")
    submission = models.PositiveSmallIntegerField("第几次申请", editable=False)
    completion = models.CharField("完成程度", max_length=20, choices=Completion, editable=False)
    opinion = models.TextField("意见", editable=False)
    content = models.TextField("签署的内容", editable=False)
    algorithm = models.CharField("摘要算法", max_length=20, default=ALGORITHM, editable=False)
    digest = models.CharField("摘要", max_length=128, editable=False)
    signed_at = models.DateTimeField("销号时间", default=timezone.now, editable=False)
    signed_by = models.ForeignKey(User, models.PROTECT, verbose_name="销号人", related_name="signoffs", editable=False)
    voided_at = models.DateTimeField("失效时间", null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="使其失效的人",
        null=True,
        blank=True,
        related_name="voided_signoffs",
        editable=False,
    )
    void_reason = models.CharField("失效原因", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "销号记录"
        verbose_name_plural = "销号记录"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("finding",),
                condition=Q(voided_at=None),
                name="signoff_one_in_force",
                violation_error_message="这个问题已经销号。",
            ),
            models.UniqueConstraint(
                fields=("finding", "submission"),
                name="signoff_one_for_each_submission",
                violation_error_message="这次申请已经销号。",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="signoff_void_when_and_why",
                violation_error_message="失效的销号必须写明什么时候因为什么失效。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.signed_by} {timezone.localdate(self.signed_at):%Y-%m-%d}"

    def void(self, reason: str, by: User | None) -> None:
        """End the sign-off now; ``by`` is None for a command, and the reason is cut to 200 characters."""
        self.voided_at, self.voided_by, self.void_reason = timezone.now(), by, reason[:200]
        self.save(update_fields=("voided_at", "voided_by", "void_reason"))

    @property
    def is_intact(self) -> bool:
        """Whether the signed text still has the digest stored with it."""
        return digest_of(self.content, self.algorithm) == self.digest


def digest_of(content: str, algorithm: str = ALGORITHM) -> str:
    """The digest of a canonical content in UTF-8, in hexadecimal."""
    return hashlib.new(algorithm, content.encode()).hexdigest()
