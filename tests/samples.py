"""The sample reports beside the repository: read where they are, never copied; tests without them skip loudly."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def sample(name: str) -> str:
    """The text of a sample, or a skip that says which file is missing."""
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip(f"SAMPLE MISSING: {name} is not beside the repository, so this test proved nothing")
    return file.read_text(encoding="utf-8")
