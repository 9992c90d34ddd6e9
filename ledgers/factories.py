"""Factories of valid entries and of sent letters, for the demo and the tests."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from findings.choices import LetterKind
from findings.followup.models.letter_rules import letter_rules
from findings.models import Inspection, Supervision, Unit
from findings.workflow import RefusedError
from findings.workflow.saving import workflow_writer
from ledgers.letter_sending import registers, send_letter
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


def make_letter(  # noqa: PLR0913 -- each is a part of a letter
    inspection: Inspection,
    unit: Unit,
    user: User,
    kind: LetterKind = LetterKind.SUPERVISION,
    *,
    sent_on: dt.date | None = None,
    due: dt.date | None = None,
) -> Supervision:
    """Send a letter, by default today with ten days for the answer, as the page does; RefusedError when it cannot be.

    The role of the user is not checked.
    """
    day = sent_on or timezone.localdate()
    register = next(one for one in registers(inspection, user, day) if one.unit == unit)
    draft = register.draft(kind)
    if draft.objection:
        raise RefusedError([draft.objection])
    return send_letter(draft, letter_rules(inspection)[kind], user, due or day + dt.timedelta(days=10))
