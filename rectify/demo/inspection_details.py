"""The demo's data that no report text says: units, people, deadlines, progress, regulations, accountability."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from findings.factories import make_regulation
from findings.models import Accountability, Finding, Inspection, Measure, Progress, Recovery, ReviewStage
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_fields import FINDING_EXTRAS, MEASURE_EXTRAS
from rectify.demo.people import Directory
from rectify.demo.workflow_steps import WorkflowSteps

FINDING_FIELDS = ("detail", "timing", "due_on", "long_term", "review_cycle_months", *FINDING_EXTRAS)
MEASURE_FIELDS = ("plan", "due_on", "completed_on", *MEASURE_EXTRAS)
LOGGED_AT = dt.time(16, 30)


def add_details(inspection: Inspection, records: dict[str, Any], directory: Directory) -> None:
    """Fill in the inspection, its findings and measures, and create the records that belong to them."""
    fill_in_inspection(inspection, records, directory)
    findings = {finding.title: finding for finding in Finding.objects.of(inspection)}
    steps = WorkflowSteps(directory, records["closed_by"])
    # Before the findings, whose sign-offs cover these records and would become void by them.
    for record in records.get("regulations", ()):
        make_regulation(inspection, **replace_finding(record, findings))
    for record in records.get("accountability", ()):
        workflow_writer.create(Accountability(inspection=inspection, **replace_finding(record, findings)))
    for record in records.get("recoveries", ()):
        workflow_writer.create(Recovery(inspection=inspection, **replace_finding(record, findings)))
    for record in records["findings"]:
        fill_in_finding(findings[record["title"]], record, directory, steps)


def fill_in_inspection(inspection: Inspection, records: dict[str, Any], directory: Directory) -> None:
    """Fill in the inspection itself and create its stages of review."""
    for name, value in records["inspection"].items():
        setattr(inspection, name, directory.units[value] if name == "unit" else value)
    workflow_writer.save(inspection, seen=inspection.version)
    for stage in records.get("stages", ()):
        workflow_writer.create(ReviewStage(inspection=inspection, **stage))


def replace_finding(record: dict[str, Any], findings: dict[str, Finding]) -> dict[str, Any]:
    """The fields of a record with its finding in place of the title."""
    return record | {"finding": findings[record["finding"]]}


def fill_in_finding(finding: Finding, record: dict[str, Any], directory: Directory, steps: WorkflowSteps) -> None:
    """Fill in one finding and its measures, and take them through the workflow as far as the data says."""
    fields = {name: record[name] for name in FINDING_FIELDS if name in record} | responsible_fields(record, directory)
    if "responsible_leader" in record:
        fields["responsible_leader"] = directory.people[record["responsible_leader"]]
    for name, value in fields.items():
        setattr(finding, name, value)
    supporting = [directory.units[name] for name in record.get("supporting_units", ())]
    workflow_writer.save(finding, seen=finding.version, linked={"supporting_units": supporting})
    for measure, measure_record in zip(finding.measures.all(), record.get("measures", ()), strict=True):
        fill_in_measure(measure, measure_record, directory)
        reporter = directory.people[measure_record.get("person_in_charge", record["person_in_charge"])]
        create_progress(measure, measure_record, reporter)
        steps.advance_measure(measure, {"verified": "closed_on" in record} | measure_record)
    steps.advance_finding(finding, record)


def responsible_fields(record: dict[str, Any], directory: Directory) -> dict[str, Any]:
    """The unit and the person in charge that a record of the data names, if any."""
    fields: dict[str, Any] = {}
    if "lead_unit" in record:
        fields["lead_unit"] = directory.units[record["lead_unit"]]
    if "person_in_charge" in record:
        fields["person_in_charge"] = directory.people[record["person_in_charge"]]
    return fields


def fill_in_measure(measure: Measure, record: dict[str, Any], directory: Directory) -> None:
    """Fill in the fields of one measure."""
    fields = {name: record[name] for name in MEASURE_FIELDS if name in record}
    for name, value in (fields | responsible_fields(record, directory)).items():
        setattr(measure, name, value)
    supporting = [directory.units[name] for name in record.get("supporting_units", ())]
    others = [directory.people[name] for name in record.get("other_people_in_charge", ())]
    linked: dict[str, list[Any]] = {"supporting_units": supporting, "other_people_in_charge": others}
    workflow_writer.save(measure, seen=measure.version, linked=linked)


def create_progress(measure: Measure, record: dict[str, Any], reporter: User) -> None:
    """Create the progress entries of a measure, logged by its reporter on the day they are about."""
    for entry in record.get("progress", ()):
        logged_at = timezone.make_aware(dt.datetime.combine(entry["on"], LOGGED_AT))
        fields = {"reported_on": entry["on"], "text": entry["text"], "logged_at": logged_at, "logged_by": reporter}
        workflow_writer.create(Progress(measure=measure, **fields))
