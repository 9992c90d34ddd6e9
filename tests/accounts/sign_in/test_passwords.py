"""The rules for passwords, and the page to change one's own."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Action, Event, PasswordHistory, User
from accounts.sign_in.password_profiles import PROFILES, chosen_profile
from accounts.sign_in.passwords import days_left, generated_password, reset_password, set_password, why_to_change
from findings.factories import make_unit, make_user
from tests.accounts.conftest import NEW_PASSWORD, PASSWORD, Hashes, browser_of, trail
from tests.findings.conftest import words_of
from tests.raw_writes import unchecked_writes
from tests.test_repository import ROUTES, address

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/password/"
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=timezone.get_default_timezone())
DAY = dt.timedelta(days=1)


def choose(settings: Settings, key: str) -> None:
    """Follow that profile."""
    settings.PASSWORD_PROFILE = PROFILES[key]
    settings.AUTH_PASSWORD_VALIDATORS = PROFILES[key].validators("findings.units.password_rules.UnitNameValidator")


def refusals(password: str, user: User | None = None) -> str:
    """What is said against a password; "" when it is good."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return "".join(error.messages)
    return ""


def change(client: Client, new: str, old: str = PASSWORD, repeated: str | None = None) -> str:
    """What the page says to a change; "" when it is done."""
    answer = client.post(CHANGE, {"old": old, "new": new, "repeated": new if repeated is None else repeated})
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize(
    ("key", "password", "words"),
    [
        ("dengbao", "Kx1-Vm7-Q", "至少要 10 个字符，现在只有 9 个"),
        ("dengbao", "Kx1-Vm7-Qz", ""),
        ("dengbao", "horse-battery-staple", "至少 3 类，现在没有大写字母、数字"),
        ("dengbao", "horsebattery42", "至少 3 类，现在没有大写字母、符号"),
        ("dengbao", "正确的马和电池42b", ""),
        ("nist", "horse-battery", "至少要 15 个字符，现在只有 13 个"),
        ("nist", "horse battery staple", ""),
        ("nist", "123456123456123456", "常用词"),
        *[
            (key, password, word)
            for key in PROFILES
            for password, word in (
                ("Zhengfu-2026-abcde", "zhengfu"),
                ("my XunCha 2026 work", "xuncha"),
                ("xADMINx-42-xxxxxxx", "admin"),
                ("ｘｕｎｃｈａ-2026-Abcdefg", "xuncha"),
                ("Sunshine-2026-2026", "太常见"),
                ("1q2w3e4r5t6y7u8i9o0p", "太常见"),
                ("Wangqiang!2026-xyz", "不能有您的用户名"),
                ("王强-2026-secret-xy", "不能有您的用户名、姓名"),
                ("qiang.w-2026-Secret", "邮箱名"),
                ("综合科-2026-Secret-x", "单位名称“综合科”"),
                ("热线中心-2026-Secret", "单位名称“热线中心”"),
            )
        ],
    ],
)
def test_a_password_follows_the_rules_of_its_profile(settings: Settings, key: str, password: str, words: str) -> None:
    choose(settings, key)
    make_unit(name="综合科")
    make_unit(name="青岚区政务服务便民热线受理中心", short_name="热线中心")
    said = refusals(password, make_user(username="wangqiang", name="王强", email="qiang.w@example.cn"))
    assert words in said
    assert bool(said) == bool(words)


def test_an_unknown_profile_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="RECTIFY_PASSWORD_PROFILE is 'lax'; it must be dengbao or nist"):
        chosen_profile("lax")


@pytest.mark.parametrize("key", PROFILES)
def test_passwords_made_by_the_machine_follow_every_profile(settings: Settings, key: str) -> None:
    choose(settings, key)
    passwords = {generated_password() for _ in range(200)}
    assert len(passwords) == 200
    assert not any(refusals(password) for password in passwords)


def test_the_last_five_passwords_cannot_be_used_again(person: User, signed_in: Client) -> None:
    used = [PASSWORD, *(f"Battery-staple-{number}" for number in range(6))]
    for number in range(1, 6):
        for former in used[max(number - 5, 0) : number - 1]:
            assert "最近 5 次用过的密码不能再用" in change(signed_in, former, used[number - 1])
        assert "不能和现在的密码相同" in change(signed_in, used[number - 1], used[number - 1])
        assert change(signed_in, used[number], used[number - 1]) == ""
    assert PasswordHistory.objects.filter(user=person).count() == 4
    assert change(signed_in, PASSWORD, used[5]) == ""


def test_nist_remembers_nothing(settings: Settings, person: User, signed_in: Client) -> None:
    choose(settings, "nist")
    assert change(signed_in, "horse battery staple") == ""
    assert change(signed_in, "another horse staple", "horse battery staple") == ""
    assert change(signed_in, "horse battery staple", "another horse staple") == ""
    assert not PasswordHistory.objects.exists()


def test_former_passwords_are_kept_as_digests_only(person: User, signed_in: Client) -> None:
    change(signed_in, NEW_PASSWORD)
    digest = PasswordHistory.objects.get().digest
    assert PASSWORD not in digest
    assert digest.startswith("md5$")


def test_a_password_expires_after_ninety_days(settings: Settings) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        user = make_user(password=PASSWORD)
        assert days_left(user) == 90
        clock.shift(89 * DAY)
        assert days_left(user) == 1
        assert why_to_change(user) == ""
        clock.shift(DAY)
        assert days_left(user) == 0
        assert "已用满 90 天" in why_to_change(user)
        choose(settings, "nist")
        assert days_left(user) is None
        assert why_to_change(user) == ""


def test_who_signs_in_shortly_before_is_reminded(person: User) -> None:
    with unchecked_writes():
        User.objects.update(password_changed_at=timezone.now() - 83 * DAY - dt.timedelta(hours=1))
    page = browser_of("wangqiang").get("/accounts/profile/").content.decode()
    assert "您的密码再过 7 天到期" in page
    with unchecked_writes():
        User.objects.update(password_changed_at=timezone.now() - 82 * DAY)
    assert "天到期" not in browser_of("wangqiang").get("/accounts/profile/").content.decode()


def force(person: User, why: str) -> str:
    """Let somebody need a new password; the password that is good until then."""
    if why == "initial":
        return reset_password(person)
    with unchecked_writes():
        User.objects.filter(pk=person.pk).update(password_changed_at=timezone.now() - 90 * DAY)
    return PASSWORD


@pytest.mark.parametrize("why", ["initial", "expired"])
def test_a_password_that_must_be_changed_opens_nothing_else(person: User, why: str) -> None:
    client = browser_of("wangqiang", force(person, why))
    open_pages = {"accounts:password_change", "accounts:logout"}
    assert set(ROUTES) > open_pages
    for name in sorted(set(ROUTES) - open_pages):
        target = address(name, ROUTES[name])
        seen = client.get(target)
        if target.endswith("/"):
            assert (seen.status_code, seen.headers["Location"]) == (302, CHANGE), name
        else:
            assert seen.status_code == 403, name
        for refused in (
            client.post(target),
            client.put(target),
            client.get(target, headers={"accept": "application/json"}),
        ):
            assert refused.status_code == 403, name
            assert why_to_change(User.objects.get(pk=person.pk)) in refused.content.decode()
    assert client.get(CHANGE).status_code == 200


@pytest.mark.parametrize(("why", "words"), [("initial", "初始密码"), ("expired", "已用满 90 天")])
def test_the_page_says_why_and_a_new_password_opens_the_rest(person: User, why: str, words: str) -> None:
    old = force(person, why)
    client = browser_of("wangqiang", old)
    assert words in words_of(client.get("/units/", follow=True).content.decode())
    answer = client.post(CHANGE, {"old": old, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD})
    assert answer.headers["Location"] == reverse("home")
    assert client.get("/units/").status_code == 200
    assert browser_of("wangqiang", NEW_PASSWORD).get("/units/").status_code == 200


def test_who_must_change_the_password_can_sign_out(person: User) -> None:
    client = browser_of("wangqiang", reset_password(person))
    assert client.post("/accounts/logout/").headers["Location"] == reverse("accounts:login")
    assert "sessionid" not in {name for name, cookie in client.cookies.items() if cookie.value}


def test_a_wrong_old_password_tells_nothing_of_the_new_one(person: User, signed_in: Client) -> None:
    with Hashes() as hashes:
        page = change(signed_in, "short", old="wrong")
    assert "现在的密码不正确" in page
    assert "至少要 10 个字符" not in page
    assert hashes.count == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "请填写现在的密码"),
        ({"old": PASSWORD}, "请填写新密码"),
        ({"old": PASSWORD, "new": NEW_PASSWORD}, "请填写再输一遍新密码"),
        ({"old": PASSWORD, "new": NEW_PASSWORD, "repeated": "x"}, "两次输入的新密码不一样"),
        ({"old": PASSWORD, "new": "Aa1-" * 40, "repeated": "Aa1-" * 40}, "最多 128 个字"),
        ({"old": PASSWORD, "new": "Aa1-Aa1-Aa\0", "repeated": "Aa1-Aa1-Aa\0"}, "控制字符"),
        ({"old": PASSWORD, "new": "xuncha", "repeated": "xuncha"}, "至少要 10 个字符"),
    ],
)
def test_bad_input_is_answered_in_words_and_changes_nothing(
    person: User, signed_in: Client, form: dict[str, str], words: str
) -> None:
    html = signed_in.post(CHANGE, form).content.decode()
    assert words in html
    assert "密码没有修改：" in html
    for typed in filter(None, form.values()):
        assert f'value="{typed}"' not in html
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not Event.objects.filter(action=Action.PASSWORD, result="done").exists()


def test_the_page_lists_the_rules(settings: Settings, signed_in: Client) -> None:
    html = signed_in.get(CHANGE).content.decode()
    assert "至少 10 个字符；含大写字母、小写字母、数字、符号中的至少 3 类；" in html
    assert "每 90 天要换一次。" in html
    choose(settings, "nist")
    html = signed_in.get(CHANGE).content.decode()
    assert "至少 15 个字符；不能是常见密码" in html
    assert "天要换一次" not in html


def test_changes_are_written_down(person: User, signed_in: Client) -> None:
    change(signed_in, NEW_PASSWORD, old="wrong")
    change(signed_in, NEW_PASSWORD)
    reset_password(person)
    rows = [row for row in trail() if row[1] == Action.PASSWORD]
    assert [(who, result) for who, _, result, _ in rows[:2]] == [("王强", "refused"), ("王强", "done")]
    assert rows[2][3] == "重置为初始密码，首次登录须修改"
    assert NEW_PASSWORD not in str(trail())


def test_a_hash_that_is_renewed_is_not_a_new_password(settings: Settings, person: User) -> None:
    since = person.password_changed_at
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "tests.accounts.conftest.CountingHasher",
    ]
    browser_of("wangqiang")
    person.refresh_from_db()
    assert person.password.startswith("scrypt$")
    assert person.password_changed_at == since
    assert not PasswordHistory.objects.exists()


def test_a_first_password_leaves_no_history() -> None:
    user = make_user()
    set_password(user, PASSWORD)
    assert not PasswordHistory.objects.exists()
