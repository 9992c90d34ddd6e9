"""The command that stores report texts as inspections."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.os_errors import explain
from reports.importing import MAX_FILE_BYTES, Imported, ImportRefusedError, limit, store, text_of_file
from reports.lines import ParseError
from reports.recognition import recognise


class Command(BaseCommand):
    """import_report FILE …"""

    help = "Read report texts (.txt) and store each as an inspection; all of them or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the files and the name of the inspection."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--name", default="", help="name of the new inspection; made from the text if left out")

    def handle(self, *, files: list[Path], name: str, **options: Any) -> None:
        """Store all files in one transaction, then print the results; CommandError when one is refused."""
        # One transaction around those of the files: a refused file undoes the ones before it.
        with transaction.atomic():
            imported = [import_file(file, name) for file in files]
        for made in imported:
            self.stdout.write(f"已导入“{made.inspection.name}”（编号 {made.inspection.pk}）：{made.words}。")
            for note in made.notes:
                self.stdout.write(f"  请核对：{note}")
            self.stdout.write("  报告里看不出的内容（日期、责任单位、状态、长期坚持、制度）请在系统里补填。")


def import_file(file: Path, name: str) -> Imported:
    """Read and store one file; raises CommandError with the file, the line and the reason."""
    try:
        text = read_file(file)
        return store(recognise(text).parsed, text, name)
    except (ParseError, ImportRefusedError) as error:
        raise CommandError(f"{file}：{error} 没有保存任何内容。") from error


def read_file(file: Path) -> str:
    """The text of a file; ParseError when it is no text, CommandError when it cannot be opened."""
    try:
        limit(file.stat().st_size, MAX_FILE_BYTES)  # before it is read into memory
        return text_of_file(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file}：打不开这个文件（{explain(error)}）。") from error
