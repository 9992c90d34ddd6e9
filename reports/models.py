"""The texts an office writes for one report; everything else in a report is computed from the records."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.write_guard import RecordQuerySet
from findings.models import Inspection, StoredFile
from reports.phrases import FINDING_STYLES


class Genre(models.TextChoices):
    """The genre by which the document calls itself."""

    REPORT = "report", "报告"
    CIRCULAR = "circular", "通报"


FINDING_STYLE_CHOICES = [(name, style.label) for name, style in FINDING_STYLES.items()]


class ReportDetails(Record):
    """The texts of one inspection's report: title, pledge, headings, next steps, contact, signature (ADR 2)."""

    # Also the primary key: ``sources`` opens the pages of the inspection and of its texts by one key.
    inspection = models.OneToOneField(
        Inspection, models.CASCADE, verbose_name="巡察", related_name="report_details", primary_key=True
    )
    title = models.TextField(
        "报告标题", blank=True, max_length=100, validators=PROSE, help_text="可用换行指定标题在哪里回行。"
    )
    genre = models.CharField("文种", max_length=10, choices=Genre, default=Genre.REPORT)
    salutation = models.CharField(
        "主送机关", max_length=100, blank=True, validators=LINE, help_text="没有主送机关的不填。"
    )
    pledge = models.TextField(
        "整改态度", blank=True, validators=PROSE, help_text="写在计数句“对照巡察反馈问题，共梳理…”之前的话。"
    )
    overview_heading = models.CharField("第一章标题", max_length=60, default="整改工作基本情况", validators=LINE)
    findings_heading = models.CharField(
        "第二章标题",
        max_length=60,
        blank=True,
        validators=LINE,
        help_text="不填则为“（巡察机构）反馈意见整改落实情况”。",
    )
    next_steps_heading = models.CharField("第三章标题", max_length=60, default="下一步整改工作打算", validators=LINE)
    next_steps = models.TextField("下一步打算", blank=True, validators=PROSE, help_text="每行一段。")
    finding_style = models.CharField("问题标题写法", max_length=20, choices=FINDING_STYLE_CHOICES, default="plain")
    contact_phone = models.CharField("联系电话", max_length=60, blank=True, validators=LINE)
    contact_address = models.CharField("邮政信箱", max_length=100, blank=True, validators=LINE)
    contact_email = models.EmailField("电子邮箱", blank=True)
    signature = models.CharField("落款单位", max_length=60, blank=True, validators=LINE)
    dated_on = models.DateField("成文日期", null=True, blank=True)

    objects = RecordQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("inspection",)

    class Meta:
        verbose_name = "报告要素"
        verbose_name_plural = "报告要素"

    def __str__(self) -> str:
        return self.title.replace("\n", "") or f"{self.inspection}的报告"


SOURCE_KEPT_DAYS = 30  # without an inspection; deleted afterwards


class ImportSourceQuerySet(models.QuerySet["ImportSource"]):
    """Filters of import sources."""

    def waiting_for(self, user: User) -> Self:
        """What a user uploaded and no inspection was made of yet; it is theirs alone."""
        return self.filter(inspection=None, uploaded_by=user)

    def expired(self) -> Self:
        """Sources that no inspection was made of for ``SOURCE_KEPT_DAYS``."""
        return self.filter(inspection=None, uploaded_at__lt=timezone.now() - dt.timedelta(days=SOURCE_KEPT_DAYS))


class ImportSource(models.Model):
    """The file, or the pasted text, that an inspection was imported from, as it came (导入的原文).

    Kept from the moment it was read, because what was read is corrected on pages that cannot send a file again; until
    the import is stored it has no inspection. Afterwards it is never changed.
    """

    inspection = models.OneToOneField(
        Inspection,
        models.CASCADE,
        verbose_name="巡察",
        null=True,
        blank=True,
        editable=False,
        related_name="import_source",
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="文件", editable=False, related_name="import_sources"
    )
    name = models.CharField("文件名", max_length=120, editable=False)
    # Compared with that of the inspection, which is the digest of what was stored (``importing.digest_of``).
    text_digest = models.CharField("读出文字的摘要", max_length=64, blank=True, editable=False)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name="上传人", editable=False, related_name="import_sources"
    )

    objects = ImportSourceQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的原文"
        verbose_name_plural = "导入的原文"

    def __str__(self) -> str:
        return self.name

    @property
    def was_corrected(self) -> bool:
        """Whether its text was changed before the inspection was made of it."""
        return self.inspection is not None and self.inspection.import_digest != self.text_digest
