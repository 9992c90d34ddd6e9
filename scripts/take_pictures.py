"""The pictures listed in docs/pictures/pictures.toml: pages of the demo in Debian's Chromium, on a fixed day."""

import io
import os
import re
import shutil
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
NAMED_BY = {
    "Inspection": "name",
    "Finding": "title",
    "Measure": "plan",
}  # models of findings, and the field by which addresses in the list name a record
COLOURS = 192  # of a palette; enough for pages without photographs
MOST_BYTES = 120 * 1024
# Without these Chromium looks for services of its maker, which an office network refuses.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


class QuietHandler(WSGIRequestHandler):
    """A request handler that logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


def main() -> None:
    """Take all pictures, or those named on the command line."""
    listing = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))
    pictures = [picture for picture in listing["pictures"] if not sys.argv[1:] or picture["name"] in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        day = timezone.make_aware(listing["day"], timezone.get_default_timezone())
        with time_machine.travel(day, tick=False):
            for command in ("migrate", "load_demo"):
                call_command(command, verbosity=0, stdout=io.StringIO())
            with serve() as server:
                take(pictures, listing["sizes"], server)


def set_up(folder: Path) -> None:
    """Start Django with a database and files in this folder, so that the developer's own stay untouched."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "rectify.settings",
        "DATABASE_URL": f"sqlite:///{folder}/pictures.sqlite3",
        "RECTIFY_EVIDENCE": str(folder / "evidence"),
        "RECTIFY_AUDIT_ANCHORS": str(folder / "anchors.jsonl"),
        "RECTIFY_DEBUG": "1",  # static files are served from where they lie
        "RECTIFY_HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
    }
    settings.VAR_DIR = folder  # where the demo keeps its accounts
    django.setup()


@contextmanager
def serve() -> Iterator[str]:
    """A server on a free port, as a context manager that yields its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def take(pictures: list[dict[str, str]], sizes: dict[str, tuple[int, int]], server: str) -> None:
    """Open each page in its own browser context, signed in, and store a screenshot."""
    prepared = [(picture, session_of(picture["user"]), resolve_address(picture["address"])) for picture in pictures]
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=CHROMIUM_ARGUMENTS,
            env={**os.environ, "LANGUAGE": "zh_CN"},  # the language of what the browser writes itself: dates, files
        )
        for picture, session, address in prepared:
            width, height = sizes[picture["size"]]
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
            page = context.new_page()
            answer = page.goto(server + address, wait_until="networkidle")
            if answer is None or not answer.ok or page.url != server + address:
                raise SystemExit(f"{picture['name']}: {address} could not be opened by {picture['user']}")
            keep(picture["name"], page.screenshot())
            context.close()
        browser.close()


def session_of(username: str) -> str:
    """The key of a new session of this user."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def resolve_address(address: str) -> str:
    """The address with keys in place of the names in braces; LookupError unless a name is that of one record."""
    return re.sub(r"\{(.+?)\}", lambda match: str(find_key(match[1])), address)


def find_key(words: str) -> int:
    """The key of the only record whose name begins with these words; LookupError for none or several."""
    found: list[int] = []
    for model, field in NAMED_BY.items():
        records = apps.get_model("findings", model).objects.filter(**{f"{field}__startswith": words})
        found += records.values_list("pk", flat=True)
    if len(found) != 1:
        raise LookupError(f"{len(found)} records begin with {words}")
    return found[0]


def keep(name: str, screenshot: bytes) -> None:
    """Store a screenshot with a small palette; SystemExit when the file is too large."""
    file = FOLDER / f"{name}.png"
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{file.relative_to(ROOT)} has {size} bytes, more than {MOST_BYTES}")
    print(f"{file.relative_to(ROOT)}: {image.width} × {image.height}, {size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
