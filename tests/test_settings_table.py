"""The table of settings names every environment variable that the program reads, and no other."""

from __future__ import annotations

import ast
import re

from tests.test_repository import ROOT

READERS = {"os.environ.get", "flag", "whole_number", "stored_key"}
SET_BY_TOOLS = {"DJANGO_SETTINGS_MODULE", "PYTEST_VERSION"}


def variables_read() -> set[str]:
    """The names that ``rectify/settings.py`` asks the environment for."""
    tree = ast.parse((ROOT / "rectify" / "settings.py").read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READERS and isinstance(node.args[0], ast.Constant):
            names.add(str(node.args[0].value))
    return names - SET_BY_TOOLS


def test_the_table_of_settings_is_complete_and_true() -> None:
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == variables_read()
