"""The command that exports and deletes the oldest events of the audit trail."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.pruning import KEPT, PruneRefusedError, prune
from accounts.os_errors import explain


class Command(BaseCommand):
    """prune_audit [--days N] [--output FILE]"""

    help = "Export the events older than N days into a file, then remove them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options for the days to keep and the file of the export."""
        parser.add_argument("--days", type=int, default=KEPT, metavar="N", help=f"days to keep (default {KEPT})")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a new file; beside the anchors if left out")

    def handle(self, *, days: int, output: Path | None, **options: Any) -> None:
        """Prune the trail; CommandError when it is refused or the file cannot be written: then nothing is deleted."""
        try:
            pruned = prune(days, output)
        except PruneRefusedError as refusal:
            raise CommandError(f"{refusal}没有删除任何记录。") from refusal
        except FileExistsError as error:
            raise CommandError(f"{error.filename}：已有这个文件，请用 --output 换一个。没有删除任何记录。") from error
        except OSError as error:
            raise CommandError(f"{error.filename}：写不进这个文件（{explain(error)}）。没有删除任何记录。") from error
        if pruned is None:
            self.stdout.write(f"没有早于 {days} 天的审计记录。")
        else:
            self.stdout.write(f"已导出并清理到第 {pruned.last} 条，共 {pruned.count} 条：{pruned.file}")
