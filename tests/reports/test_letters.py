"""Reading feedback letters: aspects, findings with details, what is urgent; from every kind of file."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from docx import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image

from documents.document import Block, BlockKind, Document, Source, Span
from documents.pdf.client import render_pdf
from findings.factories import make_user
from findings.models import Finding, Inspection
from reports.reading.letter import read_letter
from reports.recognition import recognise_letter
from tests.samples import case_file

HEAD = (
    "关于巡察区文体局党组的反馈意见\n区文体局党组：\n"
    "根据区委统一部署，2025年9月1日至11月30日，区委第三巡察组对区文体局党组进行了常规巡察。现反馈如下。\n"
)
LETTER = f"""{HEAD}一、总体评价
局党组做了大量工作。
二、巡察发现的主要问题
（一）学习贯彻党的创新理论方面
1.理论学习不深入。全年学习4次。
（1）只有2次研讨。
2.调研不够
3名班子成员没有下基层。
（二）选人用人方面
3.轮岗超期。6人超期。
（三）立行立改问题
4.公务用车标识缺失。
三、意见建议
（一）提高认识。请在1个月内报送整改方案。
区委第三巡察组
2025年12月1日"""


def titles(text: str) -> list[tuple[str, str]]:
    """The aspects and titles of the findings in a letter."""
    return [(finding.aspect, finding.title) for finding in read_letter(text).findings]


def test_a_letter_with_aspects_is_read() -> None:
    letter = read_letter(LETTER)
    assert letter.aspects == ("学习贯彻党的创新理论方面", "选人用人方面")
    assert [(one.title, one.detail, one.aspect) for one in letter.findings] == [
        ("理论学习不深入", "全年学习4次。\n（1）只有2次研讨。", "学习贯彻党的创新理论方面"),
        ("调研不够", "3名班子成员没有下基层。", "学习贯彻党的创新理论方面"),
        ("轮岗超期", "6人超期。", "选人用人方面"),
    ]
    assert [one.title for one in letter.immediate] == ["公务用车标识缺失"]


def test_chapters_can_be_the_aspects() -> None:
    chapters = ("一、贯彻落实上级部署方面\n1.部署落实慢。3个项目滞后。", "二、从严治党方面\n1.监督不严。")
    text = "\n".join([HEAD, *chapters, "三、意见建议\n1.加强学习。"])
    assert titles(text) == [("贯彻落实上级部署方面", "部署落实慢"), ("从严治党方面", "监督不严")]


def test_findings_may_be_counted_off_in_one_paragraph() -> None:
    counted = "主要问题：一是学习不深入，以会代训；二是执法不规范；三是轮岗不及时。"
    text = f"{HEAD}{counted}\n意见建议：一是加强学习。二是严格执法。"
    assert titles(text) == [("", "学习不深入，以会代训"), ("", "执法不规范"), ("", "轮岗不及时")]


def test_a_chapter_of_what_is_to_be_rectified_at_once_is_read_apart() -> None:
    problems = "一、主要问题\n（一）政治建设抓得不实。主要表现：一是学习不够。二是调研不够。\n（二）内控松懈。"
    text = f"{HEAD}{problems}\n二、立行立改事项\n1.清退办公用房2间。涉及副职2人。\n2.补缴党费。\n涉及支部3个。"
    letter = read_letter(text)
    assert [one.title for one in letter.findings] == ["政治建设抓得不实", "内控松懈"]
    assert letter.findings[0].detail == "主要表现：一是学习不够。二是调研不够。"
    assert [one.title for one in letter.immediate] == ["清退办公用房2间", "补缴党费"]
    assert [one.detail for one in letter.immediate] == ["涉及副职2人。", "涉及支部3个。"]
    (*_, urgent) = recognise_letter(text).parsed.facts.aspects
    assert [one.detail for one in urgent.findings] == ["涉及副职2人。", "涉及支部3个。"]
    assert all(one.is_immediate for one in urgent.findings)


def word_file(text: str) -> bytes:
    """The letter as a .docx file whose numbers 1. and （一） are automatic."""
    document = WordDocument()
    numbering = document.part.numbering_part.element
    for key, number_format, words in (("91", "chineseCounting", "（%1）"), ("92", "decimal", "%1.")):
        abstract = OxmlElement("w:abstractNum")
        abstract.set(qn("w:abstractNumId"), key)
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), "0")
        for name, value in (("w:start", "1"), ("w:numFmt", number_format), ("w:lvlText", words)):
            part = OxmlElement(name)
            part.set(qn("w:val"), value)
            level.append(part)
        abstract.append(level)
        numbering.insert(0, abstract)
        number = OxmlElement("w:num")
        number.set(qn("w:numId"), key)
        link = OxmlElement("w:abstractNumId")
        link.set(qn("w:val"), key)
        number.append(link)
        numbering.append(number)
    for line in text.split("\n"):
        key = "91" if re.match("（[一二三]）", line) else "92" if line[1:2] == "." else ""
        paragraph = document.add_paragraph(line[3:] if key == "91" else line[2:] if key else line)
        if key:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = int(key)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def output_of(file: Path, command: str = "parse_letter") -> dict[str, object]:
    """What a command prints about a file."""
    out = io.StringIO()
    call_command(command, str(file), json=True, stdout=out)
    result: dict[str, object] = json.loads(out.getvalue())
    return result


def test_automatic_numbers_of_a_word_file_are_read(tmp_path: Path) -> None:
    # Automatic numbers go on over （一）…（三） of chapter two and the one of chapter three: that is four.
    (tmp_path / "letter.docx").write_bytes(word_file(LETTER))
    read = output_of(tmp_path / "letter.docx")
    assert read["aspects"] == ["学习贯彻党的创新理论方面", "选人用人方面"]
    assert [one["title"] for one in read["findings"]] == ["理论学习不深入", "调研不够", "轮岗超期"]  # type: ignore[attr-defined]
    assert read["immediate"] == ["公务用车标识缺失"]
    assert read["doubts"] == []


@pytest.mark.samples
def test_the_letter_of_an_office_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(case_file("feedback-letter.docx"))
    read = output_of(tmp_path / "letter.docx")
    assert len(read["aspects"]) == 3  # type: ignore[arg-type]
    findings = read["findings"]
    assert [one["title"] for one in findings][-1] == "党费收缴不规范"  # type: ignore[attr-defined]
    assert len(findings) == 8  # type: ignore[arg-type]


def test_a_saved_page_of_the_web_is_read(tmp_path: Path) -> None:
    rows = "".join(f"<p>{line}</p>" for line in LETTER.split("\n"))
    head = "<!DOCTYPE html><html><head><title>x</title></head><body><script>var a = '关于b问题。';</script>"
    page = f"{head}{rows}</body></html>"
    (tmp_path / "letter.html").write_text(page, encoding="gb18030")
    assert len(output_of(tmp_path / "letter.html")["findings"]) == 3  # type: ignore[arg-type]


def test_the_text_of_a_pdf_is_read(tmp_path: Path) -> None:
    source = Source("inspection", "")
    blocks = [Block(BlockKind.PARAGRAPH, (Span(line),), source) for line in LETTER.split("\n")]
    (tmp_path / "letter.pdf").write_bytes(render_pdf(Document("反馈意见", tuple(blocks))).content)
    read = output_of(tmp_path / "letter.pdf")
    assert [one["title"] for one in read["findings"]] == ["理论学习不深入", "调研不够", "轮岗超期"]  # type: ignore[attr-defined]


def test_a_pdf_of_pictures_is_refused_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    Image.new("L", (600, 800), 255).save(file, "PDF")
    with pytest.raises(CommandError, match="只有图片，没有文字（多半是扫描件）"):
        output_of(file)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版格式|打不开|密码"),
        (b"PK\x03\x04" + b"\x00" * 100, "损坏|打不开|读不出来"),
        ("没有一条。".encode(), "没有读到任何问题"),
        (b"%PDF-1.7\n\x00\xff", "PDF 不完整"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        output_of(file)


@pytest.mark.django_db
def test_the_office_uploads_a_letter_looks_and_saves(client: Client) -> None:
    client.force_login(make_user(role="office"))
    upload = SimpleUploadedFile("反馈意见.docx", word_file(LETTER))
    answer = client.post(reverse("reports:text_import"), {"file": upload, "corrections": "", "by_hand": ""})
    page = answer.content.decode()
    assert "理论学习不深入" in page
    assert "全年学习4次。" in page
    assert not Inspection.objects.exists()
    text = answer.context["form"].initial["text"]
    answer = client.post(reverse("reports:text_store"), {"text": text}, follow=True)
    assert "已导入 3 个方面、4 个问题" in answer.content.decode()
    inspection = Inspection.objects.get()
    assert inspection.rectification_due_on is None
    assert (str(inspection.feedback_on), inspection.team, inspection.body) == (
        "2025-12-01",
        "区委第三巡察组",
        "区文体局党组",
    )
    finding = Finding.objects.get(title="理论学习不深入")
    assert finding.detail.startswith("全年学习4次。")
    assert not finding.measures.exists()


@pytest.mark.django_db
def test_the_text_of_a_file_stays_when_another_field_is_refused(client: Client) -> None:
    client.force_login(make_user(role="office"))
    upload = SimpleUploadedFile("反馈意见.docx", word_file(LETTER))
    page = client.post(reverse("reports:text_import"), {"file": upload, "name": "长" * 101}).content.decode()
    assert "最多 100 个字" in page
    assert "1.理论学习不深入。全年学习4次。" in page
