"""People: who signs in."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.text import LINE
from accounts.versions import FieldHistory, Record
from accounts.write_guard import RecordQuerySet

LONGEST_USERNAME = 60  # characters


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by what people type as their user name."""

    def get_queryset(self) -> RecordQuerySet[User]:
        """The users, guarded as all records are."""
        return RecordQuerySet(self.model, using=self._db)

    def build_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new user for ``account_writer.create``; nobody can sign in as one without a password."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of that name, whatever width or case it was typed in."""
        return self.get(username=self.model.normalize_username(username or ""))


class User(Record, AbstractBaseUser):
    """A person. There is no superuser: rights follow from the work, never from one flag."""

    username = models.CharField(
        "用户名",
        max_length=LONGEST_USERNAME,
        unique=True,
        validators=LINE,
        error_messages={"unique": "这个用户名已有人使用。"},
    )
    name = models.CharField("姓名", max_length=40, validators=LINE)
    email = models.EmailField("电子邮箱", blank=True)
    daily_mail = models.BooleanField("每日摘要邮件", default=True)
    is_active = models.BooleanField("在用", default=True)
    password_changed_at = models.DateTimeField("密码设置时间", default=timezone.now, editable=False)
    must_change_password = models.BooleanField("须修改密码", default=False, editable=False)  # an initial or reset one

    objects: ClassVar[UserManager] = UserManager()
    unversioned_fields = frozenset({"password", "password_changed_at", "must_change_password", "last_login"})
    history = FieldHistory(excluded_fields=sorted(unversioned_fields))

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """One spelling for a name however it is typed: trimmed, half-width, lower case."""
        return unicodedata.normalize("NFKC", username.strip()).casefold()

    def clean(self) -> None:
        """Keep the stored name in its one spelling, which can be longer than what was typed."""
        self.username = self.normalize_username(self.username)
        if len(self.username) > LONGEST_USERNAME:
            raise ValidationError({"username": f"最多 {LONGEST_USERNAME} 个字，其中的特殊字符要按展开后的字数算。"})
