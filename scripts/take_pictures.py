"""The pictures listed in docs/pictures/pictures.toml: pages of the demo in Debian's Chromium, on a fixed day.

A picture that shows what the stored one shows is left alone; of the others the share of changed points is said. With
--check nothing is stored, and the command fails when a page has changed.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import pypdfium2  # type: ignore[import-untyped]
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, PdfMargins, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
NAMED_BY = {
    "Inspection": "name",
    "Finding": "title",
    "Measure": "plan",
}  # models of findings, and the field by which addresses in the list name a record
COLOURS = 192  # of a palette; enough for pages without photographs
MOST_BYTES = 120 * 1024
SAME = 0.002  # the share of points by which two pictures of one page may differ, since a cursor or an edge may
NEAR = 24  # the difference of a colour, of 255, that nobody sees
MARGIN = "10mm"
VARIANTS: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    "wide": ((1440, 900), {}),
    "phone": ((390, 844), {"has_touch": True}),
    "zoomed": ((720, 450), {"device_scale_factor": 2}),  # what 200 % leaves of 1440 × 900
    "noscript": ((1440, 900), {"java_script_enabled": False}),
    "print": ((1440, 900), {}),
}  # of the gallery: the window, and what else is special
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


@dataclass(frozen=True)
class Picture:
    """A page to take: its name, who opens it, its address ("" for the components), the window, and options of it."""

    name: str
    user: str
    address: str
    size: tuple[int, int]
    options: dict[str, Any]
    is_printed: bool = False


def main() -> None:
    """Take all pictures, or those whose names begin with a word of the command line."""
    words = [word for word in sys.argv[1:] if word != "--check"]
    listing = tomllib.loads((FOLDER / "pictures.toml").read_text(encoding="utf-8"))
    wanted = [one for one in pictures_of(listing) if not words or one.name.startswith(tuple(words))]
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        day = timezone.make_aware(listing["day"], timezone.get_default_timezone())
        with time_machine.travel(day, tick=False):
            for command in ("migrate", "load_demo"):
                call_command(command, verbosity=0, stdout=io.StringIO())
            with serve() as server:
                taken = dict(take(wanted, server))
    changed = [name for name, image in taken.items() if not is_same(name, image)]
    if "--check" in sys.argv:
        raise SystemExit(f"{len(changed)} pages look different: {', '.join(changed)}" if changed else 0)
    for name in changed:
        keep(name, taken[name])


def pictures_of(listing: dict[str, Any]) -> list[Picture]:
    """The pictures of the texts, and each page of the gallery in all variants."""
    sizes = {name: tuple(size) for name, size in listing["sizes"].items()}
    found = [Picture(one["name"], one["user"], one["address"], sizes[one["size"]], {}) for one in listing["pictures"]]
    # High enough for the whole page, so that bars which stay in sight stand where they belong.
    found += [Picture(f"components-{name}", "", "", (VARIANTS[name][0][0], 1700), {}) for name in ("wide", "phone")]
    for one in listing["gallery"]:
        for variant, (size, options) in VARIANTS.items():
            name = f"gallery/{one['name']}-{variant}"
            found.append(Picture(name, one["user"], one["address"], size, options, is_printed=variant == "print"))
    return found


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
    for name in ("waiting", "thumbnails"):
        settings.CACHES[name]["LOCATION"] = folder / name
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


def take(pictures: list[Picture], server: str) -> Iterator[tuple[str, Image.Image]]:
    """Open each page in its own browser context, signed in, and yield its name and a screenshot."""
    prepared = [(one, session_of(one.user) if one.user else "", resolve_address(one.address)) for one in pictures]
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=CHROMIUM_ARGUMENTS,
            env={**os.environ, "LANGUAGE": "zh_CN"},  # the language of what the browser writes itself: dates, files
        )
        for picture, session, address in prepared:
            yield picture.name, shoot(browser, picture, session, server, address)
        browser.close()


def shoot(browser: Browser, picture: Picture, session: str, server: str, address: str) -> Image.Image:
    """The screenshot of one page, or its first sheet on paper."""
    width, height = picture.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **picture.options)
    page = context.new_page()
    if address:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        answer = page.goto(server + address, wait_until="networkidle")
        if answer is None or not answer.ok or page.url != server + address:
            raise SystemExit(f"{picture.name}: {address} could not be opened by {picture.user}")
    else:
        from component_samples import render_samples  # noqa: PLC0415 -- it needs the applications that set_up loads

        page.set_content(render_samples(server), wait_until="networkidle")
        page.locator("summary").click()
    image = first_sheet(page) if picture.is_printed else Image.open(io.BytesIO(page.screenshot(full_page=not address)))
    context.close()
    return image.convert("RGB")


def first_sheet(page: Page) -> Image.Image:
    """The first page of what the browser prints, with 96 points to the inch."""
    margins: PdfMargins = {"top": MARGIN, "right": MARGIN, "bottom": MARGIN, "left": MARGIN}
    document = pypdfium2.PdfDocument(
        page.pdf(format="A4", prefer_css_page_size=True, print_background=True, margin=margins)
    )
    try:
        image: Image.Image = document[0].render(scale=96 / 72).to_pil()
        return image
    finally:
        document.close()


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


def is_same(name: str, image: Image.Image) -> bool:
    """Whether the stored picture shows the same; says what share of the points has changed when it does not."""
    file = FOLDER / f"{name}.png"
    if not file.exists():
        print(f"{name}: new", flush=True)
        return False
    stored = Image.open(file).convert("RGB")
    if stored.size != image.size:
        print(f"{name}: {image.width} × {image.height} instead of {stored.width} × {stored.height}", flush=True)
        return False
    # The stored one has fewer colours.
    difference = ImageChops.difference(stored, reduce_colours(image).convert("RGB")).convert("L")
    share = sum(difference.histogram()[NEAR:]) / (image.width * image.height)
    if share > SAME:
        print(f"{name}: {share:.1%} changed", flush=True)
    return share <= SAME


def reduce_colours(image: Image.Image) -> Image.Image:
    """The picture with a small palette."""
    return image.quantize(COLOURS, dither=Image.Dither.NONE)


def keep(name: str, image: Image.Image) -> None:
    """Store a picture; SystemExit when the file is too large."""
    file = FOLDER / f"{name}.png"
    file.parent.mkdir(exist_ok=True)
    reduce_colours(image).save(file, optimize=True)
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{file.relative_to(ROOT)} has {size} bytes, more than {MOST_BYTES}")
    print(f"{file.relative_to(ROOT)}: {image.width} × {image.height}, {size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
