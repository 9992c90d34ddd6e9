"""Load the demo's inspections, people and ledger entries, wholly or not at all."""

from __future__ import annotations

from django.db import transaction

from accounts.locks import hold
from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from rectify.demo.accounts import Account, store_accounts
from rectify.demo.data import read_data, read_report
from rectify.demo.follow_up import add_follow_up
from rectify.demo.inspection_details import add_details
from rectify.demo.inspection_tree import create_tree
from rectify.demo.ledger_entries import add_ledger_entries
from rectify.demo.people import Directory, create_people
from rectify.demo.recognition import inspect_database, record_marker
from reports.importing import digest_of, store
from reports.models import ReportDetails
from reports.parsing import parse


def load() -> list[Account]:
    """Load everything in one transaction and put the accounts into their file; no account when the demo is there.

    ForeignDatabaseError when the database holds anything else; OSError when the file of the accounts cannot be written.
    """
    with transaction.atomic():
        hold("demo")
        if not inspect_database().is_empty:
            return []
        record_marker()
        directory, accounts = create_people(read_data("people"))
        load_inspections(directory)
        add_follow_up(read_data("follow_up"), directory)
        add_ledger_entries(read_data("ledger_entries"), directory)
        store_accounts(accounts)
    return accounts


def load_inspections(directory: Directory) -> None:
    """The four inspections, each in another stage."""
    load_published_inspection(directory)
    load_running_inspection(directory)
    for name in ("housing", "earlier"):
        records = read_data(name)
        add_details(create_tree(records), records, directory)


def load_published_inspection(directory: Directory) -> None:
    """The inspection whose report is published: its text first, then what the text does not say."""
    text, records = read_report(), read_data("office")
    imported = store(parse(text), text, records["inspection"]["name"])
    add_details(imported.inspection, records, directory)


def load_running_inspection(directory: Directory) -> None:
    """The inspection that is being worked on, with a report that is not finished."""
    records = read_data("bureau")
    inspection = create_tree(records)
    workflow_writer.create(ReportDetails(inspection=inspection, **records["details"]))
    add_details(inspection, records, directory)


def find_published_inspection() -> Inspection | None:
    """The inspection whose report is ``report.txt``, unless it has been removed."""
    return Inspection.objects.filter(import_digest=digest_of(read_report())).first()
