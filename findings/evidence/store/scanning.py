"""The client of the virus scanner ClamAV, over a TCP or Unix socket; without the setting nothing is scanned."""

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
    """The result of scanning a file: NONE without a scanner, WAITING when it does not answer."""
    with path.open("rb") as file:
        return scan_stored_file(file)


def scan_stored_file(file: BinaryIO) -> Scan:
    """The result of scanning an open file, from its present position; as ``scan``."""
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
    """Send the bytes by the command INSTREAM of clamd and return its answer; OSError when it does not answer."""
    with _connection() as clamd:
        # With "z" command and answer end with a null byte; an empty chunk ends the stream (clamd(8)).
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
