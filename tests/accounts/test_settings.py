"""What the environment says about signing in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from rectify.settings import whole_number
from tests.test_repository import ROOT

SHOWN = (
    "from django.conf import settings as s; "
    "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_IDLE, s.SESSION_LIFETIME, "
    "s.PASSWORD_PROFILE.key)"
)


def settings_with(**variables: str) -> str:
    """Settings as a fresh process with these variables has them."""
    environment = {
        name: value for name, value in os.environ.items() if name.partition("_")[0] not in {"RECTIFY", "PYTEST"}
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "rectify.settings",
        "RECTIFY_SECRET_KEY": "0123456789abcdefghij" * 3,
        "RECTIFY_AUDIT_KEY": "jihgfedcba9876543210" * 3,
    }
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", SHOWN],
        env=environment | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_behind_tls_cookies_are_bound_to_the_host() -> None:
    assert settings_with(RECTIFY_HTTPS="1") == "__Host-sessionid __Host-csrftoken True 0:15:00 12:00:00 dengbao"


def test_limits_and_rules_come_from_the_environment() -> None:
    shown = settings_with(RECTIFY_IDLE_MINUTES="5", RECTIFY_SESSION_HOURS="8", RECTIFY_PASSWORD_PROFILE="nist")
    assert shown == "sessionid csrftoken False 0:05:00 8:00:00 nist"


def test_an_unknown_set_of_rules_stops_the_start() -> None:
    assert "RECTIFY_PASSWORD_PROFILE is 'lax'" in settings_with(RECTIFY_PASSWORD_PROFILE="lax")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "viel", " "])
def test_a_limit_is_a_whole_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("RECTIFY_IDLE_MINUTES", value)
    with pytest.raises(ImproperlyConfigured, match="RECTIFY_IDLE_MINUTES is '"):
        whole_number("RECTIFY_IDLE_MINUTES", 15)
