"""Every page opens, says what it is about, in Chinese, and carries nothing the content security policy forbids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.request_context import current_context
from findings.evidence.store.kinds import CHECKS
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from findings.models import Inspection, Unit
from tests.findings.conftest import (
    READING,
    SHARED,
    WRITING,
    Case,
    query_count,
    read_address,
    words_of,
    write_address,
)
from tests.raw_writes import unchecked_writes

pytestmark = pytest.mark.django_db

SAYS = {
    "inspection_list": ["第三轮巡察", "新建巡察", "共 1 次巡察"],
    "inspection_detail": [
        "（一）推动决策部署落地见效存在温差",
        "督查工作重部署轻问效",
        "台账不全",
        "综合科",
        "2 条措施，完成 0 条",
    ],
    "finding_list": ["督查工作重部署轻问效", "1-1-1", "共 2 个问题"],
    "finding_detail": [
        "1-1 督查工作重部署轻问效",
        "（一）推动",
        "建立督查台账。",
        "台账已经建立。",
        "配合单位",
        "还差：",
    ],
    "measure_list": ["建立督查台账。", "1-1 / 1", "共 2 条措施"],
    "measure_detail": ["建立督查台账。", "台账已经建立。", "新的整改进展", "按问题的牵头单位"],
    "regulation_list": ["《督查工作办法》", "共 1 项制度"],
    "unit_list": ["综合科", "李填报", "（科员）", "没有成员"],
}
# Names typed in by the tests, and what is not Chinese in Chinese offices either.
FOREIGN = {"office", "reporter", "keeper", "PDF", "Excel", "Cookie", "Ctrl", "Enter", "MB", *CHECKS}
FORBIDDEN = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:|<iframe", re.IGNORECASE)


def assert_clean(html: str) -> None:
    """No style or script in the page, no word of a library, no blank where a value is missing."""
    assert not FORBIDDEN.search(html), FORBIDDEN.search(html)
    words = words_of(html)
    assert set(re.findall(r"[A-Za-z]{2,}", words.replace(current_context().who, ""))) <= FOREIGN
    assert "---" not in words


@pytest.mark.parametrize("name", READING)
def test_a_page_says_what_it_is_about(office_client: Client, case: Case, name: str) -> None:
    answer = office_client.get(read_address(case, name))
    words = words_of(answer.content.decode())
    assert answer.status_code == 200
    assert [part for part in SAYS[name] if part not in words] == []
    assert_clean(answer.content.decode())
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", [*WRITING, *SHARED])
def test_a_form_opens(fitting: Callable[[str], Client], case: Case, name: str) -> None:
    answer = fitting(name).get(write_address(case, name))
    assert answer.status_code == 200
    assert_clean(answer.content.decode())


@pytest.mark.parametrize("name", [name for name in WRITING if not name.endswith("_delete")])
def test_an_empty_form_is_refused_in_chinese_at_its_fields(
    fitting: Callable[[str], Client], case: Case, name: str
) -> None:
    answer = fitting(name).post(
        write_address(case, name), {"name": "", "order": "", "text": "", "title": "", "user": ""}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "没有保存，有" in html
    assert 'class="field-error"' in html
    assert_clean(html)


def test_pages_without_records_say_why_and_what_to_do(office_client: Client, client: Client, reporter: User) -> None:
    inspection = make_inspection()
    names = ("inspection_detail", "finding_list", "measure_list", "regulation_list")
    addresses = [reverse(f"findings:{name}", args=[inspection.pk]) for name in names] + [reverse("findings:unit_list")]
    for address in addresses:
        assert_clean(office_client.get(address).content.decode())
        assert re.search("还没有", office_client.get(address).content.decode())
    with unchecked_writes():
        assert Inspection.objects.filter(pk=inspection.pk).delete()
    assert "还没有巡察。可以新建" in office_client.get(reverse("findings:inspection_list")).content.decode()
    client.force_login(reporter)
    assert "整改办录入后会显示在这里" in client.get(reverse("findings:inspection_list")).content.decode()


def test_a_finding_and_its_measures_open_before_anybody_is_responsible(office_client: Client) -> None:
    measure = make_measure(make_finding(lead_unit=None), lead_unit=None, plan="修订督查办法。")
    shown = office_client.get(measure.finding.get_absolute_url()).content.decode()
    assert '<span class="measure-unit" title="单位未定">单位未定</span>' in shown


def test_the_first_page_is_the_desk_or_an_officers_own(office_client: Client, keeper_client: Client) -> None:
    assert office_client.get("/").headers["Location"] == reverse("findings:desk")
    assert keeper_client.get("/").headers["Location"] == reverse("findings:person_list")


@pytest.mark.parametrize(
    "address", ["/nothing/", "/findings/999999/", f"/measures/{'9' * 30}/", "/aspects/999999/edit/"]
)
def test_what_is_not_there_is_said_in_chinese(office_client: Client, address: str) -> None:
    answer = office_client.get(address)
    assert answer.status_code == 404
    assert "您要看的内容不存在" in answer.content.decode()
    assert_clean(answer.content.decode())


def test_an_unknown_address_does_not_break_for_the_anonymous(client: Client) -> None:
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert reverse("accounts:login") in answer.content.decode()


def test_an_expired_page_and_a_failure_are_said_in_chinese(office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office)
    refused = strict.post(reverse("findings:inspection_create"), {"name": "巡察"})
    assert refused.status_code == 403
    assert "页面已过期，没有保存" in refused.content.decode()
    assert_clean(refused.content.decode())

    def fail(*args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(Inspection.objects, "visible_to", fail)
    broken = Client(raise_request_exception=False)
    broken.force_login(office)
    answer = broken.get(reverse("findings:inspection_list"))
    assert answer.status_code == 500
    assert "系统出错，没有保存" in answer.content.decode()
    assert "broken" not in answer.content.decode()
    assert_clean(answer.content.decode().replace(answer.headers["X-Request-ID"], ""))


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_much_at_once_is_refused_in_chinese(office_client: Client) -> None:
    answer = office_client.post(reverse("findings:inspection_create"), {"name": "长" * 2000})
    assert answer.status_code == 400
    assert "提交的内容过多" in answer.content.decode()
    assert not Inspection.objects.exists()


def test_markup_in_records_is_shown_as_the_words_it_is(office_client: Client) -> None:
    evil = "<script>alert(1)</script>\"'&"
    with unchecked_writes():
        unit = Unit.objects.create(name=evil)
    inspection = make_inspection(name=evil, body=evil)
    finding = make_finding(make_aspect(inspection, title=evil), title=evil, lead_unit=unit)
    for address in (
        inspection.get_absolute_url(),
        finding.get_absolute_url(),
        reverse("findings:finding_list", args=[inspection.pk]),
        reverse("findings:finding_list", args=[inspection.pk]) + "?q=" + "<script>alert(1)</script>&sort=<script>",
        reverse("findings:inspection_list"),
        reverse("findings:unit_list"),
        reverse("findings:finding_edit", args=[finding.pk]),
    ):
        html = office_client.get(address).content.decode()
        assert "<script>alert" not in html
        assert not FORBIDDEN.search(html)
        assert "&lt;script&gt;" in html


def test_a_large_inspection_is_opened_aspect_by_aspect(office_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_aspect()
    second, titles = make_aspect(first.inspection), ("甲事项", "乙事项", "丙事项", "丁事项")
    for title in titles[:3]:
        make_finding(first, title=title)
    below = make_finding(parent=make_finding(second, title=titles[3]), title="丁的分项")
    monkeypatch.setattr("findings.work.overview.MOST_FINDINGS", 4)
    address = first.inspection.get_absolute_url()
    html = office_client.get(address).content.decode()
    assert "问题较多，一次展开一个方面" in html
    assert "3 个问题" in html
    assert "1 个问题" in html
    assert [title in html for title in titles] == [True, True, True, False]
    assert f'href="?aspect={second.pk}#aspect-{second.pk}"' in html
    html = office_client.get(address, {"aspect": second.pk}).content.decode()
    assert [title in html for title in titles] == [False, False, False, True]
    assert below.title in html
    for odd in ("0", "x", "9" * 40):
        assert titles[0] in office_client.get(address, {"aspect": odd}).content.decode()


def test_of_a_large_aspect_the_first_findings_are_shown(office_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    aspect = make_aspect()
    for title in ("甲事项", "乙事项", "丙事项"):
        make_finding(aspect, title=title)
    monkeypatch.setattr("findings.work.overview.MOST_FINDINGS", 2)
    html = office_client.get(aspect.inspection.get_absolute_url()).content.decode()
    assert "这里是前 2 个，全部用“列出问题”打开。" in html
    assert "乙事项" in html
    assert "丙事项" not in html


def test_the_tree_of_a_large_inspection_costs_a_fixed_number_of_queries(
    office_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("findings.work.overview.MOST_FINDINGS", 3)
    aspect = make_aspect()
    counts = []
    for _ in range(2):
        for _ in range(4):
            make_measure(make_finding(aspect, lead_unit=make_unit()))
        make_finding(make_aspect(aspect.inspection))
        counts.append(query_count(office_client, aspect.inspection.get_absolute_url()))
    assert counts[0] == counts[1] <= 16
