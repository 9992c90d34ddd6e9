"""The server as a process: on a foreign schema it ends with one message, without its database it starts."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from bench.server import command, free_address
from tests.databases import empty_database, url_of

pytestmark = pytest.mark.django_db
KEYS = {"RECTIFY_SECRET_KEY": "0123456789abcdefghij" * 3, "RECTIFY_AUDIT_KEY": "jihgfedcba9876543210" * 3}
STATIC = Path(settings.BASE_DIR) / "static"
PATIENCE = 60  # seconds: the machine may be busy


@contextmanager
def start_process(arguments: list[str], database_url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the product on that database, killed with all its children at the end of the block."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    environment |= KEYS | {"DATABASE_URL": database_url, "RECTIFY_DEBUG": "1", "ALLOWED_HOSTS": "127.0.0.1"}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 -- our own words
            arguments, cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            log.touch()  # it has ended by itself, with all its children
        process.wait()


@pytest.mark.parametrize("program", ["gunicorn", "runserver"])
def test_on_a_foreign_schema_the_server_ends_with_one_message(program: str, tmp_path: Path) -> None:
    address, log = free_address(), tmp_path / "log"
    arguments = {"gunicorn": command(address), "runserver": [sys.executable, "manage.py", "runserver", address]}
    with empty_database(tmp_path) as name, start_process(arguments[program], url_of(name), log) as process:
        assert process.wait(PATIENCE) == {"gunicorn": 4, "runserver": 1}[program]
    output = log.read_text(encoding="utf-8")
    assert output.count("数据库的结构比程序旧") == 1
    assert output.count("Back up the database, then run: python manage.py migrate") == 1
    assert "Traceback" not in output


def answer_of(address: str, path: str, process: subprocess.Popen[bytes]) -> int:
    """The status of an address, once the server answers; fails when it ends or never does."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        line = http.client.HTTPConnection(address, timeout=PATIENCE)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except ConnectionError:
            time.sleep(0.05)  # nobody tells when a port opens
        finally:
            line.close()
    pytest.fail(f"the server gave no answer; it ended with {process.poll()}")


def test_without_its_database_the_server_starts(tmp_path: Path) -> None:
    address, log = free_address(), tmp_path / "log"
    url = url_of(str(tmp_path / "absent" / "file.sqlite3"))
    if connection.vendor == "postgresql":
        url = f"postgres://postgres@{free_address()}/nobody_listens"
    style = next(STATIC.rglob("*.css")).relative_to(STATIC)  # pages wait for the database, style sheets do not
    with start_process(command(address), url, log) as process:
        assert answer_of(address, f"/static/{style}", process) == 200, log.read_text(encoding="utf-8")
        assert process.poll() is None
