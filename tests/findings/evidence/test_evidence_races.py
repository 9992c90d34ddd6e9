"""Uploads at the same moment as other uploads or as a signature, through the pages, on whichever database."""

from __future__ import annotations

import datetime as dt
import os
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.locks import BusyError
from accounts.models import User
from findings.evidence.store import RejectedError, receive, storage
from findings.evidence.store.auditing import collect_garbage, verify
from findings.evidence.store.receiving import Received
from findings.models import Finding, StoredFile
from tests.findings.actors import Cast, cast_of
from tests.findings.workflow.test_workflow_races import PATIENCE, Act, closing, race, says_what_was_signed, waiting
from tests.uploads import upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """The people; each race has findings of its own."""
    return cast_of(measures=0)


def received(user: User) -> Received:
    """A file in the store."""
    return receive(upload(), "会议纪要.png", user)


def uploading(user: User) -> Act:
    """Send a file for the measure of a finding, and hear that it is stored."""
    client = Client()
    client.force_login(user)

    def send(finding: Finding) -> None:
        address = reverse("findings:measure_evidence", args=[finding.measures.get().pk])
        answer = client.post(address, {"uploads": upload(), "kind": "03"}, headers={"Accept": "application/json"})
        assert [outcome["is_stored"] for outcome in answer.json()["outcomes"]] == [True]

    return send


def test_an_upload_is_signed_or_makes_the_signature_void(cast: Cast) -> None:
    findings = waiting(cast, 12)
    acts = closing(cast["supervisor"]), uploading(cast["clerk"])
    for finding, ends in zip(findings, race(findings, *acts), strict=True):
        assert ends in {("done", "done"), ("conflict", "done"), ("refused", "done")}
        signed_with_it = says_what_was_signed(finding)
        assert finding.evidence.count() == 2
        assert Finding.objects.get(pk=finding.pk).is_void is (ends[0] == "done" and not signed_with_it)


def test_a_file_that_several_people_send_at_once_is_in_the_archive_once(cast: Cast) -> None:
    findings = waiting(cast, 4)
    ends = race(findings, *(uploading(cast["clerk"]) for _ in range(5)))
    assert {end for each in ends for end in each} == {"done"}
    for finding in findings:
        assert list(finding.evidence.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("sent", [True, False])
def test_an_orphan_that_is_sent_again_while_it_is_removed_is_there_afterwards(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """The upload begins in the very moment between the look at the orphan and its removal."""
    orphan = received(cast["clerk"]).file
    place = storage.place_of(orphan.digest)
    path = Path(settings.EVIDENCE_ROOT) / place
    orphan.delete()
    os.utime(path, (0, 0))
    looked = storage.DiskStorage.get_modified_time
    with ThreadPoolExecutor(1) as pool:
        uploads: list[Future[None]] = []

        def send() -> None:
            try:
                received(cast["clerk"])
            finally:
                connection.close()

        def look(store: storage.DiskStorage, name: str) -> dt.datetime:
            seen = looked(store, name)
            if sent:
                uploads.append(pool.submit(send))
                wait(uploads, timeout=1)  # it is through, or waits
            return seen

        monkeypatch.setattr(storage.DiskStorage, "get_modified_time", look)
        removed = collect_garbage()
        for one in uploads:
            one.result(timeout=PATIENCE)
    assert removed == [place]
    assert path.exists() is sent is StoredFile.objects.exists()
    assert verify().is_clean


def test_what_others_hold_for_too_long_is_not_removed_and_not_taken(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = received(cast["clerk"]).file
    orphan.delete()

    def busy(_name: str) -> None:
        raise BusyError

    monkeypatch.setattr(storage, "lock_file_name", busy)
    assert collect_garbage() == []
    with pytest.raises(RejectedError, match="正在由别人上传"):
        received(cast["clerk"])
