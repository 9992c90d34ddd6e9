"""The models of notices and of the daily e-mail that gathers them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.text import one_line
from findings.choices import NoticeKind
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure

MOST_COUNTED = 99
LONGEST = 300  # characters of a notice
NAME = 40  # characters of the name of a record in it


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Filters of notices."""

    def visible_to(self, user: User) -> Self:
        """The user's own notices."""
        return self.filter(user=user)

    def unread(self) -> Self:
        """Notices that have not been opened."""
        return self.filter(read=None)

    def unread_count(self, user: User) -> int:
        """The number of the user's unread notices, at most ``MOST_COUNTED`` + 1."""
        # The slice bounds the count; pages show 99+ above it.
        return self.visible_to(user).unread().order_by()[: MOST_COUNTED + 1].count()

    def mark_read(self) -> int:
        """Mark the unread ones as read now; their number."""
        return self.unread().update(read=timezone.now())


class Notice(models.Model):
    """One sentence to one user about a record; only the time of reading is ever changed."""

    # The indexes below begin with the user.
    user = models.ForeignKey(User, models.CASCADE, verbose_name="收件人", related_name="notices", db_index=False)
    kind = models.CharField("类别", max_length=20, choices=NoticeKind, editable=False)
    words = models.CharField("内容", max_length=LONGEST, editable=False)
    finding = models.ForeignKey(
        Finding, models.CASCADE, verbose_name="问题", null=True, blank=True, related_name="notices"
    )
    measure = models.ForeignKey(
        Measure, models.CASCADE, verbose_name="整改措施", null=True, blank=True, related_name="notices"
    )
    address = models.CharField("网页", max_length=200, blank=True, editable=False)  # of a record that is neither
    told = models.DateTimeField("通知时间", default=timezone.now, editable=False)
    read = models.DateTimeField("阅读时间", null=True, blank=True, editable=False)
    # For a reminder, what it is about, such as a deadline and its light; each occasion reminds a user once.
    occasion = models.CharField("提醒缘由", max_length=80, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "occasion"),
                condition=~Q(occasion=""),
                name="notice_once_for_an_occasion",
                violation_error_message="这件事已经提醒过。",
            ),
        )
        indexes = (
            models.Index(fields=("user", "id"), name="notice_user"),
            # Every page counts the unread notices from it.
            models.Index(fields=("user", "id"), condition=Q(read=None), name="notice_unread"),
        )

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        """The page of the measure, else of the finding, else ``address``, else the list of notices."""
        if self.measure_id:
            return reverse("findings:measure_detail", args=[self.measure_id])
        if self.finding_id:
            return reverse("findings:finding_detail", args=[self.finding_id])
        return self.address or reverse("findings:notice_list")


class Digest(models.Model):
    """The daily e-mail to a user; the row is created before it is sent, so that no other run sends it too."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="收件人", related_name="digests")
    day = models.DateField("日期", editable=False)
    begun = models.DateTimeField("开始发送", default=timezone.now, editable=False)
    sent = models.DateTimeField("发出时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "每日摘要"
        verbose_name_plural = "每日摘要"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "day"), name="digest_one_a_day", violation_error_message="这一天的摘要已经发过。"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.day:%Y-%m-%d}"


def notify(  # noqa: PLR0913 -- each is a column of a notice
    people: Iterable[int],
    kind: NoticeKind,
    words: str,
    finding: Finding | None = None,
    measure: Measure | None = None,
    *,
    occasion: str = "",
    address: str = "",
) -> None:
    """Write one notice to each of these users (keys), in the transaction of what it reports.

    The caller has checked that they may see the record. With ``occasion``, users who have a notice of it get no other.
    """
    notices = [
        Notice(
            user_id=person,
            kind=kind,
            words=one_line(words, LONGEST),
            finding=finding,
            measure=measure,
            occasion=occasion,
            address=address,
        )
        for person in sorted(set(people))
    ]
    # The database ignores what the unique constraint refuses: two runs of the reminders may meet.
    Notice.objects.bulk_create(notices, ignore_conflicts=bool(occasion))


def short_name(record: models.Model) -> str:
    """The name of a record in a notice, on one line and cut to ``NAME`` characters."""
    return one_line(str(record), NAME)
