"""The work sheet of a measure: one save, steps taken by saving, what is missing, when it rests, what is never lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Result, User
from findings.choices import MeasureStatus, Status
from findings.factories import (
    closing_fields,
    make_evidence,
    make_facet,
    make_grant,
    make_measure,
    make_member,
    make_user,
    submission_fields,
)
from findings.models import Finding, Measure, Progress
from findings.work.comment_forms import COMMENT_TEXT
from findings.work.report_preview import report_paragraph
from findings.workflow import RefusedError, StepInput, StepName, before_report, take_step
from findings.workflow.saving import workflow_writer
from findings.workflow.signed_content import verified_digest
from tests.findings.conftest import Case, query_count, seen, words_of
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db


def sheet(measure: Measure, **values: Any) -> dict[str, Any]:
    """What the sheet of a measure sends as it stands, with some of it typed otherwise."""
    measure.refresh_from_db()
    day = measure.completed_on.isoformat() if measure.completed_on else ""
    shown = {"outcome": measure.outcome, "completed_on": day, "reported_on": "2026-03-01", "text": ""}
    return shown | {"seen": measure.version} | values


def test_one_save_stores_the_outcome_the_day_and_an_entry(reporter_client: Client, case: Case, reporter: User) -> None:
    values = sheet(case.measure, outcome="台账已经建立。", completed_on="2026-03-01", text="逐条核对完毕。")
    answer = reporter_client.post(case.measure.get_absolute_url(), values)
    assert answer.headers["Location"] == case.measure.get_absolute_url()
    case.measure.refresh_from_db()
    assert (case.measure.outcome, case.measure.completed_on) == ("台账已经建立。", dt.date(2026, 3, 1))
    assert Progress.objects.get(text="逐条核对完毕。").logged_by == reporter


def test_the_first_entry_begins_the_measure_and_its_finding(
    reporter_client: Client, case: Case, reporter: User
) -> None:
    reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, text="已经开会。"))
    case.measure.refresh_from_db()
    case.finding.refresh_from_db()
    assert (case.measure.status, case.finding.status) == (MeasureStatus.UNDER_WAY, Status.IN_PROGRESS)
    assert set(case.finding.steps.values_list("transition", "taken_by")) == {
        ("start", reporter.pk),
        ("start", reporter.pk),
    }


def test_a_form_that_is_sent_again_stores_its_entry_once(reporter_client: Client, case: Case) -> None:
    # Its answer was lost on the way, and the page asks to send it once more.
    sent = sheet(case.measure, text="已经开会。", outcome="台账已经建立。")
    before = case.measure.progress.count()
    for _ in range(2):
        assert reporter_client.post(case.measure.get_absolute_url(), sent).status_code == 302
    assert case.measure.progress.count() == before + 1
    reporter_client.post(case.measure.get_absolute_url(), sent | {"text": "又开了一次会。"})
    assert case.measure.progress.count() == before + 2


def test_whoever_carries_out_a_measure_begins_the_finding_of_another_unit(client: Client, case: Case) -> None:
    person = make_user()
    make_member(case.other_unit, person)
    make_grant(person, "reporter", case.other_unit)
    client.force_login(person)
    client.post(case.faceted.get_absolute_url(), sheet(case.faceted, text="已经开会。"))
    case.finding.refresh_from_db()
    assert case.finding.status == Status.IN_PROGRESS


def test_a_save_without_an_entry_begins_nothing(reporter_client: Client, case: Case) -> None:
    reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, outcome="台账已经建立。"))
    case.measure.refresh_from_db()
    assert case.measure.status == MeasureStatus.NOT_STARTED


def test_saved_and_reported_when_nothing_is_missing(reporter_client: Client, case: Case, reporter: User) -> None:
    make_evidence(case.measure)
    values = sheet(case.measure, outcome="台账已经建立。", completed_on="2026-03-01", report="on")
    answer = reporter_client.post(case.measure.get_absolute_url(), values, follow=True)
    case.measure.refresh_from_db()
    case.finding.refresh_from_db()
    assert (case.measure.status, case.measure.reported_by) == (MeasureStatus.REPORTED, reporter)
    assert case.finding.status == Status.IN_PROGRESS
    page = words_of(answer.content.decode())
    assert "已保存，并报完成，等待督查员核实。" in page
    assert "撤回报完成" in page


def test_what_is_missing_refuses_the_report_and_keeps_what_was_saved(reporter_client: Client, case: Case) -> None:
    page = words_of(reporter_client.get(case.measure.get_absolute_url()).content.decode())
    missing = [check.against for check in before_report(case.measure) if not check.is_met]
    assert missing == ["没有填写完成日期。", "没有上传佐证材料。"]
    assert all(sentence in page for sentence in missing)
    values = sheet(case.measure, outcome="正在推进台账建设。", report="on")
    answer = reporter_client.post(case.measure.get_absolute_url(), values, follow=True)
    case.measure.refresh_from_db()
    assert (case.measure.status, case.measure.outcome) == (MeasureStatus.NOT_STARTED, "正在推进台账建设。")
    said = words_of(answer.content.decode())
    assert "填写的内容已经保存，但没有报完成。" in said
    assert "整改成效里还写着“正在推进”，请写已经做到的结果。" in said


def test_the_checklist_is_what_refuses(case: Case, office: User) -> None:
    make_evidence(case.measure)
    with unchecked_writes():
        Measure.objects.filter(pk=case.measure.pk).update(completed_on=dt.date(2026, 3, 1))
    case.measure.refresh_from_db()
    assert all(check.is_met for check in before_report(case.measure))
    take_step(StepName.REPORT, case.measure, office, case.measure.version)
    assert case.measure.status == MeasureStatus.REPORTED


@pytest.mark.parametrize(
    ("measure", "finding", "words"),
    [
        ({"status": MeasureStatus.REPORTED}, {}, "已报完成，等待核实"),
        ({"status": MeasureStatus.VERIFIED}, {}, "已经核实，内容不能再改"),
        ({}, {"status": Status.SUBMITTED}, "问题已申请销号"),
        ({}, {"status": Status.CLOSED}, "问题已经销号"),
    ],
)
def test_what_was_handed_in_is_not_written_on(
    reporter_client: Client, case: Case, measure: dict[str, Any], finding: dict[str, Any], words: str
) -> None:
    hand_in(case, measure, finding)
    page = words_of(reporter_client.get(case.measure.get_absolute_url()).content.decode())
    assert words in page
    assert "保存并报完成" not in page
    answer = reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, outcome="改掉", text="补记"))
    assert answer.status_code == 200
    assert "补记" in answer.content.decode()
    assert words in answer.content.decode()
    case.measure.refresh_from_db()
    assert case.measure.outcome != "改掉"
    assert not Progress.objects.filter(text="补记").exists()
    assert Event.objects.filter(result=Result.REFUSED, reason__contains=words).exists()
    assert reporter_client.get(reverse("findings:progress_edit", args=[case.progress.pk])).status_code == 403


def hand_in(case: Case, measure: dict[str, Any], finding: dict[str, Any]) -> None:
    """Put the records into these states, with who did it and when."""
    by, now = make_user(), timezone.now()
    if measure:
        measure |= {"reported_at": now, "reported_by": by}
        if measure["status"] == MeasureStatus.VERIFIED:
            measure |= {
                "verified_at": now,
                "verified_by": make_user(),
                "verified_digest": verified_digest(case.measure),
            }
        with unchecked_writes():
            Measure.objects.filter(pk=case.measure.pk).update(**measure)
    if finding.get("status") == Status.SUBMITTED:
        finding |= submission_fields(by)
    elif finding:
        finding |= closing_fields(by, dt.date(2026, 3, 1))
    if finding:
        with unchecked_writes():
            Finding.objects.filter(pk=case.finding.pk).update(**finding)


def test_the_office_writes_on_a_closed_finding_and_is_told_what_it_does(office_client: Client, case: Case) -> None:
    hand_in(case, {}, {"status": Status.CLOSED})
    page = words_of(office_client.get(case.measure.get_absolute_url()).content.decode())
    assert re.search("会使.+ 3月1日的销号作废，要重新申请销号", page)  # in the menu
    assert 'id="measure-form"' not in page
    opened = office_client.get(case.measure.get_absolute_url(), {"edit": "on"}).content.decode()
    assert "您保存修改以后，销号即失效" in words_of(opened.partition('id="measure-form"')[2])
    values = sheet(case.measure, outcome="更正后的成效。")
    refused = office_client.post(case.measure.get_absolute_url(), values)
    assert refused.context["form"].errors == {"change_reason": ["这些改动会使销号作废，请写明理由。"]}
    logged = office_client.post(case.measure.get_absolute_url(), sheet(case.measure, text="补记。"))
    assert logged.context["form"].errors == refused.context["form"].errors
    answer = office_client.post(case.measure.get_absolute_url(), values | {"change_reason": "数字写错。"})
    assert answer.status_code == 302
    assert Event.objects.filter(reason="数字写错。").exists()
    case.measure.refresh_from_db()
    assert case.measure.outcome == "更正后的成效。"


def test_the_day_it_was_done_begins_the_work(reporter_client: Client, case: Case, reporter: User) -> None:
    reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, completed_on="2026-03-01"))
    case.measure.refresh_from_db()
    assert case.measure.status == MeasureStatus.UNDER_WAY
    assert case.measure.steps.get().taken_by == reporter
    assert not Event.objects.filter(result=Result.REFUSED).exists()


def test_an_outcome_alone_does_not(reporter_client: Client, case: Case) -> None:
    reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, outcome="台账正在建立。"))
    case.measure.refresh_from_db()
    assert (case.measure.outcome, case.measure.status) == ("台账正在建立。", MeasureStatus.NOT_STARTED)


def test_the_office_that_fills_in_the_day_of_an_imported_measure_begins_it(
    office_client: Client, office: User, case: Case
) -> None:
    page = reverse("findings:measure_edit", args=[case.measure.pk])
    said = {"order": case.measure.order, "plan": "", "outcome": "台账已经建立。"}
    said |= {"completed_on": "2026-03-01", "due_on": "2026-06-30"}
    for values in (said, said | {"outcome": "台账已经建立并使用。"}):  # the second time it is begun already
        assert office_client.post(page, values | seen(case.measure)).status_code == 302
        case.measure.refresh_from_db()
        assert case.measure.status == MeasureStatus.UNDER_WAY
    assert [one.taken_by for one in case.measure.steps.all()] == [office]
    assert not Event.objects.filter(result=Result.REFUSED).exists()


def test_below_a_finding_signed_off_a_day_begins_nothing(office_client: Client, case: Case) -> None:
    hand_in(case, {}, {"status": Status.CLOSED})
    page = reverse("findings:measure_edit", args=[case.measure.pk])
    said = {"order": case.measure.order, "plan": "", "outcome": "台账已经建立。"}
    said |= {"completed_on": "2026-03-01", "due_on": "2026-06-30", "change_reason": "补填日期。"}
    assert office_client.post(page, said | seen(case.measure)).status_code == 302
    case.measure.refresh_from_db()
    assert case.measure.status == MeasureStatus.NOT_STARTED
    assert not Event.objects.filter(result=Result.REFUSED).exists()


def take_back(case: Case) -> str:
    """The address of the step."""
    return reverse("findings:step", args=["measure", case.measure.pk, "withdraw"])


def test_what_was_reported_can_be_taken_back(reporter_client: Client, case: Case, reporter: User) -> None:
    make_evidence(case.measure)
    reporter_client.post(case.measure.get_absolute_url(), sheet(case.measure, completed_on="2026-03-01", report="on"))
    page = reporter_client.get(case.measure.get_absolute_url()).content.decode()
    assert f'action="{take_back(case)}"' in page
    case.measure.refresh_from_db()
    assert f'name="seen" value="{case.measure.version}"' in page.split(take_back(case))[1]
    answer = reporter_client.post(take_back(case), seen(case.measure), follow=True)
    assert "已撤回报完成，可以继续修改。" in answer.content.decode()
    case.measure.refresh_from_db()
    assert (case.measure.status, case.measure.reported_by) == (MeasureStatus.UNDER_WAY, None)


def test_nothing_to_take_back_is_said(reporter_client: Client, case: Case) -> None:
    answer = reporter_client.post(take_back(case), seen(case.measure))
    assert answer.status_code == 409
    assert "现在是“未开始”，不能撤回报完成。" in answer.content.decode()


def test_who_sent_it_back_and_why_is_said_first(reporter_client: Client, case: Case) -> None:
    make_evidence(case.measure)
    values = sheet(case.measure, completed_on="2026-03-01", report="on")
    reporter_client.post(case.measure.get_absolute_url(), values)
    case.measure.refresh_from_db()
    supervisor = make_user(name="周督查", role="supervisor")
    take_step(
        StepName.SEND_BACK, case.measure, supervisor, case.measure.version, StepInput("照片看不清时间，请重新上传。")
    )
    page = words_of(reporter_client.get(case.measure.get_absolute_url()).content.decode())
    assert "周督查" in page
    assert "照片看不清时间，请重新上传。" in page
    assert "保存并报完成" in page


def test_two_at_once_get_a_page_to_choose_with_everything_typed(
    reporter_client: Client, case: Case, office: User
) -> None:
    values = sheet(case.measure, outcome="我写的成效。", text="我写的进展。")
    case.measure.outcome = "别人写的成效。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    answer = reporter_client.post(case.measure.get_absolute_url(), values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人写的成效。" in page
    assert "我写的成效。" in page
    assert '<input type="hidden" name="text" value="我写的进展。"' in page
    assert not Progress.objects.filter(text="我写的进展。").exists()
    chosen = values | {"seen": case.measure.version, "take-outcome": "mine"}
    assert reporter_client.post(case.measure.get_absolute_url(), chosen).status_code == 302
    case.measure.refresh_from_db()
    assert case.measure.outcome == "我写的成效。"
    assert Progress.objects.filter(text="我写的进展。").exists()


def test_a_comment_being_written_survives_a_conflict(reporter_client: Client, case: Case, office: User) -> None:
    values = sheet(case.measure, outcome="我写的成效。") | {COMMENT_TEXT: "还没有写完的评论"}
    case.measure.outcome = "别人写的成效。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    answer = reporter_client.post(case.measure.get_absolute_url(), values)
    kept = rf'<textarea[^>]* name="{COMMENT_TEXT}"[^>]*>\s*还没有写完的评论</textarea>'
    assert answer.status_code == 409
    assert re.search(kept, answer.content.decode())
    chosen = values | {"seen": case.measure.version, "take-outcome": "mine"}
    saved = reporter_client.post(case.measure.get_absolute_url(), chosen).content.decode()
    assert "已保存。" in saved
    assert re.search(kept, saved)


def test_an_entry_is_stored_though_others_changed_what_is_not_on_the_sheet(reporter_client: Client, case: Case) -> None:
    values = sheet(case.measure, text="我写的进展。")
    case.measure.plan = "建立督查台账，每周更新。"
    workflow_writer.save(case.measure, seen=case.measure.version)
    assert reporter_client.post(case.measure.get_absolute_url(), values).status_code == 302
    assert Progress.objects.filter(text="我写的进展。").exists()
    case.measure.refresh_from_db()
    assert (case.measure.plan, case.measure.status) == ("建立督查台账，每周更新。", MeasureStatus.UNDER_WAY)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("reported_on", "2099-01-01", "进展日期不能在今天之后。"),
        ("reported_on", "", "请填写进展日期。"),
        ("completed_on", "2099-01-01", "完成日期不能在今天之后。"),
        ("outcome", "督查\x07工作", "第 3 个字符（U+0007）是看不见的控制字符，请删除后再提交。"),
        ("text", "督查\x07工作", "第 3 个字符（U+0007）是看不见的控制字符，请删除后再提交。"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    reporter_client: Client, case: Case, field: str, value: str, message: str
) -> None:
    values = sheet(case.measure, outcome="写了很久的成效。", text="写了很久的进展。") | {field: value}
    answer = reporter_client.post(case.measure.get_absolute_url(), values)
    assert answer.context["form"].errors == {field: [message]}
    page = answer.content.decode()
    for typed in {"outcome", "text"} - {field}:
        assert values[typed] in page
    assert Progress.objects.count() == 1


def test_the_paragraph_of_the_report_shows_the_sentence_in_its_place(case: Case) -> None:
    second = make_measure(case.finding, outcome="逐条对照")
    paragraph = report_paragraph(second, second.outcome)
    assert [(one.counted, one.words, one.is_own) for one in paragraph.sentences] == [
        ("一是", "第1条措施已经落实。", False),
        ("二是", "逐条对照。", True),
    ]
    assert [one.counted for one in report_paragraph(case.faceted, "").sentences] == [""]
    assert report_paragraph(case.faceted, "").sentences[0].words == "【整改成效未填】。"
    facet = make_facet(case.finding, introduction="坚持问题导向")
    assert report_paragraph(make_measure(case.finding, facet=facet), "x").introduction == "坚持问题导向。"


def test_the_sheet_costs_the_same_whatever_is_on_it(reporter_client: Client, case: Case, reporter: User) -> None:
    make_evidence(case.measure)
    before = query_count(reporter_client, case.measure.get_absolute_url())
    for number in range(5):
        make_measure(case.finding)
        make_evidence(case.measure)
        workflow_writer.create(Progress(measure=case.measure, text=f"进展{number}", logged_by=reporter))
    assert query_count(reporter_client, case.measure.get_absolute_url()) <= before


@pytest.mark.parametrize("status", [MeasureStatus.REPORTED, MeasureStatus.VERIFIED])
def test_what_is_done_is_read_until_the_office_asks_to_correct_it(
    office_client: Client, case: Case, status: MeasureStatus
) -> None:
    hand_in(case, {"status": status}, {})
    page = case.measure.get_absolute_url()
    shown = office_client.get(page)
    assert shown.context["form"] is None
    entry = shown.context["menu"][0]
    assert (entry.label, entry.address) == ("更正进展、成效和材料", f"{page}?edit=on")
    assert ("的核实作废，要重新核实" in entry.effect) == (status == MeasureStatus.VERIFIED)
    opened = office_client.get(entry.address)
    assert opened.context["form"] is not None
    assert "不改了" in opened.content.decode()


def test_the_five_newest_entries_stand_open(reporter_client: Client, case: Case, reporter: User) -> None:
    for number in range(7):
        workflow_writer.create(Progress(measure=case.measure, text=f"进展{number}。", logged_by=reporter))
    page = reporter_client.get(case.measure.get_absolute_url()).content.decode().partition('id="progress"')[2]
    newest, _, earlier = page.partition("再早的 3 条")
    assert all(f"进展{number}。" in newest for number in range(2, 7))
    assert "进展1。" in earlier


def test_the_neighbours_are_those_of_the_finding(reporter_client: Client, case: Case) -> None:
    second = make_measure(case.finding, plan="逐项对账。")
    assert 'rel="prev"' not in reporter_client.get(case.measure.get_absolute_url()).content.decode()
    page = reporter_client.get(second.get_absolute_url()).content.decode()
    assert f'rel="prev" title="按 [ 键" href="{case.measure.get_absolute_url()}"' in page
    assert f'rel="next" title="按 ] 键" href="{case.faceted.get_absolute_url()}"' in page


def test_a_refused_step_leaves_the_version_alone(case: Case, reporter: User) -> None:
    with pytest.raises(RefusedError):
        take_step(StepName.REPORT, case.measure, reporter, case.measure.version)
    version = case.measure.version
    case.measure.refresh_from_db()
    assert case.measure.version == version
