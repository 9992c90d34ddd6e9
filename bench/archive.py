"""Memory and time of streaming the archive of an inspection with many files, compared with a plain copy.

python -m bench.archive [FILES [MEGABYTES]]
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.raw_writes import unchecked_writes

from bench import scratch  # isort: skip  # sets the environment, from which Django reads its settings

from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings

from findings.evidence.store import open_stored
from findings.evidence.store.storage import place_of
from findings.factories import make_aspect, make_finding, make_measure, make_user
from findings.models import Evidence, Finding, StoredFile
from ledgers.archive import Archive, with_everything

MOST_MEMORY = 100  # MB more than before
MOST_RATIO = 3.0  # × a plain copy; the archive also computes every digest
SHARED = 50  # different contents, so that a large archive needs little disk
MEGABYTE = 1024 * 1024


def resident() -> float:
    """The peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(files: int, size: int) -> Finding:
    """Create a finding with this many pieces of evidence of ``size`` bytes each."""
    person = make_user(role="office")
    measure = make_measure(make_finding(make_aspect()))
    stored = []
    for _ in range(min(files, SHARED)):
        content = os.urandom(size)
        digest = hashlib.sha256(content).hexdigest()
        path = settings.EVIDENCE_ROOT / place_of(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        stored.append(StoredFile(digest=digest, size=size, extension="pdf", stored_by=person))
    StoredFile.objects.bulk_create(stored)
    # Past the record writer: histories and audit events are not what is measured.
    with unchecked_writes():
        Evidence.objects.bulk_create(
            Evidence(
                inspection=measure.inspection,
                finding=measure.finding,
                file=stored[number % len(stored)],
                number=number + 1,
                name=f"第{number + 1}号材料.pdf",
                uploaded_by=person,
            )
            for number in range(files)
        )
    return measure.finding


def time_copy(finding: Finding, target: Path) -> float:
    """The seconds that copying all files into one takes."""
    started = time.perf_counter()
    with target.open("wb") as out:
        for evidence in finding.evidence.select_related("file"):
            with open_stored(evidence.file) as file:
                shutil.copyfileobj(file, out, MEGABYTE)
    return time.perf_counter() - started


def time_archive(finding: Finding, target: Path) -> float:
    """The seconds that the archive takes, from the first query to the last byte."""
    started = time.perf_counter()
    user = finding.evidence.earliest("pk").uploaded_by
    archive = Archive(with_everything(Finding.objects.filter(pk=finding.pk), user), user)
    with target.open("wb") as out:
        for piece in archive.stream():
            out.write(piece)
    return time.perf_counter() - started


def main() -> int:
    """Measure both and print the figures; 1 when a bound is exceeded."""
    files, megabytes = (int(word) for word in (sys.argv[1:3] + ["1000", "5"][len(sys.argv[1:3]) :]))
    with tempfile.TemporaryDirectory() as folder, override_settings(EVIDENCE_ROOT=Path(folder) / "evidence"):
        call_command("migrate", verbosity=0)
        finding, target = fill(files, megabytes * MEGABYTE), Path(folder) / "out"
        plain = time_copy(finding, target)
        before = resident()
        seconds = time_archive(finding, target)
        more, ratio = resident() - before, seconds / plain
    print(f"{files} files of {megabytes} MB: copy {plain:.1f} s, archive {seconds:.1f} s")
    print(f"ratio {ratio:.2f} (at most {MOST_RATIO}), memory +{more:.0f} MB (at most {MOST_MEMORY})")
    return int(more > MOST_MEMORY or ratio > MOST_RATIO)


if __name__ == "__main__":
    scratch.run(main)
