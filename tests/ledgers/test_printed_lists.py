"""Every list as an office program prints it: type, headings and texts on each page, and the way back."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import pytest

from accounts.models import User
from documents.excel.reading import UnreadableError
from documents.excel.workbook import END, HEADINGS_ROW
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_supervision, make_unit
from findings.models import Inspection, Measure, Progress
from ledgers.catalogue import LISTS
from ledgers.exporting import write_workbook
from ledgers.importing import Plan
from tests.ledgers.workbooks import Book, listed
from tests.raw_writes import unchecked_writes

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LONG = "建立台账，按月核对；逐项销号、公开结果。" * 100  # 2,000 characters
UNIT = "青岚区政务服务中心及" * 6  # 60 characters


@pytest.fixture
def inspection(office: User) -> Inspection:
    """Findings with few and with many measures, short texts and texts of 2,000 characters."""
    made = make_inspection(name="第三轮巡察", body="区政府办党组")
    unit = make_unit(name=UNIT, short_name="专班")
    for number in (1, 2):
        aspect = make_aspect(made, title=f"第{number}方面存在差距", short_title=f"方面{number}差距")
        for count in (1, 3, 9):
            finding = make_finding(aspect, lead_unit=unit, due_on=dt.date(2026, 11, 30), detail="台账不全。" * count)
            for _ in range(count):
                measure = make_measure(finding, plan="逐项核对台账，按月通报。" * count, due_on=dt.date(2026, 10, 31))
    with unchecked_writes():
        finding.detail = LONG
        finding.save()
        Measure.objects.filter(pk=measure.pk).update(plan=LONG, outcome=LONG)
        Progress.objects.create(measure=measure, text=LONG, logged_by=office)
    make_supervision(made, findings=[finding], units=[unit], found=LONG, demand=LONG)
    return made


def workbook(inspection: Inspection, key: str, user: User) -> bytes:
    """A list as it is exported."""
    one, file = LISTS[key], io.BytesIO()
    records = one.records(user).filter(inspection=inspection).order_by(*one.orderings[one.own_order])
    write_workbook(one, inspection, user, iter(records), file)
    return file.getvalue()


def plan_of(inspection: Inspection, key: str, user: User, content: bytes) -> Plan:
    """What a file would do."""
    return Plan(listed(content, inspection, key), LISTS[key], inspection, user)


def squeezed(text: Any) -> str:
    """A text without blanks and line ends."""
    return re.sub(r"\s", "", str(text))


def texts_by_page(sheet: Any) -> list[list[str]]:
    """The texts of the cells that are shown, by the page on which their row is."""
    starts = [one.id + 1 for one in sheet.row_breaks.brk]
    pages: list[list[str]] = [[] for _ in range(len(starts) + 1)]
    for row in sheet.iter_rows():
        page = pages[sum(start <= row[0].row for start in starts)]
        page += [cell.value for cell in row if isinstance(cell.value, str) and not hidden(sheet, cell)]
    return pages


def hidden(sheet: Any, cell: Any) -> bool:
    """Whether a cell is in a hidden column."""
    return bool(sheet.column_dimensions[cell.column_letter].hidden)


def test_an_office_program_prints_every_word_in_type_that_can_be_read(
    inspection: Inspection, office: User, tmp_path: Path
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: nobody measures the lists as they are printed")
    keys = ("problems", "tasks", "responsibilities", "register", "supervision")
    for key in keys:
        (tmp_path / f"{key}.xlsx").write_bytes(workbook(inspection, key, office))
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    command += [f"{key}.xlsx" for key in keys]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240)  # noqa: S603 -- our own words
    for key in keys:
        sheet = openpyxl.load_workbook(tmp_path / f"{key}.xlsx").worksheets[0]
        headings = [cell.value for cell in sheet[HEADINGS_ROW] if cell.value and not hidden(sheet, cell)]
        expected = texts_by_page(sheet)
        with pypdfium2.PdfDocument(tmp_path / f"{key}.pdf") as document:
            assert len(document) == len(expected), key
            for page, texts in zip(document, expected, strict=True):
                words = page.get_textpage()
                found, text = squeezed(words.get_text_range()), words.get_text_range()
                sizes = [pdfium.FPDFText_GetFontSize(words.raw, place) for place, one in enumerate(text) if one.strip()]
                assert min(size for size in sizes if size > 1) >= 9, key  # 1: characters that pdfium adds
                assert not re.search(r"(finding|measure)-\d", found), key  # the hidden column
                assert [text for text in [*headings, *texts] if squeezed(text) not in found] == [], key


@pytest.mark.parametrize("key", ["problems", "tasks", "responsibilities", "register", "supervision"])
def test_a_list_with_continued_texts_comes_back_as_it_went_out(inspection: Inspection, office: User, key: str) -> None:
    content = workbook(inspection, key, office)
    parted = any("（续）" in text for page in texts_by_page(Book(content).sheet) for text in page)
    assert parted == (key != "responsibilities")  # which has no long texts
    plan = plan_of(inspection, key, office, content)
    assert (plan.problems, plan.rows, plan.ignored, plan.missing) == ([], [], [], [])
    assert plan.same == len(LISTS[key].records(office).filter(inspection=inspection))


def rows_of_long_measure(book: Book) -> list[int]:
    """The rows of the measure whose texts go on in further rows."""
    last = book.sheet.max_column
    return [row[0].row for row in book.sheet.iter_rows() if "+" in str(row[last - 1].value)]


def test_a_text_changed_in_a_further_row_is_joined_to_its_beginning(inspection: Inspection, office: User) -> None:
    book = Book(workbook(inspection, "register", office))
    rows = rows_of_long_measure(book)
    assert len(rows) > 2
    book.write(rows[-1], "整改措施", "（续）到此为止。")
    whole = "".join(str(book.read(row, "整改措施")).removeprefix("（续）") for row in rows)
    (row,) = plan_of(inspection, "register", office, book.content).rows
    assert [change.theirs for change in row.changes] == [whole]
    assert (row.number, whole[:10]) == (rows[0], LONG[:10])


def test_a_list_without_one_of_the_rows_of_a_record_is_refused(inspection: Inspection, office: User) -> None:
    book = Book(workbook(inspection, "tasks", office))
    rows = rows_of_long_measure(book)
    book.sheet.cell(rows[-1], book.sheet.max_column).value = None
    book.write(rows[-1], "整改措施", None)
    with pytest.raises(UnreadableError, match=f"第 {rows[0]} 行的内容较长.*现在缺其中第 {len(rows)} 行"):
        listed(book.content, inspection, "tasks")


def test_a_new_row_below_a_continued_finding_belongs_to_it(inspection: Inspection, office: User) -> None:
    book = Book(workbook(inspection, "tasks", office))
    number = next(
        cell.value for row in book.sheet.iter_rows() for cell in row[:1] if str(cell.value).endswith("（续）")
    )
    end = next(row[0].row for row in book.sheet.iter_rows() if row[-1].value == END)
    for heading, value in {"序号": number, "整改措施": "新的措施。", "完成时限": dt.date(2026, 10, 1)}.items():
        book.write(end + 3, heading, value)
    plan = plan_of(inspection, "tasks", office, book.content)
    assert plan.problems == []
    assert [row.record.plan or row.words for row in plan.rows_to_create] == ["新的措施。"]


def test_rows_of_a_list_that_lost_its_hidden_sheet_still_know_their_finding(
    inspection: Inspection, office: User
) -> None:
    book = Book(workbook(inspection, "tasks", office))
    del book.book["系统数据（勿改）"]
    plan = plan_of(inspection, "tasks", office, book.content)
    assert (plan.problems, plan.rows, plan.ignored) == ([], [], [])
