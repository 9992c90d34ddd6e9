"""People with passwords, quick hashes that are counted, and browsers that are signed in."""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.logs import JsonLines
from accounts.models import Action, Event, Result, Session, User
from findings.factories import make_user

LOGIN = "/accounts/login/"
PASSWORD = "Correct-horse-1"  # noqa: S105 -- of nobody
NEW_PASSWORD = "Battery-staple-2"  # noqa: S105 -- of nobody


class CountingHasher(MD5PasswordHasher):
    """A quick hash that counts how often it is computed; ``pause`` seconds each time, for threads to meet."""

    count = 0
    pause = 0.0
    _lock = threading.Lock()

    def encode(self, password: str, salt: str) -> str:
        """Count, and hash."""
        with self._lock:
            CountingHasher.count += 1
        time.sleep(self.pause)
        return super().encode(password, salt)


class Hashes:
    """How many hashes were computed inside the ``with``."""

    def __enter__(self) -> Hashes:
        self.count = -CountingHasher.count
        return self

    def __exit__(self, *_: object) -> None:
        self.count += CountingHasher.count


@pytest.fixture(autouse=True)
def _quick_and_apart(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Counted quick hashes, and lock files of one's own."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    settings.VAR_DIR = tmp_path
    yield
    CountingHasher.pause = 0.0


@pytest.fixture
def person() -> User:
    """Somebody with a password."""
    return make_user(username="wangqiang", name="王强", password=PASSWORD)


@pytest.fixture
def signed_in(person: User) -> Client:
    """A browser in which this person has signed in."""
    return browser_of(person.username)


def browser_of(username: str, password: str = PASSWORD, **headers: str) -> Client:
    """A browser in which somebody has signed in through the form."""
    client = Client(headers=headers or None)
    answer = client.post(LOGIN, {"username": username, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def copy_of(client: Client) -> Client:
    """A browser with the same cookies, as a thief has them."""
    thief = Client()
    thief.cookies.update(client.cookies)
    return thief


def attempt(username: str, password: str, **extra: str) -> str:
    """What the sign-in page says to a try from a fresh browser; "" when it lets in."""
    answer = Client().post(LOGIN, {"username": username, "password": password}, **extra)  # type: ignore[arg-type]
    return "" if answer.status_code == 302 else answer.content.decode()


def is_in(client: Client) -> bool:
    """Whether the next request of this browser is that of a signed-in person."""
    return client.get("/accounts/profile/").status_code == 200


def session_of(client: Client) -> Session:
    """The row of the browser's session."""
    return Session.objects.get(session_key=client.cookies["sessionid"].value)


def trail() -> list[tuple[str, str, str, str]]:
    """The trail's rows, oldest first: who, action, result, reason."""
    return list(Event.objects.order_by("pk").values_list("who", "action", "result", "reason"))


def events() -> QuerySet[Event]:
    """The trail but for what the factories made: records created outside of every request."""
    return Event.objects.exclude(action=Action.CREATE, result=Result.DONE, address="")


@pytest.fixture
def captured_logs() -> Iterator[Callable[[], str]]:
    """Everything logged from here on, at every level of our own and of Django's, as it would stand in the log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    listened = [logging.getLogger(name) for name in ("", "django", "django.request", "django.security")]
    levels = [logger.level for logger in listened]
    for logger in listened[:2]:
        logger.addHandler(handler)
    for logger in listened:
        logger.setLevel(logging.DEBUG)
    yield stream.getvalue
    for logger, level in zip(listened, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)
