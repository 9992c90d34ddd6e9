"""Layouts of offices' own ledgers: headings of several rows, bands, merged cells, sums and lines to sign."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from django.test import Client

from findings.factories import make_aspect
from findings.models import Finding, Measure
from ledgers.sheet_matching import FileList
from tests.findings.conftest import Case
from tests.ledgers.workbooks import answer_questions, brought_in, confirmed, listed

pytestmark = pytest.mark.django_db
HEAD = [
    ["附件2"],
    ["巡察整改台账"],
    ["序号", "反馈问题", "整改措施", "责任单位", None, "时限", None, "备注"],
    [None, None, None, "牵头", "配合", "开始", "完成", None],
]
HEAD_MERGES = ["A2:H2", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "H3:H4"]


def laid_out(rows: Sequence[Any], merges: Sequence[str], head: Sequence[Any] | None = None) -> bytes:
    """A workbook of these rows below the headings, with these merged areas beside those of the headings."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in [*(HEAD if head is None else head), *rows]:
        book.active.append(row)
    for area in [*(HEAD_MERGES if head is None else []), *merges]:
        book.active.merge_cells(area)
    book.save(file)
    return file.getvalue()


def read(case: Case, rows: Sequence[Any], *merges: str, key: str = "register") -> FileList:
    """The list in such a workbook."""
    return listed(laid_out(rows, [*merges]), case.inspection, key)


def texts(file: FileList, key: str) -> list[Any]:
    """What the rows say in one column."""
    return [row.cells[key][1] for row in file.rows]


def test_headings_of_two_rows_are_put_together(case: Case) -> None:
    file = read(case, [["1-1", "甲", "乙", "综合科", "秘书科", "2026-3-1", "2026-9-30", "无"]])
    assert file.renamed == {"牵头单位": "责任科室"}
    assert not {"责任单位", "时限", "牵头", "完成"} & {one.heading for one in file.foreign}
    assert (texts(file, "unit"), texts(file, "due"), texts(file, "plan")) == (["综合科"], ["2026-9-30"], ["乙"])
    assert [row.number for row in file.rows] == [5]


def test_merged_cells_count_for_all_rows_that_they_cover(case: Case) -> None:
    rows = [["1-1", "甲", "乙", "综合科"], [None, None, "丙", "秘书科"], [None, None, "丁", None]]
    file = read(case, rows, "A5:A7", "B5:B7", "D6:D7")
    assert (texts(file, "number"), texts(file, "title")) == (["1-1"] * 3, ["甲"] * 3)
    assert (texts(file, "plan"), texts(file, "unit")) == (["乙", "丙", "丁"], ["综合科", "秘书科", "秘书科"])


def test_bands_sums_and_what_stands_below_are_no_records(case: Case) -> None:
    rows = [
        ["一、党的领导方面"],
        ["1-1", "甲", "乙"],
        ["小计", None, "1条"],
        ["（二）组织建设方面"],
        ["2-1", "丙", "丁"],
        ["合计", None, "2条"],
        ["填表人：张三", None, "审核人：李四", None, "日期：2026年3月1日"],
        ["注：本表一式两份。"],
    ]
    file = read(case, rows, "A5:H5", "A8:H8", key="problems")
    assert (texts(file, "title"), texts(file, "aspect")) == (["甲", "丙"], ["党的领导方面", "组织建设方面"])
    assert [words[:8] for words in file.passed] == ["第 7 行“小计", "第 10 行“合", "第 11 行“填", "第 12 行“注"]
    of_measures = read(case, rows, "A5:H5", "A8:H8")
    assert texts(of_measures, "plan") == ["乙", "丁"]
    assert of_measures.passed[-1] == "分段的标题行没有读取：“党的领导方面”、“组织建设方面”。"


def test_a_row_of_column_numbers_is_passed_over(case: Case) -> None:
    file = read(case, [[*range(1, 9)], ["1-1", "甲", "乙"]])
    assert (texts(file, "title"), file.passed) == (["甲"], ["第 5 行是列的编号，没有读取。"])


def test_a_sheet_of_ours_keeps_every_row(case: Case) -> None:
    head = [["整改台账"], ["序号", "反馈问题", "整改措施", None]]
    rows = [["合计", "甲", "乙", f"measure-{case.measure.pk}"]]
    file = listed(laid_out(rows, [], head), case.inspection, "register")
    assert (file.is_own, texts(file, "number"), file.passed) == (True, ["合计"], [])


def test_bands_name_the_aspects_of_new_findings(office_client: Client, case: Case) -> None:
    make_aspect(case.inspection, title="组织建设方面")
    rows = [["二、组织建设方面"], [None, "支部生活不严", None, "综合科"]]
    head = [["台账"], ["序号", "反馈问题", "具体表现", "牵头单位"]]
    page = brought_in(office_client, case.inspection, "problems", laid_out(rows, ["A3:D3"], head))
    assert page.context["plan"].problems == []
    confirmed(office_client, page)
    assert Finding.objects.get(title="支部生活不严").aspect.title == "组织建设方面"


def test_measures_below_merged_findings_are_brought_in(office_client: Client, case: Case) -> None:
    head = [["台账"], ["序号", "反馈问题", "整改措施", "责任单位"]]
    rows = [["1-1", case.finding.title, "每月通报一次。", "综合科"], [None, None, "每季度检查一次。", None]]
    page = brought_in(office_client, case.inspection, "register", laid_out(rows, ["A3:A4", "B3:B4", "D3:D4"], head))
    confirmed(office_client, page)
    found = Measure.objects.filter(plan__in=["每月通报一次。", "每季度检查一次。"])
    assert {(measure.finding_id, measure.lead_unit_id) for measure in found} == {(case.finding.pk, case.unit.pk)}


def test_an_office_ledger_brings_in_its_findings_first_and_then_their_measures(
    office_client: Client, case: Case
) -> None:
    make_aspect(case.inspection, title="组织建设方面")
    head = [["台账"], ["序号", "类别", "反馈问题", "整改措施", "责任单位"]]
    rows = [
        ["1", "组织建设方面", "支部生活不严", "每月通报一次。", "综合科"],
        [None, None, None, "每季度检查一次。", "综合科"],
        ["2", "组织建设方面", "党费收缴不及时", "按月收缴。", "综合科"],
    ]
    content = laid_out(rows, ["A3:A4", "B3:B4", "C3:C4"], head)
    early = brought_in(office_client, case.inspection, "register", content)
    assert "还没有登记的问题，请先到问题清单导入，同一份文件也可以。" in early.text
    page = answer_questions(office_client, brought_in(office_client, case.inspection, "problems", content))
    assert "第 3–4 行在同一个合并的单元格里，算一条，只读了第一行。" in page.context["plan"].file.passed
    confirmed(office_client, page)
    assert Finding.objects.filter(title="支部生活不严").count() == 1
    confirmed(office_client, brought_in(office_client, case.inspection, "register", content))
    found = Measure.objects.filter(finding__title="支部生活不严").values_list("plan", flat=True)
    assert sorted(found) == ["每季度检查一次。", "每月通报一次。"]
