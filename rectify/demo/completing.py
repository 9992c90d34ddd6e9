"""What no report text says about an inspection: who answers, until when, how far it has come, what followed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.factories import make_regulation
from findings.models import Accountability, Finding, Inspection, Measure, Progress, Recovery, ReviewStage
from findings.workflow.saving import workflow_writer
from rectify.demo.acting import Acting
from rectify.demo.cast import Cast

SIMPLE = ("detail", "timing", "due_on", "long_term", "review_cycle_months")
LOGGED_AT = dt.time(16, 30)


def complete(inspection: Inspection, records: dict[str, Any], cast: Cast) -> None:
    """Fill in the inspection, its findings and measures, and what stands beside them."""
    for name, value in records["inspection"].items():
        setattr(inspection, name, cast.units[value] if name == "unit" else value)
    workflow_writer.save(inspection, seen=inspection.version)
    for stage in records.get("stages", ()):
        workflow_writer.create(ReviewStage(inspection=inspection, **stage))
    findings = {finding.title: finding for finding in Finding.objects.of(inspection)}
    acting = Acting(cast, records["closed_by"])
    for record in records["findings"]:
        complete_finding(findings[record["title"]], record, cast, acting)
    for record in records.get("regulations", ()):
        make_regulation(inspection, **related(record, findings))
    for record in records.get("accountability", ()):
        workflow_writer.create(Accountability(inspection=inspection, **related(record, findings)))
    for record in records.get("recoveries", ()):
        workflow_writer.create(Recovery(inspection=inspection, **related(record, findings)))


def related(record: dict[str, Any], findings: dict[str, Finding]) -> dict[str, Any]:
    """The fields of a record with its finding in place of the title."""
    return record | {"finding": findings[record["finding"]]}


def complete_finding(finding: Finding, record: dict[str, Any], cast: Cast, acting: Acting) -> None:
    """Fill in one finding and its measures, and let the people take it as far as the data says."""
    fields = {name: record[name] for name in SIMPLE if name in record} | answering(record, cast)
    if "responsible_leader" in record:
        fields["responsible_leader"] = cast.people[record["responsible_leader"]]
    for name, value in fields.items():
        setattr(finding, name, value)
    supporting = [cast.units[name] for name in record.get("supporting_units", ())]
    workflow_writer.save(finding, seen=finding.version, linked={"supporting_units": supporting})
    for measure, planned in zip(finding.measures.all(), record.get("measures", ()), strict=True):
        complete_measure(measure, planned, record["person_in_charge"], cast)
        acting.work(measure, {"verified": "closed_on" in record} | planned)
    acting.bring(finding, record)


def answering(record: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """The unit and the person a finding or measure names, if it names any."""
    answers: dict[str, Any] = {}
    if "lead_unit" in record:
        answers["lead_unit"] = cast.units[record["lead_unit"]]
    if "person_in_charge" in record:
        answers["person_in_charge"] = cast.people[record["person_in_charge"]]
    return answers


def complete_measure(measure: Measure, record: dict[str, Any], in_charge: str, cast: Cast) -> None:
    """Fill in one measure and its log, which is kept by whoever is in charge of it, or else of its finding."""
    fields = {name: record[name] for name in ("plan", "due_on", "completed_on") if name in record}
    for name, value in (fields | answering(record, cast)).items():
        setattr(measure, name, value)
    workflow_writer.save(measure, seen=measure.version)
    reporter = cast.people[record.get("person_in_charge", in_charge)]
    for entry in record.get("progress", ()):
        moment = timezone.make_aware(dt.datetime.combine(entry["on"], LOGGED_AT))
        report = {"reported_on": entry["on"], "text": entry["text"], "logged_at": moment, "logged_by": reporter}
        workflow_writer.create(Progress(measure=measure, **report))
