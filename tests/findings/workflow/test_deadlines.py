"""Deadlines that have passed, or lie beyond a limit, move by every route only with a reason, kept as an extension."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.records.saving import ConflictError
from findings.choices import Decision
from findings.factories import make_extension, make_finding, make_measure, make_user, report_fields, submission_fields
from findings.models import Extension, Finding, Inspection, Measure, Notice
from findings.workflow import StepInput, perform
from findings.workflow.deadlines import exceeded_limits, reason_needed
from findings.workflow.extensions import GRANT
from findings.workflow.saving import workflow_writer
from tests.findings.conftest import Case, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db
DUE, NEW = dt.date(2026, 6, 30), dt.date(2026, 8, 10)


@pytest.fixture(autouse=True)
def _tenth_of_july() -> Iterator[None]:
    """Ten days after the deadline of the case."""
    with time_machine.travel(dt.datetime(2026, 7, 10, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (None, NEW, ""),
        (DUE, DUE, ""),
        (DUE, dt.date(2026, 5, 1), ""),
        (DUE, NEW, "原来的完成时限（2026年6月30日）已过"),
        (dt.date(2026, 7, 10), dt.date(2026, 7, 12), "新的时限超过问题的完成时限（2026年6月30日）"),
    ],
)
def test_when_a_move_needs_a_reason(case: Case, old: dt.date | None, new: dt.date, words: str) -> None:
    assert reason_needed(case.measure, old, new) == words


def test_every_limit_that_is_exceeded_is_named(case: Case) -> None:
    with unchecked_writes():
        Inspection.objects.filter(pk=case.inspection.pk).update(rectification_due_on=dt.date(2026, 7, 31))
    measure = Measure.objects.select_related("finding", "inspection").get(pk=case.measure.pk)
    assert exceeded_limits(measure, NEW) == ["问题的完成时限（2026年6月30日）", "集中整改期限（2026年7月31日）"]
    assert exceeded_limits(Finding.objects.get(pk=case.finding.pk), NEW) == ["集中整改期限（2026年7月31日）"]


@pytest.mark.parametrize("day", [NEW, None])
def test_the_record_writer_refuses_a_silent_move(case: Case, day: dt.date | None) -> None:
    for record in (case.measure, case.finding):
        record.due_on = day
        with pytest.raises(ValidationError, match="已过"):
            workflow_writer.save(record, seen=record.version)
        record.refresh_from_db()
        assert record.due_on == DUE
    assert not Extension.objects.exists()


def form_values(client: Client, record: Finding | Measure, **changes: Any) -> dict[str, Any]:
    """What the edit page of the record would send unchanged, with these changes."""
    form = client.get(edit_address(record)).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in (values | changes).items() if value is not None}


def edit_address(record: Finding | Measure) -> str:
    """The edit page of the office."""
    return reverse(f"findings:{record._meta.model_name}_edit", args=[record.pk])


@pytest.mark.parametrize("kind", ["measure", "finding"])
def test_the_edit_page_asks_for_the_reason_and_keeps_what_was_typed(
    office_client: Client, office: User, case: Case, kind: str
) -> None:
    record: Finding | Measure = getattr(case, kind)
    values = form_values(office_client, record, due_on=NEW.isoformat())
    answer = office_client.post(edit_address(record), values)
    assert answer.context["form"].errors == {
        "extension_reason": ["原来的完成时限（2026年6月30日）已过，请写明延期理由。"]
    }
    assert NEW.isoformat() in answer.content.decode()
    assert not Extension.objects.exists()
    answer = office_client.post(edit_address(record), values | {"extension_reason": "上级文件还没有印发。"})
    assert answer.status_code == 302
    record.refresh_from_db()
    extension = Extension.objects.get()
    assert record.due_on == NEW
    assert (extension.old_due_on, extension.new_due_on) == (DUE, NEW)
    assert (extension.decision, extension.is_direct) == (Decision.GRANTED, True)
    assert (extension.requested_by, extension.decided_by, extension.reason) == (office, office, "上级文件还没有印发。")
    page = words_of(office_client.get(record.get_absolute_url()).content.decode())
    assert "原定 2026年6月30日，改为 2026年8月10日" in page
    listed = office_client.get(reverse("findings:extension_list", args=[case.inspection.pk])).content.decode()
    assert "直接调整" in listed
    assert "时限的调整" in office_client.get(extension.get_absolute_url()).content.decode()


def test_a_passed_deadline_is_not_emptied_on_the_page(office_client: Client, case: Case) -> None:
    answer = office_client.post(edit_address(case.measure), form_values(office_client, case.measure, due_on=""))
    assert "已过，不能清空" in "".join(answer.context["form"].errors["due_on"])


def test_whoever_does_not_decide_is_sent_to_the_request(office_client: Client, case: Case) -> None:
    with unchecked_writes():
        Inspection.objects.filter(pk=case.inspection.pk).update(extensions_by="leader")
    values = form_values(office_client, case.measure, due_on=NEW.isoformat(), extension_reason="文件未到。")
    answer = office_client.post(edit_address(case.measure), values)
    assert "改动由分管领导决定；请保留原来的时限，另行申请延期。" in "".join(answer.context["form"].errors["due_on"])
    assert not Extension.objects.exists()


def test_a_move_that_lost_the_race_leaves_no_extension(office_client: Client, case: Case) -> None:
    values = form_values(office_client, case.measure, due_on=NEW.isoformat(), extension_reason="文件未到。")
    case.measure.plan = "别人刚改过。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    values["plan"] = "我也改了。"
    assert office_client.post(edit_address(case.measure), values).status_code == 409
    assert not Extension.objects.exists()


def test_a_granted_request_covers_only_its_own_days(case: Case, reporter: User, office: User) -> None:
    extension = make_extension(case.measure, requested_by=reporter, new_due_on=NEW)
    perform(GRANT, extension, office, extension.version, StepInput("同意。"))
    case.measure.refresh_from_db()
    assert case.measure.due_on == NEW
    case.measure.due_on = NEW + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="新的时限超过问题的完成时限"):
        workflow_writer.save(case.measure, seen=case.measure.version)


def bulk(client: Client, case: Case, what: str, *records: Finding | Measure, **values: str) -> str:
    """The words of the answer to a bulk assignment of these records."""
    address = reverse(f"findings:{what}_assign", args=[case.inspection.pk])
    rows = [f"{record.pk}.{record.version}" for record in records]
    return words_of(client.post(address, {"row": rows, **values}).content.decode())


def test_many_rows_are_listed_before_a_deadline_beyond_a_limit_is_written(office_client: Client, case: Case) -> None:
    page = bulk(office_client, case, "measures", case.measure, case.faceted, due_on=NEW.isoformat())
    assert "还没有写入。下面 2 条的时限请先核对" in page
    assert "建立督查台账。 ：原来的完成时限（2026年6月30日）已过，要写明延期理由。" in page
    assert "：超过问题的完成时限（2026年6月30日）。" in page
    assert not Measure.objects.filter(due_on=NEW).exists()
    # Confirmed without the reason that one of them needs: still nothing.
    page = bulk(office_client, case, "measures", case.measure, case.faceted, due_on=NEW.isoformat(), confirmed="on")
    assert "下面有记录的时限需要写明延期理由才能改。" in page
    values = {"due_on": NEW.isoformat(), "confirmed": "on", "extension_reason": "统一顺延。"}
    page = bulk(office_client, case, "measures", case.measure, case.faceted, **values)
    assert "选了 2 条，2 条已按要求保存。" in page
    assert Measure.objects.filter(due_on=NEW).count() == 2
    assert [one.measure for one in Extension.objects.all()] == [case.measure]


def test_rows_within_their_limits_are_written_at_once(office_client: Client, case: Case) -> None:
    page = bulk(office_client, case, "measures", case.faceted, due_on="2026-06-30")
    assert "选了 1 条，1 条已按要求保存。" in page


def test_the_reporter_explains_a_delay_and_the_same_role_decides(
    client: Client, office: User, case: Case, reporter: User
) -> None:
    client.force_login(reporter)
    page = words_of(client.get(case.measure.get_absolute_url()).content.decode())
    assert "逾期10天" in page
    assert re.search("一时完不成的，可以 ?提交逾期说明 ?，由整改办决定", page)
    create = reverse("findings:extension_create", args=[case.measure.pk])
    form = words_of(client.get(create).content.decode())
    assert "已逾期10天，请写明没有按期完成的原因和下一步的措施，由整改办审批。" in form
    refused = client.post(create, {"new_due_on": "2026-07-09", "reason": "人手不足。"})
    assert refused.context["form"].errors == {"new_due_on": ["不能早于今天。"]}
    page = words_of(
        client.post(create, {"new_due_on": NEW.isoformat(), "reason": "人手不足。"}, follow=True).content.decode()
    )
    assert "已提交逾期说明，批准以前仍按原来的时限。" in page
    assert "2026年7月10日提交的逾期说明正等整改办审批" in page
    extension = Extension.objects.get()
    assert extension.label == "逾期说明"
    client.force_login(office)
    detail = client.get(extension.get_absolute_url()).content.decode()
    assert "申请的时限超过问题的完成时限（2026年6月30日）。" in detail
    values = {"decision": "granted", "opinion": "同意。", "seen": extension.version}
    assert client.post(extension.get_absolute_url(), values).status_code == 302
    case.measure.refresh_from_db()
    assert case.measure.due_on == NEW
    assert "的逾期说明已同意" in Notice.objects.latest("pk").words


def test_a_finding_has_extensions_of_its_own(client: Client, office: User, case: Case, reporter: User) -> None:
    client.force_login(reporter)
    page = words_of(client.get(case.finding.get_absolute_url()).content.decode())
    assert "由整改办审批新的时限" in page
    create = reverse("findings:finding_extension_create", args=[case.finding.pk])
    client.post(create, {"new_due_on": NEW.isoformat(), "reason": "涉及多个部门。"})
    extension = Extension.objects.get()
    assert (extension.measure, extension.record) == (None, case.finding)
    assert make_extension(case.measure, new_due_on=NEW).pk  # another record, another request
    perform(GRANT, extension, office, extension.version, StepInput("同意。"))
    case.finding.refresh_from_db()
    case.measure.refresh_from_db()
    assert (case.finding.due_on, case.measure.due_on) == (NEW, DUE)


@pytest.mark.parametrize("state", ["reported", "submitted"])
def test_who_waits_for_a_reviewer_is_not_late(client: Client, case: Case, reporter: User, state: str) -> None:
    with unchecked_writes():
        Measure.objects.update(**report_fields(reporter))
        if state == "submitted":
            Finding.objects.filter(pk=case.finding.pk).update(**submission_fields(reporter))
    client.force_login(reporter)
    page = words_of(client.get(case.measure.get_absolute_url()).content.decode())
    assert "逾期" not in page.replace("提交逾期说明", "")
    assert "在 督查员 手上" in page
    if state == "submitted":
        finding = words_of(client.get(case.finding.get_absolute_url()).content.decode())
        assert "已逾期" not in finding
        assert "今天报，待审核" in finding
        assert not Finding.objects.overdue().filter(pk=case.finding.pk).exists()
        assert Finding.objects.in_review().get().pk == case.finding.pk


def test_a_conflict_of_a_move_is_one(case: Case, office: User) -> None:
    late = Measure.objects.get(pk=case.measure.pk)
    case.measure.plan = "改过。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    late.due_on = dt.date(2026, 6, 1)
    with pytest.raises(ConflictError):
        workflow_writer.save(late, seen=late.version)


def test_below_a_finding_of_another_body_nobody_asks(client: Client, case: Case) -> None:
    client.force_login(make_user(role="leader"))
    stranger = make_measure(make_finding(), due_on=DUE)
    for name, record in (("extension_create", stranger), ("finding_extension_create", stranger.finding)):
        assert client.get(reverse(f"findings:{name}", args=[record.pk])).status_code == 403
