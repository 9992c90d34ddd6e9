"""Complete, valid entries with as little said as possible; the demo and the tests are built with these."""

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
    """A new entry in the first state of its ledger."""
    linked = {name: fields.pop(name, ()) for name in LINKS}
    shape = LEDGERS[ledger]
    defaults: dict[str, Any] = {"title": f"第{next(_serial)}号事项", "status": shape.states[0].key}
    if shape.has_field("kind"):
        defaults["kind"] = shape.column("kind").choices[0]
    return workflow_writer.create(Entry(inspection=inspection, ledger=ledger, **(defaults | fields)), linked)
