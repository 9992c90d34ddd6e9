"""What an office decides of one report: its texts and its style; everything else is computed from the records."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.write_guard import RecordQuerySet
from findings.models import Inspection, StoredFile, Unit
from reports.annexes import FINDINGS, REGULATIONS
from reports.facts import SUMMARY_PLACE
from reports.styles.shipped import SHIPPED, STANDARD
from reports.styles.style import ReportStyle, style_of


class Genre(models.TextChoices):
    """The genre by which the document calls itself."""

    REPORT = "report", "报告"
    CIRCULAR = "circular", "通报"


OWN_STYLE = "own"


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
        "整改态度和组织情况",
        blank=True,
        validators=PROSE,
        help_text=f"计数句接在后面；要写在中间的，在那里写{SUMMARY_PLACE}。",
    )
    overview_heading = models.CharField(
        "组织情况一章的标题", max_length=60, blank=True, validators=LINE, help_text="不填则按体例。"
    )
    findings_heading = models.CharField(
        "整改情况一章的标题", max_length=60, blank=True, validators=LINE, help_text="不填则按体例。"
    )
    next_steps_heading = models.CharField(
        "下一步打算一章的标题", max_length=60, blank=True, validators=LINE, help_text="不填则按体例。"
    )
    next_steps = models.TextField("下一步打算", blank=True, validators=PROSE, help_text="每行一段。")
    # The column is older than the styles: it held the form of the findings' headings.
    style_name = models.CharField("体例", max_length=20, default=STANDARD, db_column="finding_style", editable=False)
    own_style = models.JSONField("自己的体例", null=True, blank=True, editable=False)
    findings_annex = models.BooleanField("附问题清单", default=False)
    regulations_annex = models.BooleanField("附制度清单", default=False)
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

    @property
    def style(self) -> ReportStyle:
        """The style in which the report is written; StyleError for a stored one that cannot be read."""
        if self.style_name == OWN_STYLE:
            return style_of(self.own_style or {})
        return SHIPPED.get(self.style_name, SHIPPED[STANDARD])

    @property
    def annexes(self) -> list[str]:
        """The codes of the annexes, in order."""
        chosen = ((FINDINGS, self.findings_annex), (REGULATIONS, self.regulations_annex))
        return [code for code, is_chosen in chosen if is_chosen]

    def use_style(self, style: ReportStyle) -> None:
        """Write the report in a style, without saving; one that does not come with the product is copied.

        A copy stays while a style of the product is used.
        """
        self.style_name = next((code for code, shipped in SHIPPED.items() if shipped == style), OWN_STYLE)
        if self.style_name == OWN_STYLE:
            self.own_style = style.as_dict()

    def __str__(self) -> str:
        return self.title.replace("\n", "") or f"{self.inspection}的报告"


TAKEN = "这个名称的体例已经有了，请换一个名称。"


class SavedStyle(Record):
    """A style that an office has saved under a name, to be chosen for its reports; a report keeps a copy of it."""

    body = models.ForeignKey(
        Unit,
        models.CASCADE,
        verbose_name="被巡察单位",
        related_name="report_styles",
        null=True,
        blank=True,
        editable=False,
    )
    name = models.CharField("名称", max_length=60, validators=LINE, help_text="如：市委要求的体例")
    style = models.JSONField("体例", editable=False)

    objects = RecordQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "报告体例"
        verbose_name_plural = "报告体例"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("body", "name"), name="saved_style_of_body", violation_error_message=TAKEN),
            # NULLs differ from each other for the first one.
            models.UniqueConstraint(
                fields=("name",),
                condition=models.Q(body=None),
                name="saved_style_without_body",
                violation_error_message=TAKEN,
            ),
        )

    def __str__(self) -> str:
        return self.name


SOURCE_KEPT_DAYS = 30  # without an inspection; deleted afterwards


class ImportSourceQuerySet(models.QuerySet["ImportSource"]):
    """Filters of import sources."""

    def waiting_for(self, user: User) -> Self:
        """What a user uploaded and no inspection was made of yet; it is theirs alone."""
        return self.filter(inspection=None, uploaded_by=user)

    def to_delete(self) -> Self:
        """Sources that no inspection was made of for ``SOURCE_KEPT_DAYS``."""
        return self.filter(inspection=None, uploaded_at__lt=timezone.now() - dt.timedelta(days=SOURCE_KEPT_DAYS))

    def with_uploader(self) -> Self:
        """The sources with who uploaded them, the oldest first, as pages list them."""
        return self.select_related("uploaded_by").order_by("uploaded_at", "pk")

    def assign(self, inspection: Inspection, digest: str) -> bool:
        """Make these waiting sources those of an inspection, with the digest of the text that was stored.

        False when another import was faster.
        """
        return bool(self.filter(inspection=None).update(inspection=inspection, stored_digest=digest))


class ImportSource(models.Model):
    """A file, or a pasted text, that an inspection was imported from, as it came (导入的原文).

    An inspection has several when further texts were matched into it. Kept from the moment it was read, because what
    was read is corrected on pages that cannot send a file again; until the import is stored it has no inspection.
    Afterwards it is never changed.
    """

    inspection = models.ForeignKey(
        Inspection,
        models.CASCADE,
        verbose_name="巡察",
        null=True,
        blank=True,
        editable=False,
        related_name="import_sources",
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, verbose_name="文件", editable=False, related_name="import_sources"
    )
    name = models.CharField("文件名", max_length=120, editable=False)
    # The digests (``importing.digest_of``) of what was read from the file and of what was stored of it, which is
    # another text when it was corrected in between.
    text_digest = models.CharField("读出文字的摘要", max_length=64, blank=True, editable=False)
    stored_digest = models.CharField("导入文字的摘要", max_length=64, blank=True, default="", editable=False)
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
        """Whether its text was changed before it was stored."""
        return self.inspection_id is not None and self.stored_digest != self.text_digest
