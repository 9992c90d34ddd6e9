"""New records stored together are what each stored by itself would be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.forms.models import model_to_dict

from accounts.audit.verification import walk_chain
from accounts.models import Event, Record
from accounts.records.saving import account_writer
from accounts.write_guard import UncheckedWriteError
from findings.factories import make_aspect
from findings.models import Aspect, Facet, Finding, Inspection, Measure
from findings.workflow.saving import workflow_writer

pytestmark = pytest.mark.django_db
Layers = list[list[Record]]


def new_tree(name: str, measures: int = 2) -> Layers:
    """An inspection with a finding, its sub-finding, a facet and measures."""
    inspection = Inspection(name=name, commissioner="区委", team="区委第三巡察组", body="区文体局党组")
    aspect = Aspect(inspection=inspection, order=1, title="学习")
    finding = Finding(inspection=inspection, aspect=aspect, order=1, title="学习不够")
    below = Finding(inspection=inspection, aspect=aspect, parent=finding, order=1, title="没有考")
    facet = Facet(finding=finding, order=1, title="管理")
    told: list[Record] = [
        Measure(inspection=inspection, finding=finding, facet=facet, order=number, outcome=f"学了 {number} 次。")
        for number in range(1, measures + 1)
    ]
    return [[inspection], [aspect], [finding], [below], [facet], told]


def rows_of(layers: Layers) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """What is stored of each record and in its history, without keys and times."""
    own = {"id", "name", "inspection", "aspect", "finding", "parent", "facet", "history_id", "history_date"}
    told = []
    for record in (record for layer in layers for record in layer):
        stored = type(record)._base_manager.get(pk=record.pk)
        history = type(record).history.filter(id=record.pk)
        told.append((model_to_dict(stored, exclude=own), [model_to_dict(row, exclude=own) for row in history]))
    return told


def events_of(layers: Layers) -> list[tuple[Any, ...]]:
    """The rows of the trail about the records, without their keys and times."""
    keys = [(record._meta.label_lower, record.pk) for layer in layers for record in layer]
    same = ("who", "action", "result", "record_type", "version_before", "version_after", "reason", "algorithm")
    return [
        row[2:]
        for row in Event.objects.order_by("number").values_list("record_type", "record_id", *same)
        if row[:2] in keys
    ]


def test_a_tree_is_stored_as_record_by_record() -> None:
    one_by_one, together = new_tree("逐条"), new_tree("一起")
    for layer in one_by_one:
        for record in layer:
            workflow_writer.create(_with_keys(record))
    workflow_writer.create_tree(together)
    assert rows_of(together) == rows_of(one_by_one)
    assert events_of(together) == events_of(one_by_one)
    assert len(events_of(together)) == 7
    assert walk_chain().problem is None


def _with_keys(record: Record) -> Record:
    """The record with the keys of its parents, which are stored by now."""
    for name, other in list(record._state.fields_cache.items()):
        setattr(record, name, other)
    return record


def test_a_layer_is_asked_for_when_those_above_are_stored() -> None:
    def layers() -> Iterator[list[Record]]:
        for layer in new_tree("逐层"):
            assert all(parent.pk for record in layer for parent in record.parents)
            yield layer

    workflow_writer.create_tree(layers())
    assert Measure.objects.count() == 2


def test_what_hangs_from_a_stored_record_is_refused() -> None:
    """It would have to be locked, and a sign-off might cover what is new."""
    aspect = make_aspect()
    finding = Finding(inspection=aspect.inspection, aspect=aspect, order=1, title="学习不够")
    with pytest.raises(ValueError, match=r"学习不够 hangs from .* call create\(\)"):
        workflow_writer.create_tree([[finding]])
    assert not Finding.objects.exists()


def test_nothing_is_stored_of_a_tree_that_the_database_refuses() -> None:
    layers, before = new_tree("拒绝"), Event.objects.count()
    layers[-1][-1].order = 1  # type: ignore[attr-defined]  # the number of the other measure
    with pytest.raises(IntegrityError):
        workflow_writer.create_tree(layers)
    assert not Inspection.objects.exists()
    assert not Inspection.field_history.rows.exists()
    assert Event.objects.count() == before


def test_another_writer_refuses_a_tree() -> None:
    with pytest.raises(UncheckedWriteError, match="is written by findings"):
        account_writer.create_tree(new_tree("别人的"))


def test_a_thousand_records_more_take_few_queries_more(django_assert_max_num_queries: Any) -> None:
    workflow_writer.create_tree(new_tree("先来"))  # what is looked up once in a process
    # Each has a row, a row of history and one of the trail; SQLite takes some thirty in one statement.
    with django_assert_max_num_queries(110):
        workflow_writer.create_tree(new_tree("很多", measures=1000))
