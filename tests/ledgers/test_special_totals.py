"""Totals quoted in outcomes: computed where they are read, signed with their numbers, checked in forms."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from findings.choices import LetterKind, SupervisionKind
from findings.factories import make_inspection, make_supervision, make_user
from findings.inspections import totals
from findings.inspections.models.inspections import totals_saying
from findings.inspections.totals import BY_KEY
from findings.models import Finding, Inspection
from findings.work.report_preview import report_paragraph
from findings.work.signed_differences import differences
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_entry
from ledgers.special_ledgers import LEDGERS
from reports.gathering import gather
from tests.findings.actors import edit
from tests.findings.conftest import Case, query_count
from tests.ledgers.special import held, signed_quoting
from tests.ledgers.workbooks import brought_in, confirmed, taken_out
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
QUOTING = "共开展集体学习【学习.次数】次，参加【学习.人次】人次"


@pytest.fixture
def supervisor() -> User:
    return make_user(role="supervisor")


def test_each_ledger_counts_its_own_entries_in_its_own_states(case: Case) -> None:
    held(case.inspection)
    held(case.inspection, quantity=5)
    held(case.inspection, "培训")
    make_entry(case.inspection, "activities", kind="学习", quantity=99)  # only planned
    held(make_inspection())  # of another inspection
    make_entry(case.inspection, "projects", kind="民生", status="finished")
    make_entry(case.inspection, "tracked", status="revisited")
    make_entry(case.inspection, "instructions", kind="交办", status="closed")
    make_entry(case.inspection, "risks", kind="高")
    make_supervision(case.inspection, kind=SupervisionKind.UNANNOUNCED)
    make_supervision(case.inspection, kind=SupervisionKind.BULLETIN)
    day = dt.date(2026, 5, 1)
    for kind in ("党组（党委）会", "专题会", "专题会", "其他会议"):
        make_entry(case.inspection, "meetings", kind=kind, status="held", received_on=day, done_on=day)
    make_entry(case.inspection, "meetings", kind="推进会")  # only planned
    sender = make_user(role="supervisor")
    sent = {"kind": SupervisionKind.NOTICE, "sent_by": sender, "held_on": day, "answer_due_on": day}
    void = {"voided_at": timezone.now(), "voided_by": sender, "void_reason": "写错了单位。"}
    make_supervision(case.inspection, letter=LetterKind.REMINDER, number="1", **sent)
    make_supervision(case.inspection, letter=LetterKind.ADMONITION, number="2", answered_on=day, **sent)
    make_supervision(case.inspection, letter=LetterKind.REMINDER, number="3", **sent, **void)
    found = {total.key: number for total, number in totals_saying(case.inspection.pk).available_totals()}
    ledgers = {key for key in found if BY_KEY[key].relation in {"entries", "supervision"}}
    assert {key: found[key] for key in ledgers if found[key]} == {
        "学习.次数": 2,
        "学习.人次": 15,
        "培训.次数": 1,
        "培训.人次": 10,
        "项目.个数": 1,
        "项目.完成个数": 1,
        "项目.民生": 1,
        "跟踪件.件数": 1,
        "跟踪件.销号件数": 1,
        "跟踪件.回访件数": 1,
        "批示交办.件数": 1,
        "交办.件数": 1,
        "批示交办.办结件数": 1,
        "廉政风险点.个数": 1,
        "廉政风险点.高风险个数": 1,
        "督查.次数": 3,
        "督查.书面通知": 2,
        "督查.四不两直": 1,
        "通报.期数": 1,
        "督办文书.件数": 2,
        "督办文书.已回复件数": 1,
        "整改提醒函.件数": 1,
        "情况告诫书.件数": 1,
        "会议.次数": 4,
        "党组会.次数": 1,
        "专题会.次数": 2,
    }


def test_what_is_offered_is_counted_and_what_is_counted_is_offered(case: Case) -> None:
    counted = totals_saying(case.inspection.pk).available_totals()
    assert [total for total, _ in counted] == list(totals.TOTALS)
    assert all(isinstance(number, str if total.per or total.share_of else int) for total, number in counted)
    assert all(one.sentence.count("{}") == 1 for one in totals.TOTALS)


def test_every_total_counts_records_that_void_what_quotes_them() -> None:
    for total in (total for total in totals.TOTALS if not total.follows_work):
        counted: Any = Inspection._meta.get_field(total.relation).related_model
        assert counted.counts_in_totals, total
    ledgers = {total.where["ledger"] for total in totals.TOTALS if total.relation == "entries"}
    assert ledgers == set(LEDGERS)
    of_ledgers = [total for ledger in LEDGERS.values() for total in ledger.totals]
    assert of_ledgers == [total for total in totals.TOTALS if total.relation == "entries"]


def test_totals_are_counted_in_one_query_for_each_relation_that_is_quoted(case: Case) -> None:
    saying = totals_saying(case.inspection.pk)
    with CaptureQueriesContext(connection) as queries:
        assert saying("没有引用【】的话。") == "没有引用【】的话。"
        assert len(queries) == 0
        saying(QUOTING)
        saying(f"{QUOTING}，共【培训.次数】次")
        assert len(queries) == 1
        saying.available_totals()
    assert len(queries) == len(totals.RELATIONS)


def totals_address(page: str) -> str:
    """The address from which the page fetches what its texts may quote."""
    return html.unescape(re.findall(r'data-totals="([^"]*)"', page)[0])


def test_the_sheet_offers_the_totals_and_previews_the_number(office_client: Client, case: Case) -> None:
    held(case.inspection)
    edit(case.measure, outcome=QUOTING)
    page = office_client.get(case.measure.get_absolute_url()).content.decode()
    assert "共开展集体学习1次，参加10人次。" in page
    assert 'data-total-area="id_outcome"' in page
    listed = office_client.get(totals_address(page)).content.decode()
    assert 'data-total="学习.次数" data-number="1" data-words="共开展集体学习【学习.次数】次"' in listed
    assert "<h1" not in listed
    form = office_client.get(reverse("findings:measure_edit", args=[case.measure.pk])).content.decode()
    assert totals_address(form) == totals_address(page)
    case.measure.refresh_from_db()
    assert case.measure.outcome == QUOTING  # it is kept as it was written


def test_everywhere_the_outcome_is_shown_it_says_the_number(office_client: Client, case: Case) -> None:
    held(case.inspection)
    edit(case.measure, outcome=QUOTING)
    said = "共开展集体学习1次，参加10人次"
    assert said in office_client.get(case.finding.get_absolute_url()).content.decode()
    register = reverse("ledgers:list_export", args=[case.inspection.pk, "register", "csv"])
    assert said in b"".join(office_client.get(register)).decode()
    assert said in "".join(sentence.words for sentence in report_paragraph(case.measure, QUOTING).sentences)


def test_the_report_says_the_number_there_is_when_it_is_made(case: Case) -> None:
    edit(case.measure, outcome=QUOTING)

    def said() -> list[str]:
        return [one.outcome for finding in gather(case.inspection).findings() for one in finding.measures()]

    assert "共开展集体学习0次，参加0人次" in said()
    held(case.inspection)
    assert "共开展集体学习1次，参加10人次" in said()


def test_more_quoting_outcomes_need_no_more_queries(office_client: Client, case: Case) -> None:
    address = reverse("ledgers:list", args=[case.inspection.pk, "register"])
    edit(case.measure, outcome=QUOTING)
    pages = address, case.finding.get_absolute_url(), case.measure.get_absolute_url()
    few = [query_count(office_client, page) for page in pages]
    edit(case.faceted, outcome=QUOTING)
    assert [query_count(office_client, page) for page in pages] == few


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("【学习.次数】次", ""),
        ("青政办发【2026】7号", ""),
        ("【学系.次数】次", "没有“学系.次数”这个统计数。您要引用的是不是【学习.次数】"),
        ("【学习．次数】次", "您要引用的是不是【学习.次数】"),
        ("【学习次数】次", "您要引用的是不是【学习.次数】"),
        ("【abc.xyz】次", "可以引用的数字见表单旁的列表。"),
    ],
)
def test_the_forms_refuse_a_total_that_there_is_not_and_name_those_like_it(
    office_client: Client, case: Case, typed: str, answer: str
) -> None:
    case.measure.refresh_from_db()
    sheet = {"outcome": typed, "completed_on": "", "reported_on": "", "text": "", "seen": case.measure.version}
    said = office_client.post(case.measure.get_absolute_url(), sheet)
    assert said.status_code == (200 if answer else 302)
    whole = sheet | {"plan": "建立台账。", "order": 1, "due_on": "2026-06-30", "lead_unit": "", "person_in_charge": ""}
    case.measure.refresh_from_db()
    edited = office_client.post(
        reverse("findings:measure_edit", args=[case.measure.pk]), whole | {"seen": case.measure.version}
    )
    assert edited.status_code == (200 if answer else 302)
    for page in (said, edited):
        assert answer in page.content.decode()


def test_a_sign_off_keeps_the_placeholder_and_the_number(office: User, supervisor: User) -> None:
    finding, measure = signed_quoting(QUOTING, by=office, signer=supervisor)
    signed = json.loads(finding.signoffs.get().content)["measures"][0]
    assert signed["outcome"] == QUOTING
    assert signed["totals"] == {"学习.次数": 0, "学习.人次": 0}
    assert measure.outcome == QUOTING


def test_a_changed_total_makes_void_what_was_signed_and_says_which(office: User, supervisor: User) -> None:
    finding, _ = signed_quoting(QUOTING, by=office, signer=supervisor)
    before = finding.signoffs.get().content
    entry = make_entry(finding.inspection, "activities", kind="学习")
    finding.refresh_from_db()
    assert not finding.is_void  # a plan counts for nothing yet
    entry.status, entry.quantity = "held", 12
    workflow_writer.save(entry, seen=1)
    finding.refresh_from_db()
    assert finding.is_void
    now = before.replace('"学习.次数":0', '"学习.次数":1')
    (difference,) = differences(before, now)
    assert difference.what == "引用的数字"
    assert "学习.次数 0" in difference.before and "学习.次数 1" in difference.after


def test_a_deleted_entry_and_added_supervision_change_totals_as_well(office: User, supervisor: User) -> None:
    inspection = make_inspection()
    entry = held(inspection)
    finding, _ = signed_quoting("学习【学习.次数】次", by=office, signer=supervisor, inspection=inspection)
    workflow_writer.delete(entry, seen=1)
    finding.refresh_from_db()
    assert finding.is_void
    finding, _ = signed_quoting("督查【督查.次数】次", by=office, signer=supervisor)
    make_supervision(finding.inspection)
    finding.refresh_from_db()
    assert finding.is_void


def test_other_totals_and_texts_that_quote_none_leave_a_sign_off_alone(office: User, supervisor: User) -> None:
    finding, _ = signed_quoting("督查【督查.次数】次，另发【2026】7号。", by=office, signer=supervisor)
    held(finding.inspection)
    make_supervision(make_inspection())
    finding.refresh_from_db()
    assert not finding.is_void
    plain, _ = signed_quoting("已经落实。", by=office, signer=supervisor)
    assert "totals" not in plain.signoffs.get().content
    make_supervision(plain.inspection)
    plain.refresh_from_db()
    assert not plain.is_void


def test_what_another_total_may_undo_is_said_beforehand(office_client: Client, office: User, supervisor: User) -> None:
    finding, _ = signed_quoting(QUOTING, by=office, signer=supervisor)
    entry, visit = make_entry(finding.inspection, "activities", quantity=12), make_supervision(finding.inspection)
    body, supervising = finding.inspection.pk, Client()
    supervising.force_login(supervisor)
    pages = [
        (office_client, reverse("ledgers:entry_create", args=[body, "activities"])),
        (office_client, reverse("ledgers:entry_edit", args=[entry.pk])),
        (office_client, reverse("ledgers:entry_fill", args=[entry.pk])),
        (office_client, reverse("ledgers:entry_step", args=[entry.pk, "hold"])),
        (office_client, reverse("ledgers:entry_delete", args=[entry.pk])),
        (supervising, reverse("findings:supervision_create", args=[body])),
        (supervising, reverse("findings:supervision_edit", args=[visit.pk])),
        (supervising, reverse("findings:supervision_delete", args=[visit.pk])),
    ]
    for visitor, page in pages:
        assert "有 1 个已销号的问题引用统计数" in visitor.get(page).text, page
    with unchecked_writes():
        Finding.objects.filter(pk=finding.pk).update(is_void=True)
    for visitor, page in pages:
        assert "引用统计数" not in visitor.get(page).text, page


def test_a_list_that_comes_in_says_which_of_its_rows_may_undo_a_sign_off(
    office_client: Client, office: User, supervisor: User
) -> None:
    finding, _ = signed_quoting(QUOTING, by=office, signer=supervisor)
    entries = [make_entry(finding.inspection, "activities", title=f"第{number}次学习") for number in range(21)]
    book = taken_out(office_client, finding.inspection, "activities")
    for entry in entries[:2]:
        book.write(entry, "主要内容", "学习整改方案")
    few = "、".join(str(row) for row in sorted(book.row_of(entry) for entry in entries[:2]))
    page = brought_in(office_client, finding.inspection, "activities", book.content)
    assert f"第 {few} 行：有 1 个已销号的问题引用统计数" in page.text
    for entry in entries:
        book.write(entry, "主要内容", "学习整改方案")
    page = brought_in(office_client, finding.inspection, "activities", book.content)
    assert " 等 21 行：有 1 个已销号的问题" in page.text


def test_no_two_totals_have_one_name() -> None:
    keys = [total.key for total in totals.TOTALS]
    assert len(keys) == len(totals.BY_KEY) > 20


def test_a_list_says_the_number_and_an_edited_one_does_not_write_it_down(office_client: Client, case: Case) -> None:
    held(case.inspection)
    edit(case.measure, outcome=QUOTING)
    book = taken_out(office_client, case.inspection, "register")
    assert "共开展集体学习1次" in book.read(case.measure, "整改成效")
    book.write(case.measure, "整改成效", "共开展集体学习12次。")
    book.write(case.measure, "整改措施", "组织集体学习。")
    page = brought_in(office_client, case.inspection, "register", book.content)
    assert ["写死" in problem.words for problem in page.context["plan"].ignored] == [True]
    confirmed(office_client, page)
    case.measure.refresh_from_db()
    assert (case.measure.outcome, case.measure.plan) == (QUOTING, "组织集体学习。")
