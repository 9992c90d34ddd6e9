"""What goes through the pipes: a head (JSON) and a content (bytes), each preceded by its length in four bytes."""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

LENGTH = struct.Struct(">I")
RESTART = "restart"  # in the head of an answer: this process must not be asked again

Head = dict[str, Any]
Message = tuple[Head, bytes]


class Readable(Protocol):
    """A pipe to read from."""

    def read(self, size: int, /) -> bytes | None:
        """At most so many bytes; none at its end."""


def pack_message(head: Head, content: bytes) -> bytes:
    """A request or an answer as it goes through a pipe."""
    text = json.dumps(head).encode()
    return LENGTH.pack(len(text)) + text + LENGTH.pack(len(content)) + content


def read_message(pipe: Readable) -> Message:
    """The next message. Raises ``EOFError`` when the pipe ends before it does."""
    head: Head = json.loads(_read_frame(pipe))
    return head, _read_frame(pipe)


def _read_frame(pipe: Readable) -> bytes:
    (size,) = LENGTH.unpack(_read_bytes(pipe, LENGTH.size))
    return _read_bytes(pipe, size)


def _read_bytes(pipe: Readable, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = pipe.read(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
