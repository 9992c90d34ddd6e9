"""The queue: what waits for whom, several at once, and how many queries it takes."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.choices import MeasureStatus, Status
from findings.factories import (
    make_evidence,
    make_extension,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
    report_fields,
)
from findings.models import Measure, ReviewStage
from findings.work.views import queue_several
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.models.signoffs import digest_of
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import signed_payload
from tests.findings.conftest import query_count, words_of
from tests.findings.submissions import browser, ready, reported, signed
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
QUEUE = "/queue/"


@pytest.fixture
def clerk() -> User:
    return make_user(name="报送人", role="office")


def keys(client: Client, query: str = "") -> list[str]:
    """The rows of the queue."""
    return [row.key for row in client.get(f"{QUEUE}{query}").context["queue"].rows]


def value(measure: Measure) -> str:
    """A row as the page sends it."""
    measure.refresh_from_db()
    return f"measure-{measure.pk}-{measure.version}"


def test_a_supervisor_sees_reported_measures_and_findings_to_sign(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=clerk, verified_by=supervisor)
    (measure,) = reported(make_inspection(), 1, clerk)
    assert keys(client) == [f"finding-{finding.pk}", f"measure-{measure.pk}"]
    assert keys(client, "?kind=measure") == [f"measure-{measure.pk}"]
    assert keys(client, f"?inspection={finding.inspection_id}") == [f"finding-{finding.pk}"]
    assert keys(client, f"?unit={finding.lead_unit_id}") == [f"finding-{finding.pk}"]


def test_a_measure_and_a_request_are_numbered_with_the_facet(clerk: User) -> None:
    _, client = browser("supervisor")
    finding = make_finding()
    measure = make_measure(finding, facet=make_facet(finding), due_on=dt.date(2026, 6, 30))
    _, office = browser("office")
    make_extension(measure, requested_by=clerk)
    with unchecked_writes():
        Measure.objects.filter(pk=measure.pk).update(**report_fields(clerk))
    for reviewer in (client, office):
        assert [row.number for row in reviewer.get(QUEUE).context["queue"].rows] == ["1-1/1.1"]


def test_a_measure_below_a_void_sign_off_waits_to_be_verified_again(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    _, measure, _ = signed(by=clerk, signer=supervisor)
    measure.outcome = "签署以后改写的成效。"
    workflow_writer.save(measure, seen=measure.version)
    take_step(StepName.SEND_BACK, measure, supervisor, measure.version, StepInput("成效改过，请核对后再报。"))
    take_step(StepName.REPORT, measure, clerk, measure.version)
    assert keys(client) == [f"measure-{measure.pk}"]


def test_a_finding_waits_for_the_reviewers_of_its_stage_first(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    leader, leaders = browser("leader")
    inspection = make_inspection()
    workflow_writer.create(
        ReviewStage(inspection=inspection, order=1, name="领导审核", role="leader"), {"reviewers": [leader]}
    )
    finding, _ = ready(inspection, by=clerk, verified_by=supervisor)
    assert keys(client) == []
    assert keys(leaders) == [f"finding-{finding.pk}"]
    row = f"finding-{finding.pk}-{finding.version}"
    assert leaders.post(f"{QUEUE}forward/", {"current": row, "opinion": "同意。"}).status_code == 302
    assert keys(leaders) == []
    assert keys(client) == [f"finding-{finding.pk}"]


def test_ones_own_are_shown_with_the_reason_and_refused() -> None:
    supervisor, client = browser("supervisor")
    make_grant(supervisor, "office")
    (measure,) = reported(make_inspection(), 1, supervisor)
    assert "您自己报完成，由另一个人核实。" in words_of(client.get(QUEUE).content.decode())
    answer = client.post(f"{QUEUE}forward/", {"current": value(measure), "opinion": "同意。"})
    assert answer.status_code == 409
    assert "要由另一个人核实" in words_of(answer.content.decode())


def test_several_at_once_each_with_its_own_result(clerk: User) -> None:
    _, client = browser("supervisor")
    first, second, third = reported(make_inspection(), 3, clerk)
    rows = [value(first), f"measure-{second.pk}-999", value(third), "measure-99999999-1", "unit-1-1", "x"]
    answer = client.post(f"{QUEUE}several/forward/", {"row": rows, "opinion": "同意。"})
    assert answer.status_code == 409
    words = [result.words for result in answer.context["results"]]
    assert len(words) == 6
    assert [word.startswith("已核实") for word in words] == [True, False, True, False, False, False]
    for measure, status in ((first, "verified"), (second, "reported"), (third, "verified")):
        measure.refresh_from_db()
        assert measure.status == status


def test_sending_back_needs_a_reason_and_keeps_the_place(clerk: User) -> None:
    _, client = browser("supervisor")
    first, second, third = reported(make_inspection(), 3, clerk)
    assert client.post(f"{QUEUE}back/", {"current": value(second), "opinion": " "}).status_code == 409
    answer = client.post(f"{QUEUE}back/", {"current": value(second), "opinion": "缺签到表。", "place": 1}, follow=True)
    second.refresh_from_db()
    assert second.status == MeasureStatus.SENT_BACK
    assert second.steps.latest("pk").comment == "缺签到表。"
    assert answer.context["current"].record == third
    assert first.pk in {row.record.pk for row in answer.context["queue"].rows}


def test_a_sign_off_is_for_the_open_finding_with_what_was_shown(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=clerk, verified_by=supervisor)
    row = f"finding-{finding.pk}-{finding.version}"
    data = {
        "current": row,
        "confirmed": "on",
        "opinion": "同意。",
        "completion": "complete",
        "seen_digest": digest_of(signed_payload(finding)),
    }
    unseen = client.post(f"{QUEUE}forward/", data)
    assert "销号要逐个看过内容再签" in words_of(unseen.content.decode())
    several = client.post(f"{QUEUE}several/forward/", data | {"row": row, "open": f"finding-{finding.pk}"})
    assert "销号要逐个看过内容再签" in words_of(several.content.decode())
    other = client.post(f"{QUEUE}forward/", data | {"open": f"finding-{finding.pk}", "seen_digest": "0" * 64})
    assert other.status_code == 409
    assert client.post(f"{QUEUE}forward/", data | {"open": f"finding-{finding.pk}"}).status_code == 302
    finding.refresh_from_db()
    assert finding.status == Status.CLOSED


def test_nothing_of_a_foreign_body_is_seen_or_touched(clerk: User) -> None:
    stranger = make_user()
    make_grant(stranger, "supervisor", make_unit())
    client = Client()
    client.force_login(stranger)
    (measure,) = reported(make_inspection(unit=make_unit()), 1, clerk)
    assert keys(client) == []
    for action, name in (("forward", "current"), ("several/forward", "row")):
        answer = client.post(f"{QUEUE}{action}/", {name: value(measure), "opinion": "同意。"})
        assert answer.status_code == 409
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.REPORTED


def test_the_number_of_queries_does_not_grow_and_pages_are_cut(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    inspection = make_inspection()
    first, of_first = ready(inspection, by=clerk, verified_by=supervisor)
    (measure,) = reported(inspection, 1, clerk)
    addresses = (f"{QUEUE}?open=finding-{first.pk}", f"{QUEUE}?open=measure-{measure.pk}")
    before = [query_count(client, address) for address in addresses]
    reported(inspection, 55, clerk)
    ready(inspection, by=clerk, verified_by=supervisor)
    for record in (of_first, measure):
        make_evidence(record)
        make_evidence(record)
    assert [query_count(client, address) for address in addresses] == before
    assert before == [25, 16]  # a finding to sign, with what is against it, a measure to verify
    assert len(keys(client)) == 50
    assert len(keys(client, "?page=2")) == 9  # with the verified one, whose evidence is another now
    assert client.get(reverse("findings:queue"), {"page": "999", "open": "x", "place": "7"}).status_code == 200


def test_the_button_of_the_record_acts_on_that_record_alone(clerk: User) -> None:
    _, client = browser("supervisor")
    shown, *ticked = reported(make_inspection(), 3, clerk)
    rows = [value(measure) for measure in (shown, *ticked)]
    answer = client.post(f"{QUEUE}forward/", {"current": rows[0], "row": rows, "opinion": "同意。"})
    assert answer.status_code == 302
    statuses = {measure.pk: measure.status for measure in Measure.objects.all()}
    assert [statuses[measure.pk] for measure in (shown, *ticked)] == ["verified", "reported", "reported"]
    page = client.get(answer.headers["Location"])  # the other ticks are still there
    assert page.context["ticked"] == rows[1:]
    assert page.content.decode().count(" checked>") == 2
    back = client.post(f"{QUEUE}back/", {"current": rows[1], "row": rows[1:], "opinion": "缺签到表。"})
    assert back.status_code == 302
    assert set(Measure.objects.values_list("status", flat=True)) == {"verified", "sent_back", "reported"}


def test_a_signature_is_asked_about_once_and_what_was_entered_is_carried(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    finding, _ = ready(by=clerk, verified_by=supervisor)
    row = f"finding-{finding.pk}-{finding.version}"
    data = {
        "current": row,
        "open": f"finding-{finding.pk}",
        "opinion": "材料齐全，同意。",
        "completion": "complete",
        "seen_digest": digest_of(signed_payload(finding)),
    }
    ticks = ["measure-1-1", "measure-2-1"]
    asked = client.post(f"{QUEUE}forward/", data | {"row": ticks})
    assert asked.status_code == 200
    assert [value for name, value in asked.context["carried"] if name == "row"] == ticks
    assert f"将同意“{finding}”销号" in asked.content.decode()
    finding.refresh_from_db()
    assert finding.status == Status.SUBMITTED
    assert client.post(f"{QUEUE}forward/", hidden_inputs(asked.content.decode())).status_code == 302
    finding.refresh_from_db()
    assert finding.status == Status.CLOSED
    assert finding.steps.latest("pk").comment == "材料齐全，同意。"


def hidden_inputs(page: str) -> dict[str, str]:
    """The hidden inputs of the form of a page of confirmation or of results."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: html.unescape(content) for name, content in found}


def test_all_that_match_are_confirmed_once_and_acted_on_in_chunks(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_several, "CHUNK", 2)
    supervisor, client = browser("supervisor")
    inspection = make_inspection()
    measures = reported(inspection, 5, clerk)
    (elsewhere,) = reported(make_inspection(), 1, clerk)
    make_grant(supervisor, "office")
    (own,) = reported(inspection, 1, supervisor)
    to_sign, _ = ready(inspection, by=clerk, verified_by=make_user(role="supervisor"))
    query = {"inspection": inspection.pk, "opinion": "同意。"}
    asked = client.post(f"{QUEUE}all/forward/", query)
    words = words_of(asked.content.decode())
    assert "将办理上面列出的 5 项" in words
    assert "不在其中：1 项是销号或延期，要逐个看过再办。" in words
    assert "不在其中：1 项是您自己报送的，由另一个人办理。" in words
    assert Measure.objects.filter(status=MeasureStatus.VERIFIED).count() == 1  # that of the finding to sign

    # Meanwhile one is withdrawn and another one comes in: neither is what was confirmed.
    measures[3].refresh_from_db()
    take_step(StepName.WITHDRAW, measures[3], clerk, measures[3].version)
    (later,) = reported(inspection, 1, clerk)
    page, requests = asked.content.decode(), 0
    while hidden_inputs(page).get("rows"):
        page = client.post(f"{QUEUE}all/forward/", hidden_inputs(page)).content.decode()
        requests += 1
    assert requests == 3  # of two rows each
    words = words_of(page)
    assert "已办理 4 项，没有办成 1 项。" in words
    assert page.count("没有办理“") == 2  # among those that failed, and among all
    assert page.count("已核实：") == 4
    statuses = dict(Measure.objects.values_list("pk", "status"))
    expected = ["verified", "verified", "verified", "under_way", "verified", "reported", "reported", "reported"]
    assert [statuses[measure.pk] for measure in (*measures, elsewhere, own, later)] == expected
    to_sign.refresh_from_db()
    assert to_sign.status == Status.SUBMITTED


def test_all_that_match_are_sent_back_with_one_reason(clerk: User) -> None:
    _, client = browser("supervisor")
    reported(make_inspection(), 3, clerk)
    assert client.post(f"{QUEUE}all/back/", {"opinion": ""}).status_code == 409
    asked = client.post(f"{QUEUE}all/back/", {"opinion": "缺签到表。"})
    assert "将退回上面列出的 3 项" in asked.content.decode()
    done = client.post(f"{QUEUE}all/back/", hidden_inputs(asked.content.decode()))
    assert "已退回 3 项。" in words_of(done.content.decode())
    assert {measure.steps.latest("pk").comment for measure in Measure.objects.all()} == {"缺签到表。"}


@pytest.mark.parametrize("change", [{"number": "4"}, {"rows": ""}, {"number": "x"}])
def test_another_number_of_rows_than_confirmed_is_refused(clerk: User, change: dict[str, str]) -> None:
    _, client = browser("supervisor")
    reported(make_inspection(), 3, clerk)
    asked = client.post(f"{QUEUE}all/forward/", {"opinion": "同意。"})
    answer = client.post(f"{QUEUE}all/forward/", hidden_inputs(asked.content.decode()) | change)
    assert answer.status_code == 409
    assert "请回到审核页面重新确认" in answer.content.decode()
    assert set(Measure.objects.values_list("status", flat=True)) == {"reported"}


def test_the_rows_of_a_page_are_ticked_without_script(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    make_grant(supervisor, "office")
    reported(make_inspection(), 3, clerk)
    reported(make_inspection(), 1, supervisor)
    page = client.get(QUEUE, {"tick": "page"}).content.decode()
    assert page.count(" checked>") == 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"unit": "999999"}, "“责任单位”的值“999999”无效"),
        ({"kind": "x"}, "“类别”的值“x”无效"),
        ({"page": "abc"}, "“页码”的值“abc”无效"),
    ],
)
def test_an_invalid_filter_of_the_queue_lists_nothing_and_acts_on_nothing(
    clerk: User, query: dict[str, str], sentence: str
) -> None:
    _, client = browser("supervisor")
    reported(make_inspection(), 2, clerk)
    answer = client.get(QUEUE, query)
    assert sentence in words_of(answer.content.decode())
    assert answer.context["queue"].rows == []
    if "page" not in query:
        assert client.post(f"{QUEUE}all/forward/", query | {"opinion": "同意。"}).status_code == 409


@pytest.mark.parametrize("address", [QUEUE, "/notices/"])
def test_a_page_that_the_queue_or_the_notices_do_not_have_is_named(clerk: User, address: str) -> None:
    _, client = browser("supervisor")
    assert "没有第" not in words_of(client.get(address, {"page": "7"}).content.decode())  # nothing is listed
    reported(make_inspection(), 2, clerk)
    assert "没有第 7 页，下面是第 1 页。" in words_of(client.get(address, {"page": "7"}).content.decode())
    assert "没有第" not in words_of(client.get(address, {"page": "1"}).content.decode())


def test_a_sub_finding_without_a_unit_waits_under_that_of_its_parent(clerk: User) -> None:
    _, client = browser("supervisor")
    parent = make_finding(lead_unit=make_unit(name="督查科"))
    sub = make_finding(parent.aspect, parent=parent, lead_unit=None)
    measure = make_measure(sub, lead_unit=None)
    with unchecked_writes():
        Measure.objects.filter(pk=measure.pk).update(**report_fields(clerk))
    assert keys(client, f"?unit={parent.lead_unit_id}") == [f"measure-{measure.pk}"]
    (row,) = client.get(QUEUE).context["queue"].rows
    assert row.unit == "督查科"


def test_one_refused_act_is_told_as_one_and_the_navigation_stays(clerk: User) -> None:
    _, client = browser("supervisor")
    (measure,) = reported(make_inspection(), 1, clerk)
    answer = client.post(reverse("findings:queue_back"), {"current": value(measure), "opinion": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "没有办理：请填写退回理由。" in words_of(page)
    assert "有的没有办理" not in words_of(page)
    assert re.search(r'<a href="/queue/" class="active">', page)


def test_what_cannot_be_signed_yet_says_so_before_the_button_is_pressed(clerk: User) -> None:
    supervisor, client = browser("supervisor")
    finding, measure = ready(by=clerk)
    page = client.get(f"{QUEUE}?open=finding-{finding.pk}").content.decode()
    assert "现在还不能同意销号：还有 1 条措施没有核实。" in words_of(page)
    assert re.search(r"<button[^>]*data-main-button disabled", page)
    take_step(StepName.VERIFY, measure, supervisor, measure.version)
    page = client.get(f"{QUEUE}?open=finding-{finding.pk}").content.decode()
    assert "现在还不能" not in words_of(page)
    assert not re.search(r"<button[^>]*data-main-button disabled", page)
