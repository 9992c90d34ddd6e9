"""People and units are chosen by typing: by keyboard alone, by mouse, on a phone, and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.factories import (
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_member,
    make_unit,
    make_user,
)
from findings.models import Finding
from tests.browser.conftest import NewWindow, look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def finding(clerk: User) -> Finding:
    """A finding of a body with three units and their people, beside another body with a unit of the same name."""
    body, other = make_unit(name="区政府办"), make_unit(name="区文旅体局", short_name="文旅局")
    general, audit = make_unit(name="综合科", parent=body), make_unit(name="督查科", parent=body)
    make_unit(name="综合科", parent=other)
    for name, unit in (("王强", general), ("王芳", audit), ("李娜", audit)):
        person = make_user(name=name)
        make_member(unit, person)
        make_grant(person, "reporter", unit)
    make_member(audit, make_user(name="赵无角"))
    return make_finding(make_aspect(make_inspection(unit=body)), title="督查工作重部署轻问效", lead_unit=general)


def open_form(page: Page, finding: Finding) -> None:
    """The form of the finding, for the clerk."""
    sign_in(page)
    page.goto(f"/findings/{finding.pk}/edit/")


def test_by_keyboard_alone(page: Page, finding: Finding, screenshots: Path | None) -> None:
    open_form(page, finding)
    person = page.get_by_role("combobox", name="责任人")
    person.focus()
    page.keyboard.press("ArrowDown")
    expect(person).to_have_attribute("aria-expanded", "true")
    assert look(page, "type-ahead-open", screenshots) == []
    page.keyboard.press("Escape")
    expect(person).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("王")
    options = page.locator(".type-ahead-list:not([hidden]) [role=option]")
    expect(options).to_have_text(["王强 · 综合科", "王芳 · 督查科", "王整改"])
    active = page.locator("[aria-selected=true]")
    for key, text in {
        "ArrowDown": "王芳 · 督查科",
        "Home": "王强 · 综合科",
        "End": "王整改",
        "ArrowUp": "王芳 · 督查科",
    }.items():
        page.keyboard.press(key)
        expect(active).to_have_text(text)
        assert person.get_attribute("aria-activedescendant") == active.get_attribute("id")
    page.keyboard.press("Enter")
    expect(person).to_have_value("王芳 · 督查科")
    unit = page.get_by_role("combobox", name="牵头单位")
    unit.focus()
    page.keyboard.type("dck")  # the initials of 督查科
    expect(options).to_have_text(["督查科 · 区政府办"])
    page.keyboard.press("Enter")
    supporting = page.get_by_role("combobox", name="配合单位")
    for words in ("文旅局", "综合科"):
        supporting.focus()
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    expect(page.locator(".type-ahead-chip")).to_have_count(2)
    page.get_by_role("button", name="去掉区文旅体局").press("Enter")
    expect(page.locator(".type-ahead-chip")).to_have_text(["综合科 · 区政府办×"])
    assert look(page, "type-ahead-chosen", screenshots) == []
    page.get_by_role("button", name="保存").press("Enter")
    expect(page.get_by_text("已保存问题。")).to_be_visible()
    finding.refresh_from_db()
    assert (str(finding.person_in_charge), str(finding.lead_unit)) == ("王芳", "督查科")
    assert [str(unit.parent) for unit in finding.supporting_units.all()] == ["区政府办"]


def test_what_matches_nothing_is_neither_stored_nor_lost(page: Page, finding: Finding) -> None:
    open_form(page, finding)
    person = page.get_by_role("combobox", name="责任人")
    person.fill("张三")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("“张三”没有找到，请从列表里选择，或者清空。")).to_be_visible()
    expect(person).to_be_focused()
    expect(page.get_by_role("button", name="保存")).to_be_enabled()
    person.fill("李娜")  # a whole name needs no click
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存问题。")).to_be_visible()
    page.goto(f"/findings/{finding.pk}/edit/")
    expect(person).to_have_value("李娜 · 督查科")
    person.fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存问题。")).to_be_visible()
    finding.refresh_from_db()
    assert finding.person_in_charge is None


def test_on_a_phone_by_touch(phone: Page, finding: Finding, screenshots: Path | None) -> None:
    open_form(phone, finding)
    phone.get_by_role("combobox", name="责任人").tap()
    assert look(phone, "type-ahead-phone", screenshots, ["phone"]) == []
    option = phone.get_by_role("option", name="赵无角 · 督查科（没有角色）")
    option.tap()
    phone.get_by_role("button", name="保存").tap()
    expect(phone.get_by_text("赵无角还没有角色，收不到通知、也不能填报").first).to_be_visible()
    phone.goto(f"/findings/{finding.pk}/edit/")
    expect(phone.locator(".field-warning").first).to_contain_text("赵无角还没有角色")
    assert look(phone, "type-ahead-warning", screenshots, ["phone"]) == []


def test_without_script_the_select_is_grouped_and_works(new_window: NewWindow, finding: Finding) -> None:
    window = new_window(java_script_enabled=False)
    open_form(window, finding)
    select = window.get_by_label("责任人")
    assert select.locator("optgroup").evaluate_all("groups => groups.map(group => group.label)") == [
        "综合科",
        "督查科",
        "没有任职",
    ]
    select.select_option(label="王芳 · 督查科")
    window.get_by_label("区文旅体局").check()
    window.get_by_role("button", name="保存").click()
    expect(window.get_by_text("已保存问题。")).to_be_visible()
    finding.refresh_from_db()
    assert (str(finding.person_in_charge), finding.supporting_units.count()) == ("王芳", 1)


def test_the_page_of_a_conflict_still_lets_choose(new_window: NewWindow, finding: Finding) -> None:
    first, second = new_window(), new_window()
    for window in (first, second):
        open_form(window, finding)
    for window, name in ((first, "王强"), (second, "王芳")):
        window.get_by_role("combobox", name="责任人").fill(name)
        window.get_by_role("button", name="保存").click()
    expect(first.get_by_text("已保存问题。")).to_be_visible()
    expect(second.get_by_text("您填写的内容都还在")).to_be_visible()
    expect(second.get_by_role("combobox", name="责任人")).to_have_value("王芳 · 督查科")
    second.get_by_role("group", name="责任人").get_by_label("用现在的内容").check()
    second.get_by_role("combobox", name="责任人").fill("李娜")
    second.get_by_role("button", name="按所选保存").click()
    expect(second.get_by_text("已保存问题。")).to_be_visible()
    finding.refresh_from_db()
    assert str(finding.person_in_charge) == "李娜"


def test_the_comment_says_while_typing_who_is_not_told(page: Page, finding: Finding) -> None:
    sign_in(page)
    page.goto(finding.get_absolute_url())
    page.get_by_label("评论").fill("@赵无角 @张三 请看")
    expect(page.locator(".mention-check")).to_have_text(
        "没有通知“赵无角”：没有角色，看不到这条记录。没有通知“张三”：没有这个人。"
    )
