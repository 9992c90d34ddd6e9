"""Large exports, written outside the request that asked for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from findings.models import Inspection

KEPT = dt.timedelta(days=1)  # how long the file can be downloaded
SILENT = dt.timedelta(minutes=2)  # without progress for so long, the writing process is taken for dead


class ExportState(models.TextChoices):
    """The progress of an export."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "正在生成"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"


class ExportQuerySet(models.QuerySet["Export"]):
    """Filters for exports."""

    def visible_to(self, user: User) -> Self:
        """The user's own exports, of inspections they may still see."""
        return self.filter(user=user, inspection__in=Inspection.objects.visible_to(user))

    def expired(self) -> Self:
        """Exports asked for so long ago that their files are deleted."""
        return self.filter(asked__lt=timezone.now() - KEPT)


class Export(models.Model):
    """One list that one user exports, with the filters and order in ``query``."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="导出人", related_name="exports")
    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="exports")
    listed = models.CharField("清单", max_length=30, editable=False)
    form = models.CharField("格式", max_length=10, editable=False)
    query = models.TextField("筛选条件", blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=ExportState, default=ExportState.WAITING, editable=False)
    total = models.PositiveIntegerField("总数", default=0, editable=False)
    written = models.PositiveIntegerField("已写", default=0, editable=False)
    words = models.CharField("说明", max_length=200, blank=True, editable=False)
    asked = models.DateTimeField("申请时间", default=timezone.now, editable=False)
    seen = models.DateTimeField("最近进度", default=timezone.now, editable=False)  # updated by the writing process

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "清单导出"
        verbose_name_plural = "清单导出"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("asked",), name="export_asked"),)

    def __str__(self) -> str:
        return f"{self.listed}.{self.form}"

    def get_absolute_url(self) -> str:
        """The page that shows the progress."""
        return reverse("ledgers:export", args=[self.pk])

    @property
    def path(self) -> Path:
        """The file, which exists only once the export is done."""
        folder: Path = settings.EXPORTS_ROOT
        return folder / f"{self.pk}.{self.form}"

    @property
    def is_dead(self) -> bool:
        """Whether the writing process has ended without storing an outcome."""
        return self.state == ExportState.RUNNING and self.seen < timezone.now() - SILENT

    @property
    def is_under_way(self) -> bool:
        """Whether the file may still come."""
        return self.state in {ExportState.WAITING, ExportState.RUNNING} and not self.is_dead
