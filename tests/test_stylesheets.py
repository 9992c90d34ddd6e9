"""The stylesheets use nothing that the oldest browser in the offices, Chromium 86, does not know.

It drops a whole rule with a selector it cannot read, without a word to anybody.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

STYLESHEETS = sorted(Path(settings.BASE_DIR, "static").rglob("*.css"))
TOO_NEW = {
    ":is(": r":is\(",
    ":where(": r":where\(",
    ":has(": r":has\(",
    ":not() with a list": r":not\([^)]*,",
    "inset": r"(?<![\w-])inset(-\w+)*\s*:",
    "aspect-ratio": r"aspect-ratio\s*:",
    "accent-color": r"accent-color\s*:",
    "dvh, svh and lvh": r"\d[dsl]v[hw]\b",
    "container queries": r"@container|container(-\w+)?\s*:",
    "layers": r"@layer",
    "colour mixing": r"color-mix\(|oklch\(",
    "overflow: clip": r"overflow(-\w+)?\s*:\s*clip",
    "ranges in media queries": r"@media[^{]*[<>]",
    "subgrid": r"subgrid",
}


def rules_of(sheet: Path) -> str:
    """The stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)


def nested_rules(css: str) -> list[str]:
    """The selectors of rules that stand within another rule, which only a newer browser reads."""
    found: list[str] = []
    opened: list[str] = []
    for text, sign in re.findall(r"([^{};]*)([{};])", css):
        if sign == "{":
            if opened and not opened[-1].startswith("@"):
                found.append(text.strip())
            opened.append(text.strip())
        elif sign == "}":
            opened.pop()
    return found


def test_there_are_stylesheets() -> None:
    assert len(STYLESHEETS) > 3


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=lambda sheet: sheet.name)
def test_a_stylesheet_is_read_by_chromium_86(sheet: Path) -> None:
    css = rules_of(sheet)
    assert [name for name, pattern in TOO_NEW.items() if re.search(pattern, css)] == []
    assert nested_rules(css) == []


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=lambda sheet: sheet.name)
def test_an_imported_stylesheet_exists(sheet: Path) -> None:
    for address in re.findall(r'@import url\("([^"]+)"\)', rules_of(sheet)):
        assert (sheet.parent / address).is_file()


@pytest.mark.parametrize(
    "css",
    [
        "a:is(.b, .c) { top: 0; }",
        "body:has(.wide) { page: wide; }",
        ".a { inset: 0; }",
        ".a { aspect-ratio: 1; }",
        ".a { height: 100dvh; }",
        "@container (width > 10px) { .a { top: 0; } }",
    ],
)
def test_what_is_too_new_is_found(css: str) -> None:
    assert any(re.search(pattern, css) for pattern in TOO_NEW.values())


def test_a_nested_rule_is_found() -> None:
    assert nested_rules(".a { top: 0; & b { top: 1px; } }") == ["& b"]
    assert nested_rules("@media print { .a { top: 0; } .b { top: 1px; } }") == []
