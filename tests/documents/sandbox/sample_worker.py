"""A worker for the tests of the sandbox: does what it is asked to."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from documents.sandbox.messages import RESTART, Head, Message
from documents.sandbox.worker import limit_resources, serve

MEMORY = 1 << 29


def respond(request: Head, content: bytes) -> Message:
    """The content turned round, after a mishap where one is asked for."""
    match request:
        case {"sleep": seconds}:
            time.sleep(seconds)
        case {"die": words}:
            sys.exit(words)
        case {"allocate": size}:
            content = bytes(size)
        case {"spin": _}:
            while True:
                pass
    sys.stdout.write("a message that is no answer\n")
    answer: dict[str, Any] = {"process": os.getpid(), "argument": sys.argv[1:], "word": os.environ.get("WORD")}
    return {**answer, RESTART: request.get("last", False)}, content[::-1]


if __name__ == "__main__":
    with limit_resources(memory=MEMORY, seconds=1, open_files=16, file_size=1 << 16) as answers:
        serve(answers, respond)
