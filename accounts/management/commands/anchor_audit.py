"""Write an anchor of the audit trail, for cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import anchors
from accounts.audit.models import Event
from accounts.os_errors import explain


class Command(BaseCommand):
    """anchor_audit"""

    help = "Write the last number and seal of the audit trail into the anchor file, unless they are there already."

    def handle(self, **options: Any) -> None:
        """Write the anchor of the last row unless the file has it; CommandError when the file cannot be used."""
        last = Event.objects.order_by("-number").first()
        if last is None:
            self.stdout.write("还没有审计记录，没有写锚点。")
            return
        try:
            written, _ = anchors.read()
            if any((anchor.number, anchor.seal) == (last.number, last.seal) for anchor in written):
                self.stdout.write(f"第 {last.number} 条已有锚点。")
                return
            anchors.write(last.number, last.seal)
        except OSError as error:
            raise CommandError(f"{anchors.anchor_file()}：写不进锚点文件（{explain(error)}）。") from error
        self.stdout.write(f"已为第 {last.number} 条写下锚点：{anchors.anchor_file()}")
