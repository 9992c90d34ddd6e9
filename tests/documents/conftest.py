"""What the tests of made files share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings

from documents.pdf.font_index import face_table
from tests.documents.pdf.measuring import Char

FILES = {
    "FandolFang": "FandolFang-Regular.otf",
    "FandolHei": "FandolHei-Regular.otf",
    "FandolKai": "FandolKai-Regular.otf",
}


@pytest.fixture(scope="session")
def fonts() -> None:
    """The free fonts; a missing one is a failed set-up, not a reason to skip."""
    if not (settings.FONT_DIR / "FandolFang-Regular.otf").is_file():
        pytest.fail("The fonts are missing: run scripts/fetch-fonts (make test does it).", pytrace=False)


@pytest.fixture(scope="session")
def width_of(fonts: None) -> Callable[[Char], float]:
    """How wide a printed character is in the face that its font file describes, in em."""
    tables = {
        name: face_table(settings.FONT_DIR / file, 0, settings.FONT_DIR.parent / "font-cache")
        for name, file in FILES.items()
    }
    return lambda char: table.width(char.text) if (table := tables.get(char.font.partition("+")[2])) else 1.0
