"""Every list of the demo as a workbook, against what was looked at and found good: cell by cell, and as it is printed.

``RECTIFY_GOLDEN=write pytest tests/ledgers/test_golden_books.py`` keeps what is made now, to be looked at before it is
committed.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from django.http import QueryDict
from PIL import Image, ImageChops, ImageStat
from pytest_django import DjangoDbBlocker

from accounts.models import User
from accounts.users.roles import Right
from documents.excel.workbook import MEMORY
from findings.models import Inspection
from ledgers.catalogue import LISTS
from ledgers.exporting import ExportQuery, write
from tests.demo import demo_in, on_the_day

pytestmark = [pytest.mark.looks, pytest.mark.django_db]  # without the second, alone it would meet the real database

GOLDEN = Path(__file__).parent / "golden"
WRITES = os.environ.get("RECTIFY_GOLDEN") == "write"
BODY, ENTRIES = "区政府办党组", "区文旅体局党组"  # where the demo has the most records; its entries and letters
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")  # of files that the demo makes on the spot, with the libraries there are
DPI = 40  # enough to see lines, columns and where texts stand; letters of another font look alike
PATCH = 12  # pixels; two pages are compared by the grey of patches this wide
# Columns are measured in digits of Courier New; the faces that programs take in its place must not differ here.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>Courier New</string></test>
    <edit name="family" mode="assign" binding="strong"><string>DejaVu Sans Mono</string></edit>
  </match>
</fontconfig>
"""
MOST_APART, MOST_ON_AVERAGE = 50, 3  # of 255: one patch, the page


@pytest.fixture(scope="module")
def books(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """The workbook of every list, by its key, as the office takes it out of the demo."""
    with django_db_blocker.unblock(), demo_in(tmp_path_factory.mktemp("demo")), on_the_day():
        return {key: book(key) for key in LISTS}


def book(key: str) -> bytes:
    """One list of the demo as a workbook."""
    inspection = Inspection.objects.filter(body=ENTRIES if LISTS[key].ledger or key == "letters" else BODY).order_by(
        "pk"
    )[0]
    office = next(user for user in User.objects.order_by("pk") if inspection.allows(user, Right.EDIT_RECORDS))
    wanted, file = ExportQuery(LISTS[key], inspection, office, QueryDict("")), io.BytesIO()
    write(wanted, wanted.records(), file, "xlsx")
    return file.getvalue()


def look_of(cell: Any) -> list[Any]:
    """How a cell looks and what may be done with it."""
    edges = [getattr(cell.border, side).style for side in ("left", "right", "top", "bottom")]
    font, place = cell.font, cell.alignment
    return [
        [font.name, font.sz, bool(font.b)],
        [place.horizontal, place.vertical, bool(place.wrap_text)],
        edges,
        cell.fill.fgColor.rgb if cell.fill.fill_type else None,
        cell.number_format,
        bool(cell.protection.locked),
    ]


def described(content: bytes) -> dict[str, Any]:
    """A workbook in words that can be compared; what holds numbers of records is left out."""
    found: dict[str, Any] = {"looks": []}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        if sheet.title == MEMORY:
            continue
        rows = []
        last = sheet.max_column - (not found["looks"])  # the first sheet ends with a hidden column of keys
        for number in range(1, sheet.max_row + 1):
            cells = [sheet.cell(number, place) for place in range(1, last + 1)]
            for cell in cells:
                if look_of(cell) not in found["looks"]:
                    found["looks"].append(look_of(cell))
            said = [[DIGEST.sub("…", str(cell.value or "")), found["looks"].index(look_of(cell))] for cell in cells]
            rows.append([sheet.row_dimensions[number].height, *said])
        widths = {letter: round(one.width, 2) for letter, one in sorted(sheet.column_dimensions.items())}
        merged = sorted(map(str, sheet.merged_cells.ranges))
        found[sheet.title] = {"state": sheet.sheet_state, "widths": widths, "merged": merged, "rows": rows}
    return found


def in_lines(found: dict[str, Any]) -> str:
    """The same as JSON with a line for each row, so that changes can be read."""
    text = json.dumps(found, ensure_ascii=False)
    return text.replace("]], [", "]],\n[").replace('"rows": [', '"rows": [\n') + "\n"


def test_every_cell_is_as_it_was(books: dict[str, bytes]) -> None:
    for key, content in books.items():
        file, text = GOLDEN / f"{key}.json", in_lines(described(content))
        if WRITES:
            file.write_text(text, encoding="utf-8")
        assert text.splitlines() == file.read_text(encoding="utf-8").splitlines(), key


def test_every_page_looks_as_it_did(books: dict[str, bytes], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: nobody looks at the lists as they are printed")
    for key, content in books.items():
        (tmp_path / f"{key}.xlsx").write_bytes(content)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    command += [f"{key}.xlsx" for key in books]
    (tmp_path / "fonts.conf").write_text(FONTS)
    fonts = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240, env=fonts)  # noqa: S603 -- our own words
    for key in books:
        page = first_page(tmp_path / f"{key}.pdf")
        if WRITES:
            page.quantize(16).save(GOLDEN / f"{key}.png", optimize=True)
        apart, average = difference(page, Image.open(GOLDEN / f"{key}.png").convert("L"))
        assert (apart <= MOST_APART, average <= MOST_ON_AVERAGE) == (True, True), f"{key}: {apart}, {average:.1f}"


def first_page(file: Path) -> Image.Image:
    """The first page of a PDF, small and in grey."""
    with pypdfium2.PdfDocument(file) as document:
        page: Image.Image = document[0].render(scale=DPI / 72, grayscale=True).to_pil()
        return page.convert("L")


def difference(one: Image.Image, other: Image.Image) -> tuple[int, float]:
    """How far two pages are apart, of 255: in the patch that differs most, and on average."""
    assert one.size == other.size
    size = (one.width // PATCH, one.height // PATCH)
    apart = ImageChops.difference(*(page.resize(size, Image.Resampling.BOX) for page in (one, other)))
    return max(apart.tobytes()), ImageStat.Stat(apart).mean[0]


def test_another_page_is_told_apart() -> None:
    page = Image.open(GOLDEN / "register.png").convert("L")
    lower = ImageChops.offset(page, 0, DPI // 2)
    assert difference(page, page) == (0, 0.0)
    assert difference(page, lower)[0] > MOST_APART
