"""More time: asked for before the deadline, decided by the role the inspection names, never by whoever asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Result, User
from accounts.records.history import values_of
from accounts.records.saving import ConflictError
from findings.choices import Decision, MeasureStatus, NoticeKind, Status
from findings.factories import make_extension, make_grant, make_inspection, make_member, make_user
from findings.models import Extension, Finding, Inspection, Measure, Notice
from findings.workflow import RefusedError, StepInput, perform
from findings.workflow.extensions import GRANT, REFUSE, REQUEST, request_objections
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, query_count, words_of
from tests.raw_writes import unchecked_writes

# The measure of the case is due on 30 June.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_of_june")]
NEW = dt.date(2026, 8, 1)


@pytest.fixture
def request_of(case: Case, reporter: User) -> Extension:
    """The reporter's request."""
    return make_extension(case.measure, requested_by=reporter, new_due_on=NEW)


def address_of(extension: Extension) -> str:
    """The page of a request."""
    return reverse("findings:extension_detail", args=[extension.pk])


def test_a_request_is_made_from_the_sheet_and_shown_on_it(client: Client, case: Case, reporter: User) -> None:
    client.force_login(reporter)
    create = reverse("findings:extension_create", args=[case.measure.pk])
    assert create in client.get(case.measure.get_absolute_url()).content.decode()
    assert "由整改办审批" in client.get(create).content.decode()
    answer = client.post(create, {"new_due_on": NEW.isoformat(), "reason": "上级文件还没有印发。"}, follow=True)
    page = words_of(answer.content.decode())
    assert "已提交延期申请，批准以前仍按原来的时限。" in page
    assert "原定 2026年6月30日，申请延至 2026年8月1日" in page
    extension = Extension.objects.get()
    assert (extension.old_due_on, extension.requested_by) == (dt.date(2026, 6, 30), reporter)
    case.measure.refresh_from_db()
    assert case.measure.due_on == dt.date(2026, 6, 30)


def test_granting_moves_the_deadline_and_keeps_both_to_be_seen(
    office_client: Client, office: User, case: Case, request_of: Extension
) -> None:
    version = case.measure.version
    values = {"decision": "granted", "opinion": "同意，抓紧落实。", "seen": request_of.version}
    assert office_client.post(address_of(request_of), values).status_code == 302
    request_of.refresh_from_db()
    case.measure.refresh_from_db()
    assert (request_of.decision, request_of.decided_by, request_of.opinion) == (
        Decision.GRANTED,
        office,
        "同意，抓紧落实。",
    )
    assert (case.measure.due_on, case.measure.version) == (NEW, version + 1)
    kept = values_of(case.measure, case.measure.version) or {}
    assert kept[case.measure._meta.get_field("due_on")] == NEW
    page = words_of(office_client.get(case.measure.get_absolute_url()).content.decode())
    assert "原定 2026年6月30日" in page
    assert "申请延至 2026年8月1日" in page


@pytest.fixture
def in_charge(case: Case) -> User:
    """The person in charge of the measure."""
    person = make_user(name="孙负责")
    make_member(case.unit, person)
    make_grant(person, "reporter", case.unit)
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(person_in_charge=person)
    return person


def decide(extension: Extension, user: User, seen: int, *, granted: bool, opinion: str) -> None:
    """Grant or refuse a request."""
    perform(GRANT if granted else REFUSE, extension, user, seen, StepInput(opinion))


def told() -> list[tuple[str, str]]:
    """Whom the latest notices told what."""
    assert not Notice.objects.exclude(kind=NoticeKind.EXTENSION).exists()
    return sorted((one.user.name, one.words) for one in Notice.objects.select_related("user"))


def test_a_request_tells_who_decides_as_its_page_said(client: Client, case: Case, reporter: User, office: User) -> None:
    make_user(name="外单位整改办"), make_user(role="supervisor")
    client.force_login(reporter)
    create = reverse("findings:extension_create", args=[case.measure.pk])
    assert "将通知：张整改。" in client.get(create).content.decode()
    client.post(create, {"new_due_on": NEW.isoformat(), "reason": "上级文件还没有印发。"})
    assert told() == [("张整改", "李填报为措施“建立督查台账。”提交延期申请，请您审批。")]
    client.post(create, {"new_due_on": NEW.isoformat(), "reason": "再申请一次。"})
    assert len(told()) == 1


@pytest.mark.parametrize("granted", [True, False])
def test_a_decision_tells_who_asked_and_who_carries_it_out_as_its_page_said(
    office_client: Client, case: Case, request_of: Extension, in_charge: User, granted: bool
) -> None:
    colleague = make_user(name="吴同事")
    make_member(case.unit, colleague)
    make_grant(colleague, "reporter", case.unit)
    assert "将通知：吴同事、孙负责等 3 人。" in office_client.get(address_of(request_of)).content.decode()
    said = {"decision": "granted" if granted else "refused", "opinion": "按期完成。", "seen": request_of.version}
    office_client.post(address_of(request_of), said)
    result = "已同意，完成时限改为2026年8月1日" if granted else "没有同意，仍按原来的完成时限，请查看意见"
    words = f"措施“建立督查台账。”的延期申请{result}。"
    assert told() == [(name, words) for name in ("吴同事", "孙负责", "李填报")]


def test_what_is_refused_tells_nobody(office: User, request_of: Extension) -> None:
    with pytest.raises(RefusedError, match="审批意见"):
        decide(request_of, office, request_of.version, granted=True, opinion=" ")
    assert told() == []


def test_who_decides_and_asks_is_not_told_of_his_own(case: Case, office: User) -> None:
    days = {"old_due_on": dt.date(2026, 6, 30), "new_due_on": NEW}
    request = Extension.for_record(case.measure, reason="文件未到。", requested_by=office, **days)
    perform(REQUEST, request, office, None)
    assert told() == []


def test_refusing_leaves_the_deadline(office_client: Client, case: Case, request_of: Extension) -> None:
    values = {"decision": "refused", "opinion": "按期完成。", "seen": request_of.version}
    office_client.post(address_of(request_of), values)
    request_of.refresh_from_db()
    case.measure.refresh_from_db()
    assert (request_of.decision, case.measure.due_on) == (Decision.REFUSED, dt.date(2026, 6, 30))
    assert request_objections(case.measure) == []  # he may ask again


def test_whoever_asked_does_not_decide(office_client: Client, office: User, case: Case) -> None:
    own = make_extension(case.measure, requested_by=office)
    page = office_client.get(address_of(own)).content.decode()
    assert "您自己提出的延期申请，要由另一个人批准。" in page
    assert 'name="decision"' not in page
    values = {"decision": "granted", "opinion": "同意。", "seen": own.version}
    assert office_client.post(address_of(own), values).status_code == 403
    with pytest.raises(RefusedError, match="另一个人"):
        decide(own, office, own.version, granted=True, opinion="同意。")
    own.refresh_from_db()
    case.measure.refresh_from_db()
    assert (own.decision, case.measure.due_on) == (Decision.WAITING, dt.date(2026, 6, 30))
    assert Event.objects.filter(action=Action.STEP, result=Result.REFUSED, record_id=own.pk).exists()


@pytest.mark.parametrize("role", ["leader", "supervisor", "publisher"])
def test_only_the_role_that_the_inspection_names_decides(client: Client, role: str, request_of: Extension) -> None:
    client.force_login(make_user(role=role))
    values = {"decision": "granted", "opinion": "同意。", "seen": request_of.version}
    assert client.post(address_of(request_of), values).status_code == 403
    request_of.refresh_from_db()
    assert request_of.decision == Decision.WAITING


def test_the_inspection_may_name_another_role(client: Client, case: Case, request_of: Extension) -> None:
    with unchecked_writes():
        Inspection.objects.filter(pk=case.inspection.pk).update(extensions_by="leader")
    leader = make_user(role="leader")
    client.force_login(leader)
    values = {"decision": "granted", "opinion": "同意。", "seen": request_of.version}
    assert client.post(address_of(request_of), values).status_code == 302
    request_of.refresh_from_db()
    assert request_of.decided_by == leader


def test_an_opinion_is_required(office_client: Client, request_of: Extension) -> None:
    answer = office_client.post(address_of(request_of), {"decision": "granted", "seen": request_of.version})
    assert answer.context["form"].errors == {"opinion": ["请填写审批意见。"]}


def test_the_second_of_two_deciders_is_told(office: User, request_of: Extension) -> None:
    late = Extension.objects.get(pk=request_of.pk)
    decide(request_of, office, request_of.version, granted=False, opinion="按期完成。")
    with pytest.raises(ConflictError):
        decide(late, make_user(role="office"), late.version, granted=True, opinion="同意。")
    late.refresh_from_db()
    assert late.decision == Decision.REFUSED


def test_a_deadline_changed_meanwhile_is_not_overwritten(
    office_client: Client, office: User, case: Case, request_of: Extension
) -> None:
    case.measure.due_on = dt.date(2026, 6, 15)
    workflow_writer.save(case.measure, seen=case.measure.version)
    assert "完成时限已改为2026年6月15日" in office_client.get(address_of(request_of)).content.decode()
    values = {"decision": "granted", "opinion": "同意。", "seen": request_of.version}
    answer = office_client.post(address_of(request_of), values)
    assert "完成时限已改为2026年6月15日" in answer.content.decode()
    case.measure.refresh_from_db()
    assert case.measure.due_on == dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("measure", "finding", "words"),
    [
        ({"due_on": None}, {}, "没有完成时限"),
        ({}, {"status": Status.SUBMITTED}, "问题已申请销号或已经销号"),
        ({}, {"status": Status.CLOSED}, "问题已申请销号或已经销号"),
        ({"status": MeasureStatus.REPORTED}, {}, "已报完成"),
    ],
)
def test_when_no_more_time_can_be_asked_for(
    case: Case, measure: dict[str, object], finding: dict[str, object], words: str
) -> None:
    for record, values in ((case.measure, measure), (case.finding, finding)):
        for name, value in values.items():
            setattr(record, name, value)
    case.measure.finding = case.finding
    assert words in "".join(request_objections(case.measure))


def test_a_second_request_waits_for_the_first(
    client: Client, case: Case, reporter: User, request_of: Extension
) -> None:
    client.force_login(reporter)
    answer = client.get(reverse("findings:extension_create", args=[case.measure.pk]), follow=True)
    assert "已有一份待批的延期申请" in answer.content.decode()
    with pytest.raises(IntegrityError):
        make_extension(case.measure)


@pytest.mark.parametrize("day", ["2026-06-30", "2026-06-01", ""])
def test_the_new_deadline_is_later(client: Client, case: Case, reporter: User, day: str) -> None:
    client.force_login(reporter)
    address = reverse("findings:extension_create", args=[case.measure.pk])
    answer = client.post(address, {"new_due_on": day, "reason": "来不及。"})
    assert set(answer.context["form"].errors) == {"new_due_on"}


def test_the_list_is_filtered_by_what_is_decided(office_client: Client, case: Case, request_of: Extension) -> None:
    decided = make_extension(case.faceted, old_due_on=dt.date(2026, 6, 30))
    decide(decided, make_user(role="office"), decided.version, granted=False, opinion="按期完成。")
    address = reverse("findings:extension_list", args=[case.inspection.pk])

    def listed(**query: str) -> set[int]:
        return {one.pk for one in office_client.get(address, query).context["listing"].page.records}

    assert listed() == {request_of.pk, decided.pk}
    assert listed(decision="waiting") == {request_of.pk}
    assert listed(decision="refused") == {decided.pk}
    assert listed(mine="on") == {request_of.pk}
    before = query_count(office_client, address)
    with unchecked_writes():
        Measure.objects.update(due_on=dt.date(2026, 6, 30))
    for finding in Finding.objects.all():
        for measure in finding.measures.exclude(pk=case.measure.pk):
            make_extension(measure, old_due_on=dt.date(2026, 6, 30))
    assert query_count(office_client, address) == before


def test_the_list_tells_the_day_by_the_clock_of_the_office(
    office_client: Client, case: Case, request_of: Extension
) -> None:
    with unchecked_writes():
        Extension.objects.update(requested_at=dt.datetime(2026, 3, 1, 17, tzinfo=dt.UTC))  # one o'clock at night
    page = office_client.get(reverse("findings:extension_list", args=[case.inspection.pk])).content.decode()
    assert '<span class="subline">2026年3月2日 延期申请</span>' in page


def test_the_list_of_another_body_is_not_there(client: Client, reporter: User, request_of: Extension) -> None:
    client.force_login(reporter)
    address = reverse("findings:extension_list", args=[make_inspection().pk])
    assert client.get(address).status_code == 404
