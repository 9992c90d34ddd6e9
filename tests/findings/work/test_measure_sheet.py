"""One form on the page of a measure: text, files and report are saved together, and a comment takes nothing away."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from findings.choices import MeasureStatus
from findings.factories import make_evidence
from findings.models import Comment, Evidence, Progress
from findings.workflow import StepName
from tests.findings.conftest import Case, words_of
from tests.uploads import pdf, png

pytestmark = pytest.mark.django_db


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """A file as a browser submits it."""
    return SimpleUploadedFile(name, content)


def form_values(case: Case, **more: Any) -> dict[str, Any]:
    """What the form of the page submits."""
    case.measure.refresh_from_db()
    values = {
        "reported_on": "2026-03-01",
        "text": "写了很久的进展。",
        "outcome": "写了很久的成效。",
        "completed_on": "2026-03-01",
        "seen": case.measure.version,
        "kind": "02",
        "caption": "十月督查",
    }
    return values | more


def test_text_and_files_are_saved_and_reported_with_one_button(reporter_client: Client, case: Case) -> None:
    files = [upload("会议纪要.pdf", pdf()), upload("现场照片.png", png())]
    data = form_values(case, uploads=files, **{StepName.REPORT: "on"})
    answer = reporter_client.post(case.measure.get_absolute_url(), data, follow=True)
    page = words_of(answer.content.decode())
    assert "会议纪要.pdf：已上传，目录号 1。" in page
    assert "已保存，并报完成，等待督查员核实。" in page
    case.measure.refresh_from_db()
    assert (case.measure.status, case.measure.outcome) == (MeasureStatus.REPORTED, "写了很久的成效。")
    assert {(one.name, one.kind, one.caption) for one in case.measure.evidence.all()} == {
        ("会议纪要.pdf", "02", "十月督查"),
        ("现场照片.png", "02", "十月督查"),
    }
    assert Progress.objects.filter(text="写了很久的进展。").count() == 1


def test_a_refused_file_keeps_text_and_other_files_and_stops_the_report(reporter_client: Client, case: Case) -> None:
    files = [upload("程序.exe", b"MZ"), upload("现场照片.png", png())]
    data = form_values(case, uploads=files, **{StepName.REPORT: "on"})
    answer = reporter_client.post(case.measure.get_absolute_url(), data, follow=True)
    page = words_of(answer.content.decode())
    assert "程序.exe：不接受“.exe”文件" in page
    assert "填写的内容已经保存，但没有报完成。" in page
    assert "有文件没有上传，所以没有报完成。" in page
    case.measure.refresh_from_db()
    assert (case.measure.status, case.measure.outcome) == (MeasureStatus.UNDER_WAY, "写了很久的成效。")
    assert [one.name for one in case.measure.evidence.all()] == ["现场照片.png"]


def test_each_file_has_the_kind_and_caption_of_its_row(reporter_client: Client, case: Case) -> None:
    files = [upload("整改方案.pdf", pdf()), upload("现场照片.png", png())]
    rows = {"file_kind": ["04", "05"], "file_caption": ["", "十月拍摄"]}
    reporter_client.post(case.measure.get_absolute_url(), form_values(case, uploads=files, **rows))
    assert {(one.name, one.kind, one.caption) for one in Evidence.objects.all()} == {
        ("整改方案.pdf", "04", "十月督查"),
        ("现场照片.png", "05", "十月拍摄"),
    }


@pytest.mark.parametrize("kind", ["99", ""])
def test_a_row_with_a_kind_that_does_not_exist_stores_nothing(reporter_client: Client, case: Case, kind: str) -> None:
    data = form_values(
        case, uploads=[upload("现场照片.png", png())], file_kind=[kind], kind="99", **{StepName.REPORT: "on"}
    )
    answer = reporter_client.post(case.measure.get_absolute_url(), data, follow=True)
    assert "所选的一项已不存在或不能选" in words_of(answer.content.decode())
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [("通知.docm", "里面可能有宏；请另存为 docx"), ("照片.HEIC", "请先转为 jpg"), ("材料.rar", "请先解压")],
)
def test_a_refused_file_says_what_to_do(reporter_client: Client, case: Case, name: str, words: str) -> None:
    data = form_values(case, uploads=[upload(name, b"x")])
    answer = reporter_client.post(case.measure.get_absolute_url(), data, follow=True)
    assert words in words_of(answer.content.decode())


def test_a_script_is_told_where_to_go_and_the_messages_wait_there(reporter_client: Client, case: Case) -> None:
    data = form_values(case, uploads=[upload("现场照片.png", png())])
    page = case.measure.get_absolute_url()
    answer = reporter_client.post(f"{page}?back=/desk/", data, headers={"accept": "application/json"})
    assert answer.json() == {"address": f"{page}?back=%2Fdesk%2F"}
    shown = words_of(reporter_client.get(page).content.decode())
    assert "已保存。" in shown
    assert "现场照片.png：已上传，目录号 1。" in shown


def test_a_script_whose_text_is_refused_asks_again_without_the_files(reporter_client: Client, case: Case) -> None:
    data = form_values(case, completed_on="2099-01-01", uploads=[upload("现场照片.png", png())])
    answer = reporter_client.post(case.measure.get_absolute_url(), data, headers={"accept": "application/json"})
    assert answer.json() == {"address": ""}
    assert Evidence.objects.count() == 1
    del data["uploads"]
    page = words_of(reporter_client.post(case.measure.get_absolute_url(), data).content.decode())
    assert "现场照片.png：已上传，目录号 1。" in page
    assert "完成日期不能在今天之后。" in page


def test_refused_text_keeps_the_files_and_everything_typed(reporter_client: Client, case: Case) -> None:
    data = form_values(case, completed_on="2099-01-01", uploads=[upload("现场照片.png", png())])
    answer = reporter_client.post(case.measure.get_absolute_url(), data | {"comment-text": "写到一半的评论"})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 200
    assert answer.context["form"].errors == {"completed_on": ["完成日期不能在今天之后。"]}
    for words in (
        "写了很久的进展。",
        "写了很久的成效。",
        "十月督查",
        "写到一半的评论",
        "现场照片.png：已上传，目录号 1。",
    ):
        assert words in page
    assert "data-unsaved" in page
    assert Evidence.objects.get().measures.get() == case.measure


def test_a_comment_leaves_everything_else_as_it_was_typed(reporter_client: Client, case: Case) -> None:
    data = form_values(case, uploads=[upload("现场照片.png", png())]) | {
        "comment": "on",
        "comment-text": "请看第二条。",
    }
    answer = reporter_client.post(case.measure.get_absolute_url(), data)
    page = html.unescape(answer.content.decode())
    assert "已发表评论；页面上填写的其他内容还没有保存。" in page
    assert Comment.objects.get().text == "请看第二条。"
    form = answer.context["form"]
    assert [form[name].value() for name in ("text", "outcome")] == ["写了很久的进展。", "写了很久的成效。"]
    assert "现场照片.png：已上传" in page  # no page can keep a file that was chosen
    case.measure.refresh_from_db()
    assert (case.measure.outcome, Progress.objects.count()) == ("第1条措施已经落实。", 1)
    saved = reporter_client.post(case.measure.get_absolute_url(), form_values(case))
    assert saved.status_code == 302


def test_a_refused_comment_keeps_everything_too(reporter_client: Client, case: Case) -> None:
    data = form_values(case) | {"comment": "on", "comment-text": "看\x07看"}
    page = reporter_client.post(case.measure.get_absolute_url(), data).content.decode()
    assert "没有发表评论：" in page
    assert "写了很久的成效。" in page
    assert not Comment.objects.exists()


def test_a_comment_being_written_stays_when_the_rest_is_saved(reporter_client: Client, case: Case) -> None:
    make_evidence(case.measure)
    data = form_values(case) | {"comment-text": "写到一半的评论", StepName.REPORT: "on"}
    page = reporter_client.post(case.measure.get_absolute_url(), data).content.decode()
    assert "已保存，并报完成，等待督查员核实。" in page
    assert "写到一半的评论" in page
    assert not Comment.objects.exists()
