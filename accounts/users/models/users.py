"""Users: the people who sign in."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.text import LINE, comparison_key, without_unseen
from accounts.versions import FieldHistory, Record
from accounts.write_guard import RecordQuerySet

LONGEST_USERNAME = 60  # characters


class UserManager(BaseUserManager["User"]):
    """Builds users and finds them by any spelling of their user name."""

    def get_queryset(self) -> RecordQuerySet[User]:
        """The users, in a queryset that refuses to write, as for all records."""
        return RecordQuerySet(self.model, using=self._db)

    def build_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An unsaved user, to be passed to ``account_writer.create``; without a password nobody can sign in as them."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of that name, in full or half width and any case; raises User.DoesNotExist."""
        return self.get(username=self.model.normalize_username(username or ""))


class User(Record, AbstractBaseUser):
    """A person with an account. There is no superuser flag: all rights come from grants."""

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

    # How this user looks at lists: the columns hidden in each by its key, and the rows of a page.
    hidden_columns = models.JSONField("隐藏的栏目", default=dict, blank=True, editable=False)
    rows_per_page = models.PositiveSmallIntegerField("每页条数", null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    # Passwords must not enter the history; the time of a sign-in and the look of lists are no edits to conflict with.
    unversioned_fields = frozenset(
        {
            "password",
            "password_changed_at",
            "must_change_password",
            "last_login",
            "hidden_columns",
            "rows_per_page",
        }
    )
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
        """The stored spelling of a user name: trimmed, NFKC (half width), case-folded."""
        return unicodedata.normalize("NFKC", username.strip()).casefold()

    def clean(self) -> None:
        """Normalise the names; ValidationError for a user name over ``LONGEST_USERNAME`` and a name spelt differently.

        Namesakes are told apart by their units, so that a name may occur twice, but only in one spelling.
        """
        # NFKC can make a name longer than what was typed: the field's own limit has been checked before.
        self.username = self.normalize_username(self.username)
        if len(self.username) > LONGEST_USERNAME:
            raise ValidationError({"username": f"最多 {LONGEST_USERNAME} 个字，其中的特殊字符要按展开后的字数算。"})
        if "name" not in self._unchanged_columns():
            self._clean_name()

    def _clean_name(self) -> None:
        """Refuse a name that differs from another person's only in blanks, width or characters that nobody sees."""
        self.name = without_unseen(self.name)
        key = comparison_key(self.name)
        if not key:
            raise ValidationError({"name": "请填写看得见的姓名。"})
        others = User.objects.exclude(pk=self.pk).exclude(name=self.name).order_by("pk").values_list("name", flat=True)
        if other := next((name for name in others.iterator() if comparison_key(name) == key), None):
            words = f"已有人员“{other}”，只差空格、全半角或看不见的字符。"
            raise ValidationError({"name": f"{words}请写成“{other}”；重名的人用单位区分。"})
