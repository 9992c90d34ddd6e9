"""Loading of the demo: all inspections, people and ledger entries, or nothing."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from accounts.locks import lock_until_commit
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
from reports.import_sources import keep_text
from reports.importing import digest_of, store
from reports.models import ReportDetails, SavedStyle
from reports.parsing import parse
from reports.styles.shipped import SHIPPED


def load() -> list[Account]:
    """Load the demo in one transaction, write the accounts into their file and return them.

    An empty list when the demo is loaded already. ForeignDatabaseError when the database holds anything else; OSError
    when the file cannot be written.
    """
    with transaction.atomic():
        lock_until_commit("demo")
        if not inspect_database().is_empty:
            return []
        record_marker()
        directory, accounts = create_people(read_data("people"))
        load_inspections(directory)
        add_follow_up(read_data("follow_up"), directory)
        # Last: if the file cannot be written, everything is rolled back.
        store_accounts(accounts)
    return accounts


def load_inspections(directory: Directory) -> None:
    """Load the four inspections, each in another stage."""
    load_published_inspection(directory)
    load_running_inspection(directory)
    for name in ("housing", "earlier"):
        records = read_data(name)
        add_details(create_tree(records), records, directory)


def load_published_inspection(directory: Directory) -> None:
    """Load the inspection whose report is published: import its text, then add what the text does not say."""
    text, records = read_report(), read_data("office")
    name = records["inspection"]["name"]
    source = keep_text(text, f"{name}-原文", directory.people[records["imported_by"]])
    imported = store(parse(text), text, name, source=source)
    add_details(imported.inspection, records, directory)


def load_running_inspection(directory: Directory) -> None:
    """Load the inspection that is in progress, with an unfinished report."""
    records = read_data("bureau")
    inspection = create_tree(records)
    workflow_writer.create(ReportDetails(inspection=inspection, **records["details"]))
    # Before the sign-offs, which cover the entries that name a finding.
    add_ledger_entries(read_data("ledger_entries"), directory)
    add_details(inspection, records, directory)
    save_style(inspection, **records["saved_style"])


def save_style(inspection: Inspection, *, name: str, based_on: str, label: str) -> None:
    """Save a style for the body of an inspection: one of the product's with another label."""
    style = replace(SHIPPED[based_on], name=name, label=label)
    workflow_writer.create(SavedStyle(body=inspection.unit, name=name, style=style.as_dict()))


def find_published_inspection() -> Inspection | None:
    """The inspection of ``report.txt``, found by the digest of the text; None if it was deleted."""
    return Inspection.objects.filter(import_digest=digest_of(read_report())).first()
