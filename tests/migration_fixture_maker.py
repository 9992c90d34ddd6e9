"""Makes the database of this version that all later versions must be able to take over.

    DATABASE_URL=… RECTIFY_WORKER=1 python -m tests.migration_fixture_maker

as ``scripts/make-fixture-database`` does for both kinds: the demo, and what people at pages add, so that no table is
empty. Everything is made up, passwords are random and thrown away, and the key of the trail is one for tests.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import environment  # isort: skip # it tells Django its database

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from bench.people import Form
from tests.demo import DAY, QUICK, on_the_day, places
from tests.ledgers.template_workbooks import plain_form
from tests.migration_fixtures import AUDIT_KEY, FILES, FOLDER

PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
NEW_PASSWORD = "Thrown-away-2026"  # noqa: S105 -- of an account in a database for tests
# Tables that nothing of the product ever fills.
UNUSED_TABLES = {
    "auth_group",
    "auth_group_permissions",
    "axes_accessattemptexpiration",
    "axes_accessfailurelog",
    "axes_accesslog",
    "django_session",
}
POSTGRES_OWN_LINES = ("\\", "SET transaction_timeout")  # psql's commands; a setting older servers do not know


def version() -> str:
    """The version of this program."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    found: str = project["project"]["version"]
    return found


def table(label: str) -> Any:
    """The manager of a model by its label, which stays when modules move."""
    return apps.get_model(label)._base_manager


def sign_in(user: Any) -> Client:
    """A browser in which that person is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client


def holder(role: str, **where: Any) -> Any:
    """Somebody who holds a role; ``unit=`` says where."""
    held = {f"grants__{name}": value for name, value in {"role": role, **where}.items()}
    return table("accounts.User").filter(is_active=True, **held).earliest("pk")


def fill_in(client: Client, address: str, field: str, **values: Any) -> None:
    """Send the form with that field of a page, as it is but for these values. Raises ValueError when it is refused."""
    page = client.get(address)
    if page.status_code != 200:
        raise ValueError(f"{address} answered {page.status_code} {page.headers}")
    form = Form(page.content.decode(), field)
    answer = client.post(form.action or address, {**form.fields, **values})
    if answer.status_code != 302:
        raise ValueError(f"{address} was refused:\n{answer.content.decode()}")


def add_at_pages() -> None:
    """What the demo has none of, as people add it."""
    change_a_password()
    entry = table("ledgers.Entry").filter(findings__measures__evidence__isnull=False).earliest("pk")
    finding = entry.findings.filter(measures__evidence__isnull=False).earliest("pk")
    measure = finding.measures.filter(evidence__isnull=False).earliest("pk")
    body = entry.inspection.unit
    office, system = sign_in(holder("office", unit=body)), sign_in(holder("system_officer"))
    address = reverse("ledgers:entry_edit", args=[entry.pk])
    fill_in(office, address, "title", measures=[measure.pk], evidence=[measure.evidence.earliest("pk").pk])
    text = f"@{holder('leader', unit=body).name} 请按时反馈。"
    fill_in(office, entry.get_absolute_url(), "text", text=text)
    add_a_stage()
    book = SimpleUploadedFile("全市情况表.xlsx", plain_form())
    sent = {"name": "全市情况表", "listed": "register", "workbook": book}
    system.post(reverse("ledgers:superior_create"), sent)
    system.post(reverse("ledgers:template_default", args=["closing"]))


def change_a_password() -> None:
    """Somebody types the password wrong, then right, and changes it."""
    lines = (settings.VAR_DIR / "demo" / "accounts.txt").read_text(encoding="utf-8").splitlines()
    username = holder("reporter").username
    password = next(line.split()[1] for line in lines if line.startswith(f"{username} "))
    client = Client(SERVER_NAME="127.0.0.1")
    client.post(reverse("accounts:login"), {"username": holder("leader").username, "password": "Wrong-1234567"})
    fill_in(client, reverse("accounts:login"), "username", username=username, password=password)
    words = {"old": password, "new": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    fill_in(client, reverse("accounts:password_change"), "old", **words)


def add_a_stage() -> None:
    """A stage of review with somebody named, where nothing is in review."""
    quiet = table("findings.Inspection").exclude(findings__status="submitted")
    inspection = quiet.filter(stages=None).earliest("pk")
    office = holder("office", unit=inspection.unit)
    values = {"order": "1", "name": "整改办审核", "role": "office", "reviewers": [office.pk]}
    fill_in(sign_in(office), reverse("findings:stage_create", args=[inspection.pk]), "name", **values)


def add_rows() -> None:
    """What only long work in the background, or an e-mail, would leave."""
    user = holder("office")
    inspection = table("findings.Inspection").earliest("pk")
    table("findings.Digest").create(user=user, day=DAY, sent=timezone.now())
    export = {"listed": "problems", "form": "xlsx"}
    table("ledgers.Export").create(user=user, inspection=inspection, **export)
    table("ledgers.ListImport").create(inspection=inspection, key="register", name="台账.xlsx", user=user)
    task = {"task_path": "ledgers.jobs.write_export", "args_kwargs": {"args": [1], "kwargs": {}}}
    table("django_tasks_database.DBTaskResult").create(backend_name="default", **task)


def empty_tables() -> list[str]:
    """The tables without a row, but for those the product does not use."""
    models = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    return [
        model._meta.db_table
        for model in models
        if model._meta.db_table not in UNUSED_TABLES and not model._base_manager.exists()
    ]


def dump_database() -> bytes:
    """The whole database: a file of SQLite, or statements of PostgreSQL that need no program but a driver."""
    if connection.vendor == "sqlite":
        file = environment.FOLDER / "dump.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        return file.read_bytes()
    command = [
        "pg_dump",
        "--inserts",
        "--rows-per-insert=500",
        "--no-owner",
        "--no-privileges",
        os.environ["DATABASE_URL"],
    ]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- our own words
    return "".join(without_own_lines(dump.splitlines(keepends=True))).encode()


def without_own_lines(lines: Iterable[str]) -> Iterable[str]:
    """The lines of a dump that every server understands, from a driver as well."""
    return (line for line in lines if not line.startswith(POSTGRES_OWN_LINES))


def main() -> None:
    """Make the database, and put it into the folder of this version."""
    call_command("migrate", verbosity=0)
    call_command("load_demo")
    add_at_pages()
    add_rows()
    if empty := empty_tables():
        raise SystemExit(f"These tables are empty, so that no migration of theirs would be tried: {', '.join(empty)}")
    file = FOLDER / version() / FILES[connection.vendor]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(lzma.compress(dump_database(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{file.relative_to(settings.BASE_DIR)}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    with (
        environment.database(),
        on_the_day(),
        override_settings(
            **places(environment.FOLDER),
            AUDIT_KEY=AUDIT_KEY,
            PASSWORD_HASHERS=QUICK,
            STATIC_ROOT=environment.FOLDER,  # nothing is collected
            STORAGES=settings.STORAGES | PLAIN_FILES,
        ),
    ):
        main()
