"""The officers' pages in a browser: an account is opened by one, given a role by another, and used."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from findings.factories import make_aspect, make_finding, make_inspection, make_member, make_unit, make_user
from tests.browser.conftest import PASSWORD, NewWindow, arrived, look, sign_in
from tests.browser.test_walk import LONG_NAME

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = "Lotus-pond-2026"


def test_an_account_is_opened_given_a_role_and_used(
    page: Page, new_window: NewWindow, screenshots: Path | None
) -> None:
    body = make_unit(name=LONG_NAME)
    finding = make_finding(make_aspect(make_inspection(unit=body)), lead_unit=body)
    for number in range(30):
        make_member(body, make_user(name=f"工作人员{number}"))
    make_user(username="keeper", name="陶云起", password=PASSWORD, role="system_officer")
    make_user(username="guard", name="葛明远", password=PASSWORD, role="security_officer")

    sign_in(page, "keeper", "**/people/")
    complaints = look(page, "people", screenshots)
    page.get_by_role("link", name="开设账号").click()
    page.get_by_label("用户名").fill("newcomer")
    page.get_by_label("姓名").fill("新来的")
    complaints += look(page, "person-new", screenshots)
    page.get_by_role("button", name="开设").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("初始密码")
    password = page.locator(".initial-password").inner_text()
    complaints += look(page, "person-password", screenshots)
    page.get_by_role("link", name="已记下，返回").click()
    expect(page.get_by_role("link", name="停用账号…")).to_be_visible()
    complaints += look(page, "person", screenshots)
    page.get_by_role("link", name="停用账号…").click()
    complaints += look(arrived(page, "**/deactivate/"), "person-switch", screenshots)

    guard = new_window()
    sign_in(guard, "guard", "**/people/")
    guard.get_by_label("姓名或用户名").fill("newcomer")
    guard.get_by_role("button", name="筛选", exact=True).click()
    guard.get_by_role("link", name="新来的").click()
    guard.get_by_role("link", name="授予角色").click()
    guard.get_by_label("角色").select_option("整改办")
    guard.get_by_role("combobox", name="范围").fill(LONG_NAME)
    complaints += look(guard, "grant", screenshots)
    guard.get_by_role("button", name="授予").click()
    expect(guard.get_by_role("link", name="收回")).to_be_visible()
    complaints += look(guard, "person-with-role", screenshots)
    guard.goto("/roles/")
    complaints += look(guard, "roles", screenshots)

    newcomer = new_window()
    newcomer.goto("/accounts/login/")
    newcomer.get_by_label("用户名").fill("ＮＥＷcomer")
    newcomer.get_by_label("密码").fill(password)
    newcomer.get_by_role("button", name="登录").click()
    expect(newcomer.get_by_text("请先改成只有您自己知道的密码")).to_be_visible()
    complaints += look(newcomer, "first-password", screenshots)
    newcomer.goto("/inspections/")
    expect(newcomer.get_by_text("请先改成只有您自己知道的密码")).to_be_visible()
    newcomer.get_by_label("现在的密码").fill(password)
    newcomer.locator("#id_new").fill(OWN)
    newcomer.get_by_label("再输一遍新密码").fill(OWN)
    newcomer.get_by_role("button", name="修改密码").click()
    arrived(newcomer, "**/desk/").get_by_role("link", name=finding.inspection.name).first.click()
    expect(newcomer.get_by_role("link", name="设置")).to_be_visible()
    assert complaints == []
