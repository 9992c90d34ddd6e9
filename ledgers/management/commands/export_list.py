"""Write a list of an inspection into a file, as its page exports it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from accounts.audit.events import record
from accounts.models import Action
from accounts.os_errors import explain
from accounts.request_context import act_for
from documents.excel.limits import TextTooLongError
from ledgers.catalogue import LISTS
from ledgers.command_arguments import get_inspection, get_user, user_with_all_rights
from ledgers.exporting import ExportQuery, write


class Command(BaseCommand):
    """export_list NAME --inspection ID --output F [--user NAME]"""

    help = "Write a list of an inspection as .xlsx or .csv. Without --user all of its records are written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the list, the inspection, the file and the user."""
        parser.add_argument("name", choices=[*LISTS])
        parser.add_argument("--inspection", type=int, required=True, metavar="ID")
        parser.add_argument("--output", type=Path, required=True, metavar="F", help="ends with .xlsx or .csv")
        parser.add_argument("--user", metavar="NAME", help="write what this person sees")

    def handle(self, *, name: str, inspection: int, output: Path, user: str | None, **options: Any) -> None:
        """Write the file, and an event into the audit trail; CommandError when the file cannot be written."""
        listed, subject = LISTS[name], get_inspection(inspection)
        person = get_user(user) if user else user_with_all_rights()
        wanted = ExportQuery(listed, subject, person, QueryDict(""))
        try:
            with output.open("wb") as file:
                number = write(wanted, wanted.records(), file, "csv" if output.suffix.lower() == ".csv" else "xlsx")
        except OSError as error:
            raise CommandError(f"{output}：写不进这个文件（{explain(error)}）。") from error
        except TextTooLongError as error:
            raise CommandError(f"{error}请把这一格的内容改短，或者写成 .csv。") from error
        words = f"{listed.title}（{output.suffix.lstrip('.')}），共 {number} {listed.noun}"
        with act_for(person if user else None):
            record(Action.EXPORT, subject, reason=words)
        self.stdout.write(f"已写入 {output}：{listed.title}，共 {number} {listed.noun}。")
