"""Uploaded lists that wait for their confirmation."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import User
from findings.models import Inspection

KEPT_DAYS = 30  # unconfirmed drafts are deleted afterwards


class ListImportQuerySet(models.QuerySet["ListImport"]):
    """Filters for imports."""

    def waiting(self) -> Self:
        """Imports that are not confirmed yet."""
        return self.filter(state=ListImport.State.WAITING)

    def of(self, inspection: Inspection, key: str, user: User) -> Self:
        """A user's unconfirmed imports of one list, the latest first, without their files."""
        return self.waiting().filter(inspection=inspection, key=key, user=user).defer("rows", "content")

    def expired(self) -> Self:
        """Unconfirmed imports that are older than ``KEPT_DAYS``."""
        return self.waiting().filter(uploaded__lt=timezone.now() - dt.timedelta(days=KEPT_DAYS))


class ListImport(models.Model):
    """A draft: the rows a user uploaded for one list of an inspection. Only that user sees it.

    No record is changed before it is confirmed. The file is kept until then, so that wrong cells can be marked in it.
    """

    class State(models.TextChoices):
        """Whether the draft was confirmed."""

        WAITING = "waiting", "待确认"
        STORED = "stored", "已导入"

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="list_imports")
    key = models.CharField("清单", max_length=40, editable=False)
    name = models.CharField("文件名", max_length=200, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="list_imports")
    uploaded = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    state = models.CharField("状态", max_length=20, choices=State, default=State.WAITING)
    rows = models.JSONField("读到的内容", default=dict)
    content = models.BinaryField("文件")

    objects = ListImportQuerySet.as_manager()

    class Meta:
        verbose_name = "清单导入"
        verbose_name_plural = "清单导入"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name
