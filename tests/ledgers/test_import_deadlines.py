"""A deadline that has passed, or lies beyond a limit, comes in only with a reason."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from findings.choices import Decision
from findings.models import Extension, Measure
from tests.findings.conftest import Case
from tests.ledgers.workbooks import Book, brought_in, confirmed, taken_out

pytestmark = pytest.mark.django_db
DUE, NEW = dt.date(2026, 6, 30), dt.date(2027, 3, 31)  # the day that has passed, and a later one


@pytest.fixture
def moved(office_client: Client, case: Case) -> Book:
    """The register with a later deadline for a measure whose deadline has passed."""
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "完成时限", NEW)
    return book


def due(case: Case) -> dt.date | None:
    """The deadline of the measure as it is stored."""
    return Measure.objects.get(pk=case.measure.pk).due_on


def test_the_preview_asks_for_the_reason_and_stores_nothing_without(
    office_client: Client, office: User, case: Case, moved: Book
) -> None:
    page = brought_in(office_client, case.inspection, "register", moved.content)
    assert "原来的完成时限（2026年6月30日）已过" in page.content.decode()
    assert 'name="reason"' in page.content.decode()
    refused = confirmed(office_client, page, reason=" ")
    assert refused.status_code == 409
    assert "有完成时限要写明延期理由才能改，没有导入。" in refused.content.decode()
    assert due(case) == DUE
    assert not Extension.objects.exists()
    confirmed(office_client, page, reason="上级文件还没有印发。")
    assert due(case) == NEW
    extension = Extension.objects.get()
    assert (extension.record, extension.decision, extension.requested_by) == (case.measure, Decision.GRANTED, office)
    assert (extension.old_due_on, extension.new_due_on, extension.reason) == (DUE, NEW, "上级文件还没有印发。")


def test_an_import_without_late_moves_asks_for_nothing(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "完成时限", dt.date(2026, 5, 31))
    page = brought_in(office_client, case.inspection, "register", book.content)
    assert 'name="reason"' not in page.content.decode()
    confirmed(office_client, page)
    assert due(case) == dt.date(2026, 5, 31)


def test_the_command_takes_the_reason_as_an_option(office: User, case: Case, moved: Book, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_bytes(moved.content)
    options = ["--inspection", str(case.inspection.pk), "--user", "office"]
    said = io.StringIO()
    with pytest.raises(CommandError, match="请用 --reason 写明") as refused:
        call_command("import_list", str(file), *options, stdout=said)
    assert refused.value.returncode == 1
    assert "原来的完成时限（2026年6月30日）已过，要写明延期理由。" in said.getvalue()
    assert due(case) == DUE
    call_command("import_list", str(file), *options, "--reason", "统一顺延。", stdout=said)
    assert due(case) == NEW
    assert Extension.objects.get().reason == "统一顺延。"
