"""Receiving a file: copied, hashed, checked, flushed to disk; the row is written last (ADR 10)."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import models

from accounts.locks import BusyError
from accounts.models import User
from documents.file_checks.rejections import RejectedError
from findings.choices import Scan
from findings.evidence.models import StoredFile, StoreUse
from findings.evidence.store import scanning, storage
from findings.evidence.store.kinds import recognise
from findings.evidence.store.names import shown_name
from findings.units.models import Unit

MEGABYTE = 1024 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Received:
    """A file in the store, with the name to show it by."""

    file: StoredFile
    name: str


def receive(
    upload: File[Any], name: str, user: User, body: Unit | None = None, *, with_texts: bool = False
) -> Received:
    """Store a file, within the quota of ``body`` if given; the same content is stored once.

    ``with_texts`` also takes texts (``kinds.TEXTS``), which no piece of evidence may be.

    RejectedError, with a sentence for the user, when it is too large, of a kind that is not accepted, not what its name
    says, infected, or when there is no room or no answer from the store; nothing is stored then.
    """
    name = shown_name(name)
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise RejectedError(_too_large(upload.size))
    # Before the file is read. Not under a lock: uploads at the same moment may exceed the quota together.
    check_quota(body, upload.size)
    scratch: Path | None = None
    try:
        target, scratch = storage.new_scratch()
        with target:
            digest, size = _copy_and_hash(upload, target)
        extension = recognise(scratch, name, with_texts=with_texts)
        scan = scanning.scan(scratch)
        if scan == Scan.INFECTED:
            StoredFile.objects.filter(digest=digest).update(scan=scan)  # stored before the scanner knew the virus
            raise RejectedError("文件查出病毒，没有保存。请在本机杀毒后重新生成文件再上传。")
        storage.store_file(scratch, digest)  # before the row: a crash in between leaves an orphan (ADR 10)
    except OSError as error:
        if error.errno in FULL:
            raise RejectedError("服务器磁盘空间不足，文件没有保存。请联系系统管理员清理空间，稍后再传。") from error
        raise
    except storage.UnreachableError as error:
        raise RejectedError(f"文件没有保存。{error}") from error
    except BusyError as error:
        raise RejectedError("同一个文件正在由别人上传，这一次没有保存。请稍后再传。") from error
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
    return Received(_enter(digest, {"size": size, "extension": extension, "scan": scan, "stored_by": user}), name)


def _enter(digest: str, values: dict[str, Any]) -> StoredFile:
    """The row of a file that is in its place, new or as it was; a new result of the scan is taken over."""
    file, is_new = StoredFile.objects.get_or_create(digest=digest, defaults=values)
    # NONE and WAITING say nothing.
    if not is_new and file.scan != values["scan"] and values["scan"] in {Scan.CLEAN, Scan.INFECTED}:
        file.scan = values["scan"]
        file.save(update_fields=["scan"])
    return file


def _copy_and_hash(upload: File[Any], target: BinaryIO) -> tuple[str, int]:
    """Copy an upload to the scratch file and flush it to disk; its digest (hexadecimal) and size in bytes.

    RejectedError above the limit: the size that the browser states may be wrong.
    """
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks(MEGABYTE):
        size += len(chunk)
        if size > settings.EVIDENCE_MAX_BYTES:
            raise RejectedError(_too_large(size))
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _too_large(size: int) -> str:
    most = settings.EVIDENCE_MAX_BYTES // MEGABYTE
    return f"文件有 {size / MEGABYTE:.1f} MB，超过 {most} MB；请压缩图片、降低扫描分辨率或拆成几个文件再上传。"


def usage_of(body: Unit) -> tuple[int, int]:
    """The bytes that the evidence of the body's inspections takes, and the quota."""
    used = StoreUse.objects.filter(inspection__unit=body).aggregate(sum=models.Sum("bytes"))["sum"]
    return used or 0, settings.EVIDENCE_QUOTA


def check_quota(body: Unit | None, size: int) -> None:
    """Raise RejectedError when a file of ``size`` bytes exceeds the quota of the body; None has no quota."""
    if body is None:
        return
    used, quota = usage_of(body)
    if used + size > quota:
        raise RejectedError(
            f"“{body}”的佐证材料空间不足：已用 {used / MEGABYTE:.0f} MB，共 {quota / MEGABYTE:.0f} MB。"
            "请联系系统管理员增加空间。"
        )


def check_answers() -> None:
    """Raise UnreachableError unless stored files could be read now."""
    storage.the_storage().check_answers()


def open_stored(file: StoredFile) -> BinaryIO:
    """The content of a stored file, opened for reading.

    MissingFileError when it is gone, UnreachableError while it cannot be fetched, RejectedError while it is infected or
    waits for its scan.
    """
    if file.scan == Scan.INFECTED:
        raise RejectedError("这个文件查出病毒，不能打开或下载。")
    if file.scan == Scan.WAITING:
        raise RejectedError("这个文件还在等待查毒，暂时不能打开或下载，请稍后再试。")
    return storage.open_digest(file.digest)
