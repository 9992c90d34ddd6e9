"""The pages of evidence: uploads one by one, versions, withdrawal, previews, and how every stored file is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Result, User
from findings.choices import Scan, Status
from findings.factories import closing_fields, make_measure, make_user, submission_fields
from findings.models import Evidence, Finding, StoredFile
from findings.workflow.evidence import attach, withdraw
from tests.findings.conftest import Case, query_count, seen, words_of
from tests.raw_writes import unchecked_writes
from tests.test_routes import RULES, World, address_of, read, someone, world  # noqa: F401 -- asked for by name
from tests.uploads import pdf, png, stored_evidence, upload

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


def address(name: str, record: Any) -> str:
    """The address of a page of evidence."""
    return reverse(f"findings:{name}", args=[record.pk])


def sent(client: Client, name: str, record: Any, *files: Any, **said: Any) -> Any:
    """Send files with the form of a page."""
    data = {"uploads": list(files), "kind": "03", "caption": ""} | said
    return client.post(address(name, record), data, follow=True)


def test_of_several_files_a_bad_one_loses_no_other(reporter_client: Client, case: Case, reporter: User) -> None:
    bad = upload("说明.exe", b"MZ")
    page = sent(reporter_client, "measure_evidence", case.measure, upload(), bad, upload("方案.pdf", pdf()), kind="02")
    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "会议纪要.png：已上传，目录号 1。"
    assert "不接受“.exe”文件" in said[1]
    assert said[2] == "方案.pdf：已上传，目录号 2。"
    first, second = case.measure.evidence.order_by("number")
    assert (first.kind, first.uploaded_by, second.name, second.finding) == ("02", reporter, "方案.pdf", case.finding)
    refused = Event.objects.filter(action=Action.UPLOAD, result=Result.REFUSED).get()
    assert "说明.exe" in refused.reason


def test_the_script_learns_what_became_of_each_file(reporter_client: Client, case: Case) -> None:
    answer = reporter_client.post(
        address("measure_evidence", case.measure), {"uploads": upload(), "kind": "03"}, headers=SCRIPT
    )
    assert answer.json()["outcomes"] == [{"name": "会议纪要.png", "is_stored": True, "words": "已上传，目录号 1。"}]
    nothing = reporter_client.post(address("measure_evidence", case.measure), {"kind": "03"}, headers=SCRIPT)
    assert nothing.json()["outcomes"] == [{"name": "", "is_stored": False, "words": "请选择文件。"}]


def test_a_file_that_is_there_already_is_attached(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    page = sent(office_client, "measure_evidence", case.faceted, upload("另一个名字.png"))
    assert "这份文件已在本问题的档案里（目录号 1），已关联到本措施。" in page.content.decode()
    assert Evidence.objects.get() == evidence
    assert set(evidence.measures.all()) == {case.measure, case.faceted}
    again = sent(office_client, "finding_evidence", case.finding, upload())
    assert "没有重复存放" in again.content.decode()


def test_files_for_a_finding_name_the_measures_they_prove(reporter_client: Client, case: Case, office: User) -> None:
    foreign = make_measure()
    page = sent(reporter_client, "finding_evidence", case.finding, upload(), measures=[foreign.pk])
    assert "所选的一项已不存在或不能选" in page.content.decode()
    sent(reporter_client, "finding_evidence", case.finding, upload(), measures=[case.measure.pk])
    assert [one.pk for one in Evidence.objects.get().measures.all()] == [case.measure.pk]


def test_a_reporter_changes_only_what_proves_his_own_measures(
    reporter_client: Client, case: Case, office: User, reporter: User
) -> None:
    own, foreign = stored_evidence(case.measure, reporter), stored_evidence(case.faceted, office, content=png(1))
    for name in ("evidence_edit", "evidence_replace", "evidence_withdraw"):
        assert reporter_client.get(address(name, own)).status_code == 200
        assert reporter_client.get(address(name, foreign)).status_code == 403
        assert reporter_client.post(address(name, foreign), {"reason": "x"}).status_code == 403
    attach(own, [case.faceted], own.version)
    assert reporter_client.get(address("evidence_withdraw", own)).status_code == 403


def test_what_is_said_of_a_file_is_edited_in_versions(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    form = {"kind": "04", "caption": "督查办法", "measures": [case.faceted.pk], **seen(evidence)}
    answer = office_client.post(address("evidence_edit", evidence), form)
    assert answer.status_code == 302
    evidence.refresh_from_db()
    assert (evidence.kind, evidence.caption, evidence.version) == ("04", "督查办法", 2)
    assert [one.pk for one in evidence.measures.all()] == [case.faceted.pk]
    late = office_client.post(address("evidence_edit", evidence), form | {"caption": "别的", "seen": 1})
    assert late.status_code == 409


def test_a_newer_version_replaces_and_the_older_stays_readable(office_client: Client, case: Case, office: User) -> None:
    old = stored_evidence(case.measure, office)
    same = office_client.post(address("evidence_replace", old), {"file": upload()})
    assert "不能作为新版再传一次" in same.content.decode()
    empty = office_client.post(address("evidence_replace", old), {"file": upload("空.png", b"")})
    assert "文件是空的" in empty.content.decode()
    answer = office_client.post(
        address("evidence_replace", old), {"file": upload("新版.png", png(9)), "caption": "盖章"}
    )
    newer = Evidence.objects.get(replaces=old)
    assert answer.headers["Location"] == address("evidence_preview", newer)
    assert (newer.number, newer.caption, [one.pk for one in newer.measures.all()]) == (2, "盖章", [case.measure.pk])
    assert list(Evidence.objects.live()) == [newer]
    assert "已有新版" in words_of(office_client.get(case.measure.get_absolute_url()).content.decode())
    assert read(office_client.get(address("evidence_download", old))).status_code == 200
    assert office_client.get(address("evidence_edit", old)).status_code == 403


def test_withdrawn_evidence_stays_with_who_when_and_why(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    asked = office_client.post(address("evidence_withdraw", evidence), {"reason": "", **seen(evidence)})
    assert "请填写作废理由" in asked.content.decode()
    late = office_client.post(address("evidence_withdraw", evidence), {"reason": "传错了", "seen": 7})
    assert late.status_code == 409
    assert 'name="seen" value="1"' in late.content.decode()
    office_client.post(address("evidence_withdraw", evidence), {"reason": "传错了", **seen(evidence)})
    for page in (case.measure.get_absolute_url(), f"{case.finding.get_absolute_url()}?files=on"):
        said = words_of(office_client.get(page).content.decode())
        assert "已作废和旧版（1）" in said
        assert "张整改 作废于" in said
        assert "理由：传错了" in said


@pytest.mark.parametrize(("status", "words"), [(Status.SUBMITTED, "问题正在审核"), (Status.CLOSED, "会使销号失效")])
def test_a_page_says_beforehand_what_a_change_does(
    office_client: Client, case: Case, office: User, status: Status, words: str
) -> None:
    evidence = stored_evidence(case.measure, office)
    fields = submission_fields(office)
    if status == Status.CLOSED:
        fields |= closing_fields(make_user(), evidence.uploaded_at.date())
    with unchecked_writes():
        Finding.objects.filter(pk=case.finding.pk).update(**fields)
    for page in (
        case.measure.get_absolute_url(),
        address("finding_evidence", case.finding),
        address("evidence_edit", evidence),
        address("evidence_withdraw", evidence),
    ):
        assert words in office_client.get(page).content.decode(), page


def test_a_preview_leads_to_its_neighbours(office_client: Client, case: Case, office: User) -> None:
    first = stored_evidence(case.measure, office)
    stored_evidence(case.faceted, office, content=png(1))
    third = stored_evidence(case.measure, office, "方案.pdf", pdf(3))
    html = office_client.get(f"{address('evidence_preview', first)}?measure={case.measure.pk}").content.decode()
    assert "本措施第 1 份，共 2 份" in html
    assert f"{address('evidence_preview', third)}?measure={case.measure.pk}" in html
    whole = office_client.get(address("evidence_preview", third)).content.decode()
    assert "本问题第 3 份，共 3 份" in whole
    assert whole.count("<img") == 3
    assert "第 3 页" in whole


def test_pages_of_a_document_come_as_pictures(office_client: Client, case: Case, office: User) -> None:
    document = stored_evidence(case.measure, office, "方案.pdf", pdf(2))
    inline = address("evidence_inline", document)
    answer = office_client.get(f"{inline}?page=2")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.getvalue().startswith(b"\x89PNG")
    assert office_client.get(f"{inline}?page=3").status_code == 404
    reads = Event.objects.filter(action=Action.READ_FILE).order_by("number")
    assert [(one.result, one.reason[:6]) for one in reads] == [("done", "在页面中查看"), ("failed", "第 3 页：")]


def test_a_document_that_is_read_through_is_one_reading(client: Client, case: Case, office: User) -> None:
    document = stored_evidence(case.measure, office, "方案.pdf", pdf(3))
    inline, download = address("evidence_inline", document), address("evidence_download", document)
    reads = Event.objects.filter(action=Action.READ_FILE)

    def read_through(user: User, **where: Any) -> int:
        client.force_login(user)
        before = reads.count()
        for page in (2, 1, 3, 2):  # whichever page is the first
            assert client.get(f"{inline}?page={page}", **where).status_code == 200
        return reads.count() - before

    with time_machine.travel("2026-03-02T09:00+08:00", tick=False) as clock:
        assert read_through(office) == 1
        row = reads.get()
        assert (row.user, row.record_id, row.result) == (office, document.pk, Result.DONE)
        assert row.reason == f"在页面中查看（SHA-256 {document.file_id[:16]}…）"
        assert read_through(make_user(role="supervisor")) == 1
        assert read_through(office, REMOTE_ADDR="10.0.0.9") == 1  # from another place
        other = stored_evidence(case.measure, office, "附件.pdf", pdf(2, 400))
        client.get(f"{address('evidence_inline', other)}?page=2")
        assert reads.filter(record_id=other.pk).count() == 1
        clock.shift(dt.timedelta(minutes=59))
        assert read_through(office) == 0
        clock.shift(dt.timedelta(minutes=2))
        assert read_through(office) == 1
        for number in (1, 2):  # each download is one of its own, and none makes a look at the page unseen
            read(client.get(download))
            assert reads.filter(reason__startswith="下载").count() == number


def test_a_download_is_no_look_at_the_page(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    read(office_client.get(address("evidence_download", evidence)))
    read(office_client.get(address("evidence_inline", evidence)))
    assert Event.objects.filter(action=Action.READ_FILE).count() == 2


def test_what_no_page_can_show_is_downloaded(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    StoredFile.objects.update(extension="wps")
    assert "请下载后查看" in office_client.get(address("evidence_preview", evidence)).content.decode()
    assert office_client.get(address("evidence_inline", evidence)).status_code == 404
    assert read(office_client.get(address("evidence_download", evidence))).status_code == 200


@pytest.mark.parametrize("scan", [Scan.WAITING, Scan.INFECTED])
def test_a_file_that_is_not_known_to_be_clean_is_never_sent(
    office_client: Client, case: Case, office: User, scan: Scan
) -> None:
    evidence = stored_evidence(case.measure, office)
    StoredFile.objects.update(scan=scan)
    for name in ("evidence_inline", "evidence_download"):
        answer = office_client.get(address(name, evidence))
        assert answer.status_code == 403
        assert "不能打开和下载" in answer.content.decode()
    refusals = Event.objects.filter(result=Result.REFUSED).values_list("action", "record_id")
    assert list(refusals) == [(Action.READ_FILE, evidence.pk)] * 2
    for page in (address("evidence_preview", evidence), case.measure.get_absolute_url()):
        html = office_client.get(page).content.decode()
        assert "不能打开和下载" in html
        assert address("evidence_download", evidence) not in html


def test_a_missing_file_is_said_to_be_missing(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office)
    for file in settings.EVIDENCE_ROOT.rglob("*"):
        if file.is_file():
            file.unlink()
    assert "文件在存储中找不到了" in office_client.get(address("evidence_preview", evidence)).content.decode()
    assert office_client.get(address("evidence_download", evidence)).status_code == 404
    assert Event.objects.filter(action=Action.READ_FILE, result=Result.FAILED).exists()


def test_every_stored_file_is_sent_harmless_private_and_written_down(world: World) -> None:  # noqa: F811
    client = Client()
    client.force_login(someone("office", world))
    senders = set()
    for name in RULES:
        before = Event.objects.count()
        answer = client.get(address_of(name, world.own))
        if not answer.streaming:
            continue
        senders.add(name)
        read(answer)
        headers = answer.headers
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'", name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Cache-Control"] == "private, no-store", name
        if name == "findings:evidence_inline":
            assert headers["Content-Type"] in {"image/png", "image/jpeg"}
        else:
            assert headers["Content-Disposition"].startswith("attachment"), name
        assert Event.objects.count() == before + 1, name
    stored = {"findings:evidence_inline", "findings:evidence_download", "reports:import_source"}
    made = {"ledgers:finding_archive", "ledgers:inspection_archive", "ledgers:list_export", "ledgers:list_template"}
    made |= {f"ledgers:{name}" for name in ("finding_closing", "finding_closing_pdf", "finding_contents")}
    made |= {f"ledgers:{name}" for name in ("inspection_plan", "superior_export", "letter_archive", "letter_file")}
    assert senders - {"accounts:event_export"} == stored | made


def test_a_download_has_its_chinese_name(office_client: Client, case: Case, office: User) -> None:
    evidence = stored_evidence(case.measure, office, '10月"督查"；纪要.png')
    answer = office_client.get(address("evidence_download", evidence))
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(evidence.name)}"
    assert answer.getvalue() == png()


@pytest.mark.parametrize("page", ["evidence_list", "measure", "finding"])
def test_the_number_of_queries_does_not_grow(office_client: Client, case: Case, office: User, page: str) -> None:
    where = address(page, case.inspection) if page == "evidence_list" else getattr(case, page).get_absolute_url()
    stored_evidence(case.measure, office, content=png(100))
    before = query_count(office_client, where)
    for shade in range(8):
        stored_evidence(case.measure, office, content=png(shade), measures=[case.measure, case.faceted])
    assert query_count(office_client, where) == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"会议纪要.png", "方案.pdf", "旧.png"}),
        ("q=方案", {"方案.pdf"}),
        ("q=盖章", {"会议纪要.png"}),
        ("finding=督查台账", {"会议纪要.png", "旧.png"}),
        ("finding=重部署", {"会议纪要.png", "方案.pdf", "旧.png"}),
        ("kind=02", {"方案.pdf"}),
        ("state=live", {"会议纪要.png", "方案.pdf"}),
        ("state=withdrawn", {"旧.png"}),
        ("state=replaced", set()),
    ],
)
def test_the_list_is_filtered(office_client: Client, case: Case, office: User, query: str, found: set[str]) -> None:
    stored_evidence(case.measure, office, caption="盖章的")
    stored_evidence(case.faceted, office, "方案.pdf", pdf(), kind="02")
    old = stored_evidence(case.measure, office, "旧.png", png(1))
    withdraw(old, "传错了", office, old.version)
    page = office_client.get(f"{address('evidence_list', case.inspection)}?{query}")
    assert {one.name for one in page.context["listing"].page.records} == found


def test_the_list_is_filtered_by_unit_and_person(office_client: Client, case: Case, office: User) -> None:
    stored_evidence(case.measure, office)
    stored_evidence(case.faceted, make_user(name="别人"), "别人的.png", png(1))
    where = address("evidence_list", case.inspection)

    def names(query: str) -> set[str]:
        return {one.name for one in office_client.get(f"{where}?{query}").context["listing"].page.records}

    assert names(f"unit={case.other_unit.pk}") == {"别人的.png"}
    assert names(f"unit={case.unit.pk}") == {"会议纪要.png", "别人的.png"}
    assert names(f"uploader={office.pk}") == {"会议纪要.png"}


def test_an_empty_list_says_what_to_do(office_client: Client, case: Case) -> None:
    page = words_of(office_client.get(address("evidence_list", case.inspection)).content.decode())
    assert "还没有佐证材料" in page
    assert "区政府办的佐证材料已用 0 字节" in page.replace("\xa0", " ")
