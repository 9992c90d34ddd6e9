"""What long work tells the page of the person who waits for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from ledgers.job_progress import EVERY, JobProgress, progress_of, with_progress

pytestmark = pytest.mark.django_db
ADDRESS = reverse("ledgers:import_progress")


def test_the_page_hears_how_far_it_is_and_then_nothing_any_more(
    office_client: Client, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office_client.get(ADDRESS).json() == {"words": "", "done": 0, "total": 0}
    clock = iter(number * EVERY / 2 for number in range(5))
    monkeypatch.setattr("ledgers.job_progress.monotonic", lambda: next(clock))
    heard = [office_client.get(ADDRESS).json()["done"] for _ in with_progress(office, "正在导入", range(5))]
    assert heard == [0, 0, 2, 2, 4]
    assert progress_of(office) == JobProgress()


def test_nobody_hears_of_what_another_waits_for(office_client: Client, reporter: User) -> None:
    for _ in with_progress(reporter, "正在导入", [1]):
        assert progress_of(reporter) == JobProgress("正在导入", 0, 1)
        assert office_client.get(ADDRESS).json()["words"] == ""
