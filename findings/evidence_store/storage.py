"""Where the bytes lie: by their digest, behind Django's storage interface, on disk or in S3."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

INCOMING = "incoming"  # the folder of files that are not whole yet


class MissingFileError(Exception):
    """The bytes of a stored file are not there; the message is a Chinese sentence."""


class DiskStorage(FileSystemStorage):
    """Files on this machine, which only its own user can read."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder the settings name."""
        return str(settings.EVIDENCE_ROOT)

    @property
    def location(self) -> str:
        """The same, absolute."""
        return str(settings.EVIDENCE_ROOT.resolve())


def the_storage() -> Storage:
    """The storage the settings name."""
    return storages["evidence"]


def place_of(digest: str) -> str:
    """The name under which a file is kept: no folder grows beyond measure."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def scratch_folder() -> Path | None:
    """Where a file arrives: in the file system in which it will stay; None where it will be sent elsewhere."""
    storage = the_storage()
    if not isinstance(storage, DiskStorage):
        return None
    folder = Path(storage.location) / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_scratch() -> tuple[BinaryIO, Path]:
    """An empty file that only this user can read."""
    handle, name = tempfile.mkstemp(dir=scratch_folder())
    return cast(BinaryIO, os.fdopen(handle, "w+b")), Path(name)


def keep(scratch: Path, digest: str) -> None:
    """Put a whole, synchronised file in its place; a crash before leaves a scratch file, after at most an orphan.

    A file that is there already is put there again: whatever became of it meanwhile, it is right afterwards.
    """
    storage = the_storage()
    if isinstance(storage, DiskStorage):
        target = Path(storage.path(place_of(digest)))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch.replace(target)
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            _synchronise(folder)
    elif not storage.exists(place_of(digest)):
        with scratch.open("rb") as file:
            storage.save(place_of(digest), File(file))


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_digest(digest: str) -> BinaryIO:
    """The bytes of a file; MissingFileError when they are not there."""
    try:
        return cast(BinaryIO, the_storage().open(place_of(digest), "rb"))
    except FileNotFoundError as error:
        raise MissingFileError("文件在存储中找不到了，请联系系统管理员运行 verify_evidence 核对。") from error
