"""Command that compares the store of evidence with the records."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from findings.evidence.models import Evidence
from findings.evidence.store import UnreachableError, auditing


class Command(BaseCommand):
    """``verify_evidence [--json]``"""

    help = (
        "Read every stored file again; name the missing, the changed and the orphaned ones. Exit code 1 if any is bad."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--json``."""
        parser.add_argument("--json", action="store_true", help="Print the result as JSON.")

    def handle(self, **options: Any) -> None:
        """Print the deviations, with the evidence of each file; CommandError when files are missing or changed."""
        try:
            found = auditing.verify()
        except UnreachableError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(vars(found) | {"is_clean": found.is_clean}, ensure_ascii=False))
        else:
            self._tell("缺失", found.missing)
            self._tell("内容有变", found.changed)
            for place in found.orphaned:
                self.stdout.write(f"没有记录的文件：{place}")
            self.stdout.write(f"共核对 {found.checked} 个文件。")
        if not found.is_clean:
            raise CommandError(f"{len(found.missing)} 个文件缺失，{len(found.changed)} 个文件内容有变。")

    def _tell(self, what: str, digests: list[str]) -> None:
        for digest in digests:
            # One file can be evidence in several findings.
            used = Evidence.objects.filter(file=digest).select_related("finding")
            where = "、".join(f"“{one.finding}”目录号 {one.number} {one.name}" for one in used)
            self.stdout.write(f"{what}：{digest}（{where or '没有佐证材料引用'}）")
