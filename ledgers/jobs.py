"""Exports too large for a request: written by the tasks backend, at once in the same process or by ``db_worker``."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django_tasks import task

from accounts.audit.events import record
from accounts.models import Action, Result
from documents.excel.limits import TextTooLongError
from findings.choices import NoticeKind
from findings.notifications.models.notices import notify
from ledgers.catalogue import LISTS
from ledgers.exporting import CHUNK_SIZE, ExportQuery, InvalidFilterError, write
from ledgers.models.exports import Export, ExportState

logger = logging.getLogger(__name__)
FAILED = "生成文件时出错，请稍后再试；如果一直这样，请联系系统管理员（导出编号 {0}）。"


def start_export(export_query: ExportQuery, form: str, query: str, total: int) -> Export:
    """Create an export and queue it; expired exports are removed first, with their files."""
    for old in Export.objects.expired():
        old.path.unlink(missing_ok=True)
        old.delete()
    export = Export.objects.create(
        user=export_query.user,
        inspection=export_query.inspection,
        listed=export_query.listed.key,
        form=form,
        query=query,
        total=total,
    )
    write_export.enqueue(export.pk)
    # The immediate backend has written it by now.
    export.refresh_from_db()
    return export


# Tasks take the key only: the database backend stores arguments as JSON.
@task()
def write_export(pk: int) -> None:
    """Write one export, once; failures are logged, stored and told to the user, never raised."""
    # The conditional update decides which of two tasks writes the file.
    if not Export.objects.filter(pk=pk, state=ExportState.WAITING).update(
        state=ExportState.RUNNING, seen=timezone.now()
    ):
        return
    export = Export.objects.select_related("user", "inspection").get(pk=pk)
    listed = LISTS[export.listed]
    try:
        number = _write_file(export)
    except TextTooLongError as error:
        _finish_export(export, ExportState.FAILED, f"{error}请先把这一格的内容改短，或者导出 CSV。")
    except InvalidFilterError:  # valid when the export was asked for, such as a unit deleted since
        _finish_export(export, ExportState.FAILED, "筛选条件已经无效，请回到清单重新筛选后再导出。")
    # Any error ends here: the user must be told, and a worker must go on with the next task.
    except Exception:
        logger.exception("export %s failed", pk)
        _finish_export(export, ExportState.FAILED, FAILED.format(pk))
    else:
        _finish_export(export, ExportState.DONE, f"共 {number} {listed.noun}")


def _finish_export(export: Export, state: ExportState, words: str) -> None:
    """Store the outcome, write it to the audit trail, and notify the user who asked for the export."""
    title, is_done = LISTS[export.listed].title, state == ExportState.DONE
    Export.objects.filter(pk=export.pk).update(state=state, words=words[:200], seen=timezone.now())
    result = Result.DONE if is_done else Result.FAILED
    record(
        Action.EXPORT,
        export.inspection,
        result=result,
        reason=f"{title}（{export.form}），{words}，申请人 {export.user}",
    )
    what = "已生成，请在一天之内下载" if is_done else "没有生成"
    notify([export.user_id], NoticeKind.RESULT, f"您导出的{title}{what}：{words}", address=export.get_absolute_url())


def _write_file(export: Export) -> int:
    """Write the file under a temporary name, rename it when complete, and return the number of records."""
    folder: Path = settings.EXPORTS_ROOT
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    export_query = ExportQuery(LISTS[export.listed], export.inspection, export.user, QueryDict(export.query))
    # Readable by the server's user only (mode 0600), in the target's file system, so that it can be renamed.
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "w+b") as file:
            number = write(
                export_query,
                _with_export_progress(export, export_query.records()),
                cast("IO[bytes]", file),
                export.form,
            )
        Path(name).replace(export.path)
    finally:
        Path(name).unlink(missing_ok=True)
    return number


def _with_export_progress(export: Export, records: Iterator[Any]) -> Iterator[Any]:
    """Yield the records and store after every ``CHUNK_SIZE`` of them how many there were.

    This also updates ``seen``, by which ``Export.is_dead`` recognises a worker that has died.
    """
    for number, one in enumerate(records, start=1):
        yield one
        if number % CHUNK_SIZE == 0:
            Export.objects.filter(pk=export.pk).update(written=number, seen=timezone.now())
