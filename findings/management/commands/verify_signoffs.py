"""Command that checks every sign-off: its digest, and the present record against the signed content."""

from __future__ import annotations

import json as json_format
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from findings.workflow.signoff_verification import SignOffCheck, check_signoffs


class Command(BaseCommand):
    """``verify_signoffs [--json]``; exit code 1 when a sign-off is broken."""

    help = "Compare every sign-off with its digest, and those in force with the record as it is now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--json``."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, json: bool, **options: Any) -> None:
        """Print the remarks and the numbers, as text or JSON."""
        outcome = check_signoffs()
        if json:
            self.stdout.write(as_json(outcome))
        else:
            for remark in outcome.remarks:
                self.stdout.write(f"[{remark.kind.label}] {remark.words}")
            self.stdout.write(f"核验销号 {outcome.signoffs} 次，其中有效 {outcome.in_force} 次。")
        if outcome.is_broken:
            # A broken sign-off may be evidence of tampering: nothing is repaired here.
            raise CommandError("销号核验没有通过。请保留现场，不要修改数据，并报告审计管理员。", returncode=1)


def as_json(outcome: SignOffCheck) -> str:
    """The result as a JSON object with ``ok``, ``signoffs``, ``in_force`` and ``remarks``."""
    remarks = [asdict(remark) | {"label": remark.kind.label} for remark in outcome.remarks]
    found = {"ok": not outcome.is_broken, "signoffs": outcome.signoffs, "in_force": outcome.in_force}
    return json_format.dumps(found | {"remarks": remarks}, ensure_ascii=False)
