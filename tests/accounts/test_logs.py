"""Log lines: JSON, with the request they belong to, without anything typed, secret or private."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.logs import JsonLines
from accounts.models import Event, User
from accounts.request_context import RequestContext, use_context
from findings.factories import make_user

pytestmark = pytest.mark.django_db
TYPED = "typed-by-somebody"
logger = logging.getLogger("accounts.tests")


def test_a_line_is_one_object_with_the_request_it_belongs_to() -> None:
    record = logger.makeRecord("accounts.tests", logging.WARNING, __file__, 1, "两行\n文字 %s \ud800", ("参数",), None)
    with use_context(RequestContext("0123456789abcdef")):
        written = JsonLines().format(record)
    line = json.loads(written)
    assert "\n" not in written
    assert written.encode("utf-8")
    assert (line["level"], line["logger"], line["request_id"]) == ("WARNING", "accounts.tests", "0123456789abcdef")
    assert line["message"] == "两行\n文字 参数 \ud800"
    assert line["time"].endswith("+00:00")
    assert "user_id" not in line


def test_an_exception_is_one_field_without_its_words(captured_logs: Callable[[], str]) -> None:
    make_user(username=TYPED)
    try:
        with transaction.atomic():
            make_user(username=TYPED)
    except IntegrityError:
        logger.exception("It could not be stored")
    line = json.loads(captured_logs().splitlines()[-1])
    assert line["message"] == "It could not be stored"
    assert "IntegrityError" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert TYPED not in line["exception"]


def test_who_is_signed_in_is_told_by_number(client: Client, reporter: User, captured_logs: Callable[[], str]) -> None:
    client.force_login(reporter)
    answer = client.get("/findings/999/")
    line = next(line for line in map(json.loads, captured_logs().splitlines()) if line["logger"] == "django.request")
    assert (line["user_id"], line["request_id"]) == (reporter.pk, answer.headers["X-Request-ID"])


def test_nothing_typed_or_secret_is_logged_or_kept_in_the_trail(captured_logs: Callable[[], str], office: User) -> None:
    secret = "Very-Secret-9"  # noqa: S105 -- looked for below
    make_user(username="wangqiang", name="王强", password=secret)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    page = client.get(reverse("accounts:login"))
    token = page.context["csrf_token"]
    typed = {"username": TYPED, "password": f"wrong-{secret}", "csrfmiddlewaretoken": str(token)}
    client.post(reverse("accounts:login"), typed)
    client.post(reverse("accounts:login"), typed | {"csrfmiddlewaretoken": TYPED})
    client.post(reverse("accounts:login"), typed | {"username": "wangqiang", "password": secret})
    client.force_login(office)
    token = client.get(reverse("findings:inspection_create")).context["csrf_token"]
    form = {"name": TYPED, "team": TYPED * 100, "csrfmiddlewaretoken": str(token)}
    client.post(reverse("findings:inspection_create"), form)
    client.post(reverse("findings:inspection_create"), form | {"csrfmiddlewaretoken": "x"})
    client.get("/inspections/", {"q": TYPED})
    client.post(reverse("reports:text_import"), {"text": TYPED, "csrfmiddlewaretoken": str(token)})
    kept = captured_logs() + "".join(str(row) for row in Event.objects.values_list())
    assert "CSRF" in kept
    cookies = [cookie.value for cookie in client.cookies.values()]
    for word in (TYPED, secret, str(token), *cookies):
        assert word not in kept
