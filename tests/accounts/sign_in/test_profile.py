"""What people see and change of themselves."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Session, User
from accounts.records.saving import account_writer
from findings.factories import make_user
from tests.accounts.conftest import PASSWORD, browser_of, is_in, session_of, trail
from tests.findings.conftest import words_of

pytestmark = pytest.mark.django_db
PROFILE = "/accounts/profile/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def end(client: Client, session: Session) -> int:
    """Press the button of that session's row; the status of the answer."""
    return client.post(reverse("accounts:session_end", args=[session.number])).status_code


def test_the_menu_leads_to_the_page(signed_in: Client) -> None:
    assert f'href="{PROFILE}">我的账号</a>' in signed_in.get("/units/").content.decode()


def test_people_see_themselves_and_where_they_are_signed_in(person: User) -> None:
    browser_of("wangqiang", user_agent=FIREFOX)
    here = browser_of("wangqiang", user_agent="Chrome Windows")
    page = words_of(here.get(PROFILE).content.decode())
    for words in ("王强", "wangqiang", "127.0.0.1，Chrome · Windows", "Firefox · Linux", "退出其他全部设备"):
        assert words in page
    assert "上次登录 没有记录" not in page
    assert page.count("退出该设备") == 1


def test_the_first_sign_in_has_none_before_it(signed_in: Client) -> None:
    page = words_of(signed_in.get(PROFILE).content.decode())
    assert "上次登录 没有记录" in page
    assert "您没有在其他设备上登录" in page
    assert "退出其他全部设备" not in page


def test_the_e_mail_can_be_changed_and_nothing_else(person: User, signed_in: Client) -> None:
    seen = signed_in.get(PROFILE).context["form"]["seen"].value()
    values = {"email": "w@example.cn", "name": "别人", "username": "root", "is_active": "", "must_change_password": "1"}
    assert signed_in.post(PROFILE, values | {"seen": seen}).headers["Location"] == PROFILE
    person.refresh_from_db()
    assert (person.email, person.name, person.username) == ("w@example.cn", "王强", "wangqiang")
    assert person.is_active
    assert not person.must_change_password
    changed = [row for row in trail() if row[1] == Action.CHANGE]
    assert changed == [("王强", Action.CHANGE, "done", "")]
    assert "没有改动" in signed_in.post(PROFILE, values | {"seen": int(seen) + 1}, follow=True).content.decode()
    assert [row for row in trail() if row[1] == Action.CHANGE] == changed


def test_an_e_mail_that_was_changed_meanwhile_is_chosen(person: User, signed_in: Client) -> None:
    seen = signed_in.get(PROFILE).context["form"]["seen"].value()
    person.email = "office@example.cn"
    account_writer.save(person, seen=person.version)
    answer = signed_in.post(PROFILE, {"email": "mine@example.cn", "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "office@example.cn" in page
    assert "mine@example.cn" in page
    person.refresh_from_db()
    assert person.email == "office@example.cn"


def test_a_bad_e_mail_is_answered_in_words(person: User, signed_in: Client) -> None:
    rows = len(trail())
    page = signed_in.post(PROFILE, {"email": "不是邮箱"}).content.decode()
    assert "请填写完整的电子邮箱" in page
    assert 'value="不是邮箱"' in page
    person.refresh_from_db()
    assert person.email == ""
    assert len(trail()) == rows


def test_another_device_can_be_signed_out(person: User, signed_in: Client) -> None:
    other = browser_of("wangqiang", user_agent=FIREFOX)
    assert end(signed_in, session_of(other)) == 302
    assert not is_in(other)
    assert is_in(signed_in)
    assert trail()[-1] == ("王强", Action.END_SESSION, "done", "退出设备：Firefox · Linux（127.0.0.1）")


def test_all_other_devices_can_be_signed_out(person: User, signed_in: Client) -> None:
    others = [browser_of("wangqiang") for _ in range(3)]
    answer = signed_in.post("/accounts/sessions/end-others/", follow=True)
    assert "已退出其他 3 个设备" in answer.content.decode()
    assert not any(is_in(other) for other in others)
    assert is_in(signed_in)
    assert trail()[-1] == ("王强", Action.END_SESSION, "done", "退出其他全部设备：3 个")


def test_the_sessions_of_others_are_out_of_reach(person: User, signed_in: Client) -> None:
    make_user(username="neighbour", password=PASSWORD)
    neighbour = browser_of("neighbour")
    assert end(signed_in, session_of(neighbour)) == 404
    signed_in.post("/accounts/sessions/end-others/")
    assert is_in(neighbour)
    assert end(signed_in, session_of(signed_in)) == 404
    assert signed_in.post(f"/accounts/sessions/{10**30}/end/").status_code == 404
    assert is_in(signed_in)


@pytest.mark.parametrize("name", ["session_end", "sessions_end_others"])
def test_a_link_ends_nothing(person: User, signed_in: Client, name: str) -> None:
    other = browser_of("wangqiang")
    numbers = [session_of(other).number] if name == "session_end" else []
    assert signed_in.get(reverse(f"accounts:{name}", args=numbers)).status_code == 405
    assert is_in(other)
