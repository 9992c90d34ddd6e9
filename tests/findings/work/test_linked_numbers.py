"""Every number of a page equals the count of the list that it links to, whatever state the records are in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from findings.choices import Completion, Counting, MeasureStatus, Status
from findings.factories import (
    closing_fields,
    make_aspect,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_member,
    make_unit,
    make_user,
    report_fields,
    submission_fields,
)
from findings.inspections.finding_counts import FindingCounts
from findings.models import Finding, Inspection, Measure, Unit
from tests.databases import examples
from tests.raw_writes import unchecked_writes

LINK = re.compile(r'<a\b[^>]*href="(/inspections/\d+/(?:findings|measures)/(?:\?[^"]*)?)"[^>]*>(.*?)</a>', re.DOTALL)
DESK, BOARD = reverse("findings:desk"), reverse("findings:dashboard")
DAYS = st.sampled_from([None, -40, -1, 0, 1, 15, 200])
FOLLOWING = {
    MeasureStatus.NOT_STARTED: {},
    MeasureStatus.UNDER_WAY: {},
    MeasureStatus.SENT_BACK: {"completed_on": dt.date(2026, 3, 1)},
}


@dataclass(frozen=True)
class FindingState:
    """What is drawn for one finding: its status, standing, deadline in days from today, and its measures."""

    status: Status
    completion: Completion
    is_void: bool
    due_in: int | None
    review_in: int | None
    has_unit: bool
    long_term: bool
    is_below_first: bool
    measures: list[tuple[MeasureStatus, int | None]]


STATES = st.builds(
    FindingState,
    st.sampled_from(Status),
    st.sampled_from(Completion),
    st.booleans(),
    DAYS,
    DAYS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(MeasureStatus), DAYS), max_size=3),
)


def day(distance: int | None) -> dt.date | None:
    """The day so many days from today."""
    return None if distance is None else timezone.localdate() + dt.timedelta(days=distance)


def store(inspection: Inspection, unit: Unit, states: list[FindingState], by: User) -> None:
    """Store the findings as drawn, every second in another aspect."""
    aspects = [make_aspect(inspection), make_aspect(inspection)]
    first: dict[int, Finding] = {}
    for number, state in enumerate(states):
        aspect = aspects[number % 2]
        parent = first.get(aspect.pk) if state.is_below_first else None
        fields = {"lead_unit": unit if state.has_unit else None, "due_on": day(state.due_in), "parent": parent}
        finding = make_finding(aspect, long_term=state.long_term, **fields)
        first.setdefault(aspect.pk, finding)
        for status, due_in in state.measures:
            measure = make_measure(finding, due_on=day(due_in))
            values = FOLLOWING.get(status) or report_fields(by) if status not in FOLLOWING else FOLLOWING[status]
            if status == MeasureStatus.VERIFIED:
                values |= {"verified_at": timezone.now(), "verified_by": make_user(), "verified_digest": "0" * 64}
            Measure.objects.filter(pk=measure.pk).update(**(values | {"status": status}))
        values = {"status": state.status}
        if state.status == Status.SUBMITTED:
            values = submission_fields(by)
        elif state.status == Status.CLOSED:
            values = closing_fields(by, dt.date(2026, 3, 1), state.completion)
            values |= {"is_void": state.is_void, "next_review_on": day(state.review_in)}
        Finding.objects.filter(pk=finding.pk).update(**values)


def linked_numbers(html: str) -> Iterator[tuple[str, int]]:
    """The links to lists of findings or measures whose words hold one number, with that number."""
    for address, inner in LINK.findall(html):
        numbers = re.findall(r"\d+", strip_tags(inner))
        if len(numbers) == 1:
            yield address.replace("&amp;", "&"), int(numbers[0])


def check_sums(client: Client, inspection: Inspection) -> None:
    """Parts add up to the whole and rows to their sum, and all pages say the same number of findings."""
    page = client.get(inspection.get_absolute_url())
    if page.status_code == HTTPStatus.NOT_FOUND:  # a reporter whose unit was drawn for no finding
        return
    overview = page.context["overview"]
    whole, *standings = (figure.number for figure in overview.standings)
    assert sum(standings) == whole == sum(number for _, number, _ in overview.aspects)
    listed = client.get("/inspections/").context["listing"].page.records
    assert [one.findings_count for one in listed] == [whole]
    degrees = [figure.number for figure in overview.degrees[: len(Completion)]]
    assert sum(degrees) == overview.standings[-1].number
    answer = client.get(BOARD, {"inspection": inspection.pk})
    if answer.status_code == HTTPStatus.FORBIDDEN:  # a user who sees only a part
        return
    board = answer.context["board"]
    assert board.counts.total == whole
    assert board.counts.closed == overview.standings[-1].number
    assert board.counts.outstanding_in_review >= 0
    for table in board.tables:
        *parts, total = (row.counts for row in table.rows)
        assert FindingCounts(*map(sum, zip(*parts, strict=True))) == total == board.counts
        for one in (*parts, total):
            assert one.open + one.in_progress + one.submitted + one.void + one.missed + one.closed == one.total
            assert one.complete + one.substantially + one.staged == one.closed
            assert one.closed + one.outstanding + one.not_due == one.total
    course = answer.context["course"]
    assert sum(course.closed.values()) == board.counts.closed
    assert course.planned_by_now == board.counts.outstanding + board.counts.closed - course.early
    assert 0 <= course.early <= board.counts.closed


@pytest.mark.long
@pytest.mark.django_db
@settings(
    max_examples=examples(12),
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(states=st.lists(STATES, min_size=4, max_size=9), counting=st.sampled_from(Counting))
def test_numbers_equal_the_lists_behind_them(states: list[FindingState], counting: Counting) -> None:
    with transaction.atomic(), unchecked_writes():
        body = make_unit()
        unit = make_unit(parent=body)
        inspection = make_inspection(unit=body, counting=counting)
        by = make_user()
        store(inspection, unit, states, by)
        met = 0
        for role, held_in in (("office", body), ("supervisor", body), ("leader", body), ("reporter", unit)):
            user = make_user()
            make_member(held_in, user)
            make_grant(user, role, held_in)
            client = Client()
            client.force_login(user)
            totals: dict[str, int] = {}  # of the lists, to which several pages link
            board = f"{BOARD}?inspection={inspection.pk}"
            for page in (f"{DESK}?inspection={inspection.pk}", board, "/inspections/", inspection.get_absolute_url()):
                for address, number in linked_numbers(client.get(page).content.decode()):
                    if address not in totals:
                        totals[address] = client.get(address).context["listing"].page.total
                    assert totals[address] == number, (role, page, address, number, totals[address])
                    met += 1
            check_sums(client, inspection)
        # A page that stopped linking its numbers would prove nothing.
        assert met >= 40
        transaction.set_rollback(True)
