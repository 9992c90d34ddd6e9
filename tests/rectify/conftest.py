"""What the tests of the demo share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.demo import QUICK, on_the_day, places


@pytest.fixture
def var(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A data folder of one's own, quick passwords, and the day for which the demo's dates are chosen."""
    for name, path in places(tmp_path).items():
        setattr(settings, name, path)
    settings.PASSWORD_HASHERS = QUICK
    with on_the_day():
        yield settings.VAR_DIR
