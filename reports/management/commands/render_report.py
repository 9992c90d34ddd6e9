"""The command that writes the report of one inspection to a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.os_errors import explain
from documents.document import Document
from documents.html import render_html
from documents.pdf.client import PdfUnavailable, render_pdf
from documents.text import render_text
from findings.models import Inspection
from reports.masking import EDITIONS
from reports.publishing import draft

FORMATS: dict[str, Callable[[Document], bytes]] = {
    "text": lambda document: render_text(document).encode(),
    "html": lambda document: render_html(document).encode(),
    "pdf": lambda document: render_pdf(document).content,
}


class Command(BaseCommand):
    """render_report ID --format text|html|pdf --edition full|masked --output FILE"""

    help = "Compose the report of an inspection from its records and write it to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments for the inspection, the format, the edition and the file."""
        parser.add_argument("id", type=int, metavar="ID")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("--edition", choices=EDITIONS, default="full")
        parser.add_argument("--output", type=Path, metavar="FILE", help="standard output if left out (not for pdf)")

    def handle(self, *, id: int, format: str, edition: str, output: Path | None, **options: Any) -> None:
        """Render and write the report, and list its placeholders; CommandError when it cannot be made."""
        if format == "pdf" and output is None:
            raise CommandError("PDF 不能显示在终端里，请用 --output 指定要写入的文件。")
        document = draft(inspection_of(id), edition)
        try:
            content = FORMATS[format](document)
        except PdfUnavailable as reason:
            raise CommandError(str(reason)) from reason
        # Bytes of text and HTML are UTF-8; a PDF never gets here.
        if output is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output}：写不进这个文件（{explain(error)}）。") from error
        self.stdout.write(f"已写入 {output}（{len(content)} 字节）。")
        # A warning only: an unfinished report is written with its placeholders.
        if missing := document.missing():
            self.stdout.write(f"报告还有 {len(missing)} 处没有内容：{'、'.join(missing)}")


def inspection_of(pk: int) -> Inspection:
    """The inspection of that key; raises CommandError with a list of existing ones."""
    if found := Inspection.objects.filter(pk=pk).first():
        return found
    known = "、".join(f"{inspection.pk}（{inspection}）" for inspection in Inspection.objects.order_by("pk")[:20])
    raise CommandError(f"没有编号为 {pk} 的巡察。现有：{known or '还没有任何巡察'}。")
