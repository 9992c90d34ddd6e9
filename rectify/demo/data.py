"""The demo's data: the TOML files and the report text beside this module."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports.importing import decode

FOLDER = Path(__file__).resolve().parent
REPORT = FOLDER / "report.txt"
INSPECTIONS = ("office", "bureau", "housing", "earlier")


def read_data(name: str) -> dict[str, Any]:
    """The content of ``<name>.toml``; numbers with a decimal point are ``Decimal``."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def read_report() -> str:
    """The text of the published report of the inspection in ``office.toml``."""
    return decode(REPORT.read_bytes())


def person_names() -> dict[str, str]:
    """The full names of the demo's people by their user names."""
    return {person["username"]: person["name"] for person in read_data("people")["people"]}


def inspection_names() -> set[str]:
    """The names of the demo's inspections."""
    return {read_data(name)["inspection"]["name"] for name in INSPECTIONS}
