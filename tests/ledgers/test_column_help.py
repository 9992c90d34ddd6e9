"""What the page says of the columns by which a list comes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from ledgers.catalogue import LISTS
from ledgers.column_help import how_to_fill
from tests.findings.conftest import Case

IN = [key for key in LISTS if key not in {"evidence", "letters"}]  # which only go out


@pytest.mark.parametrize("key", IN)
def test_every_column_is_explained(key: str) -> None:
    assert all(how_to_fill(column).endswith("。") for column in LISTS[key].columns)


@pytest.mark.parametrize(
    ("key", "heading", "words"),
    [
        ("problems", "序号", "新的一行可以不填，由系统接着编号"),
        ("tasks", "序号", "填它属于哪个问题"),
        ("tasks", "反馈问题", "填它属于哪个问题"),
        ("problems", "完成时限", "只写年月的，算当月最后一天"),
        ("problems", "时限类型", "只能填：立行立改、限期整改、分阶段整改。"),
        ("responsibilities", "配合单位", "几个单位用“、”隔开"),
        ("register", "整改进展", "写新的进展，记为今天"),
        ("register", "完成情况", "只供查看"),
        ("register", "具体表现", "请在问题清单里改了再导入"),
        ("recoveries", "金额（元）", "不写单位的按元算"),
        ("projects", "总投资（万元）", "不写单位的按万元算"),
    ],
)
def test_what_it_says_is_what_the_import_does(key: str, heading: str, words: str) -> None:
    (column,) = [column for column in LISTS[key].columns if column.heading == heading]
    assert words in how_to_fill(column)


@pytest.mark.django_db
def test_the_page_of_the_import_has_them(office_client: Client, case: Case) -> None:
    page = office_client.get(reverse("ledgers:list_import", args=[case.inspection.pk, "problems"])).content.decode()
    assert "每一列怎么填" in page
    assert "只能填：立行立改、限期整改、分阶段整改。" in page
