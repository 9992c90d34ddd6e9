"""Factories of valid entries with defaults for all required fields, for the demo and the tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS

_serial = count(1)
LINKS = ("units", "findings", "measures", "evidence")


def make_entry(inspection: Inspection, ledger: str = "instructions", **fields: Any) -> Entry:
    """Create a new entry in the first state of its ledger, through the record writer.

    ``fields`` are fields of ``Entry``, and records for its many-to-many fields.
    """
    linked = {name: fields.pop(name, ()) for name in LINKS}
    definition = LEDGERS[ledger]
    defaults: dict[str, Any] = {"title": f"第{next(_serial)}号事项", "status": definition.states[0].key}
    if definition.has_field("kind"):
        defaults["kind"] = definition.column("kind").choices[0]
    return workflow_writer.create(Entry(inspection=inspection, ledger=ledger, **(defaults | fields)), linked)
