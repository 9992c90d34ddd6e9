"""A real browser on a live server, signed in as the office; axe and screenshots for every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from findings.factories import make_user

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "Correct-horse-7"  # noqa: S105 - of a test user
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
def page(browser: Browser, live_server: LiveServer, clerk: User) -> Iterator[Page]:
    """A window in which nobody is signed in yet; an error of a script or of the policy fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    window = context.new_page()
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    yield window
    context.close()
    assert errors == []


def sign_in(page: Page, username: str = "clerk", arrives: str = "**/desk/") -> None:
    """Through the form, as a person does; everybody here has the same password."""
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(arrives)


def look(page: Page, name: str, folder: Path | None) -> list[str]:
    """Screenshots in both sizes (kept when SCREENSHOTS names a folder), and what axe or the width complains about."""
    page.wait_for_load_state()
    complaints = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        if folder:
            page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
        if (spare := page.evaluate("document.documentElement.scrollWidth - window.innerWidth")) > 0:
            complaints.append(f"{name} at {width}: {spare} pixels too wide")
        report = Axe().run(page)
        complaints += [
            f"{name} at {width}: {violation['id']}: {[node['html'] for node in violation['nodes']][:3]}"
            for violation in report.response["violations"]
        ]
    page.set_viewport_size({"width": 1440, "height": 900})
    return complaints


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where to keep the screenshots, when somebody wants to look at them."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None
