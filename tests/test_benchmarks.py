"""Each benchmark can be started: a broken import would otherwise be noticed only when somebody measures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SCRIPT = (settings.BASE_DIR / "scripts" / "bench").read_text(encoding="utf-8")
NAMES = re.findall(r"for name in (.*); do", SCRIPT)[0].split()
HELPER = "plain_weasyprint"  # a program that ``bench.pdf`` compares with
ITSELF = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "RECTIFY_SECRET_KEY"}  # what a benchmark has to set by itself


def test_the_script_runs_every_benchmark() -> None:
    files: list[Path] = [*(settings.BASE_DIR / "bench").glob("*.py")]
    programs = {file.stem for file in files if 'if __name__ == "__main__":' in file.read_text("utf-8")}
    assert set(NAMES) == programs - {HELPER}


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_sets_its_environment_before_it_imports_the_product(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ITSELF}
    run = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", f"import bench.{name}"],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
