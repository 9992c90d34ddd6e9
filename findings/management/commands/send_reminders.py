"""Command that writes the reminders of a day and sends its e-mails; for cron, every morning."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from findings.followup.reminders import remind
from findings.notifications.digests import send_digests


class Command(BaseCommand):
    """``send_reminders [--date D] [--dry-run]``"""

    help = "Write the notices of deadlines, reviews, waiting requests and missing answers, and send the daily e-mails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--date`` and ``--dry-run``."""
        parser.add_argument("--date", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="today if left out")
        parser.add_argument("--dry-run", action="store_true", help="count only; write and send nothing")

    def handle(self, *, date: dt.date | None, dry_run: bool, **options: Any) -> None:
        """Write the notices, then send the e-mails; CommandError when some failed, which the next run sends."""
        day = date or timezone.localdate()
        # First, because the e-mails count the unread notices.
        notices = remind(day, dry_run=dry_run)
        sent, failed = send_digests(day, dry_run=dry_run)
        words = "将提醒" if dry_run else "已提醒"
        self.stdout.write(f"{day:%Y-%m-%d} {words} {notices} 人次，摘要邮件 {sent} 封。")
        if failed:
            raise CommandError(f"有 {failed} 封摘要邮件没有发出，请检查邮件服务器后再运行一次。")
