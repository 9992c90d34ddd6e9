"""Templates: what is wrong is named with its place, what would escape is refused."""

from __future__ import annotations

import time
from typing import Any

import pytest

from documents.word.client import WordFileUnavailable, fill_template, template_faults
from tests.documents.word.word_files import template

MEASURES = ("编号", "措施", "责任单位", "责任人", "完成日期", "成效", "办理状态")
STEPS = ("时间", "步骤", "对象", "办理人", "意见")
KNOWN: dict[str, Any] = {
    "编号": None,
    "问题": None,
    "状态": None,
    "摘要": None,
    "措施表": dict.fromkeys(MEASURES),
    "办理表": dict.fromkeys(STEPS),
}
SAMPLE: dict[str, Any] = {
    "编号": "1-1",
    "问题": "学习不够",
    "状态": "已销号",
    "摘要": "0123456789abcdef",
    "措施表": [{name: f"（示例）{name}" for name in MEASURES}],
    "办理表": [{name: f"（示例）{name}" for name in STEPS}],
}


def find_faults(content: bytes) -> list[str]:
    """What is wrong with a template."""
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
    (fault,) = find_faults(template(*words))
    assert fault.startswith(place)
    assert help_ in fault


def test_a_fault_in_a_table_names_the_cell_and_what_is_known() -> None:
    found = find_faults(template("好", rows=("{%tr for 行 in 办理表 %}", "{{ 行.意贝 }}", "{%tr endfor %}")))
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
    assert find_faults(template(escape))
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
