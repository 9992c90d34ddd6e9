"""The trail's pages: for the audit officer alone, searchable, quick however long the trail is."""

from __future__ import annotations

import csv
import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit_search
from accounts.audit import events
from accounts.audit_search import matching, search
from accounts.models import Action, Event, Grant, Result, User
from accounts.users.roles import ROLES, Right
from findings.factories import make_aspect, make_finding, make_unit, make_user
from tests.findings.conftest import words_of
from tests.findings.work.test_pages import FORBIDDEN
from tests.triggers import without_triggers

pytestmark = pytest.mark.django_db
LIST = "/accounts/audit/"


@pytest.fixture
def officer() -> User:
    """The audit officer."""
    user = make_user(username="auditor", name="赵审计")
    Grant.objects.create(user=user, role="audit_officer")
    return user


@pytest.fixture
def officer_client(officer: User) -> Client:
    """A browser in which the audit officer is signed in."""
    client = Client()
    client.force_login(officer)
    return client


def numbers(**asked: Any) -> list[int]:
    """What a search finds on its first page."""
    return [event.number for event in search(asked).events]


def shown(client: Client, query: str = "") -> str:
    """The words of the list's page."""
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return words_of(answer.content.decode())


@pytest.mark.parametrize("role", [None, *(key for key, role in ROLES.items() if Right.READ_TRAIL not in role.rights)])
@pytest.mark.parametrize("page", ["", "export/", "1/"])
def test_nobody_else_gets_in_and_the_attempt_is_written_down(client: Client, role: str | None, page: str) -> None:
    person = make_user()
    if role:
        Grant.objects.create(user=person, role=role, unit=make_unit() if role == "reporter" else None)
    events.record(Action.VISIT)
    client.force_login(person)
    answer = client.get(f"{LIST}{page}")
    assert answer.status_code == 403
    assert "只有审计管理员可以查询和导出审计记录" in answer.content.decode()
    assert (Event.objects.latest("number").result, Event.objects.latest("number").user) == (Result.REFUSED, person)
    assert "审计日志</span>" not in client.get("/inspections/").content.decode()


def test_the_list_tells_everything_newest_first(officer_client: Client, officer: User) -> None:
    finding = make_finding(title="督查工作重部署轻问效")
    events.record(Action.CHANGE, finding, before=3, after=4, reason="第一次", user=officer)
    events.record(Action.SIGN_IN, result=Result.REFUSED, reason="第二次")
    html = officer_client.get(LIST).content.decode()
    words = words_of(html)
    for part in (
        "赵审计",
        "审计管理员",
        "修改",
        "问题",
        "督查工作重部署轻问效",
        "3 → 4",
        "成功",
        "拒绝",
        "登录",
        "第一次",
    ):
        assert part in words
    assert words.index("第二次") < words.index("第一次")
    assert 'class="active"' in html
    assert not FORBIDDEN.search(html)


def test_an_event_tells_all_its_columns(officer_client: Client, officer: User) -> None:
    events.record(Action.CHANGE, make_finding(title="督查"), before=0, after=1, reason="<b>说明</b>", user=officer)
    event = Event.objects.get(action=Action.CHANGE)
    html = officer_client.get(reverse("accounts:event_detail", args=[event.number])).content.decode()
    for part in (
        event.digest,
        event.seal,
        event.request_id,
        "用户名 auditor",
        "&lt;b&gt;说明&lt;/b&gt;",
        "HMAC-SHA256",
    ):
        assert part in html
    assert re.search(r"<dt>原版本</dt>\s*<dd>0</dd>", html)
    assert officer_client.get(reverse("accounts:event_detail", args=[99])).status_code == 404


def test_every_filter_finds_its_events() -> None:
    strong, namesake = make_user(username="wangqiang", name="王强"), make_user(username="wq2", name="王强国")
    aspect = make_aspect(title="党的建设")
    finding = make_finding(aspect, title="督查工作")
    made = [event.number for event in Event.objects.order_by("-number")]
    changed = events.record(Action.CHANGE, finding, user=strong).number
    exported = events.record(Action.EXPORT, finding, user=namesake).number
    refused = events.record(Action.VISIT, events.Subject(words="/findings/7/"), result=Result.REFUSED).number
    assert [*made, changed, exported, refused] == [5, 4, 3, 2, 1, 6, 7, 8]
    assert numbers(person="王强") == [changed]
    assert numbers(person="ＷangQiang") == [changed]
    assert numbers(person="王") == [exported, changed]
    assert numbers(person="命令") == [refused, *made]
    assert numbers(person="无此人") == []
    assert numbers(action=Action.EXPORT) == [exported]
    assert numbers(result=Result.REFUSED) == [refused]
    assert numbers(object="督查") == [exported, changed, made[0]]
    assert numbers(object="问题") == [exported, changed, made[0]]
    assert numbers(object="/findings/7") == [refused]
    assert numbers(request=Event.objects.get(number=changed).request_id) == [refused, exported, changed, *made]
    assert numbers(person="王强", action=Action.EXPORT) == []
    assert numbers(person="王强国", action=Action.EXPORT, object="督查") == [exported]


def test_days_are_local_days_with_both_ends() -> None:
    for hour in (15, 16, 17):  # 23:30 on the 23rd, 00:30 and 01:30 on the 24th in Shanghai
        with time_machine.travel(dt.datetime(2026, 11, 23, hour, 30, tzinfo=dt.UTC), tick=False):
            events.record(Action.VISIT)
    assert numbers(since=dt.date(2026, 11, 24)) == [3, 2]
    assert numbers(until=dt.date(2026, 11, 23)) == [1]
    assert numbers(since=dt.date(2026, 11, 24), until=dt.date(2026, 11, 24), action=Action.VISIT) == [3, 2]


def test_pages_follow_each_other_without_a_gap() -> None:
    for number in range(120):
        with time_machine.travel(
            dt.datetime(2026, 11, 23, tzinfo=dt.UTC) + dt.timedelta(seconds=number // 7), tick=False
        ):
            events.record(Action.VISIT)
    seen: list[int] = []
    before = None
    for _ in range(3):
        found = search({}, before)
        seen += [event.number for event in found.events]
        before = found.older
    assert seen == list(range(120, 0, -1))
    assert before is None


def test_a_rare_event_is_looked_for_a_stretch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_search, "SCANNED", 10)
    for number in range(1, 36):
        events.record(Action.VISIT, events.Subject(words="督查" if number in {3, 30} else "别的"))
    first = search({"object": "督查"})
    assert [event.number for event in first.events] == [30]
    assert (first.older, first.looked_back_to) == (26, Event(number=26))
    second = search({"object": "督查"}, first.older)
    assert (second.events, second.older) == ([], 16)
    third = search({"object": "督查"}, second.older)
    assert (third.events, third.older) == ([], 6)
    last = search({"object": "督查"}, third.older)
    assert ([event.number for event in last.events], last.older) == ([3], None)
    assert [event.number for event in matching({"object": "督查"}).order_by("number")] == [3, 30]


def test_the_page_says_how_far_back_it_looked(officer_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_search, "SCANNED", 5)
    for _ in range(9):
        events.record(Action.VISIT)
    words = shown(officer_client, "?object=督查")
    assert "为止没有符合条件的记录，更早的还没有查" in words
    assert "往前查更早的" in words
    assert "没有符合这些条件的审计记录" in shown(officer_client, "?object=督查&before=3")


def test_an_empty_trail_says_so(officer_client: Client) -> None:
    with without_triggers():
        Event.objects.all().delete()
    assert "还没有审计记录" in shown(officer_client)


@pytest.mark.parametrize(
    "query",
    [
        "?action=nothing&result=x&since=yesterday&until=2026-02-30",
        "?before=abc&since=0001-01-01&until=9999-12-31",
        f"?before={'9' * 30}",
        "?before=²&person=%00&object=%ff&request=" + "x" * 99,
        "?since=2026-05-01&until=2026-01-01",
        "?before=999999999999999999",
    ],
)
def test_no_query_breaks_the_page(officer_client: Client, query: str) -> None:
    events.record(Action.VISIT)
    shown(officer_client, query)
    assert officer_client.get(f"{LIST}export/{query}").status_code in {200, 302}


INVALID = [
    ("action=nothing", "“操作”的值“nothing”无效：所选的一项已不存在或不能选，请重新选择。"),
    ("since=yesterday", "“起始日期”的值“yesterday”无效：请按“年-月-日”填写，如 2026-03-31。"),
    (f"person={'x' * 61}", "无效：最多 60 个字，现在有 61 个字。"),
]


@pytest.mark.parametrize(("query", "sentence"), INVALID)
def test_an_invalid_filter_is_reported_and_neither_lists_nor_exports(
    officer_client: Client, query: str, sentence: str
) -> None:
    events.record(Action.VISIT, reason="还在")
    words = shown(officer_client, f"?{query}")
    assert sentence in words
    assert "还在" not in words
    answer = officer_client.get(f"{LIST}export/?{query}", follow=True)
    assert answer.redirect_chain == [(f"{LIST}?{query}", 302)]
    assert "没有导出：筛选条件“" in answer.content.decode()
    assert not Event.objects.filter(action=Action.EXPORT).exists()


def test_an_invalid_place_in_the_trail_is_reported(officer_client: Client) -> None:
    events.record(Action.VISIT, reason="还在")
    words = shown(officer_client, "?before=abc")
    assert "“起点”的值“abc”无效" in words
    assert "还在" not in words


def test_the_page_needs_few_queries(officer_client: Client) -> None:
    for _ in range(60):
        events.record(Action.CHANGE, make_user())
    officer_client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        officer_client.get(f"{LIST}?action=change&object=用户")
    assert len(queries) <= 7


def test_the_list_asked_for_can_be_taken_out_and_that_is_written_down(officer_client: Client, officer: User) -> None:
    changed = events.record(Action.CHANGE, events.Subject(words="=1+1"), user=officer)
    events.record(Action.VISIT)
    answer = officer_client.get(f"{LIST}export/?action=change&person=赵审计")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(StringIO(content, newline="")))
    assert [(row["序号"], row["对象"]) for row in rows] == [(str(changed.number), "'=1+1")]
    assert ".csv" in answer.headers["Content-Disposition"]
    noted = Event.objects.latest("number")
    assert (noted.action, noted.user) == (Action.EXPORT, officer)
    assert noted.reason == "审计记录（人员，操作：修改）"
