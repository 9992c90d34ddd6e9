"""The worker process: warm or for one request, limited, killed when it is late, replaced when it has died."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.sandbox.process import (
    AT_ONCE,
    LaunchOptions,
    WorkerBusyError,
    WorkerFailedError,
    WorkerNotStartedError,
    WorkerProcess,
)

MODULE = "tests.documents.sandbox.sample_worker"
PATIENCE = 60.0


@pytest.fixture
def warm() -> Iterator[WorkerProcess]:
    """A worker that is kept, until the test ends."""
    worker = WorkerProcess(MODULE, is_warm=True)
    yield worker
    worker.stop()


def test_one_request_gets_one_process_which_is_gone_afterwards() -> None:
    worker = WorkerProcess(MODULE)
    first, content = worker.ask({}, b"abc", patience=PATIENCE)
    second, _ = worker.ask({}, patience=PATIENCE)
    assert content == b"cba"
    assert first["process"] != second["process"]
    assert not Path(f"/proc/{first['process']}").exists()


def test_a_warm_process_is_asked_again_until_it_says_otherwise(warm: WorkerProcess) -> None:
    first, _ = warm.ask({}, patience=PATIENCE)
    last, _ = warm.ask({"last": True}, patience=PATIENCE)
    other, _ = warm.ask({}, patience=PATIENCE)
    assert first["process"] == last["process"] != other["process"]


@pytest.mark.parametrize("is_warm", [True, False])
def test_what_ends_without_an_answer_is_told_with_its_last_words(
    is_warm: bool, caplog: pytest.LogCaptureFixture
) -> None:
    worker = WorkerProcess(MODULE, is_warm=is_warm)
    with pytest.raises(WorkerFailedError) as failed:
        worker.ask({"die": "no more paper"}, patience=PATIENCE)
    assert "no more paper" in failed.value.words
    assert not failed.value.is_late
    assert f"{MODULE} ended with 1: no more paper" in caplog.text
    assert worker.ask({}, b"ab", patience=PATIENCE)[1] == b"ba"
    worker.stop()


@pytest.mark.parametrize("is_warm", [True, False])
def test_what_is_late_is_killed(is_warm: bool) -> None:
    worker = WorkerProcess(MODULE, is_warm=is_warm)
    began = time.monotonic()
    with pytest.raises(WorkerFailedError) as failed:
        worker.ask({"sleep": 600}, patience=1)
    assert failed.value.is_late
    assert time.monotonic() - began < 30
    assert worker.child is None


def test_what_wants_too_much_memory_or_computing_ends() -> None:
    worker = WorkerProcess(MODULE)
    with pytest.raises(WorkerFailedError) as failed:
        worker.ask({"allocate": 1 << 30}, patience=PATIENCE)
    assert "MemoryError" in failed.value.words
    with pytest.raises(WorkerFailedError) as failed:
        worker.ask({"spin": True}, patience=PATIENCE)
    assert not failed.value.is_late


def test_no_more_than_a_few_run_at_once() -> None:
    worker = WorkerProcess(MODULE)
    threads = [
        threading.Thread(target=worker.ask, args=({"sleep": 5},), kwargs={"patience": PATIENCE}) for _ in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    with pytest.raises(WorkerBusyError):
        worker.ask({}, patience=0.2)
    for thread in threads:
        thread.join()
    assert worker.ask({}, b"ab", patience=PATIENCE)[1] == b"ba"


def test_a_start_has_its_options_and_may_fail() -> None:
    options = LaunchOptions(["one"], {"WORD": "two"})
    head, _ = WorkerProcess(MODULE, launch_options=lambda: options).ask({}, patience=PATIENCE)
    assert (head["argument"], head["word"]) == (["one"], "two")

    def fail() -> LaunchOptions:
        raise OSError("no room")

    with pytest.raises(WorkerNotStartedError, match="no room"):
        WorkerProcess(MODULE, launch_options=fail).ask({}, patience=PATIENCE)


def test_a_failed_request_leaves_no_open_file(warm: WorkerProcess) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- names of what is open now
    for worker in (warm, WorkerProcess(MODULE)):
        with pytest.raises(WorkerFailedError):
            worker.ask({"die": ""}, patience=PATIENCE)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
