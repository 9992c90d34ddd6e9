"""The daily e-mail to each user who wants it: unread notices, and the measures they answer for by light."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from findings.inspections.due_status import DueStatus
from findings.inspections.models.measures import Measure
from findings.notifications.models.notices import Digest, Notice, short_name

logger = logging.getLogger(__name__)
MOST_LISTED = 20  # notices, and measures of each light
UNDER_WAY = dt.timedelta(minutes=10)  # an older claim without a time of sending is from a killed run
LIGHTS = {"late": "已逾期", "warn": "即将到期", "notice": "临近到期"}


def send_digests(day: dt.date, *, dry_run: bool = False) -> tuple[int, int]:
    """Send the e-mails of a day that were not sent yet; the numbers of those sent and of those that failed.

    Failed ones are sent by the next run. Nothing is sent without ``EMAIL_HOST``; ``dry_run`` only counts.
    """
    if not settings.EMAIL_HOST:
        return 0, 0
    # Claims of killed runs, so that the e-mail is sent after all.
    Digest.objects.filter(day=day, sent=None, begun__lt=timezone.now() - UNDER_WAY).delete()
    sent = failed = 0
    for user in waiting(day):
        text = text_for(user, day)
        if not text:
            continue
        if dry_run or _claim(user, day):
            try:
                sent += dry_run or _send(user, day, text)
            except OSError:  # smtplib's errors are OSErrors, too
                logger.exception("The digest of person %d could not be sent", user.pk)
                failed += 1
    return sent, failed


def waiting(day: dt.date) -> QuerySet[User]:
    """Active users who want the daily e-mail, have an address and have not been sent that of this day."""
    wanting = User.objects.filter(is_active=True, daily_mail=True).exclude(email="")
    return wanting.exclude(digests__day=day).order_by("pk")


def _claim(user: User, day: dt.date) -> bool:
    """Whether this run may send the e-mail: the unique constraint lets only one run create the row."""
    try:
        with transaction.atomic():
            Digest.objects.create(user=user, day=day)
    except IntegrityError:
        return False
    return True


def _send(user: User, day: dt.date, text: str) -> bool:
    """Send a claimed e-mail, or release the claim for the next run; True when it was sent."""
    own = Digest.objects.filter(user=user, day=day)
    done = False
    try:
        subject = f"巡察整改每日摘要（{day.year}年{day.month}月{day.day}日）"
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
        done = True
    # Also after an exit of the process: a claim without a sending would suppress the e-mail.
    finally:
        if done:
            own.update(sent=timezone.now())
        else:
            own.delete()
    return done


def text_for(user: User, day: dt.date) -> str:
    """The text of the e-mail to a user, or an empty string when there is nothing to report."""
    number = Notice.objects.unread_count(user)
    due = list(due_for(user, day))
    if not number and not due:
        return ""
    parts = [f"{user.name}，您好："]
    if number:
        parts.append(f"您有 {number} 条未读通知。")
    if settings.DIGEST_WITH_TITLES:
        parts += [f"· {notice.words}" for notice in Notice.objects.visible_to(user).unread()[:MOST_LISTED]]
    for light, label in LIGHTS.items():
        lines = [line for its_light, line in due if its_light == light]
        if lines:
            parts.append(f"您负责的措施{label} {len(lines)} 条。")
        if settings.DIGEST_WITH_TITLES:
            parts += lines[:MOST_LISTED]
    parts.append("请登录巡察整改跟踪系统查看和办理。不想再收到这封邮件的，请在“我的账号”中取消。")
    return "\n".join(parts)


def due_for(user: User, day: dt.date) -> Iterator[tuple[str, str]]:
    """The open measures the user answers for whose light is on: the light, and a line with name and deadline."""
    own = Measure.objects.visible_to(user).answered_by(user).open()
    for measure in own.select_related("inspection").order_by("due_on", "pk"):
        inspection = measure.inspection
        lights = DueStatus(day, inspection.notice_days, inspection.warning_days)
        if measure.due_on and (light := lights.light(measure.due_on)):
            yield light, f"· {short_name(measure)}（{lights.words(measure.due_on)}）"
