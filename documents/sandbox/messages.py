"""The messages between a process and its worker: a head (JSON) and a content (bytes), each after its length.

A length has four bytes, the most significant first.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

LENGTH = struct.Struct(">I")
RESTART = "restart"  # in the head of an answer: the worker must be replaced before the next request

Head = dict[str, Any]
Message = tuple[Head, bytes]


class Readable(Protocol):
    """A pipe that can be read."""

    def read(self, size: int, /) -> bytes | None:
        """At most ``size`` bytes; b"" or None at the end."""


def pack_message(head: Head, content: bytes) -> bytes:
    """The bytes of a request or an answer."""
    text = json.dumps(head).encode()
    return LENGTH.pack(len(text)) + text + LENGTH.pack(len(content)) + content


def read_message(pipe: Readable) -> Message:
    """The next message; raises ``EOFError`` when the pipe ends before the message is complete."""
    head: Head = json.loads(_read_frame(pipe))
    return head, _read_frame(pipe)


def _read_frame(pipe: Readable) -> bytes:
    (size,) = LENGTH.unpack(_read_bytes(pipe, LENGTH.size))
    return _read_bytes(pipe, size)


def _read_bytes(pipe: Readable, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = pipe.read(size - len(data))  # an unbuffered pipe may give less
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
