"""The inspections of the demo, in four different stages, wholly or not at all."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from rectify.demo.accounts import Account, store_accounts
from rectify.demo.building import build
from rectify.demo.cast import Cast, assemble
from rectify.demo.completing import complete
from rectify.demo.following import follow
from reports.importing import decode, digest_of, store
from reports.models import ReportDetails
from reports.parsing import parse

FOLDER = Path(__file__).resolve().parent
REPORT = FOLDER / "report.txt"


def data(name: str) -> dict[str, Any]:
    """One of the data files beside this module; numbers with a point are exact."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def is_loaded() -> bool:
    """Whether the demo's people are there; the records themselves anybody may have changed or removed since."""
    return User.objects.filter(username__in=[person["username"] for person in data("people")["people"]]).exists()


def reported_inspection() -> Inspection | None:
    """The inspection that report.txt tells of, unless it has been removed."""
    return Inspection.objects.filter(import_digest=digest_of(decode(REPORT.read_bytes()))).first()


def load() -> list[Account]:
    """Load everything and put the accounts into their file, in one transaction.

    ImportRefusedError when somebody has already imported the same report text; OSError when the file of the accounts
    cannot be written.
    """
    with transaction.atomic():
        cast, accounts = assemble(data("people"))
        load_reported(cast)
        load_running(cast)
        for name in ("housing", "earlier"):
            records = data(name)
            complete(build(records), records, cast)
        follow(cast)
        store_accounts(accounts)
    return accounts


def load_reported(cast: Cast) -> None:
    """The inspection whose report is published: its text first, then what the text does not say."""
    text = decode(REPORT.read_bytes())
    records = data("office")
    complete(store(parse(text), text, records["inspection"]["name"]).inspection, records, cast)


def load_running(cast: Cast) -> None:
    """The inspection that is being worked on, with a report that is not finished."""
    records = data("bureau")
    inspection = build(records)
    workflow_writer.create(ReportDetails(inspection=inspection, **records["details"]))
    complete(inspection, records, cast)
