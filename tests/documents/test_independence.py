"""``documents`` stands alone, and reports and ledgers make their files without each other: tried in own processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = "{'rectify', 'ledgers', 'reports', 'findings', 'accounts', 'documents'}"
ALONE = """
import pkgutil, sys, documents
for module in pkgutil.walk_packages(documents.__path__, "documents."):
    __import__(module.name)
"""
WITHOUT = """
import sys, django
from django.conf import settings
settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app.partition(".")[0] not in {other!r}]
settings.ROOT_URLCONF = ""
django.setup()
"""
REPORT = """
from pathlib import Path
import reports.publishing
from documents.pdf.client import render_pdf
from reports.parsing import parse
from reports.wording import compose
document = compose(parse(Path("rectify/demo/report.txt").read_text(encoding="utf-8")).facts)
assert render_pdf(document).content.startswith(b"%PDF")
"""
LISTS_AND_FORMS = """
import io
import ledgers.exporting
from documents.excel.paper import possible_layouts
from documents.excel.sheet import ListSheet
from documents.excel.workbook import write_list
from documents.pdf.client import render_pdf
from documents.word.client import fill_template
from ledgers.catalogue import LISTS
from ledgers.word_documents.catalogue import FORMS
from documents.word.building import build_template
from ledgers.word_documents.closing_pdf import document_of
from ledgers.word_documents.placeholders import sample_of
columns = tuple(column.sheet_column for column in LISTS["problems"].columns)
file = io.BytesIO()
write_list(ListSheet("清单", "", ("填报人：",), possible_layouts(columns, [0] * len(columns))[-1]), [], file)
assert file.getvalue().startswith(b"PK")
form = FORMS["closing"]
sample = sample_of(form.placeholders)
assert fill_template(build_template(form.blocks), sample).startswith(b"PK")
assert render_pdf(document_of(sample)).content.startswith(b"%PDF")
"""


def packages_after(code: str, **environment: str) -> set[str]:
    """Which of our packages a process has imported that ran this code."""
    code += f"\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}} & {OURS}))\n"
    variables = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | environment
    made = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", code], cwd=ROOT, env=variables, check=True, capture_output=True, timeout=120, text=True
    )
    return set(made.stdout.splitlines()[-1].split())


def packages_without(other: str, code: str) -> set[str]:
    """The same with Django set up as if one of the apps were not installed."""
    return packages_after(
        WITHOUT.format(other={other, "rectify"}) + code, DJANGO_SETTINGS_MODULE="rectify.settings"
    ) - {"rectify"}  # its settings


def test_documents_imports_nothing_of_ours_and_needs_no_settings() -> None:
    assert packages_after(ALONE) == {"documents"}


def test_a_report_becomes_a_pdf_without_the_lists(fonts: None) -> None:
    assert packages_without("ledgers", REPORT) == {"reports", "findings", "accounts", "documents"}


def test_lists_and_forms_are_made_without_the_report(fonts: None) -> None:
    assert packages_without("reports", LISTS_AND_FORMS) == {"ledgers", "findings", "accounts", "documents"}
