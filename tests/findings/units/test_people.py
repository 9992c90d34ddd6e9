"""People and roles as the two officers keep them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event, Grant, Result, User
from accounts.users.roles import OFFICERS, ROLES
from findings.factories import make_grant, make_unit, make_user
from findings.units.people import GrantForm
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
PASSWORD = "Qinglan-2026-gate"  # noqa: S105 -- of nobody outside these tests


@pytest.fixture
def guard(db: None) -> User:
    """The security officer."""
    return make_user(username="guard", name="葛安全", role="security_officer")


@pytest.fixture
def guard_client(guard: User) -> Client:
    client = Client()
    client.force_login(guard)
    return client


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        assert client.get("/accounts/profile/").status_code == 200
        return client

    return sign_in


def last_event(action: Action) -> Event:
    """What the trail has last of an action."""
    return Event.objects.filter(action=action).latest("pk")


def test_a_role_holds_from_the_next_request_and_ends_sessions(
    guard_client: Client, guard: User, signed_in: Callable[[User], Client]
) -> None:
    person, unit = make_user(name="王强"), make_unit(name="区政府办")
    browser = signed_in(person)
    address = reverse("findings:grant_create", args=[person.pk])
    assert guard_client.post(address, {"role": "office", "unit": unit.pk}).status_code == 302
    grant = person.grants.get()
    assert (grant.role, grant.unit, grant.granted_by) == ("office", unit, guard)
    assert browser.get("/accounts/profile/").status_code == 302
    event = last_event(Action.GRANT)
    assert (event.user, event.record_words, event.reason) == (guard, "王强", "整改办（区政府办）")
    browser = signed_in(person)
    revoke = reverse("findings:grant_revoke", args=[grant.pk])
    assert "将收回王强的角色“整改办（区政府办）”" in guard_client.get(revoke).content.decode()
    assert guard_client.post(revoke).status_code == 302
    assert not person.grants.exists()
    assert browser.get("/accounts/profile/").status_code == 302
    assert last_event(Action.REVOKE).reason == "整改办（区政府办）"


@pytest.mark.parametrize(
    ("held", "asked", "unit", "field", "said"),
    [
        ("", "reporter", False, "unit", "请选择填报员所在的单位。"),
        ("", "audit_officer", True, "unit", "审计管理员的范围是全系统，请不要选单位。"),
        ("office", "audit_officer", False, "role", "此人已是整改办。"),
        ("audit_officer", "office", False, "role", "此人已是审计管理员。"),
        ("audit_officer", "system_officer", False, "role", "此人已是审计管理员。"),
        ("office", "office", False, "unit", "此人已有这个角色，范围是全系统。"),
        ("", "", False, "role", "请选择角色。"),
        ("", "emperor", False, "role", "所选的一项已不存在或不能选，请重新选择。"),
    ],
)
def test_a_role_that_cannot_be_is_refused_in_words(  # noqa: PLR0917 -- pytest hands them over by name
    guard_client: Client, held: str, asked: str, unit: bool, field: str, said: str
) -> None:
    person, made = make_user(), make_unit()
    if held:
        make_grant(person, held)
    values = {"role": asked, "unit": made.pk if unit else ""}
    answer = guard_client.post(reverse("findings:grant_create", args=[person.pk]), values)
    assert answer.status_code == 200
    assert said in "".join(answer.context["form"].errors[field])
    assert person.grants.count() == bool(held)


def test_nobody_changes_his_own_roles(guard_client: Client, guard: User) -> None:
    own = guard.grants.get()
    for address in (reverse("findings:grant_create", args=[guard.pk]), reverse("findings:grant_revoke", args=[own.pk])):
        answer = guard_client.post(address, {"role": "office"})
        assert answer.status_code == 403
        assert "不能给自己" in answer.content.decode()
    assert list(guard.grants.all()) == [own]


@pytest.mark.parametrize("role", [key for key in OFFICERS if key != "security_officer"])
def test_the_last_officer_of_a_kind_stays(guard_client: Client, keeper_client: Client, role: str) -> None:
    officer = User.objects.get(username="keeper") if role == "system_officer" else make_user(role=role)
    answer = guard_client.post(reverse("findings:grant_revoke", args=[officer.grants.get().pk]))
    assert answer.status_code == 409
    assert f"这是最后一名{ROLES[role].label}" in answer.content.decode()
    if role != "system_officer":
        assert keeper_client.post(reverse("findings:person_deactivate", args=[officer.pk])).status_code == 409
        officer.refresh_from_db()
        assert officer.is_active
    make_user(role=role)
    assert guard_client.post(reverse("findings:grant_revoke", args=[officer.grants.get().pk])).status_code == 302


def test_an_account_is_opened_with_a_password_shown_once(keeper_client: Client, client: Client) -> None:
    page = keeper_client.post(
        reverse("findings:person_create"), {"username": "ＷangQiang", "name": "王强", "email": ""}
    )
    person, password = User.objects.get(name="王强"), page.context["password"]
    assert person.username == "wangqiang"
    assert person.must_change_password
    assert person.check_password(password)
    assert password in page.content.decode()
    assert not Grant.objects.filter(user=person).exists()
    answer = client.post("/accounts/login/", {"username": "wangqiang", "password": password})
    assert answer.status_code == 302
    assert client.get("/").headers["Location"].startswith(reverse("accounts:password_change"))
    again = keeper_client.post(reverse("findings:person_create"), {"username": "WANGQIANG", "name": "别人"})
    assert again.context["form"].errors == {"username": ["这个用户名已有人使用。"]}


def test_a_person_is_taken_out_of_use_and_back(
    keeper_client: Client, client: Client, signed_in: Callable[[User], Client]
) -> None:
    person = make_user(username="wangqiang", name="王强", password=PASSWORD, role="office")
    browser, address = signed_in(person), reverse("findings:person_deactivate", args=[person.pk])
    assert "将停用王强的账号" in keeper_client.get(address).content.decode()
    assert keeper_client.post(address).status_code == 302
    assert browser.get("/accounts/profile/").status_code == 302
    assert client.post("/accounts/login/", {"username": "wangqiang", "password": PASSWORD}).status_code == 200
    assert last_event(Action.DEACTIVATE).record_id == person.pk
    assert "停用，不能登录" in keeper_client.get(reverse("findings:person_detail", args=[person.pk])).content.decode()
    again = keeper_client.post(address)  # the button was pressed twice, or a colleague was faster
    assert again.status_code == 409
    assert "已经停用" in again.content.decode()
    assert keeper_client.post(reverse("findings:person_activate", args=[person.pk])).status_code == 302
    assert client.post("/accounts/login/", {"username": "wangqiang", "password": PASSWORD}).status_code == 302
    assert last_event(Action.ACTIVATE).record_id == person.pk
    assert browser.get("/accounts/profile/").status_code == 302  # what was signed in before is not signed in again


def test_a_person_edited_at_this_moment_is_not_taken_out_of_use_unseen(
    keeper_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_user(name="王强")

    def edited_meanwhile(*_: object, **__: object) -> list[str]:
        with unchecked_writes():
            User.objects.filter(pk=person.pk).update(version=F("version") + 1)
        return []

    monkeypatch.setattr("findings.work.views.people.reasons_against", edited_meanwhile)
    answer = keeper_client.post(reverse("findings:person_deactivate", args=[person.pk]))
    assert answer.status_code == 409
    assert "这条人员记录已" in answer.content.decode()
    assert User.objects.get(pk=person.pk).is_active
    assert last_event(Action.DEACTIVATE).result == Result.CONFLICT


def test_a_forgotten_password_is_reset_and_the_lock_with_it(
    keeper_client: Client, client: Client, signed_in: Callable[[User], Client]
) -> None:
    person = make_user(username="wangqiang", name="王强", password=PASSWORD)
    browser = signed_in(person)
    for _ in range(6):
        client.post("/accounts/login/", {"username": "wangqiang", "password": "wrong"})
    detail = reverse("findings:person_detail", args=[person.pk])
    assert "密码连续输错，锁定到" in keeper_client.get(detail).content.decode()
    page = keeper_client.post(reverse("findings:person_reset", args=[person.pk]))
    assert browser.get("/accounts/profile/").status_code == 302
    data = {"username": "wangqiang", "password": page.context["password"]}
    assert client.post("/accounts/login/", data).status_code == 302
    assert page.context["password"] not in "".join(map(str, Event.objects.values_list("reason", flat=True)))


def test_an_officers_password_is_reset_on_the_server_alone(keeper_client: Client) -> None:
    officer = make_user(username="guard", password=PASSWORD, role="security_officer")
    answer = keeper_client.post(reverse("findings:person_reset", args=[officer.pk]))
    assert answer.status_code == 403
    assert "三员的密码不能在页面上重置" in answer.content.decode()
    assert User.objects.get(pk=officer.pk).check_password(PASSWORD)
    output = StringIO()
    call_command("reset_password", "GUARD", stdout=output)
    assert User.objects.get(pk=officer.pk).must_change_password
    assert not User.objects.get(pk=officer.pk).check_password(PASSWORD)
    assert re.search(r"初始密码 (\S+)", output.getvalue())
    with pytest.raises(CommandError, match="没有用户名为“nobody”的账号"):
        call_command("reset_password", "nobody")


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("security_officer", "安全管理员：此人已是填报员。"),
        ("reporter", "填报员：请选择填报员所在的单位。"),
        ("typed-secret", "没有这个角色：所选的一项已不存在或不能选，请重新选择。"),
    ],
)
def test_a_role_that_is_refused_is_written_down(guard_client: Client, role: str, reason: str) -> None:
    person = make_user(name="王强")
    make_grant(person, "reporter", make_unit())
    assert guard_client.post(reverse("findings:grant_create", args=[person.pk]), {"role": role}).status_code == 200
    event = last_event(Action.GRANT)
    assert (event.result, event.record_words) == (Result.REFUSED, "王强")
    assert event.reason.startswith(reason)


def test_a_grant_that_came_in_between_is_an_error_in_words(
    guard_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_user()
    address = reverse("findings:grant_create", args=[person.pk])
    monkeypatch.setattr(GrantForm, "is_valid", lambda form: bool(form.full_clean() or make_grant(person, "office")))
    answer = guard_client.post(address, {"role": "audit_officer"})
    assert answer.status_code == 200
    assert "刚才有人同时保存了相同的内容" in answer.content.decode()
    assert [grant.role for grant in person.grants.all()] == ["office"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("role", "route"), [("security_officer", "grant_revoke"), ("system_officer", "person_deactivate")]
)
def test_of_two_officers_who_remove_each_other_one_stays(role: str, route: str) -> None:
    officers = [make_user(role=role), make_user(role=role)]
    targets = {
        "grant_revoke": [one.grants.get().pk for one in officers],
        "person_deactivate": [one.pk for one in officers],
    }
    barrier, statuses = threading.Barrier(2), []

    def remove(actor: User, target: int) -> None:
        client = Client()
        client.force_login(actor)
        barrier.wait()
        statuses.append(client.post(reverse(f"findings:{route}", args=[target])).status_code)
        connection.close()

    threads = [
        threading.Thread(target=remove, args=pair) for pair in zip(officers, reversed(targets[route]), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Grant.objects.filter(role=role, user__is_active=True).count() == 1, statuses


def test_a_locked_person_is_let_in_by_the_system_officer(keeper_client: Client, client: Client) -> None:
    person = make_user(username="wangqiang", password=PASSWORD)
    for _ in range(6):
        client.post("/accounts/login/", {"username": "wangqiang", "password": "wrong"})
    assert client.post("/accounts/login/", {"username": "wangqiang", "password": PASSWORD}).status_code == 200
    assert keeper_client.post(reverse("findings:person_unlock", args=[person.pk])).status_code == 302
    assert client.post("/accounts/login/", {"username": "wangqiang", "password": PASSWORD}).status_code == 302


def test_people_are_found_by_name_role_and_state(guard_client: Client, guard: User) -> None:
    office, gone = make_user(name="王整改", role="office"), make_user(name="赵离任", is_active=False)
    address = reverse("findings:person_list")

    def listed(**query: str) -> list[User]:
        return list(guard_client.get(address, query).context["listing"].page.records)

    assert listed(q="整改") == [office]
    assert listed(role="office") == [office]
    assert listed(role="none") == [gone]
    assert listed(state="no") == [gone]
    assert listed(q="guard") == [guard]


def test_the_table_of_roles_says_what_the_code_enforces(client: Client) -> None:
    client.force_login(make_user())
    rows = client.get(reverse("findings:role_list")).context["rows"]
    for right, marks in rows:
        assert [mark for _, mark in marks] == [right in role.rights for role in ROLES.values()]
