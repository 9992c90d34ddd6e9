"""Large lists: written beside the request, fetched by who asked, told of, and what becomes of those that fail."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from pytest_django.fixtures import Settings

from accounts.models import Action, Event, Result, User
from findings.factories import make_aspect, make_finding, make_inspection, make_user
from findings.models import Finding, Inspection, Notice
from ledgers import jobs
from ledgers.jobs import write_export
from ledgers.models import Export
from ledgers.models.exports import KEPT, SILENT, ExportState
from ledgers.views import lists
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Three records are many here."""
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "CHUNK_SIZE", 1)
    settings.EXPORTS_ROOT = tmp_path / "exports"


@pytest.fixture
def inspection() -> Inspection:
    inspection = make_inspection()
    aspect = make_aspect(inspection)
    for _ in range(3):
        make_finding(aspect)
    return inspection


def asked(client: Client, inspection: Inspection, query: str = "") -> Export:
    """What the browser is sent to when it asks for the list of findings."""
    answer = client.post(f"/inspections/{inspection.pk}/lists/problems/xlsx/{query}")
    assert answer.status_code == 302
    return Export.objects.get(pk=answer["Location"].strip("/").split("/")[-1])


def body(answer: Any) -> bytes:
    """The file that was sent."""
    return b"".join(answer.streaming_content)


def test_a_large_list_is_written_told_of_and_fetched(office_client: Client, inspection: Inspection) -> None:
    export = asked(office_client, inspection, "?sort=-number")
    assert (export.state, export.words, export.written, export.total) == (ExportState.DONE, "共 3 个问题", 3, 3)
    page = office_client.get(export.get_absolute_url())
    assert "文件已生成，共 3 个问题" in page.content.decode()
    assert "Refresh" not in page
    sheet = openpyxl.load_workbook(io.BytesIO(body(office_client.get(f"{export.get_absolute_url()}file/"))))["问题清单"]
    assert [sheet.cell(row, 1).value for row in (4, 5, 6)] == ["1-3", "1-2", "1-1"]
    notice = Notice.objects.get()
    assert notice.words == "您导出的问题清单已生成，请在一天之内下载：共 3 个问题"
    assert notice.get_absolute_url() == export.get_absolute_url()
    assert Event.objects.filter(action=Action.EXPORT, result=Result.DONE).count() == 2  # written, and fetched


def test_a_small_list_comes_at_once(office_client: Client, inspection: Inspection) -> None:
    answer = office_client.get(f"/inspections/{inspection.pk}/lists/problems/xlsx/?q=没有这个词")
    assert answer.status_code == 200
    assert body(answer).startswith(b"PK")
    assert not Export.objects.exists()


def test_looking_at_the_address_of_a_large_list_stores_nothing_and_says_what_to_do(
    office_client: Client, inspection: Inspection
) -> None:
    answer = office_client.get(f"/inspections/{inspection.pk}/lists/problems/xlsx/?sort=-number", follow=True)
    assert answer.redirect_chain == [(f"/inspections/{inspection.pk}/lists/problems/?sort=-number", 302)]
    page = answer.content.decode()
    assert "这张清单有 3 条，在后台生成。请点“导出 Excel”" in page
    assert f'<form method="post" action="/inspections/{inspection.pk}/lists/problems/xlsx/?sort=-number"' in page
    assert not Export.objects.exists()


def test_a_worker_writes_what_was_asked_for(
    office_client: Client, inspection: Inspection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)  # the test's own holds the records
    backend = {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": False}
    settings.TASKS = {"default": backend}
    export = asked(office_client, inspection)
    assert export.state == ExportState.WAITING
    page = office_client.get(export.get_absolute_url())
    assert "排队中：已写 0 条，共 3 条" in page.content.decode()
    assert page["Refresh"] == "2"
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    export.refresh_from_db()
    assert (export.state, export.written, export.words) == (ExportState.DONE, 3, "共 3 个问题")
    assert "文件已生成" in office_client.get(export.get_absolute_url()).content.decode()


def test_nobody_else_gets_it(client: Client, office_client: Client, inspection: Inspection) -> None:
    export = asked(office_client, inspection)
    client.force_login(make_user(role="office"))
    assert client.get(export.get_absolute_url()).status_code == 404
    assert client.get(f"{export.get_absolute_url()}file/").status_code == 404


def test_who_may_no_longer_see_the_inspection_gets_it_no_more(
    office_client: Client, office: User, inspection: Inspection
) -> None:
    export = asked(office_client, inspection)
    office.grants.all().delete()
    assert office_client.get(f"{export.get_absolute_url()}file/").status_code == 404


@pytest.mark.parametrize("how", ["too long", "broken"])
def test_what_goes_wrong_is_said_told_and_leaves_no_file(
    office_client: Client, inspection: Inspection, how: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    if how == "too long":
        with unchecked_writes():
            Finding.objects.filter(inspection=inspection).update(detail="长" * 40_000)
    else:

        def breaks(*_: Any) -> Iterator[Any]:
            raise OSError("no room")
            yield

        monkeypatch.setattr(jobs, "_with_export_progress", breaks)
    export = asked(office_client, inspection)
    assert export.state == ExportState.FAILED
    words = "只能放 32767 个字" if how == "too long" else "请联系系统管理员"
    assert words in export.words
    assert words in office_client.get(export.get_absolute_url()).content.decode()
    assert "没有生成" in Notice.objects.get().words
    assert list(settings.EXPORTS_ROOT.iterdir()) == []
    assert office_client.get(f"{export.get_absolute_url()}file/").status_code == 302


def test_it_is_written_once_however_often_it_is_begun(office_client: Client, inspection: Inspection) -> None:
    export = asked(office_client, inspection)
    write_export.enqueue(export.pk)
    assert Notice.objects.count() == 1


def test_a_page_waits_for_a_living_process_and_not_for_a_dead_one(
    office_client: Client, inspection: Inspection
) -> None:
    export = asked(office_client, inspection)
    Export.objects.update(state=ExportState.RUNNING, written=1, words="")
    page = office_client.get(export.get_absolute_url())
    assert page["Refresh"] == "2"
    assert "已写 1 条，共 3 条" in page.content.decode()
    Export.objects.update(seen=timezone.now() - SILENT - dt.timedelta(seconds=1))
    page = office_client.get(export.get_absolute_url())
    assert "Refresh" not in page
    assert "中断" in page.content.decode()
    assert "重新导出" in page.content.decode()


def test_files_are_kept_for_a_day(office_client: Client, inspection: Inspection) -> None:
    old = asked(office_client, inspection)
    Export.objects.update(asked=timezone.now() - KEPT - dt.timedelta(minutes=1))
    asked(office_client, inspection)
    assert not old.path.exists()
    assert Export.objects.count() == 1
    only = Export.objects.get()
    only.path.unlink()
    assert "已过保留时间" in office_client.get(only.get_absolute_url()).content.decode()
