"""Superiors' templates: the uploaded workbook, and the mapping of its columns and cells."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.users.roles import Right
from accounts.write_guard import RecordQuerySet
from findings.units.scopes import user_scope
from ledgers.models.templates import PutFile


class SuperiorWorkbook(PutFile):
    """An empty workbook as it was uploaded.

    Never changed or deleted, so that the history of a template tells which workbook it had when.
    """

    class Meta:
        verbose_name = "上级表样文件"
        verbose_name_plural = "上级表样文件"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.name}（摘要 {self.digest[:12]}…）"


class SuperiorFormQuerySet(RecordQuerySet["SuperiorForm"]):
    """Filters for superiors' templates."""

    def visible_to(self, user: User) -> Self:
        """All templates for users who manage them; none for others, who can only export with them."""
        return self.all() if user_scope(user).has_right(Right.MANAGE_FORMS) else self.none()

    def offered(self, listed: str) -> Self:
        """The confirmed templates of a list, for everybody who may export the list."""
        return self.filter(listed=listed, is_confirmed=True)


class SuperiorForm(Record):
    """One template of a superior: the list it is filled from, and its mapping. Not bound to an inspection."""

    name = models.CharField("名称", max_length=60, validators=LINE)
    listed = models.CharField("取自清单", max_length=30, editable=False)
    workbook = models.ForeignKey(
        SuperiorWorkbook, models.PROTECT, verbose_name="表样文件", related_name="forms", editable=False
    )
    sheet = models.CharField("工作表", max_length=31, editable=False)
    row = models.PositiveIntegerField("首条记录所在行", editable=False)
    columns = models.JSONField("各列填写", default=dict, editable=False)  # texts by column letters
    cells = models.JSONField("单元格填写", default=dict, editable=False)  # texts by ``sheet!cell``
    is_confirmed = models.BooleanField("已启用", default=False, editable=False)

    objects = SuperiorFormQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "上级表样"
        verbose_name_plural = "上级表样"
        ordering = ("listed", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("listed", "name"),
                name="superior_form_name",
                violation_error_message="这张清单已有同名的上级表样，请换一个名称。",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this template."""
        return reverse("ledgers:superior_form", args=[self.pk])
