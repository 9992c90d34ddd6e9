"""Where the bytes lie: by their digest, behind Django's storage interface, on disk or in a bucket of S3."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages

from accounts.locks import try_exclusive

_SETTLED: set[Path] = set()  # folders that this process knows to be on the disk
INCOMING = "incoming"  # the folder of files that are not whole yet


class MissingFileError(Exception):
    """The bytes of a stored file are not there; the message is a Chinese sentence."""


class UnreachableError(Exception):
    """The store does not answer, or refuses to; whether a file is there is not known. The message is Chinese."""


class EvidenceStorage(Protocol):
    """What the store asks of a storage, beside ``UnreachableError`` where it cannot do it."""

    def open(self, name: str, mode: str = ...) -> File[Any]:
        """The bytes of a file; FileNotFoundError when they are not there."""

    def delete(self, name: str) -> None:
        """Remove a file."""

    def get_modified_time(self, name: str) -> dt.datetime:
        """When a file was put in its place."""

    def places(self) -> Iterator[str]:
        """The names of everything that is kept, whole or not, in order."""

    def incoming(self) -> Path | None:
        """Where a file arrives: in the file system in which it will stay; None where it will be sent elsewhere."""

    def store_file(self, scratch: Path, place: str) -> None:
        """Put a whole, synchronised file in its place, over what is there."""

    def check_answers(self) -> None:
        """Raise ``UnreachableError`` unless files could be read now."""


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

    def places(self, folder: str = "") -> Iterator[str]:
        """Files first, then folder by folder."""
        try:
            folders, files = self.listdir(folder)
        except FileNotFoundError:
            return
        for name in sorted(files):
            yield f"{folder}/{name}" if folder else name
        for name in sorted(folders):
            yield from self.places(f"{folder}/{name}" if folder else name)

    def incoming(self) -> Path:
        """A folder of its own."""
        folder = Path(self.location) / INCOMING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def store_file(self, scratch: Path, place: str) -> None:
        """Rename it; when this returns it stays there even if the power fails."""
        target = Path(self.path(place))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch.replace(target)
        _synchronise(target.parent)
        for folder in (target.parent, target.parent.parent):
            if folder not in _SETTLED:  # whoever made it may not have come as far as this
                _synchronise(folder.parent)
                _SETTLED.add(folder)

    def check_answers(self) -> None:
        """A disk does."""


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def the_storage() -> EvidenceStorage:
    """The storage the settings name."""
    return cast(EvidenceStorage, storages["evidence"])


def place_of(digest: str) -> str:
    """The name under which a file is kept: no folder grows beyond measure."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def new_scratch() -> tuple[BinaryIO, Path]:
    """An empty file that only this user can read."""
    handle, name = tempfile.mkstemp(dir=the_storage().incoming())
    return cast(BinaryIO, os.fdopen(handle, "w+b")), Path(name)


def keep(scratch: Path, digest: str) -> None:
    """Put a whole, synchronised file in its place; a crash before leaves a scratch file, after at most an orphan.

    A file that is there already is put there again: whatever became of it meanwhile, it is right afterwards. Raises
    BusyError when others have been at this file for too long.
    """
    with lock_file_name(digest):
        the_storage().store_file(scratch, place_of(digest))


def lock_file_name(name: str) -> AbstractContextManager[None]:
    """Let nobody put or remove a file of this name meanwhile."""
    return try_exclusive(f"evidence {name}")


def open_digest(digest: str) -> BinaryIO:
    """The bytes of a file; MissingFileError when they are not there."""
    try:
        return cast(BinaryIO, the_storage().open(place_of(digest), "rb"))
    except FileNotFoundError as error:
        raise MissingFileError("文件在存储中找不到了，请联系系统管理员运行 verify_evidence 核对。") from error
