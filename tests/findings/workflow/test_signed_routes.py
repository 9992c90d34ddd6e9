"""Whatever a page, a bulk assignment or an import can change of a signed finding voids its sign-off exactly if the
field is signed, and the page or the preview says so before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import reverse

from accounts.records.conflicts import as_sent
from findings.factories import make_unit
from findings.inspections.display import finding_number
from findings.work.accountability_forms import AccountabilityForm, RecoveryForm
from findings.work.deadline_forms import REASON_FIELD
from findings.work.evidence_forms import EvidenceForm
from findings.work.forms import FacetForm, FindingForm, ProgressForm, RegulationForm
from findings.work.measure_forms import MeasureForm, MeasureWorkForm
from findings.workflow.signed_fields import SIGNED_FIELDS
from ledgers.catalogue import LISTS
from ledgers.columns import Column, ColumnKind
from ledgers.entry_forms import EntryForm, FillForm
from ledgers.special_ledgers import LEDGERS
from tests.findings.workflow.signed_world import World, undone
from tests.ledgers.workbooks import brought_in, confirmed, taken_out

pytestmark = pytest.mark.django_db
WARNED = "销号即失效"
FORMS: dict[str, tuple[str, type[Any]]] = {
    "findings:finding_edit": ("findings.finding", FindingForm),
    "findings:facet_edit": ("findings.facet", FacetForm),
    "findings:measure_edit": ("findings.measure", MeasureForm),
    "findings:measure_detail": ("findings.measure", MeasureWorkForm),
    "findings:progress_edit": ("findings.progress", ProgressForm),
    "findings:evidence_edit": ("findings.evidence", EvidenceForm),
    "findings:regulation_edit": ("findings.regulation", RegulationForm),
    "findings:accountability_edit": ("findings.accountability", AccountabilityForm),
    "findings:recovery_edit": ("findings.recovery", RecoveryForm),
    "ledgers:entry_edit": ("ledgers.entry", EntryForm),
    "ledgers:entry_fill": ("ledgers.entry", FillForm),
}
# The evidence page words its warning for all states of the finding.
WORDED = {"findings:evidence_edit": "会使销号失效"}
# The page of a measure is read until somebody asks to correct it.
CORRECTED = {"findings:measure_detail": {"edit": "on"}}


@pytest.fixture
def world() -> World:
    """A signed finding with a record of every kind."""
    return World()


@pytest.fixture
def client(world: World) -> Client:
    """The browser of the office."""
    client = Client()
    client.force_login(world.cast["office"])
    return client


def is_signed(label: str, name: str) -> bool:
    """Whether a field of a form is signed; a new text is that of a log entry."""
    return name in SIGNED_FIELDS[label] or (label, name) == ("findings.measure", "text")


def flat(choices: Any) -> Iterator[Any]:
    """The values of choices, also of those in groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from flat(label)
        else:
            yield value


def typed(form: Any, name: str) -> list[str]:
    """What a browser sends of a field into which something else was typed."""
    field: Any = form.fields[name]
    now = as_sent(field, form.get_initial_for_field(field, name))
    if choices := [str(value) for value in flat(getattr(field, "choices", ()))]:
        if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            return [value for value in choices if value not in now][:1] or now[1:]
        return next([value] for value in choices if value and [value] != now)
    if isinstance(field, forms.BooleanField):
        return [] if now else ["on"]
    if isinstance(field, forms.DateField):
        # Earlier: a later deadline takes a reason, and nothing starts after its end.
        return ["2026-02-02" if name == "started_on" else "2026-05-20"]
    if isinstance(field, forms.DecimalField | forms.IntegerField) or name == "amount":
        return ["7"] if name == "persons" else ["15"]
    return [f"{now[0]}改"]


@pytest.mark.parametrize("page", FORMS)
def test_a_field_of_a_page_voids_exactly_if_it_is_signed(world: World, client: Client, page: str) -> None:
    label, form_class = FORMS[page]
    ledgers: Any = LEDGERS if label == "ledgers.entry" else {"": None}
    seen: set[str] = set()
    for ledger in ledgers:
        record = world.entries[ledger] if ledger else world.records[label]
        address = reverse(page, args=[record.pk])
        shown = client.get(address, CORRECTED.get(page))
        assert WORDED.get(page, WARNED) in shown.content.decode()
        # A page can write other forms before its own, such as that of files.
        contexts: Any = shown.context
        form = next(one["form"] for one in contexts if isinstance(one.get("form"), form_class))
        for name in [one for one in form.fields if one not in {"seen", *seen}]:
            seen.add(name)
            data = {
                each: as_sent(field, form.get_initial_for_field(field, each)) for each, field in form.fields.items()
            }
            if "change_reason" in data:
                data["change_reason"] = ["更正笔误。"]
            with undone():
                answer = client.post(address, data | {name: typed(form, name)})
                assert answer.status_code == 302, (name, answer.context["form"].errors)
                # A day alone makes no log entry.
                expected = is_signed(label, name) and (page, name) != ("findings:measure_detail", "reported_on")
                assert world.is_void() is expected, name
    # Fields without choices in this world are left out by the forms themselves.
    assert seen >= {*form_class.base_fields} - {"facet", "measures", "evidence"}


def test_a_new_record_of_a_signed_finding_is_announced_and_voids(world: World, client: Client) -> None:
    inspection, finding = world.cast.inspection, world.finding
    values: dict[str, dict[str, Any]] = {
        "findings:regulation_create": {"title": "督查工作规程", "kind": "new"},
        "findings:accountability_create": {"kind": "talk", "persons": 1, "person_times": 1},
        "findings:recovery_create": {"kind": "recovered", "amount": "12.50"},
    }
    for page, given in values.items():
        address = f"{reverse(page, args=[inspection.pk])}?finding={finding.pk}"
        with undone():
            assert f"问题“{finding}”已经销号" in client.get(address).content.decode()
            answer = client.post(address, given | {"finding": finding.pk})
            assert answer.status_code == 302, answer.context["form"].errors
            assert world.is_void()
        # Without a finding it is only said what a choice would do.
        assert "选到或者去掉它们的" in client.get(address.partition("?")[0]).content.decode()
        with undone():
            assert client.post(address, given).status_code == 302
            assert not world.is_void()
    address = f"{reverse('ledgers:entry_create', args=[inspection.pk, 'tracked'])}?finding={finding.pk}"
    assert f"问题“{finding}”已经销号" in client.get(address).content.decode()
    for page, pk in (("findings:facet_create", finding.pk), ("findings:measure_create", finding.pk)):
        assert WARNED in client.get(reverse(page, args=[pk])).content.decode()
    below = f"{reverse('findings:finding_create', args=[finding.aspect_id])}?parent={finding.pk}"
    assert WARNED in client.get(below).content.decode()


def test_a_deletion_and_a_step_are_announced(world: World, client: Client) -> None:
    addresses = [
        reverse(f"findings:{name}_delete", args=[world.records[f"findings.{name}"].pk])
        for name in ("regulation", "accountability", "recovery")
    ]
    addresses += [
        reverse("findings:facet_delete", args=[world.empty_facet.pk]),
        reverse("ledgers:entry_delete", args=[world.entries["risks"].pk]),
        reverse("ledgers:entry_step", args=[world.entries["activities"].pk, "cancel"]),
    ]
    for address in addresses:
        assert WARNED in client.get(address).content.decode(), address
    between = reverse("ledgers:entry_step", args=[world.entries["projects"].pk, "start"])
    assert WARNED not in client.get(between).content.decode()


@pytest.mark.parametrize(("tab", "label"), [("findings", "findings.finding"), ("measures", "findings.measure")])
def test_a_bulk_assignment_voids_exactly_if_the_field_is_signed(
    world: World, client: Client, tab: str, label: str
) -> None:
    record = world.stored(world.records[label])
    address = reverse(f"findings:{tab}_assign", args=[world.cast.inspection.pk])
    shown = client.get(address, {"row": f"{record.pk}.{record.version}"})
    assert "改动已销号问题的时限，销号会失效" in shown.content.decode()
    form = shown.context["form"]
    for name in [one for one in form.fields if one != REASON_FIELD]:
        with undone():
            answer = client.post(address, {"row": f"{record.pk}.{record.version}", name: typed(form, name)})
            assert [result.words for result in answer.context["results"]] == ["已修改。"]
            assert world.is_void() is is_signed(label, name), name


def cell_of(column: Column, world: World, now: Any) -> Any:
    """What somebody types into a cell of a column instead of what stands there."""
    if column.kind == ColumnKind.CHOICE:
        return next(choice for choice in column.choices if choice != now)
    if column.kind in {ColumnKind.PLACE, ColumnKind.PLACES}:
        return finding_number(world.elsewhere)
    return {
        ColumnKind.DAY: dt.date(2026, 2, 2) if column.field == "started_on" else dt.date(2026, 5, 20),
        ColumnKind.NUMBER: 7 if column.field == "persons" else 15,
        ColumnKind.MONEY: 15,
        ColumnKind.UNIT: "档案科",
        ColumnKind.UNITS: "档案科",
        ColumnKind.PERSON: "leader",
        ColumnKind.PEOPLE: "leader",
        ColumnKind.PERCENT: "15%",
    }.get(column.kind, "表里写的")


# All lists that come back but that of supervision, which is not signed.
BROUGHT_BACK = [key for key in LISTS if key not in {"evidence", "supervision", "letters"}]


@pytest.mark.parametrize("key", BROUGHT_BACK)
def test_a_cell_of_an_imported_list_voids_exactly_if_the_field_is_signed(
    world: World, client: Client, key: str
) -> None:
    make_unit(name="档案科", parent=world.cast.body)
    listed, office = LISTS[key], world.cast["office"]
    records = listed.records(office).filter(inspection=world.cast.inspection)
    label = records.model._meta.label_lower
    record = world.entries[key] if key in LEDGERS else world.records[label]
    for column in [one for one in listed.columns if one.field]:
        book = taken_out(client, world.cast.inspection, key)
        book.write(record, column.heading, cell_of(column, world, book.read(record, column.heading)))
        with undone():
            page = brought_in(client, world.cast.inspection, key, book.content)
            assert (page.context["plan"].problems, len(page.context["plan"].rows_to_change)) == ([], 1), column.key
            if is_signed(label, column.field):
                assert WARNED in page.content.decode()
            confirmed(client, page)
            assert world.is_void() is is_signed(label, column.field), column.key
