"""Former passwords of users."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PasswordHistory(models.Model):
    """One former password of a user, as its hash; kept only to refuse its reuse."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="former_passwords", editable=False
    )
    digest = models.CharField("密码摘要", max_length=128, editable=False)
    set_at = models.DateTimeField("设置时间", editable=False)

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = "用过的密码"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.user}用过的密码"
