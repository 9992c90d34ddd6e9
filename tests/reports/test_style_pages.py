"""The pages of the style of a report: choosing, changing with the effect beside it, saving for the office."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from findings.factories import make_finding, make_grant, make_inspection, make_measure, make_regulation, make_user
from findings.models import Inspection, Progress
from findings.workflow.saving import workflow_writer
from reports.gathering import details_of
from reports.models import OWN_STYLE, ReportDetails, SavedStyle
from reports.style_forms import values_of_style
from reports.styles.shipped import PLAIN, SHIPPED
from tests.raw_writes import unchecked_writes
from tests.reports.test_pages import inspection, page

pytestmark = pytest.mark.django_db
__all__ = ["inspection"]  # the fixture


def style_page(inspection: Inspection) -> str:
    return reverse("reports:style_edit", args=[inspection.pk])


def words(html: str) -> str:
    """The text of a page without its tags, which stand between the words of a sentence."""
    return re.sub("<[^>]*>", "", html)


def sent(**changes: Any) -> dict[str, Any]:
    """The form of the standard style with some fields changed."""
    values = values_of_style(PLAIN) | changes
    return {name: "on" if value is True else value for name, value in values.items() if value not in (False, None)}


def test_a_style_is_tried_and_nothing_is_kept(office_client: Client, inspection: Inspection) -> None:
    html = page(office_client, "report_preview", inspection, style="quoted", edition="full")
    assert "1.关于“第" in words(html)
    assert "这是试看" in html
    assert details_of(inspection).style == PLAIN
    text = page(office_client, "report_text", inspection, style="quoted", edition="full")
    assert "1.关于“第" in text


def test_a_choice_is_kept_with_the_report(office_client: Client, inspection: Inspection) -> None:
    make_regulation(inspection, title="学习制度")
    chosen = {"style": "stated", "edition": "full", "findings_annex": "on", "regulations_annex": "on"}
    answer = office_client.post(reverse("reports:choice_save", args=[inspection.pk]), chosen)
    assert answer.status_code == 302
    html = page(office_client, "report_preview", inspection)
    assert "整改状态：" in html
    assert "这是试看" not in html
    assert "附件：1." in html
    assert "建立完善制度清单" in html
    assert "学习制度" in html


def test_an_unknown_style_in_the_address_is_left_aside(office_client: Client, inspection: Inspection) -> None:
    html = page(office_client, "report_preview", inspection, style="saved-99", edition="nonsense")
    assert "关于第" in words(html)
    assert "这是试看" not in html


@pytest.mark.parametrize("code", SHIPPED)
def test_every_style_writes_the_records(office_client: Client, inspection: Inspection, code: str) -> None:
    text = page(office_client, "report_text", inspection, style=code, edition="full")
    assert "一、" in text
    written = "第1项工作不够扎实" in text
    assert written == (code != "brief")  # which writes what is finished only


def test_a_changed_style_shows_its_effect_before_it_is_saved(office_client: Client, inspection: Inspection) -> None:
    changes = sent(finding_number="1.", finding_words="关于“【标题】”问题的整改", label="整改落实：")
    html = office_client.post(style_page(inspection), changes | {"preview": "on"}).content.decode()
    assert "整改落实：学了。" in words(html)
    assert details_of(inspection).style == PLAIN
    assert office_client.post(style_page(inspection), changes | {"save": "on"}).status_code == 302
    kept = details_of(inspection)
    assert kept.style_name == OWN_STYLE
    assert kept.style.label == "整改落实："
    assert "问题的整改\n整改落实：学了。" in page(office_client, "report_text", inspection)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chapters": "组织情况：情况\n附则：其他"}, "各章第 2 行“附则”不是章的内容"),
        ({"preamble": "根据【党委】部署"}, "没有【党委】这一项"),
        ({"summary": "处理【诫勉.人】人"}, "没有“诫勉.人”这个统计数"),
        ({"finding_words": "关于问题"}, "要有【标题】"),
        ({"summary": "共{【问题数】条"}, "没有与它配对"),
        ({"finding_words": ""}, "请填写"),
    ],
)
def test_a_style_that_cannot_be_written_is_refused_and_kept(
    office_client: Client, inspection: Inspection, changes: dict[str, str], reason: str
) -> None:
    html = office_client.post(
        style_page(inspection), sent(label="办理结果：", **changes) | {"save": "on"}
    ).content.decode()
    assert reason in html
    assert "办理结果：" in html
    assert details_of(inspection).style == PLAIN


def test_a_style_is_saved_for_the_office_and_reports_keep_a_copy(office_client: Client, inspection: Inspection) -> None:
    changes = sent(label="整改成效：") | {"save_as": "on"}
    assert "请给体例起个名称" in office_client.post(style_page(inspection), changes).content.decode()
    named = changes | {"style_name": "市委要求的"}
    assert "已存为本单位的体例" in office_client.post(style_page(inspection), named).content.decode()
    assert "已经有了" in office_client.post(style_page(inspection), named).content.decode()
    saved = SavedStyle.objects.get()
    chosen = {"style": f"saved-{saved.pk}", "edition": "full"}
    assert "整改成效：学了。" in words(page(office_client, "report_preview", inspection, **chosen))
    office_client.post(reverse("reports:choice_save", args=[inspection.pk]), chosen)
    delete = reverse("reports:saved_style_delete", args=[inspection.pk, saved.pk])
    assert "不受影响" in office_client.get(delete).content.decode()
    assert office_client.post(delete, {"seen": saved.version}).status_code == 302
    assert details_of(inspection).style.label == "整改成效："


def test_a_stored_style_that_cannot_be_read_is_told_and_the_report_is_shown(
    office_client: Client, inspection: Inspection
) -> None:
    with unchecked_writes():
        ReportDetails.objects.update(style_name=OWN_STYLE, own_style={"version": 99})
    html = page(office_client, "report_preview", inspection)
    assert "更新版本" in html
    assert "关于第" in words(html)


def test_a_style_of_its_own_can_be_taken_again(office_client: Client, inspection: Inspection) -> None:
    office_client.post(style_page(inspection), sent(label="整改成效：") | {"save": "on"})
    keep = reverse("reports:choice_save", args=[inspection.pk])
    office_client.post(keep, {"style": "quoted", "edition": "full"})
    assert details_of(inspection).style == SHIPPED["quoted"]
    office_client.post(keep, {"style": OWN_STYLE, "edition": "full"})
    assert details_of(inspection).style.label == "整改成效："


def test_a_saved_style_that_cannot_be_read_is_refused(office_client: Client, inspection: Inspection) -> None:
    saved = workflow_writer.create(SavedStyle(body=inspection.unit, name="甲", style={"version": 99}))
    html = page(office_client, "report_preview", inspection, style=f"saved-{saved.pk}", edition="full")
    assert "体例：这种体例是用更新版本的系统保存的" in html
    assert "关于第" in words(html)
    assert "关于第" in words(page(office_client, "report_preview", inspection, style="", edition="full"))


def test_only_who_writes_the_report_changes_its_style(client: Client, inspection: Inspection) -> None:
    reader = make_user()
    make_grant(reader, "leader", inspection.unit)
    client.force_login(reader)
    assert client.get(style_page(inspection)).status_code == 403
    assert client.post(reverse("reports:choice_save", args=[inspection.pk]), {"style": "quoted"}).status_code == 403
    saved = workflow_writer.create(SavedStyle(body=inspection.unit, name="甲", style=PLAIN.as_dict()))
    assert client.post(reverse("reports:saved_style_delete", args=[inspection.pk, saved.pk])).status_code == 403
    client.force_login(make_user())
    assert client.get(style_page(inspection)).status_code == 404


def test_what_has_no_outcome_yet_may_say_its_latest_progress(office_client: Client, inspection: Inspection) -> None:
    measure = make_measure(make_finding(inspection.aspects.get(), order=2), outcome="")
    for days, text in ((9, "已立项。"), (2, "完成招标。"), (5, "正在招标。")):
        day = timezone.localdate() - dt.timedelta(days=days)
        workflow_writer.create(Progress(measure=measure, text=text, reported_on=day, logged_by=make_user()))
    said = page(office_client, "report_text", inspection, style="full", edition="full")
    assert "整改情况：完成招标。" in said
    assert "招标" not in page(office_client, "report_text", inspection, style="stated", edition="full")


def test_styles_cost_the_same_queries_whatever_they_write(
    office_client: Client, inspection: Inspection, django_assert_max_num_queries: Any
) -> None:
    other = make_inspection()
    for order in range(2, 6):
        make_measure(make_finding(inspection.aspects.get(), order=order), outcome="改了。")
    assert other.pk != inspection.pk
    with django_assert_max_num_queries(21):
        page(office_client, "report_preview", inspection, style="full", edition="full", regulations_annex="on")
