"""Asking ClamAV over its socket; the setting is empty where there is none."""

from __future__ import annotations

import logging
import socket
import struct
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from findings.choices import Scan

logger = logging.getLogger(__name__)
CHUNK, SECONDS = 1 << 16, 30


def scan(path: Path) -> Scan:
    """What the scanner says: nothing where none is configured, waiting when it does not answer."""
    with path.open("rb") as file:
        return scan_stored_file(file)


def scan_stored_file(file: BinaryIO) -> Scan:
    """The same for bytes that are in the store already."""
    if not settings.CLAMD:
        return Scan.NONE
    try:
        answer = _ask(file)
    except OSError:
        logger.exception("The virus scanner does not answer")
        return Scan.WAITING
    if answer.endswith("FOUND"):
        return Scan.INFECTED
    if answer.endswith("OK"):
        return Scan.CLEAN
    logger.error("The virus scanner says: %s", answer)
    return Scan.WAITING


def _ask(file: BinaryIO) -> str:
    """Send the bytes by clamd's INSTREAM; its answer."""
    with _connection() as clamd:
        clamd.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            clamd.sendall(struct.pack("!L", len(chunk)) + chunk)
        clamd.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0"):
            part = clamd.recv(4096)
            if not part:
                break
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connection() -> socket.socket:
    address: str = settings.CLAMD
    if "/" in address:
        local = socket.socket(socket.AF_UNIX)
        local.settimeout(SECONDS)
        local.connect(address)
        return local
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)
