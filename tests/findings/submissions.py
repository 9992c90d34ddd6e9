"""Findings on their way to a sign-off, for the tests of its pages."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from accounts.models import User
from findings.choices import MeasureStatus
from findings.factories import (
    make_aspect,
    make_evidence,
    make_finding,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
)
from findings.models import Finding, Inspection, Measure, SignOff
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.signed_content import signed_payload


def browser(role: str) -> tuple[User, Client]:
    """Somebody who holds a role everywhere, and his browser."""
    user = make_user(role=role)
    client = Client()
    client.force_login(user)
    return user, client


def ready(
    inspection: Inspection | None = None, *, by: User, verified_by: User | None = None
) -> tuple[Finding, Measure]:
    """A finding whose sign-off was asked for: one measure with evidence, reported and, if so, verified."""
    unit = make_unit()
    aspect = make_aspect(inspection or make_inspection())
    finding = make_finding(aspect, lead_unit=unit, due_on=dt.date(2026, 6, 30))
    measure = make_measure(finding, completed_on=dt.date(2026, 5, 1))
    make_evidence(measure, by=by)
    take_step(StepName.REPORT, measure, by, measure.version)
    if verified_by:
        take_step(StepName.VERIFY, measure, verified_by, measure.version)
    finding.refresh_from_db()
    take_step(StepName.SUBMIT, finding, by, finding.version)
    return finding, measure


def signed(*, by: User, signer: User) -> tuple[Finding, Measure, SignOff]:
    """A finding signed off as complete."""
    finding, measure = ready(by=by, verified_by=signer)
    given = StepInput("同意。", "complete", digest_of(signed_payload(finding)))
    take_step(StepName.CLOSE, finding, signer, finding.version, given)
    measure.refresh_from_db()
    finding.refresh_from_db()
    return finding, measure, finding.signoffs.get()


def reported(inspection: Inspection, number: int, by: User) -> list[Measure]:
    """So many measures with evidence, reported as done."""
    finding = make_finding(make_aspect(inspection), lead_unit=make_unit())
    measures = []
    for _ in range(number):
        measure = make_measure(finding, completed_on=dt.date(2026, 5, 1))
        make_evidence(measure, by=by)
        take_step(StepName.REPORT, measure, by, measure.version)
        assert measure.status == MeasureStatus.REPORTED
        measures.append(measure)
    return measures
