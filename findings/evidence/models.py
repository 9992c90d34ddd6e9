"""The models of evidence: stored files, their usage by inspections, and pieces of evidence."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.write_guard import RecordQuerySet
from findings.choices import EvidenceKind, Scan
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.inspections.participation import BODY, visible_q


class StoredFile(models.Model):
    """The content of a file, stored once however many pieces of evidence refer to it; written by ``evidence.store``."""

    digest = models.CharField("摘要", max_length=64, primary_key=True, editable=False)  # SHA-256, in hexadecimal
    size = models.PositiveBigIntegerField("字节数", editable=False)
    extension = models.CharField("类型", max_length=8, editable=False)  # as found in the content: pdf, docx, png …
    scan = models.CharField("查毒", max_length=10, choices=Scan, default=Scan.NONE, editable=False)
    stored_at = models.DateTimeField("存入时间", default=timezone.now, editable=False)
    stored_by = models.ForeignKey(User, models.PROTECT, verbose_name="存入人", related_name="stored_files")

    class Meta:
        verbose_name = "存储的文件"
        verbose_name_plural = "存储的文件"

    def __str__(self) -> str:
        return f"{self.digest[:12]}.{self.extension}"


class StoreUse(models.Model):
    """The bytes that the evidence of an inspection takes, each file once; raised by ``workflow.evidence``.

    Kept as a number, because summing it up for every upload would take most of the time of the upload.
    """

    inspection = models.OneToOneField(
        Inspection, models.CASCADE, verbose_name="巡察", primary_key=True, related_name="store_use"
    )
    bytes = models.PositiveBigIntegerField("字节数", default=0, editable=False)

    class Meta:
        verbose_name = "存储用量"
        verbose_name_plural = "存储用量"

    def __str__(self) -> str:
        return str(self.bytes)


class EvidenceQuerySet(RecordQuerySet["Evidence"]):
    """Filters of evidence."""

    def visible_to(self, user: User) -> Self:
        """Evidence of the user's bodies, and of the findings in which the user takes part."""
        return self.filter(visible_q(user, BODY, lambda: Q(finding__in=Finding.objects.own_ids(user))))

    def of(self, inspection: Inspection) -> Self:
        """Evidence of one inspection."""
        return self.filter(inspection=inspection)

    def live(self) -> Self:
        """Evidence that counts: neither withdrawn nor replaced by a newer version."""
        return self.filter(withdrawn_at=None, replacement=None)


class Evidence(Record):
    """One file in the archive of a finding, with its number in the catalogue and the measures it proves.

    It is never deleted: it is withdrawn with a reason, or replaced by a newer version, and stays readable (ADR 10).
    """

    # The finding's; stored here too, because the indexes of lists begin with it (ADR 5).
    inspection = models.ForeignKey(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="evidence", editable=False, db_index=False
    )
    # PROTECT: a finding with evidence cannot be deleted. The unique constraint begins with it, hence no index.
    finding = models.ForeignKey(Finding, models.PROTECT, verbose_name="问题", related_name="evidence", db_index=False)
    measures = models.ManyToManyField(Measure, verbose_name="证明的措施", blank=True, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件", related_name="evidence", editable=False)
    kind = models.CharField("档案类别", max_length=2, choices=EvidenceKind, default=EvidenceKind.PROCESS)
    number = models.PositiveIntegerField("目录号", editable=False)  # within the finding, never reused
    name = models.CharField("文件名", max_length=120, validators=LINE)
    caption = models.CharField("说明", max_length=200, blank=True, validators=LINE)
    # One to one: each version is replaced once, and its replacement can be replaced again.
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        verbose_name="替换的旧版",
        null=True,
        blank=True,
        editable=False,
        related_name="replacement",
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="上传人", related_name="uploaded_evidence", editable=False
    )
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name="作废人",
        null=True,
        blank=True,
        related_name="withdrawn_evidence",
        editable=False,
    )
    withdrawn_reason = models.CharField("作废理由", max_length=200, blank=True, validators=LINE, editable=False)

    objects = EvidenceQuerySet.as_manager()
    history = FieldHistory(m2m_fields=[measures])
    timeline_parents = ("finding",)

    class Meta:
        verbose_name = "佐证材料"
        verbose_name_plural = "佐证材料"
        ordering = ("finding", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "number"),
                name="evidence_number_unique",
                violation_error_message="本问题的档案里已有这个目录号。",
            ),
            models.CheckConstraint(
                condition=(Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason=""))
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="evidence_withdrawn_by_whom_when_and_why",
                violation_error_message="作废的佐证材料必须写明谁在什么时候因为什么作废。",
            ),
        )
        indexes = (
            models.Index(fields=("inspection", "uploaded_at", "id"), name="evidence_uploaded"),
            # Few rows replace another. The planner of SQLite does not use the unique index, which is mostly NULL.
            models.Index(fields=("replaces",), name="evidence_replaces", condition=Q(replaces__isnull=False)),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether it counts; load ``replacement`` with the record, else each call is a query."""
        return self.withdrawn_at is None and not hasattr(self, "replacement")

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)
