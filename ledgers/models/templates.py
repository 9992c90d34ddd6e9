"""Word templates that an office uses instead of the built-in ones."""

from __future__ import annotations

import hashlib
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import User
from accounts.text import one_line


class FormTemplateQuerySet(models.QuerySet["FormTemplate"]):
    """Filters for templates."""

    def present(self, form: str) -> FormTemplate | None:
        """The template now in use for a form; None when the built-in one is used."""
        last = self.filter(form=form).order_by("-pk").first()
        # A row without content is the return to the built-in template.
        return last if last and last.size else None


class PutFile(models.Model):
    """An uploaded file with its digest, and who uploaded it when. Never changed or deleted."""

    name = models.CharField("文件名", max_length=120, blank=True, editable=False)
    content = models.BinaryField("内容", blank=True)
    size = models.PositiveIntegerField("字节数", editable=False)
    digest = models.CharField("摘要", max_length=64, blank=True, editable=False)  # SHA-256
    put_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    put_by = models.ForeignKey(User, models.PROTECT, verbose_name="上传人", related_name="+", editable=False)

    class Meta:
        abstract = True

    def set_content(self, name: str, content: bytes) -> Self:
        """Set name, content, size and digest without saving; returns the object itself."""
        self.name, self.content, self.size = one_line(name, 120), content, len(content)
        self.digest = hashlib.sha256(content).hexdigest()
        return self


class FormTemplate(PutFile):
    """One upload of a template, or, without content, the return to the built-in one.

    Rows are only added, so that it can be told which template an old letter was made with.
    """

    form = models.CharField("表单", max_length=20, editable=False)

    objects = FormTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "表单模板"
        verbose_name_plural = "表单模板"
        ordering = ("-pk",)
        indexes = (models.Index(fields=("form", "id"), name="form_template_form"),)

    def __str__(self) -> str:
        return self.name or "默认模板"
