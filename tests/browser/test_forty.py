"""An afternoon at the queue: forty reported measures by keyboard alone, with every key press and click counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from findings.choices import MeasureStatus
from findings.factories import make_inspection, make_user
from findings.models import Measure
from findings.work.views import queue_several
from findings.workflow import StepName, take_step
from tests.browser.conftest import PASSWORD, look, sign_in
from tests.findings.submissions import reported

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORTY, TEN, SENT_BACK, REASON = 40, 10, 17, "签到表缺第二页，请补齐后再报。"
# The browser itself counts, so that nothing the test does is forgotten. Text put in by an input method is no key press.
COUNTING = """
for (const [kind, name] of [["keydown", "keys"], ["pointerdown", "clicks"]]) {
  addEventListener(kind, (event) => {
    if (event.isTrusted) sessionStorage[name] = Number(sessionStorage[name] ?? 0) + 1;
  }, true);
}
"""


@pytest.fixture
def queue(page: Page, clerk: User) -> Page:
    """The queue of a supervisor, whose presses and clicks are counted from here on."""
    make_user(username="supervisor", name="孙督查", password=PASSWORD, role="supervisor")
    reported(make_inspection(name="第三轮巡察"), FORTY, clerk)
    sign_in(page, "supervisor")
    page.add_init_script(COUNTING)
    page.goto("/queue/")
    return page


def waits(page: Page, number: int) -> None:
    """The next page is there, and its scripts listen."""
    expect(page.get_by_text(f"{number} 条等您")).to_be_visible()
    page.wait_for_load_state()


def spent(page: Page) -> dict[str, int]:
    """How many key presses and clicks it has taken so far."""
    counted: dict[str, int] = page.evaluate(
        "Object.fromEntries(['keys', 'clicks'].map((name) => [name, Number(sessionStorage[name] ?? 0)]))"
    )
    return counted


def test_forty_items_by_keyboard(queue: Page, record_property: Callable[[str, object], None]) -> None:
    sent_back = Measure.objects.order_by("reported_at", "pk")[SENT_BACK]
    for done in range(FORTY):
        waits(queue, FORTY - done)
        if done != SENT_BACK:
            queue.keyboard.press("Enter")
            continue
        expect(queue.locator("[data-pane]")).to_contain_text(sent_back.plan)
        queue.keyboard.press("r")
        queue.keyboard.insert_text(REASON)
        queue.keyboard.press("Tab")
        queue.keyboard.press("Enter")
    expect(queue.get_by_text("没有等您核实、审核、销号或批延期的事项。")).to_be_visible()
    sent_back.refresh_from_db()
    assert (sent_back.status, sent_back.steps.latest("pk").comment) == (MeasureStatus.SENT_BACK, REASON)
    assert Measure.objects.filter(status=MeasureStatus.VERIFIED).count() == FORTY - 1
    effort = spent(queue)
    record_property("effort", effort)
    assert effort["clicks"] == 0
    assert (
        effort["keys"] <= FORTY + 2
    )  # one for each, and two more where a reason was written: docs/workflow.md says so


def test_ten_decisions_take_ten_keys_and_no_scrolling(queue: Page) -> None:
    for done in range(TEN):
        waits(queue, FORTY - done)
        for part in (".pane-head", ".pane-outcome", "[data-large]", "[data-main-button]"):
            expect(queue.locator(part)).to_be_in_viewport()
        expect(queue.locator("[data-main-button]")).to_be_in_viewport(ratio=1)
        assert queue.evaluate("scrollY") == 0
        queue.keyboard.press("Enter")
    waits(queue, FORTY - TEN)
    assert spent(queue) == {"keys": TEN, "clicks": 0}
    assert Measure.objects.filter(status=MeasureStatus.VERIFIED).count() == TEN


def test_several_at_once_with_a_result_for_each(queue: Page, clerk: User, screenshots: Path | None) -> None:
    *first, following = Measure.objects.order_by("reported_at", "pk")[:7]
    waits(queue, FORTY)
    for measure in first:
        expect(queue.locator("[data-pane]")).to_contain_text(measure.plan)
        queue.keyboard.press(" ")
        queue.keyboard.press("j")
    expect(queue.locator("[data-pane]")).to_contain_text(following.plan)
    take_step(StepName.WITHDRAW, first[3], clerk, first[3].version)  # while the supervisor reads on
    queue.keyboard.press("b")
    results = queue.get_by_role("alert").get_by_role("listitem")
    expect(results).to_have_count(len(first))
    for place, result in enumerate(results.all()):
        expect(result).to_contain_text("没有办理" if place == 3 else "已核实：")
    assert Measure.objects.filter(status=MeasureStatus.VERIFIED).count() == len(first) - 1
    assert spent(queue) == {"keys": 2 * len(first) + 1, "clicks": 0}
    complaints = look(queue, "queue-results", screenshots)

    waits(queue, FORTY - len(first))
    queue.locator(".queue-row").first.get_by_role("checkbox").check()
    queue.locator(".queue-row").nth(1).get_by_role("checkbox").check()
    expect(queue.get_by_text("已勾选 2 条")).to_be_visible()
    queue.get_by_role("button", name="核实这 2 条").click()
    waits(queue, FORTY - len(first) - 2)
    expect(queue.locator(".message-success p")).to_have_count(2)
    assert complaints + look(queue, "queue-several", screenshots) == []


def statuses() -> list[str]:
    """The statuses of the measures, in the order of the queue."""
    return list(Measure.objects.order_by("reported_at", "pk").values_list("status", flat=True))


def test_the_button_of_the_record_leaves_the_ticked_rows_alone(queue: Page) -> None:
    waits(queue, FORTY)
    for row in (1, 2):
        queue.locator(".queue-row").nth(row).get_by_role("checkbox").check()
    queue.locator("[data-main-button]").click()
    waits(queue, FORTY - 1)
    assert statuses()[:3] == ["verified", "reported", "reported"]
    expect(queue.locator(".queue-row").get_by_role("checkbox", checked=True)).to_have_count(2)  # as they were
    expect(queue.get_by_text("已勾选 2 条")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
def test_what_acts_on_the_open_record_and_on_the_ticked_ones_is_in_sight(
    queue: Page, width: int, height: int, screenshots: Path | None
) -> None:
    waits(queue, FORTY)
    queue.set_viewport_size({"width": width, "height": height})
    queue.reload()
    main = queue.locator("[data-main-button]")
    for button in (main, queue.locator("[data-several-button]")):
        expect(button).to_be_in_viewport(ratio=1)
    number = queue.locator(".queue-row[data-current] strong").inner_text()
    expect(main).to_contain_text(f"核实 {number}")
    queue.mouse.wheel(0, 4000)
    expect(main).to_be_in_viewport(ratio=1)
    assert look(queue, f"queue-{width}", screenshots) == []


def test_a_held_key_acts_once(queue: Page) -> None:
    waits(queue, FORTY)
    queue.keyboard.down("Enter")
    for _ in range(5):  # what a keyboard sends while the key is held
        queue.keyboard.down("Enter")
    waits(queue, FORTY - 1)
    for _ in range(5):
        queue.keyboard.down("Enter")
    queue.keyboard.up("Enter")
    expect(queue.get_by_text(f"{FORTY - 1} 条等您")).to_be_visible()
    queue.keyboard.press("j")  # the page listens, and nothing else is under way
    expect(queue.locator(".queue-row").nth(1)).to_have_attribute("data-current", "")
    assert statuses().count("verified") == 1


def test_a_key_pressed_early_acts_on_the_record_it_moved_to(queue: Page) -> None:
    waits(queue, FORTY)
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    queue.keyboard.press("Enter")  # before the third record is shown
    waits(queue, FORTY - 1)
    assert statuses()[:3] == ["reported", "reported", "verified"]


def test_all_that_match_are_confirmed_once(
    queue: Page, monkeypatch: pytest.MonkeyPatch, screenshots: Path | None
) -> None:
    monkeypatch.setattr(queue_several, "CHUNK", 15)
    waits(queue, FORTY)
    queue.get_by_label("全选本页").check()
    expect(queue.get_by_text(f"已勾选 {FORTY} 条")).to_be_visible()
    queue.get_by_label("全选本页").uncheck()
    queue.get_by_text("更多…").click()
    complaints = look(queue, "queue-bar", screenshots)
    queue.get_by_role("button", name=f"办理符合条件的 {FORTY} 条…").click()
    expect(queue.get_by_text(f"将办理上面列出的 {FORTY} 项")).to_be_visible()
    complaints += look(queue, "queue-all", screenshots)
    queue.get_by_role("button", name=f"确认办理全部 {FORTY} 项").click()
    expect(queue.get_by_text(f"已办理 {FORTY} 项。")).to_be_visible()  # in three requests, by themselves
    assert statuses() == ["verified"] * FORTY
    assert complaints + look(queue, "queue-all-results", screenshots) == []
