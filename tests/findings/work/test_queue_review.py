"""The open record of the queue: what changed since it was sent back, its evidence page by page, requests for time."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from findings.choices import Decision, MeasureStatus
from findings.factories import make_evidence, make_extension, make_finding, make_inspection, make_user
from findings.models import Measure
from findings.workflow import StepInput, StepName, take_step
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import query_count, words_of
from tests.findings.submissions import browser, ready, reported
from tests.uploads import pdf, png, stored_evidence

pytestmark = pytest.mark.django_db
QUEUE = "/queue/"


@pytest.fixture
def clerk() -> User:
    return make_user(name="报送人", role="office")


@pytest.fixture
def supervisor_client() -> tuple[User, Client]:
    return browser("supervisor")


def one_reported(clerk: User) -> Measure:
    """A reported measure."""
    (measure,) = reported(make_inspection(), 1, clerk)
    return measure


def rewrite_outcome(measure: Measure, outcome: str) -> None:
    """Store another outcome."""
    measure.refresh_from_db()
    measure.outcome = outcome
    workflow_writer.save(measure, seen=measure.version)


def send_back_and_report_again(measure: Measure, supervisor: User, clerk: User) -> None:
    """Written, sent back, written anew in two goes, and reported again."""
    rewrite_outcome(measure, "新增健身场地4处。")
    take_step(StepName.SEND_BACK, measure, supervisor, measure.version, StepInput("验收单上是6处。"))
    rewrite_outcome(measure, "新增健身场地5处。")
    rewrite_outcome(measure, "新增健身场地6处，全部投用。")
    take_step(StepName.REPORT, measure, clerk, measure.version)


def open_page(client: Client, measure: Measure, query: str = "") -> str:
    """The page with the measure open."""
    return client.get(f"{QUEUE}?open=measure-{measure.pk}{query}").content.decode()


def test_the_outcome_is_marked_with_what_changed_since_it_was_sent_back(
    clerk: User, supervisor_client: tuple[User, Client]
) -> None:
    supervisor, client = supervisor_client
    measure = one_reported(clerk)
    stored_evidence(measure, clerk, "旧材料.png", png(1))
    assert "<ins>" not in open_page(client, measure)
    send_back_and_report_again(measure, supervisor, clerk)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
        stored_evidence(measure, clerk, "新材料.png", png(2))
    page = open_page(client, measure)
    assert "新增健身场地<del>4</del><ins>6</ins>处<ins>，全部投用</ins>。" in page
    assert "退回：验收单上是6处。" in page
    assert "标出的是退回以后改的。" in page
    files = {file.evidence.name: file.is_new for file in client.get(QUEUE).context["viewer"].files}
    assert (files["旧材料.png"], files["新材料.png"]) == (False, True)
    assert page.count('<p class="viewer-new">退回后新交</p>') == 1


def test_what_was_not_changed_after_sending_back_is_said(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    supervisor, client = supervisor_client
    measure = one_reported(clerk)
    take_step(StepName.SEND_BACK, measure, supervisor, measure.version, StepInput("请核对。"))
    take_step(StepName.REPORT, measure, clerk, measure.version)
    page = open_page(client, measure)
    assert "退回以后成效没有改过。" in page
    assert "<ins>" not in page


def test_a_measure_that_was_sent_back_costs_one_query_more(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    supervisor, client = supervisor_client
    measure = one_reported(clerk)
    before = query_count(client, f"{QUEUE}?open=measure-{measure.pk}")
    send_back_and_report_again(measure, supervisor, clerk)
    for _ in range(3):
        make_evidence(measure)
    assert query_count(client, f"{QUEUE}?open=measure-{measure.pk}") == before + 1  # the history


def test_quoted_figures_are_said_to_agree_with_their_ledger(
    clerk: User, supervisor_client: tuple[User, Client]
) -> None:
    _, client = supervisor_client
    measure = one_reported(clerk)
    rewrite_outcome(measure, "全年督查【督查.次数】次。")
    assert "数字和台账一致：共开展督查0次" in open_page(client, measure)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (20, "单位晚报 5 天，审核 10 天"),
        (30, ""),
        (10, "单位晚报 15 天，审核 10 天"),
        (26, "单位按时报来，不算单位逾期；审核 10 天"),
    ],
)
def test_whose_the_days_past_the_deadline_are(
    clerk: User, supervisor_client: tuple[User, Client], due: int, words: str
) -> None:
    _, client = supervisor_client
    with time_machine.travel("2026-05-25T09:00+08:00"):
        measure = one_reported(clerk)
        measure.due_on = dt.date(2026, 5, due)
        workflow_writer.save(measure, seen=measure.version)
    with time_machine.travel("2026-06-04T09:00+08:00" if words else "2026-05-30T09:00+08:00"):
        assert client.get(QUEUE).context["current"].lateness == words


def test_pages_are_turned_across_files_by_links(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    _, client = supervisor_client
    measure = one_reported(clerk)
    document = stored_evidence(measure, clerk, "验收单.pdf", pdf(3))
    picture = stored_evidence(measure, clerk, "现场.png")
    shown = open_page(client, measure, f"&shown={document.pk}:3")
    assert f'src="/evidence/{document.pk}/inline/?page=3"' in shown
    assert shown.count(f"/evidence/{document.pk}/thumbnail/?page=") == 3
    before, after = (re.search(rf'href="([^"]*)" data-turn="{by}"', shown) for by in ("-1", "1"))
    assert before and after
    assert f"shown={document.pk}%3A2" in before[1]
    assert f"shown={picture.pk}%3A1" in after[1]
    assert "第 3／3 页" in words_of(shown)
    # What cannot be shown counts as a page that says so.
    without = open_page(client, measure)
    assert "文件在存储中找不到了" in without
    assert open_page(client, measure, "&shown=x").count("data-page ") == 5


def test_a_request_for_time_waits_in_the_queue_and_is_decided_there(
    clerk: User, supervisor_client: tuple[User, Client]
) -> None:
    _, client = supervisor_client
    inspection = make_inspection(extensions_by="supervisor")
    finding, _ = ready(inspection, by=clerk, verified_by=make_user(role="supervisor"))
    open_finding = make_finding(finding.aspect, lead_unit=finding.lead_unit, due_on=dt.date(2026, 6, 30))
    request = make_extension(open_finding, requested_by=clerk)
    chips = [(chip.label, chip.number) for chip in client.get(QUEUE).context["chips"]]
    assert chips == [("全部", 2), ("问题", 1), ("延期", 1)]
    page = client.get(f"{QUEUE}?kind=extension")
    assert [row.key for row in page.context["queue"].rows] == [f"extension-{request.pk}"]
    assert "上级文件还没有印发。" in page.content.decode()
    row = f"extension-{request.pk}-{request.version}"
    together = client.post(f"{QUEUE}several/forward/", {"row": row})
    assert "延期要逐个看过理由再批" in words_of(together.content.decode())
    refused = client.post(f"{QUEUE}several/back/", {"row": row, "several_opinion": "理由不充分。"})
    assert "延期要逐个看过理由再批" in words_of(refused.content.decode())
    request.refresh_from_db()
    assert request.decision == Decision.WAITING
    assert client.post(f"{QUEUE}back/", {"current": row}).status_code == 409  # without a reason
    done = client.post(f"{QUEUE}forward/", {"current": row, "open": f"extension-{request.pk}"})
    assert done.status_code == 302
    request.refresh_from_db()
    assert (request.decision, request.opinion) == (Decision.GRANTED, "同意。")


def test_a_changed_record_is_named_with_who_when_and_what(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    _, client = supervisor_client
    measure = one_reported(clerk)
    seen = measure.version
    rewrite_outcome(measure, "改过的成效。")
    answer = client.post(f"{QUEUE}forward/", {"current": f"measure-{measure.pk}-{seen}"})
    assert answer.status_code == 409
    words = answer.context["results"][0].words
    assert re.search(
        r"已由.*于\d{4}年\d+月\d+日 \d\d:\d\d 修改。“整改成效（公开用语）”从“.*”改为“改过的成效。”。", words
    )


def test_an_opinion_is_kept_with_the_verification(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    _, client = supervisor_client
    measure = one_reported(clerk)
    row = f"measure-{measure.pk}-{measure.version}"
    client.post(f"{QUEUE}forward/", {"current": row, "opinion": "现场看过。"})
    measure.refresh_from_db()
    assert measure.status == MeasureStatus.VERIFIED
    assert measure.steps.latest("pk").comment == "现场看过。"


def test_those_that_have_waited_longest_come_first_whatever_they_are(
    clerk: User, supervisor_client: tuple[User, Client]
) -> None:
    _, client = supervisor_client
    inspection = make_inspection()
    with time_machine.travel("2026-05-20T09:00+08:00"):
        (first,) = reported(inspection, 1, clerk)
    with time_machine.travel("2026-05-21T09:00+08:00"):
        finding, _ = ready(inspection, by=clerk, verified_by=make_user(role="supervisor"))
    with time_machine.travel("2026-05-22T09:00+08:00"):
        (last,) = reported(inspection, 1, clerk)
        keys = [row.key for row in client.get(QUEUE).context["queue"].rows]
    assert keys == [f"measure-{first.pk}", f"finding-{finding.pk}", f"measure-{last.pk}"]


def test_ticks_stay_when_another_record_is_opened_without_script(
    clerk: User, supervisor_client: tuple[User, Client]
) -> None:
    _, client = supervisor_client
    first, second, third = reported(make_inspection(), 3, clerk)
    ticked = f"measure-{third.pk}-{third.version}"
    data = {"row": ticked, "open": f"measure-{first.pk}", "opened": f"measure-{second.pk}", "opinion": "写了一半"}
    page = client.post(QUEUE, data)
    assert page.status_code == 200
    assert page.context["current"].record == second
    assert page.context["ticked"] == [ticked]
    assert page.context["opinion"] == ""
    assert f"row={ticked}" in page.context["query"]


def test_a_filter_is_a_chip_that_takes_itself_away(clerk: User, supervisor_client: tuple[User, Client]) -> None:
    _, client = supervisor_client
    inspection = make_inspection(name="第三轮巡察")
    reported(inspection, 1, clerk)
    page = client.get(QUEUE, {"inspection": str(inspection.pk), "kind": "measure"})
    assert page.context["set_filters"] == [("第三轮巡察", f"{QUEUE}?kind=measure")]
    empty = client.get(QUEUE, {"inspection": str(inspection.pk), "kind": "finding"})
    assert "没有符合条件的事项。" in empty.content.decode()
