"""Below a signed finding nothing is written quietly: a write is refused, or it is a version that ends the sign-off."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Event, Record, User
from accounts.records.conflicts import as_sent
from accounts.web.forms import PageModelForm
from accounts.write_guard import UncheckedWriteError
from findings.factories import closing_fields, make_facet, make_finding, make_supervision, make_user
from findings.followup.forms import SupervisionForm
from findings.models import Evidence, Facet, Finding, Measure, Notice, Supervision
from findings.work.evidence_forms import EvidenceForm
from findings.work.evidence_list import EvidenceList
from findings.work.forms import FacetForm, FindingForm
from findings.work.measure_forms import MeasureForm
from findings.workflow import StepInput, StepName, saving, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from ledgers.entry_forms import EntryForm
from ledgers.models import Entry
from tests.findings.actors import Cast, bring, cast_of, in_force
from tests.findings.test_versions import versions_of
from tests.ledgers.special import held, signed_quoting

pytestmark = pytest.mark.django_db
QUOTING = "开展集体学习【学习.次数】次，督查【督查.次数】次。"
CHANGED: dict[type[Record], dict[str, Any]] = {
    Finding: {"title": "督查重部署轻落实"},
    Facet: {"title": "制度建设"},
    Measure: {"outcome": "台账已经建立并用起来。"},
    Evidence: {"caption": "换了说明"},
    Supervision: {"kind": "visit"},
    Entry: {"kind": "培训"},
}


class Signed:
    """A signed finding with one record of each kind that its sign-off rests on, and the forms these are edited with."""

    def __init__(self, cast: Cast) -> None:
        self.user = cast["office"]
        self.finding = cast.finding
        facet = make_facet(cast.finding)
        measure = cast.finding.measures.get()
        measure.facet, measure.outcome = facet, QUOTING
        workflow_writer.save(measure, seen=measure.version)
        supervision, entry = make_supervision(cast.inspection, kind="on_site"), held(cast.inspection)
        bring(cast, "closed")
        found = (cast.finding, facet, measure, measure.evidence.get(), supervision, entry)
        self.records: dict[type[Record], Any] = {type(one): type(one)._base_manager.get(pk=one.pk) for one in found}

    def form(self, record: Any, data: QueryDict | None = None) -> PageModelForm:
        """The form of the page on which a record is edited."""
        forms: dict[type[Record], Callable[..., PageModelForm]] = {
            Finding: lambda: FindingForm(data, instance=record, user=self.user),
            Facet: lambda: FacetForm(data, instance=record),
            Measure: lambda: MeasureForm(data, instance=record, user=self.user),
            Evidence: lambda: EvidenceForm(data, instance=record, dossier=EvidenceList(self.finding, self.user)),
            Supervision: lambda: SupervisionForm(data, instance=record, user=self.user),
            Entry: lambda: EntryForm(data, instance=record, user=self.user),
        }
        return forms[type(record)]()

    def filled_in(self, record: Any, values: dict[str, Any]) -> PageModelForm:
        """The form as a browser sends it with these values typed."""
        form, data = self.form(record), QueryDict(mutable=True)
        for name, field in form.fields.items():
            data.setlist(name, as_sent(field, form.get_initial_for_field(field, name)))
        data.update(values)
        return self.form(record, data)


@pytest.fixture
def signed() -> Signed:
    """A signed finding."""
    return Signed(cast_of())


@pytest.mark.parametrize("kind", CHANGED)
def test_what_a_django_engineer_would_call_is_refused_or_ends_the_sign_off(signed: Signed, kind: type[Record]) -> None:
    record = signed.records[kind]
    for name, value in CHANGED[kind].items():
        setattr(record, name, value)
    ways: list[Callable[[], object]] = [
        record.save,
        record.delete,
        lambda: kind._default_manager.filter(pk=record.pk).update(**CHANGED[kind]),
        lambda: signed.form(record).save(commit=False),
    ]
    for way in ways:
        with pytest.raises(UncheckedWriteError):
            way()
    assert in_force(signed.finding)
    assert signed.filled_in(kind._base_manager.get(pk=record.pk), CHANGED[kind]).save()
    expect_a_version_that_ended_the_sign_off(signed.finding, record)


@pytest.mark.parametrize("kind", CHANGED)
def test_the_writer_does_the_same(signed: Signed, kind: type[Record]) -> None:
    record = signed.records[kind]
    for name, value in CHANGED[kind].items():
        setattr(record, name, value)
    assert workflow_writer.save(record, seen=record.version)
    expect_a_version_that_ended_the_sign_off(signed.finding, record)


def expect_a_version_that_ended_the_sign_off(finding: Finding, record: Record) -> None:
    """A new version with one row of history and one of the trail, and a void sign-off with its own of each."""
    stored, history = type(record)._base_manager.get(pk=record.pk), versions_of(record)
    changes = Event.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, action="change")
    change = changes.latest("number")
    assert change.version_after in {stored.version, stored.version - 1}  # void or expired, in one more version
    assert history == list(range(1, stored.version + 1))
    assert in_force(finding) == []
    finding.refresh_from_db()
    assert finding.is_void
    assert Event.objects.filter(record_type="findings.finding", record_id=finding.pk, action="void").count() == 1
    told = list(Notice.objects.filter(kind="void").values_list("user", flat=True))
    assert told and len(told) == len(set(told))


def test_each_consequence_of_a_write_happens_once(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    for name in ("void_stale_signoffs", "notify_of_void", "revoke_stale_verifications"):
        original = getattr(saving, name)

        def spy(*args: Any, name: str = name, original: Callable[..., Any] = original) -> Any:
            called.append(name)
            return original(*args)

        monkeypatch.setattr(saving, name, spy)
    measure = signed.records[Measure]
    measure.outcome = "台账已经建立并用起来。"
    workflow_writer.save(measure, seen=measure.version)
    assert called == ["void_stale_signoffs", "notify_of_void", "revoke_stale_verifications"]


def test_an_outcome_changed_below_a_signature_needs_so_many_queries() -> None:
    cast = cast_of()
    bring(cast, "closed")
    measure = cast.finding.measures.get()
    measure.outcome = "改过。"
    with CaptureQueriesContext(connection) as queries:
        workflow_writer.save(measure, seen=measure.version)
    # PostgreSQL puts the parts of a union into brackets.
    statements = [
        one["sql"] for one in queries if re.match(r"(?s)\(?(SELECT .* FROM|INSERT|UPDATE|DELETE) ", one["sql"])
    ]
    assert len(statements) == STATEMENTS


STATEMENTS = (
    46  # the measure, the void finding and the measure to be verified again are a version each, with all who are told
)


def test_a_new_sub_finding_ends_the_sign_off_of_the_finding_above(office: User) -> None:
    above, _ = signed_quoting("已经落实。", by=office, signer=make_user(role="supervisor"))
    assert not above.is_void
    make_finding(parent=above)
    above.refresh_from_db()
    assert above.is_void


def test_a_sub_finding_that_moves_away_ends_the_sign_off_that_it_leaves(office: User) -> None:
    signer = make_user(role="supervisor")
    above, _ = signed_quoting("已经落实。", by=office, signer=signer)
    below = make_finding(parent=above, **closing_fields(signer, dt.date(2026, 6, 1)))
    elsewhere = make_finding(above.aspect)
    above.refresh_from_db()
    submit_again(above, office, signer)
    below.parent = elsewhere
    workflow_writer.save(below, seen=below.version)
    above.refresh_from_db()
    assert above.is_void


def submit_again(finding: Finding, by: User, signer: User) -> None:
    """Have a finding signed that is void."""
    take_step(StepName.SUBMIT, finding, by, finding.version)
    signature = StepInput("同意。", "complete", digest_of(signed_payload(finding)))
    take_step(StepName.CLOSE, finding, signer, finding.version, signature)
    assert not finding.is_void
