"""No name of a step stands as a string outside of the workflow: code says ``StepName``, templates ask the row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from findings.workflow import StepName

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("accounts", "bench", "documents", "findings", "ledgers", "rectify", "reports")
NAMES = frozenset(StepName)
# Words that mean something else there: the module, the strings, and what they are.
HOMONYMS = {
    "accounts/audit/models.py": {"withdraw", "grant"},  # actions of the trail: of evidence, of roles
    "accounts/audit_search.py": {"request"},  # of HTTP
    "accounts/logs.py": {"request"},
    "findings/choices.py": {"review"},  # a kind of notice
    "ledgers/definitions.py": {"send_back"},  # the keys of the ledgers' own steps
    "findings/templatetags/evidence.py": {"request"},  # that of the page
    "findings/templatetags/navigation.py": {"report"},  # a tab
    "findings/work/views/quotable_totals.py": {"report"},  # a tab
    "ledgers/special_ledgers.py": {"close", "start"},
    "reports/style_views.py": {"report"},  # a tab
    "reports/models.py": {"report"},  # a form of the report
    "reports/views.py": {"report"},  # a tab
}
COMPARED = re.compile(r"""(?:==|!=|\bin\b)\s*["'](\w+)["']|["'](\w+)["']\s*(?:==|!=|\bin\b)""")
STEP_ADDRESS = re.compile(r"""\{% url 'findings:step'[^%]*'(\w+)'[^%']*%\}""")


def modules() -> Iterator[Path]:
    """The modules of the product and of its benchmarks, without the workflow itself and the migrations."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts and not file.is_relative_to(ROOT / "findings" / "workflow"):
                yield file


def step_names_in(source: str) -> set[str]:
    """The strings of a module that are names of steps; not the keys of dictionaries, which templates read."""
    tree = ast.parse(source)
    keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in keys]
    return {node.value for node in strings if isinstance(node.value, str)} & NAMES


def test_no_module_spells_the_name_of_a_step() -> None:
    found = {str(file.relative_to(ROOT)): step_names_in(file.read_text(encoding="utf-8")) for file in modules()}
    assert {name: names for name, names in found.items() if names - HOMONYMS.get(name, set())} == {}


def test_every_homonym_is_there() -> None:
    for name, words in HOMONYMS.items():
        assert words <= step_names_in((ROOT / name).read_text(encoding="utf-8")), name


@pytest.mark.parametrize("template", sorted((ROOT / "templates").rglob("*.html")), ids=lambda file: file.name)
def test_no_template_compares_with_the_name_of_a_step(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    tags = " ".join(re.findall(r"\{%.*?%\}", text))
    compared = {name for pair in COMPARED.findall(tags) for name in pair if name}
    addressed = set(STEP_ADDRESS.findall(text)) & NAMES
    assert not (compared & NAMES - TABS) | addressed


TABS = {"report"}  # of an inspection
