"""Render the demo's report as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.os_errors import explain
from documents.pdf.client import PdfUnavailable, RenderedPdf, render_pdf
from rectify.demo.loading import find_published_inspection
from rectify.demo.recognition import inspect_database
from rectify.management.commands.load_demo import explain_errors
from reports.publishing import draft


class Command(BaseCommand):
    """demo_report"""

    help = "Make the PDF of the demo's report without a server; load the demo first if it is not there."

    def handle(self, **options: Any) -> None:
        """Load the demo if the database is empty, render the report, and print pages, seconds and fonts.

        CommandError when the demo's inspection is gone, or the PDF cannot be rendered or written.
        """
        with explain_errors():
            if inspect_database().is_empty:
                call_command("load_demo", stdout=self.stdout)
            inspection = find_published_inspection()
        if inspection is None:
            raise CommandError("演示巡察已被删除，无法生成报告。可以把 rectify/demo/report.txt 重新导入。")
        try:
            rendered = render_pdf(draft(inspection), "official")
        except PdfUnavailable as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(
            f"已生成 {write_report(rendered)}：{rendered.pages} 页，用时 {rendered.seconds:.2f} 秒，"
            f"字体：{'、'.join(rendered.fonts)}。"
        )


def write_report(rendered: RenderedPdf) -> Path:
    """Write the PDF into its file and return the path; CommandError when it cannot be written."""
    target = Path(settings.VAR_DIR) / "demo" / "report.pdf"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(rendered.content)
    except OSError as error:
        raise CommandError(f"{target}：写不进这个文件（{explain(error)}）。") from error
    return target
