"""The command that exports the audit trail as CSV."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import csv_export
from accounts.audit.events import record
from accounts.audit.models import Action
from accounts.os_errors import explain


class Command(BaseCommand):
    """export_audit [--from DAY] [--to DAY] --output FILE"""

    help = "Write the events of some days, both included, into a new CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the first and last day and the file."""
        parser.add_argument("--from", type=day, dest="since", metavar="YYYY-MM-DD")
        parser.add_argument("--to", type=day, dest="until", metavar="YYYY-MM-DD")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")

    def handle(self, *, since: dt.date | None, until: dt.date | None, output: Path, **options: Any) -> None:
        """Write the file, then record the export; CommandError when the file exists or cannot be written."""
        try:
            count = csv_export.write(output, csv_export.lines(csv_export.between(since, until)))
        except FileExistsError as error:
            raise CommandError(f"{output}：已有这个文件，请换一个文件名。") from error
        except OSError as error:
            raise CommandError(f"{output}：写不进这个文件（{explain(error)}）。") from error
        days = f"{since or '最早'} 至 {until or '最新'}"
        record(Action.EXPORT, reason=f"审计记录（{days}）{count} 条，命令行导出")
        self.stdout.write(f"已把 {count} 条审计记录（{days}）写入 {output}。")


def day(text: str) -> dt.date:
    """The date of an argument such as 2026-03-31; ArgumentTypeError for any other text."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}”不是日期，请按“年-月-日”填写，如 2026-03-31。") from error
