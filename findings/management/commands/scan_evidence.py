"""Command that scans the files which the virus scanner could not scan at their upload."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from findings.choices import Scan
from findings.evidence.store import UnreachableError, auditing


class Command(BaseCommand):
    """``scan_evidence``"""

    help = "Scan the files that wait for the virus scanner. Exit code 1 while it, or the store, does not answer."

    def handle(self, **options: Any) -> None:
        """Print the number of files by result; CommandError while files still wait or the store does not answer."""
        if not settings.CLAMD:
            raise CommandError("没有配置查毒（RECTIFY_CLAMD）。")
        try:
            said = auditing.scan_waiting()
        except UnreachableError as error:
            raise CommandError(str(error)) from error
        for scan, number in said.items():
            self.stdout.write(f"{Scan(scan).label}：{number} 个")
        # Exit code 1, as the help says: the command has to be run again.
        if said.get(Scan.WAITING):
            raise CommandError("查毒服务没有应答，请检查后再运行。")
        self.stdout.write("没有等待查毒的文件了。")
