"""The time of rendering a report as PDF, whole process and warm, compared with WeasyPrint alone and Chromium.

    .venv/bin/python bench/pdf.py

Measures a report of the sample's size, one of 300 findings (105,000 characters), and one with an annex of 300 rows. A
whole process starts from nothing: for ours that is Python, Django's settings, the child process and its fonts. Peak
memory is that of the largest process.
"""

from __future__ import annotations

import html
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")

import django  # noqa: E402 - the lines above make these imports possible
from django.conf import settings  # noqa: E402

from documents.document import Document  # noqa: E402
from documents.html import render_html  # noqa: E402
from documents.pdf.client import render_pdf  # noqa: E402
from documents.pdf.font_configuration import write_font_configuration  # noqa: E402
from tests.documents.documents import DEMO, annexed_report, composed, report  # noqa: E402

SAMPLE = ROOT.parent / "shared" / "samples" / "report.txt"
ROUNDS = 5
MEMORY = 250  # MB
PREVIEW = 50  # ms
BUDGETS = {
    "sample": (0.7, 0.25),
    "300 findings": (1.4, 2.5),
    "annex of 300 rows": (2, 1.5),  # Chromium prints the rows as paragraphs
}  # whole process, × Chromium; warm, in seconds
WHOLE = """
import json, sys
from pathlib import Path
from documents.document import Document
from documents.pdf.client import render_pdf
print(render_pdf(Document.from_dict(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))).pages)
"""
CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-pdf-header-footer",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A finished process: its duration, its peak memory, and what it printed."""

    seconds: float
    megabytes: float
    output: str


def main() -> int:
    """Print the figures; 1 when a budget is not kept."""
    django.setup()
    kept = [line for name, document in documents() for line in compare(name, document)]
    return 0 if all(kept) else 1


def documents() -> Iterator[tuple[str, Document]]:
    """Yield names and documents of those in ``BUDGETS``."""
    source = SAMPLE if SAMPLE.is_file() else DEMO
    print(f"Sample: {source.name if source == DEMO else 'the sample beside the repository'}")
    yield "sample", composed(source.read_text(encoding="utf-8"))
    yield "300 findings", report(300)
    yield "annex of 300 rows", annexed_report(1, 300)


def compare(name: str, document: Document) -> Iterator[bool]:
    """Measure one document and print its figures; yield for every budget whether it is kept."""
    ratio_budget, warm_budget = BUDGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / "report.json").write_text(json.dumps(document.as_dict()), encoding="utf-8")
        (scratch / "report.txt").write_text("\n".join(document.paragraphs()), encoding="utf-8")
        ours = typical([sys.executable, "-c", WHOLE, str(scratch / "report.json")])
        command = [sys.executable, str(ROOT / "bench" / "plain_weasyprint.py"), str(scratch / "report.txt")]
        plain = typical([*command, "1"])
        plain_warm = min(json.loads(run([*command, "3"]).output)[1:])
        chromium = typical(chromium_command(scratch, document)) if shutil.which("chromium") else None
    warm, pages = warm_seconds(document)
    characters = sum(map(len, document.paragraphs()))
    print(f"\n{name}: {characters} characters, {pages} pages")
    print(f"  whole process {ours.seconds:6.2f} s {ours.megabytes:4.0f} MB")
    ratio = ours.seconds / plain.seconds
    print(f"  WeasyPrint    {plain.seconds:6.2f} s {plain.megabytes:4.0f} MB  ours is {ratio:.2f}×")
    yield print_bounded(
        "  warm", warm, warm_budget, "s", f"WeasyPrint {plain_warm:.2f} s, ours is {warm / plain_warm:.2f}×"
    )
    yield print_bounded("  peak memory", ours.megabytes, MEMORY, "MB")
    yield print_bounded("  preview in HTML", preview_milliseconds(document), PREVIEW, "ms")
    if chromium:
        print(f"  Chromium      {chromium.seconds:6.2f} s {chromium.megabytes:4.0f} MB")
        yield print_bounded("  whole process ÷ Chromium", ours.seconds / chromium.seconds, ratio_budget, "×")
    else:
        print("  Chromium is not installed: nothing to compare with")


def print_bounded(label: str, value: float, bound: float, unit: str, note: str = "") -> bool:
    """Print a figure beside its bound; True when it is within."""
    verdict = "kept" if value <= bound else "NOT KEPT"
    print(f"{label}  {value:.2f} {unit} (bound {bound:g} {unit}: {verdict})  {note}".rstrip())
    return value <= bound


def warm_seconds(document: Document) -> tuple[float, int]:
    """The median rendering time of a child process that has rendered before, in seconds, and the number of pages."""
    made = [render_pdf(document) for _ in range(1 + ROUNDS)]
    return statistics.median(one.seconds for one in made[1:]), made[0].pages


def preview_milliseconds(document: Document) -> float:
    """The median time of rendering the document as HTML in this process, in milliseconds."""
    spent = []
    for _ in range(1 + ROUNDS):
        started = time.perf_counter()
        render_html(document)
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent[1:])


def chromium_command(scratch: Path, document: Document) -> list[str]:
    """The command by which Chromium prints the same paragraphs with the same font and margins."""
    fonts = settings.FONT_DIR / "FandolFang-Regular.otf"
    style = (
        f"@font-face {{ font-family: F; src: url('{fonts.as_uri()}') }}"
        "@page { size: A4; margin: 37mm 26mm 35mm 28mm } p { margin: 0; text-indent: 2em; font: 16pt/28.99pt F }"
    )
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in document.paragraphs())
    page = scratch / "report.html"
    page.write_text(
        f"<!doctype html><html lang=zh-CN><meta charset=utf-8><style>{style}</style>{body}", encoding="utf-8"
    )
    profile = f"--user-data-dir={scratch / 'chromium'}"
    return ["chromium", *CHROMIUM, profile, f"--print-to-pdf={scratch / 'chromium.pdf'}", page.as_uri()]


def typical(command: list[str]) -> Run:
    """The run with the median duration."""
    return sorted((run(command) for _ in range(ROUNDS)), key=lambda one: one.seconds)[ROUNDS // 2]


def run(command: list[str]) -> Run:
    """Run a command to its end; CalledProcessError when it fails."""
    configuration = write_font_configuration(settings.FONT_DIR.parent / "font-cache")
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - commands of our own
            command,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "FONTCONFIG_FILE": str(configuration)},
        )
        # Unlike ``Popen.wait`` this gives the resources of just this child.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return Run(seconds, usage.ru_maxrss / 1024, output.read().decode())


if __name__ == "__main__":
    sys.exit(main())
