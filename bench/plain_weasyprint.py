"""The time WeasyPrint alone takes for the same paragraphs as plain HTML, for comparison in ``bench/pdf.py``.

    python bench/plain_weasyprint.py TEXT-FILE CALLS

Prints the seconds of each call as JSON.
"""

from __future__ import annotations

import html
import json
import sys
import time
from pathlib import Path

from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]

STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: counter(page) } }
html { font: 16pt/28.99pt FandolFang; orphans: 1; widows: 1 }
p { margin: 0; text-indent: 2em }
"""


def main(text_file: str, calls: str) -> None:
    """Render the paragraphs of a file ``calls`` times, tagged like ours, with one font configuration."""
    lines = Path(text_file).read_text(encoding="utf-8").splitlines()
    page = f"<html lang=zh-CN><title>x</title>{''.join(f'<p>{html.escape(line)}' for line in lines)}"
    fonts = FontConfiguration()
    seconds = []
    for _ in range(int(calls)):
        started = time.perf_counter()
        HTML(string=page).write_pdf(stylesheets=[CSS(string=STYLE)], font_config=fonts, pdf_variant="pdf/ua-1")
        seconds.append(time.perf_counter() - started)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
