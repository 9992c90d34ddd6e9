"""The whole server is killed with -9 while people work; and the comparison can find what it does not find."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from bench.crash_test.comparison import collect_garbage, compare, run_verification
from bench.crash_test.ledger import Deed, DeedLog, LoggedDeed, LoggedText, Move, State, Unanswered, Upload
from bench.server import members, still_there, watch
from findings.choices import Status
from findings.evidence.store.storage import place_of
from findings.models import Evidence, Finding, Measure, Progress, SignOff, Step
from findings.workflow.saving import workflow_writer
from tests.findings.actors import Cast, bring, cast_of, edit
from tests.raw_writes import unchecked_writes
from tests.uploads import pdf, stored_evidence

KILLS = 3  # at random, while a file arrives, while one is being stored
PATIENCE = 300  # seconds: the machine may be busy
WORDS, ENTRY = "台账建立以后用起来了。", "开了两次会。"
CONTENT = pdf()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.long
def test_what_was_acknowledged_survives_the_killing_of_the_server() -> None:
    command = [sys.executable, "-m", "bench.kill", str(KILLS)]
    run = subprocess.run(  # noqa: S603 -- our own words
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{KILLS} kills" in run.stdout


@pytest.fixture
def cast(db: None) -> Cast:
    """A finding that was signed off: its measure has a text, an entry in its log, and a file in the store."""
    cast = cast_of()
    measure = cast.finding.measures.get()
    stored_evidence(measure, cast["clerk"], "纪要.pdf", CONTENT)
    edit(measure, outcome=WORDS)
    workflow_writer.create(Progress(measure=measure, text=ENTRY, logged_by=cast["clerk"]))
    bring(cast, Status.CLOSED)
    return cast


@pytest.fixture
def ledger(cast: Cast) -> DeedLog:
    """What the people of that finding were told."""
    finding, measure = cast.finding.pk, cast.finding.measures.get().pk
    ledger = DeedLog()
    for what in (
        Upload(finding, measure, DIGEST, len(CONTENT)),
        LoggedText(measure, WORDS),
        LoggedDeed(measure, ENTRY),
        Move("measure", measure, "report", "clerk", "同意。"),
        Move("measure", measure, "verify", "supervisor", "同意。"),
        Move("finding", finding, "submit", "clerk", "同意。"),
        Move("finding", finding, "close", "supervisor", "同意。"),
    ):
        assert ledger.send(lambda: True, what)
    return ledger


def stored_file() -> Path:
    """The file in the store."""
    return Path(settings.EVIDENCE_ROOT) / place_of(DIGEST)


def test_nothing_is_lost_where_everything_is_there(ledger: DeedLog) -> None:
    call_command("anchor_audit")  # as the first row of a day is, once it is committed; here nothing is
    assert compare(ledger) == []
    for command in ("verify_evidence", "verify_audit", "verify_signoffs"):
        assert run_verification(command)[1] == []


def evidence_gone() -> None:
    """The row, with what it proves; the file stays."""
    link_gone()
    Evidence.objects.all().delete()


def link_gone() -> None:
    """The file proves nothing any more."""
    Evidence.objects.get().measures.clear()


def text_back() -> None:
    """The text of the measure is again what it was at first: stored as it should be, but nobody has written it."""
    history: Any = Measure.history
    edit(Measure.objects.get(), outcome=history.get(version=1).outcome)


def version_gone() -> None:
    """The row of the history that had the text first."""
    history: Any = Measure.history
    history.filter(outcome=WORDS).delete()


def taken_twice() -> None:
    """A step that is there a second time."""
    step = Step.objects.get(transition="verify")
    step.pk = None
    step.save(force_insert=True)


LOSSES: dict[str, tuple[Callable[[], object], str]] = {
    "evidence": (evidence_gone, "lost: the file"),
    "what evidence proves": (link_gone, "lost: the file"),
    "a text": (lambda: Measure.objects.update(outcome="别的。"), "lost: measure"),
    "a text that was overwritten": (text_back, "lost: measure"),
    "a row of the history": (version_gone, "lost: the text"),
    "an entry": (lambda: Progress.objects.all().delete(), "lost: the entry"),
    "a step": (lambda: Step.objects.filter(transition="report").delete(), "lost: 1 × clerk takes the step report"),
    "a step taken twice": (taken_twice, "too much: 1 × supervisor takes the step verify"),
    "a status": (
        lambda: Measure.objects.update(status="reported", verified_at=None, verified_by=None, verified_digest=""),
        "half: measure",
    ),
    "a version": (lambda: Finding.objects.update(version=99), "half: findings.finding"),
    "a signature": (lambda: SignOff.objects.all().delete(), "half: finding"),
    "a closed status": (lambda: Finding.objects.update(is_void=True), "half: finding"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_noticed(ledger: DeedLog, name: str) -> None:
    spoil, words = LOSSES[name]
    with unchecked_writes():
        spoil()
    assert any(sentence.startswith(words) for sentence in compare(ledger)), compare(ledger)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_bytes(CONTENT[:-1])], ids=["gone", "cut"])
def test_a_spoilt_file_is_noticed(ledger: DeedLog, spoil: Callable[[Path], object]) -> None:
    assert compare(ledger) == []
    spoil(stored_file())
    assert run_verification("verify_evidence")[1]


def test_what_nobody_was_told_of_may_be_there_or_not_but_not_half(ledger: DeedLog) -> None:
    upload = ledger.select(Upload, State.ACKNOWLEDGED)[0]
    for deed in ledger.deeds:
        deed.state = State.SENT
    ledger.deeds.append(Deed(Move("finding", upload.finding, "reopen", "supervisor", "反弹。")))
    ledger.deeds.append(Deed(LoggedText(upload.measure, "没有存下来。")))
    assert compare(ledger) == []
    with unchecked_writes():
        Evidence.objects.get().measures.clear()
    assert any(sentence.startswith("half: the file") for sentence in compare(ledger))


def test_what_was_refused_must_not_be_there(ledger: DeedLog) -> None:
    for deed in ledger.deeds:
        deed.state = State.REFUSED
    words = [sentence.split(":")[0] for sentence in compare(ledger)]
    assert words == ["too much"] * 5  # the text and four steps


def test_without_an_answer_a_thing_stays_as_sent() -> None:
    ledger = DeedLog()

    def silence() -> bool:
        raise Unanswered("the line is dead")

    with pytest.raises(Unanswered):
        ledger.send(silence, LoggedDeed(1, ENTRY))
    assert not ledger.send(lambda: False, LoggedDeed(1, "另一条。"))
    assert (ledger.count(State.SENT), ledger.count(State.REFUSED), ledger.count()) == (1, 1, 0)


def test_what_a_crash_left_is_spared_while_young_and_cleared_away_when_old(ledger: DeedLog) -> None:
    scratch = Path(settings.EVIDENCE_ROOT) / "incoming" / "tmpleft"
    scratch.write_bytes(CONTENT[:100])
    orphan = Path(settings.EVIDENCE_ROOT) / place_of("0" * 64)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(CONTENT)
    assert collect_garbage() == (2, [])
    assert not scratch.exists() and not orphan.exists() and stored_file().exists()


def test_a_process_that_stays_is_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        assert list(members(process.pid)) == [process.pid]
        assert still_there(watch([process.pid]), 0.2) == [process.pid]
        process.kill()
        assert still_there(watch([process.pid]), 10) == []
        assert members(process.pid) == {}
