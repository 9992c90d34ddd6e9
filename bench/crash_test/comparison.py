"""Comparison of the database and the evidence store with what was acknowledged, and a search for half-done changes.

Every function yields sentences about what is wrong; no sentence means that all is well.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Event, Record, Result
from accounts.records.history import values_of
from bench.crash_test.ledger import DeedLog, LoggedDeed, LoggedText, Move, State, Upload
from findings.choices import MeasureStatus, Status
from findings.evidence.store.auditing import SPARED
from findings.models import Evidence, Finding, Measure, Progress, SignOff, Step
from findings.workflow import StepName

RECORDS: tuple[type[Record], ...] = (Finding, Measure, Progress, Evidence)
ANSWERED = (State.ACKNOWLEDGED,)  # must be stored
POSSIBLE = (State.ACKNOWLEDGED, State.SENT)  # may be stored: an unanswered request may have succeeded


def compare(ledger: DeedLog) -> list[str]:
    """All faults except those of the files' contents, which ``verify_evidence`` reads."""
    looks = (_uploads, _texts, _entries, _moves)
    return [sentence for look in looks for sentence in look(ledger)] + list(half_done())


def _uploads(ledger: DeedLog) -> Iterator[str]:
    """An acknowledged upload must exist with its measure; an unanswered one with its measure or not at all."""
    rows = set(Evidence.objects.values_list("finding", "measures", "file"))
    without_measure = {(finding, digest) for finding, _, digest in rows}
    for what in ledger.select(Upload, *ANSWERED):
        if (what.finding, what.measure, what.digest) not in rows:
            yield f"lost: the file {what.digest[:12]} of {what.size} bytes for measure {what.measure}"
    for what in ledger.select(Upload, State.SENT):
        is_there = (what.finding, what.digest) in without_measure
        if is_there and (what.finding, what.measure, what.digest) not in rows:
            yield f"half: the file {what.digest[:12]} proves nothing"


def _texts(ledger: DeedLog) -> Iterator[str]:
    """An acknowledged text must be in the history exactly once; a refused one must not; the last one is the present."""
    texts: dict[int, list[str]] = defaultdict(list)  # of a measure, one after the other
    history: Any = Measure.history
    for measure, text in history.order_by("id", "version").values_list("id", "outcome"):
        if texts[measure][-1:] != [text]:
            texts[measure].append(text)
    kept = {(measure, text) for measure, rows in texts.items() for text in rows}
    acknowledged = {(what.measure, what.text) for what in ledger.select(LoggedText, *ANSWERED)}
    refused = {(what.measure, what.text) for what in ledger.select(LoggedText, State.REFUSED)}
    for measure, text in sorted(acknowledged - kept):
        yield f"lost: the text {text[:12]} of measure {measure}"
    for measure, text in sorted(refused & kept):
        yield f"too much: the text {text[:12]} of measure {measure}, which was refused"
    # All texts are different, so one that comes twice overwrote the text between.
    for measure, rows in texts.items():
        yield from (f"lost: measure {measure} went back to {text[:12]}" for text, n in Counter(rows).items() if n > 1)
    for measure, text in Measure.objects.values_list("pk", "outcome"):
        if texts[measure][-1:] != [text]:
            yield f"lost: measure {measure} says {text[:12]}, which was not written last"


def _entries(ledger: DeedLog) -> Iterator[str]:
    """Acknowledged progress entries must exist."""
    rows = set(Progress.objects.values_list("measure", "text"))
    for what in ledger.select(LoggedDeed, *ANSWERED):
        if (what.measure, what.text) not in rows:
            yield f"lost: the entry {what.text[:12]} of measure {what.measure}"


def _moves(ledger: DeedLog) -> Iterator[str]:
    """Every acknowledged step must exist, and no more steps than were acknowledged or left unanswered."""
    names = {move.name for move in ledger.select(Move, *State)}
    stored: Counter[Move] = Counter()
    for finding, measure, name, person, comment in Step.objects.filter(transition__in=names).values_list(
        "finding", "measure", "transition", "taken_by__username", "comment"
    ):
        kind = "measure" if measure else "finding"
        stored[Move(kind, measure or finding, name, person, comment)] += 1
    acknowledged, possible = Counter(ledger.select(Move, *ANSWERED)), Counter(ledger.select(Move, *POSSIBLE))
    for move, number in (acknowledged - stored).items():
        yield f"lost: {number} × {_describe(move)}"
    for move, number in (stored - possible).items():
        yield f"too much: {number} × {_describe(move)}"


def _describe(move: Move) -> str:
    return f"{move.person} takes the step {move.name} with {move.kind} {move.record} {move.comment}".rstrip()


def half_done() -> Iterator[str]:
    """Records without history or audit event, and statuses without their step and signature."""
    for model in RECORDS:
        yield from _versions(model)
    moved: dict[tuple[str, int], str] = {}
    for finding, measure, target in Step.objects.order_by("pk").values_list("finding", "measure", "target"):
        moved["measure" if measure else "finding", measure or finding] = target
    for kind, rows, first in (
        ("measure", Measure.objects.values_list("pk", "status"), MeasureStatus.NOT_STARTED),
        ("finding", Finding.objects.values_list("pk", "status"), Status.OPEN),
    ):
        for pk, status in rows:
            if status != moved.get((kind, pk), first):
                yield f"half: {kind} {pk} is {status}, but its last step led to {moved.get((kind, pk))}"
    yield from _signatures()


def _signatures() -> Iterator[str]:
    """A finding that is closed and not void must have one valid sign-off, others none; each has its step."""
    in_force = Counter(SignOff.objects.filter(voided_at=None).values_list("finding", flat=True))
    for pk, status, is_void in Finding.objects.values_list("pk", "status", "is_void"):
        expected = int(status == Status.CLOSED and not is_void)
        if in_force[pk] != expected:
            yield f"half: finding {pk} is {status}, void {is_void}, with {in_force[pk]} sign-offs in force"
    steps = Counter(Step.objects.filter(transition=StepName.CLOSE).values_list("finding", "submission"))
    if steps != Counter(SignOff.objects.values_list("finding", "submission")):
        yield "half: sign-offs and the steps that gave them are not the same"


def _versions(model: type[Record]) -> Iterator[str]:
    """Each version must have one row of history and one audit event; the last history row equals the record."""
    name, key = model._meta.label_lower, model._meta.pk.attname
    history, trail = defaultdict(list), defaultdict(list)
    for pk, version in model.history.filter().order_by("version").values_list(key, "version"):
        history[pk].append(version)
    events = Event.objects.filter(record_type=name, result=Result.DONE).exclude(version_after=None)
    for pk, version in events.order_by("version_after").values_list("record_id", "version_after"):
        trail[pk].append(version)
    for record in model._default_manager.order_by("pk"):
        expected = list(range(1, record.version + 1))
        if history[record.pk] != expected or trail[record.pk] != expected:
            yield f"half: {name} {record.pk} has version {record.version}, {history[record.pk]} and {trail[record.pk]}"
            continue
        values = values_of(record, record.version) or {}
        differing = [field.name for field, value in values.items() if not _same(record, field, value)]
        if differing or not values:
            yield f"half: {name} {record.pk} is not what its history says: {differing}"


def _same(record: Record, field: Any, value: Any) -> bool:
    """Whether a field of the record has the value from the history."""
    if field.many_to_many:
        return bool(value == frozenset(getattr(record, field.name).values_list("pk", flat=True)))
    return bool(value == getattr(record, field.attname))


def run_verification(command: str, *options: str) -> tuple[str, list[str]]:
    """Run a management command; its output, and a list with its error if it fails."""
    output = io.StringIO()
    try:
        call_command(command, *options, stdout=output)
    except CommandError as error:
        return output.getvalue(), [f"{command}: {error} {output.getvalue()[:500]}"]
    return output.getvalue(), []


def collect_garbage() -> tuple[int, list[str]]:
    """Run ``gc_evidence`` on young and on old orphans; the number of orphans, and what went wrong.

    Young orphans must be spared, since they may belong to a running upload; old ones must be removed.
    """
    orphans: list[str] = json.loads(run_verification("verify_evidence", "--json")[0])["orphaned"]
    root = Path(settings.EVIDENCE_ROOT)
    wrong = run_verification("gc_evidence")[1]
    wrong += [f"{orphan} was removed although it is young" for orphan in orphans if not (root / orphan).exists()]
    for orphan in orphans:
        if (root / orphan).exists():
            old = (root / orphan).stat().st_mtime - 2 * SPARED.total_seconds()
            os.utime(root / orphan, (old, old))
    wrong += run_verification("gc_evidence")[1]
    wrong += [f"{orphan} is old and still there" for orphan in orphans if (root / orphan).exists()]
    return len(orphans), wrong
