"""A real browser on a live server, signed in as the office; axe and screenshots for every page."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from findings.factories import make_user

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "Correct-horse-7"  # noqa: S105 - of a test user
NewWindow = Callable[..., Page]
WIDTHS = (320, 390, 720, 1180, 1366, 1440, 1920)  # of screens, on every page; 720 is 1440 at 200 %
ALL_WIDTHS = (*WIDTHS, 768, 992, 1024, 1181)  # those too at which the columns of a page change
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
# Without these Chromium looks for services of its maker, which an office network refuses.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or a loud skip."""
    if CHROMIUM is None:
        pytest.skip("CHROMIUM MISSING: the browser tests proved nothing; install Debian's chromium package")
    # Playwright runs an event loop in this thread, which makes Django suspect asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def clerk(transactional_db: None) -> User:
    """The person at the browser."""
    return make_user(username="clerk", name="王整改", password=PASSWORD, role="office")


@pytest.fixture
def new_window(browser: Browser, live_server: LiveServer, clerk: User) -> Iterator[NewWindow]:
    """Opens windows in which nobody is signed in yet; an error of a script or of the policy fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(size: str = "desk", **options: Any) -> Page:
        width, height = SIZES[size]
        viewport: ViewportSize = {"width": width, "height": height}
        contexts.append(browser.new_context(base_url=live_server.url, viewport=viewport, locale="zh-CN", **options))
        window = contexts[-1].new_page()
        window.on("pageerror", lambda error: errors.append(str(error)))
        window.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        return window

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(new_window: NewWindow) -> Page:
    """The window on a desk."""
    return new_window()


@pytest.fixture
def phone(new_window: NewWindow) -> Page:
    """The window of a phone, which is tapped."""
    return new_window("phone", has_touch=True)


def day(number: int) -> dt.date:
    """So many days from today."""
    return timezone.localdate() + dt.timedelta(days=number)


def sign_in(page: Page, username: str = "clerk", arrives: str = "**/desk/") -> None:
    """Through the form, as a person does; everybody here has the same password."""
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    arrived(page, arrives)


def arrived(page: Page, address: str) -> Page:
    """The window, once it shows that page and its scripts have run: what is pressed or looked at earlier is lost."""
    page.wait_for_url(address)
    return page


def look(page: Page, name: str, folder: Path | None, sizes: Sequence[str] = tuple(SIZES)) -> list[str]:
    """Screenshots in these sizes (kept when SCREENSHOTS names a folder), and what axe or the width complains about."""
    page.wait_for_load_state()
    before, axe = page.viewport_size, Axe()
    page.evaluate(axe.axe_script)
    complaints = []
    for width, height in (SIZES[size] for size in sizes):
        page.set_viewport_size({"width": width, "height": height})
        if folder:
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        # Without preloading: axe would copy imported stylesheets into the page, which the policy refuses.
        report = page.evaluate("axe.run({ resultTypes: ['violations'], preload: false })")
        complaints += [
            f"{name} at {width}: {violation['id']}: {[node['html'] for node in violation['nodes']][:3]}"
            for violation in report["violations"]
        ]
    complaints += too_wide(page, name)
    if before:
        page.set_viewport_size(before)
    return complaints


def too_wide(page: Page, name: str, widths: Sequence[int] = WIDTHS) -> list[str]:
    """Those of the widths at which the page would have to be scrolled sideways."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        if (spare := page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")) > 0:
            found.append(f"{name} at {width}: {spare} pixels too wide")
    return found


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where to keep the screenshots, when somebody wants to look at them."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None
