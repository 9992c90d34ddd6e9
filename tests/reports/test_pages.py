"""The pages of the report in the browser's eyes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.users.roles import ROLES, Right
from documents.document import Document
from documents.pdf.client import PdfUnavailable
from findings.factories import (
    closing_fields,
    make_aspect,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
)
from findings.models import Inspection
from findings.workflow.saving import workflow_writer
from reports import views
from reports.models import ReportDetails
from tests.raw_writes import unchecked_writes
from tests.reports.test_importing import run
from tests.reports.test_parsing import LINES, changed

pytestmark = pytest.mark.django_db
TEXT = "\n".join(LINES)
READ, STORE = "/import/", "/import/store/"


@pytest.fixture
def inspection() -> Inspection:
    """An inspection with one finding and two measures."""
    finding = make_finding(make_aspect())
    make_measure(finding, outcome="学了。")
    make_measure(finding, outcome="考了。", facet=make_facet(finding, title="管理"))
    workflow_writer.create(ReportDetails(inspection=finding.inspection, title="关于整改的报告", next_steps="继续。"))
    return finding.inspection


def page(client: Client, name: str, inspection: Inspection, **query: str) -> str:
    """The page's HTML."""
    answer = client.get(reverse(f"reports:{name}", args=[inspection.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_pasted_text_is_shown_as_a_tree_before_anything_is_stored(office_client: Client) -> None:
    answer = office_client.post(READ, {"text": TEXT})
    html = answer.content.decode()
    assert "核对读取结果" in html
    assert "学习不够" in html
    assert "2026年区委第三巡察组·区文体局党组" in html
    assert not Inspection.objects.exists()


def test_a_file_is_read_like_a_pasted_text(office_client: Client) -> None:
    upload = SimpleUploadedFile("报告.txt", TEXT.encode("gb18030"), "text/plain")
    html = office_client.post(READ, {"file": upload}).content.decode()
    assert "核对读取结果" in html
    assert LINES[7] in html  # the text itself goes on to the next step


def test_what_was_read_is_stored_by_the_code_of_the_command(office_client: Client) -> None:
    answer = office_client.post(STORE, {"text": TEXT, "name": "某轮巡察"}, follow=True)
    assert "已导入 2 个方面、2 个问题、3 条措施" in answer.content.decode()
    assert Inspection.objects.get().name == "某轮巡察"


def test_a_second_import_keeps_the_tree_and_says_why_not(office_client: Client) -> None:
    office_client.post(STORE, {"text": TEXT})
    html = office_client.post(STORE, {"text": TEXT, "name": "又一轮"}).content.decode()
    assert "这份文本已经导入过" in html
    assert "核对读取结果" in html
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": ""}, "请选择一个文本文件，或者粘贴报告全文。"),
        ({"text": "这里没有写任何一条。"}, "第 1 行：没有读到任何问题。最接近的是这一行“这里没有写任何一条。”"),
        ({"text": changed(8, "整改情况：学了\x00。")}, "第 8 行：第 8 个字符（U+0000）"),
        ({"text": "甲" * 400_000}, "文本有 1200000 字节，最多 1048576 字节"),
        ({"file": SimpleUploadedFile("a.txt", b"\x89PNG\x00\x01")}, "不是纯文本文件"),
        ({"file": SimpleUploadedFile("a.txt", b"x" * 10_000_000)}, "文本有 10000000 字节，最多 1048576 字节"),
        ({"text": TEXT, "name": "长" * 101}, "最多 100 个字"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_kept(
    office_client: Client, data: dict[str, object], message: str
) -> None:
    for address in (READ, STORE):
        answer = office_client.post(address, data)
        assert answer.status_code == 200
        if address == READ or "file" not in data:
            assert message in answer.content.decode()
    assert not Inspection.objects.exists()
    if isinstance(text := data.get("text"), str) and "\x00" not in text:
        assert text[:200] in answer.content.decode()


def test_the_office_of_a_body_imports_for_its_body_alone(client: Client) -> None:
    body, other, person = make_unit(name="区政府办"), make_unit(name="区文旅体局"), make_user()
    make_grant(person, "office", body)
    client.force_login(person)
    for unit in ("", str(other.pk)):
        answer = client.post(STORE, {"text": TEXT, "unit": unit})
        assert "unit" in answer.context["form"].errors
        assert not Inspection.objects.exists()
    assert client.post(STORE, {"text": TEXT, "unit": body.pk}).status_code == 302
    assert Inspection.objects.get().unit == body
    stranger = make_user()
    make_grant(stranger, "office", other)
    client.force_login(stranger)
    refused = client.post(STORE, {"text": TEXT, "unit": other.pk}).content.decode()
    assert "已由其他单位导入过" in refused
    assert f"“{Inspection.objects.get().name}”" not in refused


def test_only_the_office_imports_and_edits(client: Client, inspection: Inspection) -> None:
    client.force_login(make_user(role="supervisor"))
    details = reverse("reports:details_edit", args=[inspection.pk])
    assert {client.get(READ).status_code, client.post(STORE).status_code, client.get(details).status_code} == {403}
    assert "报告要素" not in page(client, "report_preview", inspection)


def test_the_preview_links_every_sentence_to_its_source(office_client: Client, inspection: Inspection) -> None:
    html = page(office_client, "report_preview", inspection)
    finding = inspection.aspects.get().findings.get()
    first = finding.measures.get(facet=None)
    assert re.search(rf'href="/measures/{first.pk}/">学了。</a>', html)
    assert f'href="{finding.get_absolute_url()}"' in html
    assert f'href="/inspections/{inspection.pk}/findings/?counted=on&amp;status=completed"' in html
    assert "关于整改的报告" in html


@pytest.mark.parametrize("role", [role.key for role in ROLES.values() if Right.MAKE_REPORT in role.rights])
def test_every_source_of_a_report_has_a_page_that_opens(client: Client, inspection: Inspection, role: str) -> None:
    client.force_login(make_user(role=role))
    html = page(client, "report_preview", inspection)
    links = set(re.findall(r'class="document-source[^"]*" href="([^"]+)"', html))
    assert len(links) >= 8
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_what_is_missing_is_said_and_marked(office_client: Client, inspection: Inspection) -> None:
    with unchecked_writes():
        inspection.aspects.get().findings.get().measures.filter(facet=None).update(outcome="")
    html = page(office_client, "report_preview", inspection)
    assert "还有 1 处没有内容" in html
    assert "【整改成效未填】。" in html


def test_the_masked_edition_hides_every_number(office_client: Client, inspection: Inspection) -> None:
    text = page(office_client, "report_text", inspection, edition="masked")
    assert "****年*月至**月" in text
    assert not re.search(r"[0-9]", text)
    assert page(office_client, "report_text", inspection, edition="nonsense") == page(
        office_client, "report_text", inspection
    )


def test_numbers_follow_the_records(office_client: Client, office: User, inspection: Inspection) -> None:
    assert "已完成整改0个" in page(office_client, "report_text", inspection)
    finding = inspection.aspects.get().findings.get()
    for name, value in closing_fields(office, inspection.feedback_on).items():  # type: ignore[arg-type] # the factory sets it
        setattr(finding, name, value)
    finding.long_term = True
    with unchecked_writes():
        finding.save()
    assert "已完成整改1个，整改成果中需长期坚持的1个。" in page(office_client, "report_text", inspection)


def test_the_pdf_is_downloaded_under_the_name_of_the_report(office_client: Client, inspection: Inspection) -> None:
    answer = office_client.get(reverse("reports:report_pdf", args=[inspection.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "filename*=utf-8''%E5%85%B3%E4%BA%8E" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "学了。" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_without_a_pdf_the_page_says_why_and_the_report_is_still_there(
    office_client: Client, inspection: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(document: Document) -> None:
        raise PdfUnavailable("没有找到可用的中文字体。")

    monkeypatch.setattr(views, "render_pdf", unavailable)
    answer = office_client.get(reverse("reports:report_pdf", args=[inspection.pk]))
    assert answer.status_code == 503
    assert "没有找到可用的中文字体。" in answer.content.decode()
    assert "学了。" in answer.content.decode()


def test_markup_in_records_is_shown_as_the_words_it_is(office_client: Client, inspection: Inspection) -> None:
    finding = inspection.aspects.get().findings.get()
    finding.title = "<script>alert(1)</script>"
    with unchecked_writes():
        finding.save()
    html = page(office_client, "report_preview", inspection)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_an_inspection_without_anything_still_has_a_report(office_client: Client) -> None:
    assert "【反馈问题未录入】" in page(office_client, "report_preview", make_inspection())


def test_the_number_of_queries_does_not_grow_with_the_report(
    office_client: Client, inspection: Inspection, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        finding = make_finding(inspection.aspects.get())
        make_measure(finding)
        make_finding(parent=finding)
    with django_assert_max_num_queries(17):  # type: ignore[operator] # a fixture of pytest-django
        page(office_client, "report_preview", inspection)


def test_details_are_edited_and_kept_when_wrong(office_client: Client, inspection: Inspection) -> None:
    address = reverse("reports:details_edit", args=[inspection.pk])
    sent = {
        "title": "新标题",
        "genre": "report",
        "overview_heading": "基本情况",
        "next_steps_heading": "下一步",
        "next_steps": "第一段。\r\n第二段。",
        "seen": 1,
    }
    wrong = office_client.post(address, sent | {"signature": "长" * 61}).content.decode()
    assert "最多 60 个字" in wrong
    assert "第一段。" in wrong
    assert office_client.post(address, sent).status_code == 302
    text = page(office_client, "report_text", inspection)
    assert text.splitlines()[0] == "新标题"
    assert "一、基本情况" in text
    assert text.splitlines()[-2:] == ["第一段。", "第二段。"]


def test_the_html_file_stands_alone(inspection: Inspection, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert "已写入" in run("render_report", str(inspection.pk), format="html", output=file)
    html = file.read_text(encoding="utf-8")
    assert "学了。" in html
    assert "<style>" in html
    assert not re.search(r"<a |<link|<script|src=", html)


def test_an_unknown_inspection_is_named_with_those_there_are(inspection: Inspection) -> None:
    with pytest.raises(CommandError, match=f"没有编号为 9999 的巡察。现有：{inspection.pk}（{inspection}）"):
        run("render_report", "9999")


def test_a_pdf_is_not_poured_into_the_terminal(inspection: Inspection) -> None:
    with pytest.raises(CommandError, match="--output"):
        run("render_report", str(inspection.pk), format="pdf")
