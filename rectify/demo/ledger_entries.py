"""Entries of each special ledger, for the demo's inspection that is in progress."""

from __future__ import annotations

from typing import Any

from findings.models import Finding, Inspection
from ledgers.factories import make_entry
from rectify.demo.people import Directory


def add_ledger_entries(records: dict[str, Any], directory: Directory) -> None:
    """Create the entries of all ledgers."""
    inspection = Inspection.objects.get(name=records["inspection"])
    for ledger, rows in records["entries"].items():
        for row in rows:
            create_entry(inspection, ledger, row, directory)


def create_entry(inspection: Inspection, ledger: str, row: dict[str, Any], directory: Directory) -> None:
    """Create one entry with the units and findings it names.

    An activity with ``held_on`` was received and done on that day.
    """
    fields = row | {
        "units": [directory.units[name] for name in row.get("units", ())],
        "findings": Finding.objects.of(inspection).filter(title__in=row.get("findings", ())),
    }
    if held_on := fields.pop("held_on", None):
        fields |= {"received_on": held_on, "done_on": held_on, "status": "held"}
    make_entry(inspection, ledger, **fields)
