"""The samples beside the repository: read where they are, never copied; tests without them skip loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLES = SHARED / "samples"
MISSING = "SAMPLE MISSING: {} is not beside the repository, so this test proved nothing"


def sample(name: str) -> str:
    """The text of a sample, or a skip that says which file is missing."""
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip(MISSING.format(name))
    return file.read_text(encoding="utf-8")


def case_file(name: str) -> bytes:
    """The content of a file that offices may bring, or a skip that says which file is missing."""
    file = SHARED / "cases" / name
    if not file.is_file():
        pytest.skip(MISSING.format(name))
    return file.read_bytes()
