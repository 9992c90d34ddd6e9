"""Every field of every record below a finding is signed, or stands with its reason in the list of what is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Record, User
from findings.factories import (
    make_evidence,
    make_extension,
    make_spot_check,
    make_supervision,
    make_unit,
    make_user,
)
from findings.models import Comment, Extension, Finding, FollowUpReview, Regulation, StoredFile, Unit
from findings.workflow import StepInput, perform
from findings.workflow.comments import post_comment
from findings.workflow.evidence import withdraw
from findings.workflow.extensions import REFUSE
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_fields import BY_STEPS, PARENT, SIGNED_FIELDS, UNSIGNED
from ledgers.factories import make_entry
from ledgers.models import EntryComment
from ledgers.workflow import ledger_transitions
from tests.findings.actors import Cast, bring, cast_of, edit, in_force
from tests.findings.workflow.signed_world import DAY, World, models_below_findings, undone

KINDS = [model._meta.label_lower for model in models_below_findings()]
WHOLE = {row.model for row in UNSIGNED if not row.fields}


@pytest.fixture
def world(db: None) -> World:
    """A signed finding with a record of every kind."""
    return World()


def test_the_kinds_below_a_finding_are_known() -> None:
    assert set(KINDS) == SIGNED_FIELDS.keys() | WHOLE
    assert not SIGNED_FIELDS.keys() & WHOLE


@pytest.mark.parametrize("label", SIGNED_FIELDS)
def test_every_field_is_signed_or_has_its_reason(label: str) -> None:
    meta = apps.get_model(label)._meta
    every = [field.name for field in (*meta.concrete_fields, *meta.many_to_many)]
    decided = [*SIGNED_FIELDS[label], *(name for row in UNSIGNED if row.model == label for name in row.fields)]
    # The version counts the writes, whatever they write.
    assert sorted(decided) == sorted({*every} - {"id", "version"})


def test_the_documentation_prints_what_is_not_signed() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    for row in UNSIGNED:
        name = apps.get_model(row.model)._meta.verbose_name
        fields = "、".join(f"`{field}`" for field in row.fields) or "all"
        assert f"| {name} | {fields} | {row.reason} |\n" in text
    assert text.count("\n| ", text.index("| record | fields |")) == len(UNSIGNED)


def other_value(record: Any, name: str) -> Any:
    """Another valid value of a field without relation."""
    field, value = record._meta.get_field(name), getattr(record, name)
    if field.choices:
        return next(choice for choice, _ in field.flatchoices if choice != value)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateField):
        # An earlier day: a later deadline takes an extension.
        return value - dt.timedelta(days=1) if value else dt.date(2026, 8, 1)
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + 1
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    return f"{value}改"


def new_file(world: World) -> StoredFile:
    """A file that is in no archive."""
    return StoredFile.objects.create(digest="f" * 64, size=1, extension="pdf", stored_by=world.cast["clerk"])


def link(world: World, label: str, name: str, *others: Record) -> None:
    """Set the links of a record."""
    record = world.stored(world.records[label])
    workflow_writer.save(record, seen=record.version, linked={name: others})


def move(world: World, label: str, **values: Any) -> None:
    """Change a record together with fields that its constraints ask for."""
    edit(world.records[label], **values)


# The fields whose other value is a record, or comes with others.
RELATED: dict[tuple[str, str], Callable[[World], object]] = {
    ("findings.facet", "finding"): lambda world: edit(world.empty_facet, finding=world.elsewhere),
    ("findings.measure", "finding"): lambda world: edit(world.other_measure, finding=world.elsewhere),
    ("findings.measure", "facet"): lambda world: move(world, "findings.measure", facet=world.empty_facet),
    ("findings.progress", "measure"): lambda world: move(world, "findings.progress", measure=world.other_measure),
    ("findings.evidence", "finding"): lambda world: move(world, "findings.evidence", finding=world.elsewhere),
    ("findings.evidence", "file"): lambda world: move(world, "findings.evidence", file=new_file(world)),
    ("findings.evidence", "measures"): lambda world: link(world, "findings.evidence", "measures", world.other_measure),
    ("findings.evidence", "replaces"): lambda world: make_evidence(
        world.records["findings.measure"], by=world.cast["clerk"], replaces=world.file
    ),
    ("findings.evidence", "withdrawn_at"): lambda world: withdraw(
        world.stored(world.file), "传错了。", world.cast["clerk"], 1
    ),
    ("findings.evidence", "number"): lambda world: move(world, "findings.evidence", number=77),
    ("findings.regulation", "finding"): lambda world: move(world, "findings.regulation", finding=world.elsewhere),
    ("findings.regulation", "evidence"): lambda world: move(world, "findings.regulation", evidence=world.file),
    ("findings.accountability", "finding"): lambda world: move(world, "findings.accountability", finding=None),
    ("findings.recovery", "finding"): lambda world: move(world, "findings.recovery", finding=None),
    ("ledgers.entry", "findings"): lambda world: link(world, "ledgers.entry", "findings", world.elsewhere),
    ("ledgers.entry", "measures"): lambda world: link(world, "ledgers.entry", "measures", world.other_measure),
    ("ledgers.entry", "evidence"): lambda world: link(world, "ledgers.entry", "evidence", world.file),
}


@pytest.mark.parametrize("label", SIGNED_FIELDS)
def test_a_change_of_a_signed_field_voids_the_sign_off(world: World, label: str) -> None:
    for name in SIGNED_FIELDS[label]:
        with undone():
            if change := RELATED.get((label, name)):
                change(world)
            else:
                edit(world.records[label], **{name: other_value(world.stored(world.records[label]), name)})
            assert world.is_void(), name
            assert not in_force(world.finding)


@pytest.mark.parametrize("label", SIGNED_FIELDS)
def test_a_change_of_another_field_voids_nothing(world: World, label: str) -> None:
    for name in free_fields(label):
        with undone():
            record = world.stored(world.records[label])
            field = record._meta.get_field(name)
            if field.many_to_many:
                link(world, label, name, make_user() if field.related_model == User else make_unit())
            elif field.related_model == Unit:
                edit(record, **{name: make_unit()})
            elif field.related_model == User:
                edit(record, **{name: make_user()})
            else:
                edit(record, **{name: 77 if name == "order" else other_value(record, name)})
            assert not world.is_void(), name


def free_fields(label: str) -> list[str]:
    """The fields of a kind that are not signed and that more than a step of the workflow writes."""
    rows = [row for row in UNSIGNED if row.model == label and row.reason not in {BY_STEPS, PARENT}]
    names = [name for row in rows for name in row.fields]
    # A change of these is a move to another place, or comes with a signed field.
    others = {"aspect", "parent", "status", "withdrawn_by", "withdrawn_reason"}
    return [name for name in names if name not in others]


def checked(world: World) -> None:
    item = make_spot_check(world.cast["supervisor"], world.finding).items.get()
    edit(item, note="属实。", visitor="李敏", visited_on=DAY)


def reviewed(world: World) -> None:
    fields = {"due_on": DAY, "result": "holds", "note": "没有反弹。", "recorded_by": world.cast["supervisor"]}
    workflow_writer.create(FollowUpReview(finding=world.finding, **fields))


def refused_extension(world: World) -> None:
    extension = make_extension(world.records["findings.measure"], old_due_on=timezone.localdate())
    perform(REFUSE, Extension.objects.get(pk=extension.pk), world.cast["office"], 1, StepInput("不同意。"))


AFTERWARDS: dict[str, Callable[[World], object]] = {
    "findings.supervision": lambda world: make_supervision(world.cast.inspection, findings=[world.finding]),
    "findings.spotcheck": checked,
    "findings.spotcheckitem": checked,
    "findings.followupreview": reviewed,
    "findings.extension": refused_extension,
    "findings.comment": lambda world: post_comment(
        Comment(finding=world.finding, text="请归档。", written_by=world.cast["office"]), []
    ),
    "ledgers.entrycomment": lambda world: post_comment(
        EntryComment(entry=world.entries["tracked"], text="请归档。", written_by=world.cast["office"]), []
    ),
}


def test_what_comes_after_the_sign_off_leaves_it_in_force(world: World) -> None:
    assert AFTERWARDS.keys() == WHOLE
    for change in AFTERWARDS.values():
        with undone():
            change(world)
            assert not world.is_void()


def step_of(world: World, ledger: str, *names: str) -> None:
    """Take steps of a ledger's entry, the day being the first of June."""
    for name in names:
        entry = world.stored(world.entries[ledger])
        (transition,) = [one for one in ledger_transitions(entry.definition) if one.name == name]
        perform(transition, entry, world.cast["office"], entry.version, StepInput("办理。", day=dt.date(2026, 6, 1)))


def test_a_step_between_open_states_of_an_entry_voids_nothing_and_its_report_does(world: World) -> None:
    step_of(world, "projects", "start")
    assert not world.is_void()
    edit(world.entries["projects"], handled="已完成。")
    assert world.is_void()


@pytest.mark.django_db
def test_a_step_that_ends_an_entry_voids_and_a_revisit_afterwards_does_not() -> None:
    cast = cast_of()
    closed = make_entry(
        cast.inspection, "tracked", findings=[cast.finding], received_on=DAY, done_on=DAY, status="closed"
    )
    waiting = make_entry(cast.inspection, "risks", findings=[cast.finding], received_on=DAY, status="guarded")
    bring(cast, "closed")
    edit(closed, revisited_on=dt.date(2026, 6, 2), result="群众满意。")
    revisit, settle = (
        next(one for one in ledger_transitions(entry.definition) if one.name == name)
        for entry, name in ((closed, "revisit"), (waiting, "settle"))
    )
    perform(revisit, closed, cast["office"], closed.version, StepInput())
    assert not Finding.objects.get(pk=cast.finding.pk).is_void
    perform(settle, waiting, cast["office"], waiting.version, StepInput(day=dt.date(2026, 6, 1)))
    assert Finding.objects.get(pk=cast.finding.pk).is_void


def test_a_record_that_is_deleted_voids_the_sign_off(world: World) -> None:
    for label in ("findings.regulation", "findings.accountability", "findings.recovery", "ledgers.entry"):
        with undone():
            record = world.stored(world.records[label])
            workflow_writer.delete(record, seen=record.version)
            assert world.is_void(), label


@pytest.mark.django_db
def test_a_record_that_moves_between_two_signed_findings_voids_both() -> None:
    cast = cast_of()
    other = cast_of_another(cast)
    regulation = workflow_writer.create(Regulation(inspection=cast.inspection, finding=cast.finding, title="办法"))
    entry = make_entry(cast.inspection, findings=[cast.finding], received_on=DAY)
    for change in (
        lambda: edit(regulation, finding=other),
        lambda: workflow_writer.save(entry, seen=entry.version, linked={"findings": [other]}),
    ):
        for finding in (cast.finding, other):
            sign_again(cast, finding)
        change()
        assert set(Finding.objects.void()) == {cast.finding, other}


def cast_of_another(cast: Cast) -> Finding:
    """Another finding of the inspection, with a measure that is done."""
    from_cast: Any = Finding(
        inspection=cast.inspection,
        aspect=cast.finding.aspect,
        order=2,
        title="另一个问题",
        lead_unit=cast.unit,
        due_on=cast.finding.due_on,
    )
    workflow_writer.create(from_cast)
    for measure in cast.finding.measures.all():
        measure.pk, measure.finding, measure._state.adding = None, from_cast, True
        workflow_writer.create(measure)
    return Finding.objects.get(pk=from_cast.pk)


def sign_again(cast: Cast, finding: Finding) -> None:
    """Bring a finding, also a void one, to its sign-off."""
    finding.refresh_from_db()
    bring(cast, "closed", finding)
    assert finding.is_signed_off
