"""Templates of an office: what is wrong is named with its place, what would escape is refused, what was put is kept."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Event
from documents.word.client import WordFileUnavailable, fill_template, template_faults
from ledgers.models import FormTemplate
from ledgers.word_documents.catalogue import FORMS, default_template, template_of
from ledgers.word_documents.placeholders import known_of, sample_of
from tests.findings.conftest import Case
from tests.ledgers.word_files import template, text

FORM = FORMS["closing"]
KNOWN, SAMPLE = known_of(FORM.placeholders), sample_of(FORM.placeholders)
EDIT = "ledgers:template_edit"


def wrong(content: bytes) -> list[str]:
    """What is wrong with a template of the sign-off sheet."""
    return template_faults(content, KNOWN, SAMPLE)


@pytest.mark.parametrize(
    ("words", "place", "help_"),
    [
        (("好", "{{ 编好 }}"), "正文第 2 段", "是不是“编号”"),
        (("{{ 编号 }", "好"), "正文第 1 段", "花括号没有配对"),
        (("{{ 编号. }}",), "正文第 1 段", "写法有误"),
        (("{%p for 行 in 措施表 %}", "{{ 行.措是 }}", "{%p endfor %}"), "正文第 2 段", "是不是“行.措施”"),
        (("{%p for 行 in 措施表 %}", "{{ 行.措施 }}"), "正文第 1 段", "没有对应的 {% endfor %}"),
        (("{%p endif %}",), "正文第 1 段", "前面没有对应的 if"),
        (("{% if 摘要 %}", "好", "{% endif %}"), "正文第 3 段", "不在同一段"),
        (("{%p for 行 in 编号 %}", "好", "{%p endfor %}"), "正文第 1 段", "不是一张表"),
        (("{{ 措施表 }}",), "正文第 1 段", "是一张表"),
        (("有 {%p if 摘要 %}", "好", "{%p endif %}"), "正文第 1 段", "单独占一段"),
    ],
)
def test_a_broken_template_names_its_place(words: tuple[str, ...], place: str, help_: str) -> None:
    (fault,) = wrong(template(*words))
    assert fault.startswith(place)
    assert help_ in fault


def test_a_fault_in_a_table_names_the_cell_and_what_is_known() -> None:
    found = wrong(template("好", rows=("{%tr for 行 in 办理表 %}", "{{ 行.意贝 }}", "{%tr endfor %}")))
    assert found == [
        "正文第 1 张表格第 2 行第 1 格，“{{ 行.意贝 }}”：没有“行.意贝”这个占位符，是不是“行.意见”；"
        "可用的有：行.时间、行.步骤、行.对象、行.办理人、行.意见。"
    ]


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 编号.__class__ }}",
        "{{ 编号.format(1) }}",
        "{{ range(10) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ 编号|safe }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 2 ** 100000000 }}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% set x = 1 %}",
        "{% macro x() %}{% endmacro %}",
        "{% for x in range(1000000000) %}x{% endfor %}",
        "{{ self }}",
        "{{ 措施表[0] }}",
    ],
)
def test_what_would_escape_is_refused_by_the_check_and_by_the_rendering(escape: str) -> None:
    assert wrong(template(escape))
    with pytest.raises(WordFileUnavailable):
        fill_template(template(escape), SAMPLE)


def test_loops_within_loops_end_in_time() -> None:
    loops = 9
    words = [f"{{% for a{number} in 措施表 %}}" for number in range(loops)]
    deep = template("".join(words) + "x" * 2000 + "{% endfor %}" * loops)
    many = {**SAMPLE, "措施表": SAMPLE["措施表"] * 50}
    began = time.monotonic()
    assert "试填用了" in template_faults(deep, KNOWN, many)[0]
    assert time.monotonic() - began < 20


def test_an_office_replaces_a_template_and_goes_back(keeper_client: Client, office_client: Client, case: Case) -> None:
    own = template("本单位的格式：{{ 编号 }}　{{ 问题 }}")
    address = reverse(EDIT, args=["closing"])
    assert "可用的占位符" in keeper_client.get(address).content.decode()
    answer = keeper_client.post(address, {"file": SimpleUploadedFile("我们的.docx", own)})
    assert answer.status_code == 302
    assert template_of("closing") == own
    sheet = office_client.get(reverse("ledgers:finding_closing", args=[case.finding.pk])).getvalue()
    assert f"本单位的格式：1-1　{case.finding.title}" in text(sheet)
    assert keeper_client.get(reverse("ledgers:template_file", args=["closing"])).getvalue() == own
    assert "我们的.docx" in keeper_client.get(reverse("ledgers:template_list")).content.decode()
    keeper_client.post(reverse("ledgers:template_default", args=["closing"]))
    assert template_of("closing") == default_template("closing")
    assert FormTemplate.objects.count() == 2
    assert Event.objects.filter(action=Action.CHANGE, record_type="ledgers.formtemplate").count() == 2


def test_a_broken_template_is_not_taken(keeper_client: Client) -> None:
    address = reverse(EDIT, args=["closing"])
    page = keeper_client.post(address, {"file": SimpleUploadedFile("错.docx", template("好", "{{ 编好 }}"))})
    assert "正文第 2 段" in page.content.decode()
    assert not FormTemplate.objects.exists()


def _with(name: str, data: bytes) -> bytes:
    file = io.BytesIO(template("好"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("模板.doc", lambda: template("好"), "必须是 .docx"),
        ("模板.docx", lambda: b"PK\x03\x04" + b"x" * 100, "损坏"),
        ("模板.docx", lambda: b"", "空的"),
        ("模板.docx", lambda: b"x" * (2 * 1024 * 1024 + 1), "不能超过 2 MB"),
        ("模板.docx", lambda: _with("word/vbaProject.bin", b"x"), "宏"),
        ("模板.docx", lambda: _with("word/x.xml", b"<!DOCTYPE x>"), "DTD"),
    ],
)
def test_a_file_that_is_no_clean_word_document_is_refused(
    keeper_client: Client, name: str, content: Callable[[], bytes], reason: str
) -> None:
    answer = keeper_client.post(reverse(EDIT, args=["closing"]), {"file": SimpleUploadedFile(name, content())})
    assert reason in answer.content.decode()
    assert not FormTemplate.objects.exists()
