"""The storages of files by digest, behind Django's storage interface: a disk or an S3 bucket."""

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

from accounts.locks import exclusive_lock

_SETTLED: set[Path] = set()  # folders whose entry this process has flushed
INCOMING = "incoming"  # the folder of scratch files


class MissingFileError(Exception):
    """The content of a stored file is gone; the message is a Chinese sentence."""


class UnreachableError(Exception):
    """The store does not answer, or refuses to, so that it is unknown whether a file exists; the message is Chinese."""


class EvidenceStorage(Protocol):
    """The interface of a storage; any method may raise UnreachableError."""

    def open(self, name: str, mode: str = ...) -> File[Any]:
        """The content of a file; FileNotFoundError when it does not exist."""

    def delete(self, name: str) -> None:
        """Remove a file; FileNotFoundError when a disk has none of this name."""

    def get_modified_time(self, name: str) -> dt.datetime:
        """The time at which the file was put in its place."""

    def places(self) -> Iterator[str]:
        """The names of all files, complete or not, in order."""

    def incoming(self) -> Path | None:
        """The folder for scratch files, in the file system of the storage; None when the files are sent elsewhere."""

    def store_file(self, scratch: Path, place: str) -> None:
        """Put a complete, flushed file in its place, replacing one that is there."""

    def check_answers(self) -> None:
        """Raise UnreachableError unless files could be read now."""


class DiskStorage(FileSystemStorage):
    """A storage on this machine, readable by the user of the server only."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder that the settings name, as written there."""
        return str(settings.EVIDENCE_ROOT)

    @property
    def location(self) -> str:
        """The absolute path of that folder."""
        # A property, not a cached one as Django's: tests change the setting.
        return str(settings.EVIDENCE_ROOT.resolve())

    def places(self, folder: str = "") -> Iterator[str]:
        """The files of a folder, then those of its folders, by name; none when it does not exist."""
        try:
            folders, files = self.listdir(folder)
        except FileNotFoundError:
            return
        for name in sorted(files):
            yield f"{folder}/{name}" if folder else name
        for name in sorted(folders):
            yield from self.places(f"{folder}/{name}" if folder else name)

    def incoming(self) -> Path:
        """The folder of scratch files, created if need be."""
        folder = Path(self.location) / INCOMING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def store_file(self, scratch: Path, place: str) -> None:
        """Rename the scratch file into its place; the rename survives a loss of power once this returns."""
        target = Path(self.path(place))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Atomic, because scratch files are in the same file system.
        scratch.replace(target)
        _synchronise(target.parent)
        for folder in (target.parent, target.parent.parent):
            if folder not in _SETTLED:  # a process that created it may have been killed before this
                _synchronise(folder.parent)
                _SETTLED.add(folder)

    def check_answers(self) -> None:
        """Do nothing: a disk is always there."""


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def the_storage() -> EvidenceStorage:
    """The storage that the settings name."""
    return cast(EvidenceStorage, storages["evidence"])


def place_of(digest: str) -> str:
    """The place of a digest, in two levels of folders, so that no folder grows too large."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def new_scratch() -> tuple[BinaryIO, Path]:
    """A new scratch file, open for writing, and its path; readable by the user of the server only."""
    handle, name = tempfile.mkstemp(dir=the_storage().incoming())
    return cast(BinaryIO, os.fdopen(handle, "w+b")), Path(name)


def store_file(scratch: Path, digest: str) -> None:
    """Put a complete, flushed file in its place; a crash leaves a scratch file or an orphan, never a partial file.

    A file that is there already is replaced, which repairs one that was damaged. BusyError when another process has
    held the lock of this name too long.
    """
    with lock_file_name(digest):
        the_storage().store_file(scratch, place_of(digest))


def lock_file_name(name: str) -> AbstractContextManager[None]:
    """A lock that keeps others from putting or removing a file of this name; BusyError when it is not free in time."""
    return exclusive_lock(f"evidence {name}")


def open_digest(digest: str) -> BinaryIO:
    """The content of a file; MissingFileError when it is gone, UnreachableError while it cannot be fetched."""
    try:
        return cast(BinaryIO, the_storage().open(place_of(digest), "rb"))
    except FileNotFoundError as error:
        raise MissingFileError("文件在存储中找不到了，请联系系统管理员运行 verify_evidence 核对。") from error
