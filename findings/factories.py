"""Factories of complete, valid records, used by the demo and the tests.

Every function takes the model's fields by name and fills in those that are missing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Grant, User
from accounts.records.saving import account_writer
from findings.choices import AccountabilityKind, Completion, MeasureStatus, RecoveryKind, Status, SupervisionKind
from findings.evidence.models import Evidence, StoredFile
from findings.evidence.regulations import Regulation
from findings.followup.models.reviews import SpotCheck, SpotCheckItem
from findings.followup.models.supervision import Supervision
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.aspects import Aspect
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure
from findings.units.models import Membership, Unit
from findings.workflow.models.extensions import Extension
from findings.workflow.saving import workflow_writer

# Makes names unique, as the constraints of the models require.
_serial = count(1)


def make_user(**fields: Any) -> User:
    """An active user; ``password`` lets them sign in, ``role`` is granted everywhere."""
    number = next(_serial)
    role = fields.pop("role", "")
    defaults = {"username": f"user{number}", "name": f"用户{number}"}
    user = account_writer.create(User.objects.build_user(**(defaults | fields)))
    if role:
        make_grant(user, role)
    return user


def make_grant(user: User, role: str, unit: Unit | None = None) -> Grant:
    """A grant of a role within a unit, or everywhere when the unit is None."""
    user.__dict__.pop("_scope", None)  # the cached scope lacks the new grant
    # Grants have no versions, so that Django itself writes them.
    return Grant.objects.create(user=user, role=role, unit=unit)


def make_unit(**fields: Any) -> Unit:
    """A unit, at the top of the tree unless ``parent`` is among the fields."""
    number = next(_serial)
    defaults = {"name": f"第{number}科", "order": number}
    return workflow_writer.create(Unit(**(defaults | fields)))


def make_member(unit: Unit, user: User, **fields: Any) -> Membership:
    """A membership that began a year ago."""
    defaults = {"started_on": timezone.localdate() - dt.timedelta(days=365)}
    return workflow_writer.create(Membership(unit=unit, user=user, **(defaults | fields)))


def make_reporter(unit: Unit, **fields: Any) -> User:
    """A user who works in the unit and reports for it."""
    user = make_user(**fields)
    make_member(unit, user)
    make_grant(user, "reporter", unit)
    return user


def make_inspection(**fields: Any) -> Inspection:
    """An inspection whose feedback was given on 15 January 2026."""
    defaults: dict[str, Any] = {
        "name": f"第{next(_serial)}轮巡察",
        "commissioner": "区委",
        "team": "区委第三巡察组",
        "body": "区政府办党组",
        "started_on": dt.date(2025, 9, 1),
        "ended_on": dt.date(2025, 11, 30),
        "feedback_on": dt.date(2026, 1, 15),
    }
    return workflow_writer.create(Inspection(**(defaults | fields)))


def make_aspect(inspection: Inspection | None = None, **fields: Any) -> Aspect:
    """The next aspect of the inspection, or the first of a new one."""
    inspection = inspection or make_inspection()
    order = inspection.aspects.count() + 1
    defaults = {"order": order, "title": f"第{order}方面存在差距问题", "short_title": f"第{order}方面"}
    return workflow_writer.create(Aspect(inspection=inspection, **(defaults | fields)))


def make_finding(aspect: Aspect | None = None, **fields: Any) -> Finding:
    """The next finding of the aspect (or, with ``parent``, of that finding), open and without measures."""
    parent, supporting = fields.get("parent"), fields.pop("supporting_units", ())
    aspect = aspect or (parent.aspect if parent else make_aspect())
    order = Finding.objects.filter(aspect=aspect, parent=parent).count() + 1
    defaults = {"order": order, "title": f"第{order}项工作不够扎实"}
    finding = Finding(inspection=aspect.inspection, aspect=aspect, **(defaults | fields))
    # Links are passed to the writer, which stores them with the first version.
    return workflow_writer.create(finding, {"supporting_units": supporting})


def closing_fields(by: User, on: dt.date, completion: Completion = Completion.COMPLETE) -> dict[str, Any]:
    """The fields of a finding signed off by this user on this day, at 10:00 local time."""
    moment = timezone.make_aware(dt.datetime.combine(on, dt.time(10)))
    return {"status": Status.CLOSED, "completion": completion, "closed_at": moment, "closed_by": by}


def report_fields(by: User) -> dict[str, Any]:
    """The fields of a measure that this user has just reported as completed."""
    now = timezone.now()
    day = timezone.localdate(now)
    return {"status": MeasureStatus.REPORTED, "completed_on": day, "reported_at": now, "reported_by": by}


def submission_fields(by: User) -> dict[str, Any]:
    """The fields of a finding whose sign-off this user has just requested."""
    return {"status": Status.SUBMITTED, "submission": 1, "submitted_at": timezone.now(), "submitted_by": by}


def make_facet(finding: Finding, **fields: Any) -> Facet:
    """The next facet of the finding; its order is the number of facets it has, plus one."""
    order = finding.facets.count() + 1
    return workflow_writer.create(Facet(finding=finding, **({"order": order, "title": f"第{order}项建设"} | fields)))


def make_measure(finding: Finding | None = None, **fields: Any) -> Measure:
    """The next measure of the finding (or of ``facet``), planned and with an outcome."""
    finding = finding or make_finding()
    order = Measure.objects.filter(finding=finding, facet=fields.get("facet")).count() + 1
    defaults = {"order": order, "plan": f"落实第{order}条措施。", "outcome": f"第{order}条措施已经落实。"}
    linked = {name: fields.pop(name, ()) for name in ("supporting_units", "other_people_in_charge")}
    measure = Measure(inspection=finding.inspection, finding=finding, **(defaults | fields))
    return workflow_writer.create(measure, linked)


def make_evidence(measure: Measure, *, by: User | None = None, **fields: Any) -> Evidence:
    """The next file in the archive of the measure's finding, as evidence of the measure, without stored content."""
    by, number, measures = by or make_user(), next(_serial), fields.pop("measures", [measure])
    file = fields.pop("file", None) or StoredFile.objects.create(
        digest=hashlib.sha256(str(number).encode()).hexdigest(), size=1000, extension="pdf", stored_by=by
    )
    defaults = {"number": measure.finding.evidence.count() + 1, "name": f"第{number}号材料.pdf", "uploaded_by": by}
    evidence = Evidence(inspection=measure.inspection, finding=measure.finding, file=file, **(defaults | fields))
    return workflow_writer.create(evidence, {"measures": measures})


def make_extension(record: Finding | Measure, **fields: Any) -> Extension:
    """A request to move the deadline of a finding or measure, which must have one, by 30 days."""
    old: dt.date = fields.pop("old_due_on", record.due_on)
    defaults = {
        "old_due_on": old,
        "new_due_on": old + dt.timedelta(days=30),
        "reason": "上级文件还没有印发。",
        "requested_by": fields.get("requested_by") or make_user(),
    }
    return workflow_writer.create(Extension.for_record(record, **(defaults | fields)))


def make_regulation(inspection: Inspection, **fields: Any) -> Regulation:
    """A regulation newly issued in the inspection, with a unique title and without a finding."""
    return workflow_writer.create(Regulation(inspection=inspection, **({"title": f"第{next(_serial)}号办法"} | fields)))


def make_accountability(inspection: Inspection, **fields: Any) -> Accountability:
    """A talk with one person, without a finding."""
    defaults: dict[str, Any] = {"kind": AccountabilityKind.TALK, "persons": 1, "person_times": 1}
    return workflow_writer.create(Accountability(inspection=inspection, **(defaults | fields)))


def make_recovery(inspection: Inspection, **fields: Any) -> Recovery:
    """A recovery of 100.00 yuan, without a finding."""
    defaults: dict[str, Any] = {"kind": RecoveryKind.RECOVERED, "amount": Decimal("100.00")}
    return workflow_writer.create(Recovery(inspection=inspection, **(defaults | fields)))


def make_supervision(inspection: Inspection, **fields: Any) -> Supervision:
    """An on-site visit of today that asks for no reply."""
    linked = {"findings": fields.pop("findings", ()), "units": fields.pop("units", ())}
    defaults = {"kind": SupervisionKind.ON_SITE, "held_by": "区委巡察办", "found": "台账登记不及时。"}
    return workflow_writer.create(Supervision(inspection=inspection, **(defaults | fields)), linked)


def make_spot_check(by: User, *findings: Finding) -> SpotCheck:
    """A spot check with a share of 100 %, which draws all of these findings, with one item each in the drawn order."""
    check = SpotCheck(inspection=findings[0].inspection, share=100, seed=f"种子{next(_serial)}", drawn_by=by)
    workflow_writer.create(check, {"population": findings})
    for place, number in enumerate(check.drawn_again(), start=1):
        workflow_writer.create(SpotCheckItem(spot_check=check, finding_id=number, place=place))
    return check
