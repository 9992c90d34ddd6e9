"""Lists that come back: what is taken over, what stays, what has to be chosen; all of it comes in or nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts import changes
from findings.models import Finding, Measure
from tests.findings.conftest import Case
from tests.ledgers.books import brought_in, confirmed, taken_out

pytestmark = pytest.mark.django_db


def test_what_is_changed_in_excel_is_changed_in_the_record(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "register")
    book.write(case.measure, "整改措施", "建立督查台账，\n每周更新。")
    book.write(case.measure, "完成时限", "2026年7月")
    book.write(case.measure, "整改进展", "已建立台账。")
    book.write(case.measure, "完成情况", "已核实")
    page = brought_in(office_client, case.inspection, "register", book.content)
    plan = page.context["plan"]
    assert (plan.problems, len(plan.changed), plan.created) == ([], 1, [])
    assert [problem.value for problem in plan.ignored] == ["已核实"]
    measure = Measure.objects.get(pk=case.measure.pk)
    assert measure.plan == "建立督查台账。"
    answer = confirmed(office_client, page)
    assert "已导入整改台账：新增 0 条措施，修改 1 条措施。" in answer.content.decode()
    measure.refresh_from_db()
    assert (measure.plan, measure.due_on) == ("建立督查台账，\n每周更新。", dt.date(2026, 7, 31))
    assert measure.status == "under_way"
    assert next(entry.text for entry in measure.progress.all()) == "已建立台账。"
    again = brought_in(office_client, case.inspection, "register", book.content).context["plan"]
    assert (again.problems, again.rows) == ([], [])


def test_both_changed_is_chosen_for_each_field(office_client: Client, case: Case) -> None:
    book = taken_out(office_client, case.inspection, "problems")
    book.write(case.finding, "反馈问题", "文件里的标题")
    book.write(case.finding, "具体表现", "文件里的表现")
    finding = Finding.objects.get(pk=case.finding.pk)
    finding.title, finding.detail, finding.due_on = "系统里的标题", "系统里的表现", dt.date(2026, 8, 1)
    changes.change(finding, seen=finding.version)
    page = brought_in(office_client, case.inspection, "problems", book.content)
    (row,) = page.context["plan"].clashing
    assert [change.column.key for change in row.clashes] == ["title", "detail"]
    confirmed(office_client, page, **{row.clashes[0].name(row.number): "theirs"})
    finding.refresh_from_db()
    assert (finding.title, finding.detail) == ("文件里的标题", "系统里的表现")
    assert finding.due_on == dt.date(2026, 8, 1)
