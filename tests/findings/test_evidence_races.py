"""Uploads at the same moment as other uploads or as a signature, through the pages, on whichever database."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from findings.models import Finding
from tests.findings.casting import Cast, cast_of
from tests.findings.test_workflow_races import Act, closing, race, says_what_was_signed, waiting
from tests.uploads import upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    """The people; each race has findings of its own."""
    return cast_of(measures=0)


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
