"""The response times of the pages of daily work with many records, and the cost of uploads.

    .venv/bin/python -m bench.work [measures] [inspections]

The measures (default 100,000) are those of bench/lists.py; here a part of them is reported or verified, a part of the
findings is submitted, closed, void or has missed its review, and every measure has three files. Each page is requested
in process, middleware and templates included. Then 100 photographs and 100 scans of about 5 MB are uploaded one at a
time as the page does, and compared with computing the digest of each and copying it to the disk; the time of checking
their content is printed beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench import lists, scratch  # isort: skip # they tell Django its database

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Mod
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from bench.pages import reporter
from findings.choices import Completion, MeasureStatus, Status
from findings.evidence.store.kinds import recognise
from findings.factories import make_user
from findings.models import Evidence, Extension, Finding, Inspection, Measure, Step, StoredFile, Unit
from findings.workflow import StepName
from rectify.memory import spare_loaded_code
from tests.raw_writes import unchecked_writes

FILES_EACH = 3
BATCH = 5_000
DESK, QUEUE, RECORD = 50, 50, 20  # most milliseconds of a page (95th percentile)
UPLOADS, UPLOAD_RATIO = 100, 1.5  # number; most time, × digest and copy
PLACE = b"00000000000000000000"  # bytes in a file that differ between its copies


@dataclass(frozen=True)
class MeasuredPage:
    """A page to be measured, and its budget in milliseconds."""

    name: str
    user: User
    address: str
    budget: int


def advance(by: User, verifier: User) -> None:
    """Move records to where they stand in daily work, past the workflow.

    Of the measures two in five are verified and one in twenty is reported; of the findings one in thirty is submitted;
    200 requests for extensions are open.
    """
    now = timezone.now()
    reported = {"reported_at": now, "reported_by": by}
    measures = Measure.objects.annotate(rest=Mod(F("pk"), 20)).order_by()
    with unchecked_writes():
        measures.filter(rest=0).update(status=MeasureStatus.REPORTED, completed_on=dt.date(2026, 3, 1), **reported)
        measures.filter(rest__gt=11).update(
            status=MeasureStatus.VERIFIED,
            verified_at=now,
            verified_by=verifier,
            verified_digest="0" * 64,
            completed_on=dt.date(2026, 3, 1),
            **reported,
        )
    findings = Finding.objects.annotate(rest=Mod(F("pk"), 30)).order_by()
    asked = {"submission": 1, "submitted_at": now, "submitted_by": by}
    with unchecked_writes():
        findings.filter(rest=0).update(status=Status.SUBMITTED, **asked)
    closed = {"status": Status.CLOSED, "completion": Completion.COMPLETE, "closed_at": now, "closed_by": verifier}
    with unchecked_writes():
        findings.filter(rest__gt=17).update(**closed, **asked)
        findings.filter(rest=18).update(is_void=True)
        findings.filter(rest=19).update(next_review_on=dt.date(2026, 2, 1), review_cycle_months=6, long_term=True)
    most = max(400, measures.latest("pk").pk)  # requests are spread over all measures
    in_batches(
        Extension,
        (
            Extension(
                finding_id=measure.finding_id,
                measure=measure,
                old_due_on=measure.due_on,
                new_due_on=measure.due_on + dt.timedelta(days=30),
                reason="上级文件还没有印发。",
                requested_by=by,
            )
            for measure in measures.filter(status=MeasureStatus.NOT_STARTED, pk__in=range(7, most, most // 200))
            if measure.due_on
        ),
    )


def prove(by: User) -> None:
    """Create three files for each measure, numbered within its finding, and the steps that reported measures."""
    measures = list(Measure.objects.order_by("finding", "order").only("pk", "inspection", "finding", "status"))
    numbers: dict[int, int] = {}

    def rows() -> Iterator[tuple[Measure, int]]:
        for measure in measures:
            for _ in range(FILES_EACH):
                numbers[measure.finding_id] = numbers.get(measure.finding_id, 0) + 1
                yield measure, numbers[measure.finding_id]

    def file_of(measure: Measure, number: int) -> str:
        return hashlib.sha256(f"{measure.pk}-{number}".encode()).hexdigest()

    in_batches(
        StoredFile,
        (StoredFile(digest=file_of(*row), size=400_000, extension="pdf", stored_by=by) for row in rows()),
    )
    numbers.clear()
    in_batches(
        Evidence,
        (
            Evidence(
                inspection_id=measure.inspection_id,
                finding_id=measure.finding_id,
                file_id=file_of(measure, number),
                number=number,
                name=f"第{number}号会议纪要和签到表.pdf",
                caption="区政府办公室整改工作专题会议",
                uploaded_by=by,
            )
            for measure, number in rows()
        ),
    )
    numbers.clear()
    proof = Evidence.measures.through
    stored = Evidence.objects.order_by("finding", "number").values_list("pk", flat=True)
    in_batches(
        proof,
        (proof(evidence_id=pk, measure_id=measure.pk) for pk, (measure, _) in zip(stored, rows(), strict=True)),
    )
    in_batches(
        Step,
        (
            Step(
                finding_id=measure.finding_id,
                measure=measure,
                transition=StepName.REPORT,
                source=MeasureStatus.UNDER_WAY,
                target=MeasureStatus.REPORTED,
                comment="已经落实。",
                taken_by=by,
            )
            for measure in measures
            if measure.status in {MeasureStatus.REPORTED, MeasureStatus.VERIFIED}
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def in_batches(model: type[models.Model], rows: Iterator[models.Model]) -> None:
    """Store rows in batches of ``BATCH``, without holding all of them in memory."""
    while batch := list(islice(rows, BATCH)):
        with unchecked_writes():
            model._default_manager.bulk_create(batch)


def pages() -> Iterator[MeasuredPage]:
    """Yield the pages that users of every role open daily."""
    people = {role: make_user(role=role) for role in ("office", "supervisor", "leader")}
    unit = Unit.objects.order_by("pk")[7]
    people["reporter"] = reporter(unit)
    for role, user in people.items():
        yield MeasuredPage(f"desk, {role}", user, reverse("findings:desk"), DESK)
    yield MeasuredPage("dashboard, leader", people["leader"], reverse("findings:dashboard"), DESK)
    for role in ("office", "supervisor"):
        yield MeasuredPage(f"queue, {role}", people[role], reverse("findings:queue"), QUEUE)
        yield MeasuredPage(f"queue, {role}, page 20", people[role], f"{reverse('findings:queue')}?page=20", QUEUE)
    for status in (Status.IN_PROGRESS, Status.SUBMITTED, Status.CLOSED):
        finding = Finding.objects.filter(status=status, is_void=False).latest("pk")
        yield MeasuredPage(f"finding {status}, office", people["office"], finding.get_absolute_url(), RECORD)
    own = Finding.objects.filter(lead_unit=unit, status=Status.IN_PROGRESS).latest("pk")
    yield MeasuredPage("finding, reporter", people["reporter"], own.get_absolute_url(), RECORD)
    measure = own.measures.latest("pk")
    yield MeasuredPage("measure, reporter", people["reporter"], measure.get_absolute_url(), RECORD)


def measure_page(page: MeasuredPage) -> bool:
    """Measure one page and print its line; True when it is within its budget."""
    client = Client()
    client.force_login(page.user)
    client.get(page.address)  # the first visit may write the session
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(page.address)
    asked, databased = len(queries), sum(float(query["time"]) for query in queries) * 1000
    times = lists.time_rounds(lambda: client.get(page.address))
    kept = answer.status_code == 200 and times.p95 <= page.budget
    print(
        f"{'ok  ' if kept else 'OVER'} {page.name:<28} median {times.median:6.1f}  p95 {times.p95:6.1f} ≤ {page.budget}"
        f"  own work {times.own:6.1f}  {asked} queries, {databased:.0f} ms"
    )
    return kept


def photograph() -> bytes:
    """A JPEG of 12 megapixels and about 5 MB; noise, since it cannot be compressed."""
    small = Image.frombytes("RGB", (1000, 750), os.urandom(1000 * 750 * 3))
    file = io.BytesIO()
    small.resize((4000, 3000)).save(file, "JPEG", quality=90, comment=PLACE)
    return file.getvalue()


def scan() -> bytes:
    """A PDF of five scanned pages, about 5 MB in all."""
    pages = [Image.frombytes("L", (1240, 1754), os.urandom(1240 * 1754)) for _ in range(5)]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], quality=30)
    return file.getvalue().replace(b"startxref", b"% " + PLACE + b"\nstartxref")


def uploads_kept(kind: str, content: bytes) -> bool:
    """Whether the uploads take at most ``UPLOAD_RATIO`` times as long as digest and copy."""
    contents = [content.replace(PLACE, f"{number:0{len(PLACE)}d}".encode()) for number in range(UPLOADS)]
    finding = Finding.objects.filter(status=Status.IN_PROGRESS).latest("pk")
    client = Client()
    client.force_login(make_user(role="office"))
    address = reverse("findings:finding_evidence", args=[finding.pk])
    client.get(address)
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(EVIDENCE_ROOT=Path(folder) / "evidence", EVIDENCE_QUOTA=1 << 50),
    ):
        started = time.perf_counter()
        for number, one in enumerate(contents):
            copy_to_disk(one, Path(folder) / f"{number}")
        plain = time.perf_counter() - started
        started = time.perf_counter()
        for number in range(UPLOADS):
            recognise(Path(folder) / f"{number}", f"{number}.{kind}")
        checked = plain + time.perf_counter() - started
        taken = 0.0
        for number, one in enumerate(contents):
            form = {"uploads": SimpleUploadedFile(f"现场材料{number}.{kind}", one), "kind": "03"}
            # Not measured: this is done by the browser.
            sent = encode_multipart(BOUNDARY, form)
            started = time.perf_counter()
            answer = client.generic("POST", address, sent, MULTIPART_CONTENT, headers={"Accept": "application/json"})
            taken += time.perf_counter() - started
            if not answer.json()["outcomes"][0]["is_stored"]:
                print(answer.json())
                return False
    ratio = taken / plain
    print(
        f"{'ok  ' if ratio <= UPLOAD_RATIO else 'OVER'} {UPLOADS} uploads of {len(content) / 1e6:.1f} MB {kind}"
        f" {taken:.1f} s, digest and copy {plain:.1f} s:  {ratio:.2f} × ≤ {UPLOAD_RATIO};"
        f" with a look at what they hold {checked:.1f} s:  {taken / checked:.2f} ×"
    )
    return ratio <= UPLOAD_RATIO


def copy_to_disk(content: bytes, target: Path) -> None:
    """The least a store must do: compute the digest, and write the bytes to the disk."""
    hashlib.sha256(content).hexdigest()
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def main(measures: int = 100_000, inspections: int = 10) -> int:
    """Print the times of every page and of the uploads; 1 when one is over its budget."""
    call_command("migrate", verbosity=0)
    if Inspection.objects.exists():
        print("The database already holds inspections; give the bench one of its own.")
        return 2
    lists.build(measures, inspections)
    with unchecked_writes():
        Inspection.objects.update(
            unit=Unit.objects.create(name="被巡察单位", order=999)
        )  # whose quota uploads are counted against
    reports, verifies = make_user(), make_user()
    advance(reports, verifies)
    prove(reports)
    print(
        f"{connection.vendor}, {measures} measures and {Evidence.objects.count()} files in {inspections} inspections;"
        " milliseconds"
    )
    spare_loaded_code()  # as the server does
    kept = [measure_page(page) for page in pages()]
    kept += [uploads_kept("jpg", photograph()), uploads_kept("pdf", scan())]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    scratch.run(lambda: main(*map(int, sys.argv[1:])))
