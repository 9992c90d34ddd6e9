"""What is far too large is refused by its announced length, before anything of it is read."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/login/"


class Unread(io.BytesIO):
    """A body that must not be touched."""

    def read(self, _size: int | None = -1, /) -> bytes:
        """Fail: reading is what the limit is there to prevent."""
        raise AssertionError("the body was read")


def send(client: Client, size: int) -> int:
    """Announce so many bytes; the status of the answer."""
    headers = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Unread()}
    return client.generic("POST", ADDRESS, **headers).status_code  # type: ignore[arg-type]  # of the environment


def test_a_body_of_300_mb_from_nobody_is_not_read(client: Client) -> None:
    assert send(client, 300 * 1024 * 1024) == 413


def test_somebody_signed_in_may_send_more_but_not_anything(office_client: Client, settings: Settings) -> None:
    assert send(office_client, settings.BODY_MAX_BYTES + 1) == 413
    with pytest.raises(AssertionError, match="was read"):
        send(office_client, settings.BODY_MAX_BYTES)


def test_the_refusal_says_how_much_may_be_sent(client: Client) -> None:
    answer = client.post(ADDRESS, {"username": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "最多 1 MB" in answer.content.decode()
