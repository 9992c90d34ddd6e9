"""The pages of the special ledgers: lists, entries, forms, who may what, and what goes out as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Event, User
from findings.factories import make_evidence, make_grant, make_member, make_user
from ledgers.factories import make_entry
from ledgers.flow_svg import flow_svg
from ledgers.models import Entry
from ledgers.special_ledgers import LEDGERS
from tests.findings.conftest import Case, query_count, words_of
from tests.ledgers.special import sent

pytestmark = pytest.mark.django_db
KEYS = list(LEDGERS)


def list_of(case: Case, key: str) -> str:
    """The address of a list."""
    return reverse("ledgers:list", args=[case.inspection.pk, key])


def read(client: Client, address: str) -> str:
    """What a page says."""
    answer = client.get(address)
    assert answer.status_code == 200
    return words_of(answer.content.decode())


@pytest.mark.parametrize("key", KEYS)
def test_each_ledger_has_a_list_a_form_and_a_page(office_client: Client, case: Case, key: str) -> None:
    entry = make_entry(case.inspection, key, units=[case.unit], findings=[case.finding], measures=[case.measure])
    listed = office_client.get(list_of(case, key)).content.decode()
    assert f'<a href="{entry.get_absolute_url()}">{entry.title}</a>' in listed
    create = reverse("ledgers:entry_create", args=[case.inspection.pk, key])
    form = words_of(office_client.get(create).content.decode())
    page = read(office_client, entry.get_absolute_url())
    for column in LEDGERS[key].columns:
        if column.key not in {"status", "done_on"}:
            assert column.heading in form, column
    assert LEDGERS[key].states[0].label in page
    assert case.finding.title in page
    assert case.measure.plan in page


@pytest.mark.parametrize("key", KEYS)
def test_each_ledger_goes_out_as_excel_and_csv(office_client: Client, case: Case, key: str) -> None:
    entry = make_entry(case.inspection, key, units=[case.unit], findings=[case.finding], note="=1+1")
    address = [case.inspection.pk, key]
    answer: Any = office_client.get(reverse("ledgers:list_export", args=[*address, "csv"]))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == [column.heading for column in LEDGERS[key].columns]
    assert entry.title in rows[1]
    assert rows[1][-2:] == ["1-1", "'=1+1"]
    answer = office_client.get(reverse("ledgers:list_export", args=[*address, "xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer))).worksheets[0]
    assert entry.title in [cell.value for row in sheet for cell in row]


def test_the_tabs_of_the_lists_and_of_the_ledgers_are_two(office_client: Client, case: Case) -> None:
    special, plain = read(office_client, list_of(case, "risks")), read(office_client, list_of(case, "problems"))
    assert "跟踪件" in special and "任务清单" not in special
    assert "任务清单" in plain and "跟踪件" not in plain


def test_a_list_is_filtered_by_words_kind_state_unit_and_lateness(office_client: Client, case: Case) -> None:
    today = timezone.localdate()
    early = today - dt.timedelta(days=10)
    make_entry(case.inspection, title="停工的场地", units=[case.unit], status="handling", received_on=early)
    make_entry(case.inspection, title="等着交办的", kind="交办", received_on=early)
    make_entry(case.inspection, title="过期的", status="answered", received_on=early, due_on=early)
    make_entry(case.inspection, title="过期而办结的", status="closed", received_on=early, due_on=early)
    wanted = {
        "q=停工": {"停工的场地"},
        "kind=交办": {"等着交办的"},
        "status=handling": {"停工的场地"},
        f"unit={case.unit.pk}": {"停工的场地"},
        "overdue=on": {"等着交办的", "过期的"},
    }
    titles = set(Entry.objects.values_list("title", flat=True))
    for query, found in wanted.items():
        rows = office_client.get(f"{list_of(case, 'instructions')}?{query}").content.decode().partition("<tbody")[2]
        assert {title for title in titles if f">{title}<" in rows} == found, query


def test_a_ledger_without_kinds_offers_none(office_client: Client, case: Case) -> None:
    assert 'name="kind"' not in office_client.get(list_of(case, "tracked")).content.decode()


def test_the_office_registers_changes_and_deletes(office_client: Client, case: Case) -> None:
    create = reverse("ledgers:entry_create", args=[case.inspection.pk, "instructions"])
    draft = Entry(inspection=case.inspection, ledger="instructions", status="received", title="核查台账", kind="批示")
    typed: dict[str, Any] = dict.fromkeys(
        ("number", "party", "content", "due_on", "handled", "note", "person_in_charge"), ""
    )
    typed |= {"title": draft.title, "kind": draft.kind, "received_on": "2026-03-01", "seen": 0}
    assert office_client.post(create, typed | {"findings": [case.finding.pk]}).status_code == 302
    entry = Entry.objects.get()
    assert entry.due_on == dt.date(2026, 3, 31)  # by the rule of the ledger
    assert list(entry.findings.all()) == [case.finding]
    edit = reverse("ledgers:entry_edit", args=[entry.pk])
    assert office_client.post(edit, sent(entry, title="核查全部台账")).status_code == 302
    assert "核查全部台账" in read(office_client, reverse("ledgers:entry_history", args=[entry.pk]))
    delete = reverse("ledgers:entry_delete", args=[entry.pk])
    entry.refresh_from_db()
    assert office_client.post(delete, {"seen": entry.version}).status_code == 302
    assert not Entry.objects.exists()
    assert Event.objects.filter(record_type="ledgers.entry", action="delete").exists()


def test_who_was_slower_sees_the_conflict_with_what_he_typed(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection)
    edit, mine = reverse("ledgers:entry_edit", args=[entry.pk]), sent(entry, title="我改的")
    office_client.post(edit, sent(entry, title="别人改的"))
    answer = office_client.post(edit, mine)
    assert answer.status_code == 409
    assert "我改的" in answer.content.decode()


def test_what_is_typed_wrongly_is_said_at_its_field(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection, "projects", received_on=dt.date(2026, 3, 1))
    edit = reverse("ledgers:entry_edit", args=[entry.pk])
    page = read_answer(office_client.post(edit, sent(entry, due_on="2026-02-01", amount="-3", kind="其他")))
    assert "办理期限不能早于" in page
    assert "不能小于 0" in page
    assert "所选的一项已不存在" in page


def read_answer(answer: Any) -> str:
    """What the answer to a form says."""
    return words_of(answer.content.decode())


def test_a_unit_sees_and_fills_in_its_own_entries_alone(reporter_client: Client, case: Case) -> None:
    own = make_entry(case.inspection, units=[case.unit], status="handling")
    other = make_entry(case.inspection, units=[case.other_unit])
    rows = read(reporter_client, list_of(case, "instructions"))
    assert own.title in rows
    assert other.title not in rows
    assert reporter_client.get(other.get_absolute_url()).status_code == 404
    fill = reverse("ledgers:entry_fill", args=[own.pk])
    assert "填写办理情况" in read(reporter_client, own.get_absolute_url())
    assert reporter_client.post(fill, {"handled": "已核查。", "seen": own.version}).status_code == 302
    own.refresh_from_db()
    assert own.handled == "已核查。"
    for name in ("entry_edit", "entry_delete"):
        assert reporter_client.get(reverse(f"ledgers:{name}", args=[own.pk])).status_code == 403
    assert reporter_client.get(reverse("ledgers:entry_step", args=[own.pk, "close"])).status_code == 403


def test_an_entry_done_with_is_filled_in_no_more_and_kept(reporter_client: Client, office: User, case: Case) -> None:
    entry = make_entry(case.inspection, units=[case.unit], status="closed")
    assert reporter_client.get(reverse("ledgers:entry_fill", args=[entry.pk])).status_code == 403
    client = Client()
    client.force_login(office)
    assert client.post(reverse("ledgers:entry_delete", args=[entry.pk]), {"seen": 1}).status_code == 409
    assert Entry.objects.exists()


def test_who_only_reads_fills_in_nothing(client: Client, case: Case) -> None:
    supervisor = make_user(role="supervisor")
    client.force_login(supervisor)
    entry = make_entry(case.inspection, units=[case.unit])
    assert client.get(entry.get_absolute_url()).status_code == 200
    assert client.get(reverse("ledgers:entry_fill", args=[entry.pk])).status_code == 403


def test_a_reporter_of_another_body_sees_nothing(client: Client, case: Case) -> None:
    stranger = make_user()
    make_member(case.other_unit, stranger)
    make_grant(stranger, "reporter", case.other_unit)
    client.force_login(stranger)
    assert client.get(make_entry(case.inspection, units=[case.unit]).get_absolute_url()).status_code == 404


def test_evidence_is_ticked_among_that_of_the_linked_findings(office_client: Client, case: Case) -> None:
    near, far = make_evidence(case.measure, name="近.pdf"), make_evidence(case.faceted, name="近的另一份.pdf")
    entry = make_entry(case.inspection, findings=[case.finding])
    edit = reverse("ledgers:entry_edit", args=[entry.pk])
    assert near.name in office_client.get(edit).content.decode()
    assert office_client.post(edit, sent(entry, evidence=[near.pk])).status_code == 302
    page = office_client.get(entry.get_absolute_url()).content.decode()
    assert near.name in page
    assert far.name not in page


def test_the_flow_is_a_picture_that_says_itself_in_words() -> None:
    ledger = LEDGERS["instructions"]
    picture = str(flow_svg(ledger, ledger.state("handling")))
    assert 'role="img"' in picture
    assert 'aria-label="办理流程：待交办，已交办，办理中（现在），已反馈，已办结。"' in picture
    assert "✓ 已交办" in picture and "● 办理中" in picture
    assert "<script" not in picture and "style=" not in picture


@pytest.mark.parametrize("key", KEYS)
def test_more_entries_need_no_more_queries(office_client: Client, case: Case, key: str) -> None:
    def one_more() -> Entry:
        linked = {"units": [case.unit], "findings": [case.finding, case.sub_finding], "measures": [case.measure]}
        return make_entry(case.inspection, key, person_in_charge=case.member.user, **linked)

    page = one_more().get_absolute_url()
    few = query_count(office_client, list_of(case, key)), query_count(office_client, page)
    for _ in range(5):
        one_more()
    assert (query_count(office_client, list_of(case, key)), query_count(office_client, page)) == few
    assert few[0] <= 22 and few[1] <= 32


def test_unknown_ledgers_steps_and_links_are_not_there(office_client: Client, case: Case) -> None:
    entry = make_entry(case.inspection)
    addresses = (
        reverse("ledgers:entry_create", args=[case.inspection.pk, "problems"]),
        reverse("ledgers:entry_step", args=[entry.pk, "fly"]),
        list_of(case, "nothing"),
    )
    assert [office_client.get(address).status_code for address in addresses] == [404, 404, 404]
