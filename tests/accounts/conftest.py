"""What the tests of people and trust share."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import pytest

from accounts.logs import JsonLines


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
