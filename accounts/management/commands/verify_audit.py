"""The command that verifies the audit trail: chain, beginning, anchors, triggers."""

from __future__ import annotations

import json as json_format
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.events import record
from accounts.audit.models import Action, Result
from accounts.audit.verification import Verification, verify
from accounts.os_errors import explain


class Command(BaseCommand):
    """verify_audit [--json]; ends with 1 when anything is wrong."""

    help = "Walk the whole audit trail and name the first row that is not as it was written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option for output as JSON."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, json: bool, **options: Any) -> None:
        """Verify, record the outcome in the trail itself, and print it; CommandError (exit code 1) for problems."""
        try:
            outcome = verify()
        except OSError as error:
            raise CommandError(f"{error.filename}：读不了锚点文件（{explain(error)}），没有核验。") from error
        record(Action.TRAIL, result=Result.FAILED if outcome.problems else Result.DONE, reason=outcome.words)
        if json:
            self.stdout.write(as_json(outcome))
        else:
            lines = [f"[{problem.kind.label}] {problem.words}" for problem in outcome.problems]
            self.stdout.write("\n".join(lines or [outcome.words]))
        if outcome.problems:
            raise CommandError("审计记录核验没有通过。请保留现场，不要清理或恢复数据，并报告审计管理员。", returncode=1)


def as_json(outcome: Verification) -> str:
    """The outcome as JSON: ``ok``, the fields of Verification, and each problem with its Chinese label."""
    problems = [asdict(problem) | {"label": problem.kind.label} for problem in outcome.problems]
    return json_format.dumps({"ok": not problems, **asdict(outcome), "problems": problems}, ensure_ascii=False)
