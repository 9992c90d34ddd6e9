"""A signed finding with a record of every kind below it, for the tests of what its sign-off covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import models, transaction

from accounts.models import Record
from findings.factories import (
    make_accountability,
    make_evidence,
    make_facet,
    make_finding,
    make_measure,
    make_recovery,
    make_regulation,
    make_unit,
    make_user,
)
from findings.models import Finding, Progress
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry
from ledgers.special_ledgers import LEDGERS
from tests.findings.actors import COMPLETED, Cast, bring, cast_of

DAY = dt.date(2026, 5, 1)
MEASURE_VALUES = {
    "goal": "督查有台账。",
    "started_on": dt.date(2026, 2, 1),
    "percent_complete": 60,
    "reason_open": "有两个科室没有报。",
    "next_step": "逐个催办。",
}
FINDING_VALUES = {
    "cause_analysis": "没有专人管。",
    "amount_involved": 20,
    "amount_received": 10,
    "accepted_by_name": "钱验收",
    "accepted_on": DAY,
    "acceptance_conclusion": "通过。",
}


def models_below_findings() -> list[type[models.Model]]:
    """Findings, and every kind of record with a key of one of these, directly or through others."""
    found: list[type[models.Model]] = [Finding]
    while True:
        more = [
            model
            for model in apps.get_models()
            if issubclass(model, Record) and model not in found and any(related in found for related in _parents(model))
        ]
        if not more:
            return found
        found += more


def _parents(model: type[models.Model]) -> list[Any]:
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return [field.related_model for field in fields if field.is_relation]


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written inside: the world is expensive, and each change begins with the same."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class World:
    """The cast, whose finding is signed, and by label of the model one record of each kind."""

    def __init__(self) -> None:
        self.cast: Cast = cast_of()
        finding, inspection = self.cast.finding, self.cast.inspection
        self.facet, self.empty_facet = make_facet(finding), make_facet(finding)
        measure = finding.measures.get()
        measure.facet = self.facet
        # Filled in, so that lists have the columns of all fields.
        for name, value in MEASURE_VALUES.items():
            setattr(measure, name, value)
        linked: dict[str, Any] = {"supporting_units": [make_unit()], "other_people_in_charge": [make_user()]}
        workflow_writer.save(measure, seen=measure.version, linked=linked)
        finding = Finding.objects.get(pk=finding.pk)
        for name, value in FINDING_VALUES.items():
            setattr(finding, name, value)
        workflow_writer.save(finding, seen=finding.version)
        self.cast.finding.refresh_from_db()
        self.other_measure = make_measure(finding, completed_on=COMPLETED)
        fields = {"reported_on": COMPLETED, "text": "已建立台账。", "logged_by": self.cast["clerk"]}
        progress = workflow_writer.create(Progress(measure=measure, **fields))
        self.file = make_evidence(measure, by=self.cast["clerk"])
        with_finding: dict[str, Any] = {"finding": finding}
        # With a deadline, which the form would set otherwise.
        links = {"findings": [finding], "received_on": DAY, "due_on": DAY + dt.timedelta(days=30)}
        self.entries = {key: make_entry(inspection, key, **links) for key in LEDGERS}
        made = {
            "findings.facet": self.facet,
            "findings.measure": measure,
            "findings.progress": progress,
            "findings.evidence": self.file,
            "findings.regulation": make_regulation(inspection, **with_finding),
            "findings.accountability": make_accountability(inspection, **with_finding, persons=2, person_times=9),
            "findings.recovery": make_recovery(inspection, **with_finding),
            "ledgers.entry": self.entries["tracked"],
        }
        # A finding beside it, unsigned, to which records are moved.
        self.elsewhere = make_finding(finding.aspect, title="优化营商环境用力不够")
        bring(self.cast, "closed")
        self.finding = Finding.objects.get(pk=finding.pk)
        assert self.finding.is_signed_off
        self.records: dict[str, Any] = {"findings.finding": self.finding}
        self.records |= {label: self.stored(record) for label, record in made.items()}

    @staticmethod
    def stored(record: Any) -> Any:
        """A record as it is stored."""
        return type(record)._base_manager.get(pk=record.pk)

    def is_void(self) -> bool:
        """Whether the sign-off has become void."""
        return Finding.objects.get(pk=self.finding.pk).is_void
