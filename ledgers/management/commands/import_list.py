"""Import a list from a file, as its page does: all of it or nothing."""

from __future__ import annotations

import json as json_format
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.os_errors import explain
from accounts.request_context import act_for
from documents.excel.reading import UnreadableError
from ledgers.catalogue import LISTS
from ledgers.column_mapping import column_sentences
from ledgers.command_arguments import get_inspection, get_user
from ledgers.import_forms import read_any_list
from ledgers.import_rights import OFFICE, can_import, rights_for
from ledgers.import_saving import NotStoredError, store
from ledgers.importing import Plan


class Command(BaseCommand):
    """import_list FILE --inspection ID --user NAME [--list NAME] [--dry-run] [--json]"""

    help = "Bring a list in. What was changed on both sides stays as it is; ends with 1 when anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, the inspection, the user, and the options of output."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--inspection", type=int, required=True, metavar="ID")
        parser.add_argument("--user", required=True, metavar="NAME", help="in whose name, and with whose rights")
        parser.add_argument("--list", choices=[*LISTS], help="which list it is, for a file that does not say so")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, store nothing")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--allow-unknown-columns", action="store_true", help="leave out columns that nobody has decided about"
        )
        parser.add_argument("--reason", default="", metavar="TEXT", help="why deadlines move that have passed")
        parser.add_argument("--create-aspects", action="store_true", help="create the aspects that new findings name")

    def handle(self, *, file: Path, inspection: int, user: str, dry_run: bool, json: bool, **options: Any) -> None:
        """Import or, with ``--dry-run``, only plan, and print the outcome; CommandError when anything is wrong."""
        subject, person = get_inspection(inspection), get_user(user)
        try:
            listed, read = read_any_list(file.read_bytes(), subject, options["list"])
        except OSError as error:
            raise CommandError(f"{file}：打不开这个文件（{explain(error)}）。") from error
        except UnreadableError as error:
            raise CommandError(f"{file}：{error}") from error
        model = listed.import_model(person)
        if model not in OFFICE or not can_import(model, subject, person):
            raise CommandError(rights_for(model) if model in OFFICE else f"“{listed.title}”只能导出。")
        plan = Plan(read, listed, subject, person, reason=options["reason"])
        refused = refusals(plan, **options)
        if not (refused or dry_run):
            try:
                with act_for(person):
                    plan = store(read, listed, subject, person, reason=options["reason"])
            except NotStoredError as error:
                # The plan is printed with its problems before the command fails.
                plan, refused = error.plan, [str(error)]
        self.stdout.write(as_json(plan) if json else in_words(plan))
        if refused:
            raise CommandError("".join(refused), returncode=1)


def refusals(plan: Plan, *, allow_unknown_columns: bool, create_aspects: bool, **options: Any) -> list[str]:
    """Chinese sentences why nothing is imported: problems, and what the page would have the user look at first."""
    found = ["有需要改正的内容，没有导入。"] if plan.problems else []
    unread = [f"“{heading}”" for heading in plan.file.extra]
    unread += [f"{letters}（没有表头）" for letters in plan.file.unheaded]
    if unread and not allow_unknown_columns:
        found.append(
            f"有认不出的列{'、'.join(unread)}，没有导入。请在页面上传一次这份文件，选好列的对应，系统会记住；"
            "或者改正表头，或者用 --allow-unknown-columns 不读这些列。"
        )
    if plan.lacks_reason:
        found.append("有完成时限要写明延期理由才能改，没有导入。请用 --reason 写明。")
    if plan.new_aspects and not create_aspects:
        named = "".join(f"“{aspect.title}”" for aspect, _ in plan.new_aspects)
        found.append(f"没有方面{named}，没有导入。请改正类别，或者用 --create-aspects 新建。")
    return found


def in_words(plan: Plan) -> str:
    """The plan as Chinese text: problems, how cells and columns were read, clashes, then one line of totals."""
    read = column_sentences(plan.file)
    read += [f"{plan.file.sheet} {one.at}：{one.words}" for one in plan.readings]
    read += [f"{plan.file.sheet} {one.at}“{one.value}”：{one.words}，要写明延期理由。" for one in plan.moves]
    read += [f"新建方面“{aspect.title}”。" for aspect, _ in plan.new_aspects]
    wrong = [f"{plan.file.sheet} {one.at}“{one.value[:40]}”：{one.words}" for one in plan.problems]
    clashes = [
        f"第 {row.number} 行“{change.column.heading}”双方都改过，保留系统里的内容。"
        for row in plan.clashing
        for change in row.clashes
    ]
    created, changed, clashing = len(plan.rows_to_create), len(plan.rows_to_change), len(plan.clashing)
    counted = f"新增 {created}，修改 {changed}，冲突 {clashing}，没有变化 {plan.same}。"
    return "\n".join([*wrong, *read, *clashes, f"{plan.listed.title}：{counted}"])


def as_json(plan: Plan) -> str:
    """The plan as one JSON object, for scripts."""
    rows = [
        {
            "row": row.number,
            "new": row.is_new,
            "changes": {
                one.column.key: {"base": one.base, "ours": one.ours, "theirs": one.theirs, "conflict": one.clashes}
                for one in row.changes
            },
        }
        for row in plan.rows
    ]
    wrong = [
        {"sheet": plan.file.sheet, "cell": one.at, "value": one.value, "words": one.words} for one in plan.problems
    ]
    found = {"list": plan.listed.key, "ok": not wrong, "rows": rows, "unchanged": plan.same, "problems": wrong}
    found |= {
        "missing": plan.missing,
        "unknown_columns": plan.file.extra,
        "unheaded_columns": plan.file.unheaded,
        "left_out": [*plan.file.extra, *plan.file.left_out],
        "renamed": plan.file.renamed,
        "readings": [{"sheet": plan.file.sheet, "cell": one.at, "words": one.words} for one in plan.readings],
        "moves": [{"sheet": plan.file.sheet, "cell": one.at, "words": one.words} for one in plan.moves],
        "new_aspects": [aspect.title for aspect, _ in plan.new_aspects],
    }
    return json_format.dumps(found, ensure_ascii=False)
