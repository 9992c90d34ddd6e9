"""A migration that has landed stays as it is: databases have had it, and would never have it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import migration_digests
from tests.migration_digests import current_digests, find_changes, find_unfrozen, frozen_digests, main

PATH = "findings/migrations/0001_initial.py"


def test_every_migration_that_has_landed_is_as_it_was() -> None:
    assert PATH in frozen_digests()
    assert find_changes(frozen_digests(), current_digests()) == []


def test_every_migration_is_frozen() -> None:
    unfrozen = find_unfrozen(frozen_digests(), current_digests())
    assert unfrozen == [], "new migrations: run scripts/freeze-migrations and commit tests/migrations/digests.json"


def test_an_edited_and_a_missing_migration_are_told() -> None:
    assert find_changes({PATH: "0" * 64}, current_digests()) == [
        f"{PATH} has been edited after it landed: restore it and put the change in a new migration."
    ]
    assert find_changes({"findings/migrations/0000_gone.py": "0" * 64}, current_digests()) == [
        "findings/migrations/0000_gone.py is missing, but databases have had it: bring it back."
    ]


@pytest.fixture
def digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of digests, to be written over."""
    file = tmp_path / "digests.json"
    monkeypatch.setattr(migration_digests, "FILE", file)
    return file


def test_freezing_adds_what_is_new(digests: Path, capsys: pytest.CaptureFixture[str]) -> None:
    current = current_digests()
    digests.write_text(json.dumps({path: current[path] for path in current if path != PATH}), encoding="utf-8")
    assert main() == 0
    assert json.loads(digests.read_text(encoding="utf-8")) == current
    assert PATH in capsys.readouterr().out


def test_freezing_rewrites_no_digest(digests: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digests.write_text(json.dumps({PATH: "0" * 64}), encoding="utf-8")
    assert main() == 1
    assert json.loads(digests.read_text(encoding="utf-8")) == {PATH: "0" * 64}
    assert f"{PATH} has been edited" in capsys.readouterr().err
