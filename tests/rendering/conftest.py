"""What the tests of made files share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings

from reports.rendering.fonts import face_table


@pytest.fixture(scope="session")
def fonts() -> None:
    """The free fonts; a missing one is a failed set-up, not a reason to skip."""
    if not (settings.FONT_DIR / "FandolFang-Regular.otf").is_file():
        pytest.fail("The fonts are missing: run scripts/fetch-fonts (make test does it).", pytrace=False)


@pytest.fixture(scope="session")
def body_width(fonts: None) -> Callable[[str], float]:
    """How wide a character of the body is, in em."""
    table = face_table(settings.FONT_DIR / "FandolFang-Regular.otf", 0, settings.FONT_DIR.parent / "font-cache")
    return table.width
