"""A text put into an existing inspection: compared first, then stored as it was chosen, all of it or nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Action, Event, Result, User
from findings.factories import (
    make_aspect,
    make_facet,
    make_finding,
    make_grant,
    make_inspection,
    make_measure,
    make_unit,
    make_user,
)
from findings.models import Aspect, Facet, Finding, Inspection, Measure
from findings.workflow.editing import EXPIRES, VOIDS
from findings.workflow.saving import workflow_writer
from reports.importing import store
from reports.models import ImportSource
from reports.parsing import parse
from tests.findings.submissions import signed
from tests.raw_writes import unchecked_writes
from tests.reports.test_parsing import LINES, changed

pytestmark = pytest.mark.django_db
TEXT = "\n".join(LINES)
READ, STORE, MATCH, PLACE = "/import/", "/import/store/", "/import/match/", "/import/match/store/"
MORE = changed(8, "整改情况：一是学了。二是考了三次。三是评了。")


@pytest.fixture
def inspection() -> Inspection:
    """The inspection that the text was imported into."""
    return store(parse(TEXT), TEXT).inspection


def compare(client: Client, inspection: Inspection, text: str = MORE, **sent: str) -> Any:
    """The page of the comparison."""
    return client.post(STORE, {"text": text, "target": str(inspection.pk)} | sent)


def fields_of(answer: Any) -> dict[str, str]:
    """What the page sends as it is: its hidden fields and what is chosen on it."""
    html = answer.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html))
    chosen = {}
    for name, options in re.findall(r'<select[^>]* name="(to-[\d-]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        selected = re.search(r'value="(\w+)" selected', options)
        assert selected
        chosen[name] = selected[1]
    return hidden | chosen


def place(client: Client, answer: Any, **chosen: str) -> Any:
    """What answers the page when it is sent, with other choices."""
    fields = fields_of(answer)
    return client.post(PLACE, fields | {name.replace("_", "-"): value for name, value in chosen.items()})


def finding_of(title: str) -> Finding:
    return Finding.objects.get(title=title)


def test_the_page_offers_the_inspections_that_may_be_edited(client: Client) -> None:
    body = make_unit(name="区政府办")
    own, other = make_inspection(name="自己的", unit=body), make_inspection(name="别人的", unit=make_unit())
    make_grant(person := make_user(), "office", body)
    client.force_login(person)
    page = client.post(READ, {"text": TEXT, "unit": body.pk}).content.decode()
    assert "自己的" in page
    assert "别人的" not in page
    assert "和巡察对照" in compare(client, own).content.decode()
    for address in (STORE, MATCH, PLACE):
        refused = client.post(address, {"text": TEXT, "target": other.pk}).content.decode()
        assert "所选的一项已不存在或不能选" in refused
        assert LINES[0] in refused  # the text stays
    assert not Finding.objects.exists()


def test_the_same_text_has_nothing_to_store(office_client: Client, inspection: Inspection) -> None:
    answer = compare(office_client, inspection, TEXT)
    page = answer.content.decode()
    assert "新增 0，更新 0，相同 4，文中没有的 0" in page
    assert "没有要新增或更新的" in page
    assert 'match/store/" novalidate' in page
    assert ">放进巡察</button>" not in page
    assert fields_of(answer).keys() & {"to-1", "to-1-1"} == set()
    events = Event.objects.filter(action=Action.IMPORT, result=Result.DONE).count()
    assert "没有要新增或更新的内容" in place(office_client, answer).content.decode()
    assert Event.objects.filter(action=Action.IMPORT, result=Result.DONE).count() == events


def test_an_update_changes_what_the_text_says_and_keeps_the_source(
    office_client: Client, inspection: Inspection
) -> None:
    answer = compare(office_client, inspection)
    assert "新增 0，更新 1，相同 3" in answer.content.decode()
    assert Measure.objects.count() == 3
    answer = place(office_client, answer)
    assert answer.url == inspection.get_absolute_url()
    finding = finding_of("学习不够")
    assert list(finding.measures.values_list("order", "outcome", "version")) == [
        (1, "学了。", 1),
        (2, "考了三次。", 2),
        (3, "评了。", 1),
    ]
    assert finding.version == 1
    page = office_client.get(inspection.get_absolute_url()).content.decode()
    assert "新增 0 个方面、0 个问题，更新 1 处" in page
    source = ImportSource.objects.get()
    assert (source.inspection, source.was_corrected) == (inspection, False)
    assert source.name in page
    event = Event.objects.filter(action=Action.IMPORT).latest("number")
    assert "更新 1 处；原文" in event.reason
    inspection.refresh_from_db()
    assert inspection.version == 1


def test_both_sources_are_listed_and_kept(office_client: Client) -> None:
    office_client.post(STORE, {"text": TEXT, "name": "某轮巡察"})
    inspection = Inspection.objects.get()
    place(office_client, compare(office_client, inspection))
    page = office_client.get(inspection.get_absolute_url()).content.decode()
    for source in inspection.import_sources.all():
        assert f'<a href="/import-sources/{source.pk}/">{source.name}</a>' in page
    assert inspection.import_sources.count() == 2


def test_what_the_text_does_not_mention_stays(office_client: Client, inspection: Inspection) -> None:
    aspect = inspection.aspects.first()
    kept = make_finding(aspect, title="会议记录不全")
    page = compare(office_client, inspection)
    assert "文中没有（不动）的 1 条" in page.content.decode()
    assert "问题 1-2 会议记录不全" in page.content.decode()
    place(office_client, page)
    assert Finding.objects.get(pk=kept.pk).version == kept.version


def test_something_new_is_added_at_the_end(office_client: Client, inspection: Inspection) -> None:
    lines = [*LINES[:5], "（一）丙存在差距问题。", "关于作风不实问题。", "整改情况：改了。", *LINES[5:]]
    lines[6 + 3] = "关于调研走过场问题。"  # in place of 学习不够, and unlike it
    text = "\n".join(lines).replace("（二）乙", "（三）乙").replace("（一）甲", "（二）甲")
    answer = place(office_client, compare(office_client, inspection, text))
    assert answer.status_code == 302
    assert list(inspection.aspects.values_list("order", "title")) == [
        (1, "甲存在差距问题"),
        (2, "乙存在差距问题"),
        (3, "丙存在差距问题"),
    ]
    assert (finding_of("作风不实").aspect.order, finding_of("作风不实").order) == (3, 1)
    assert (finding_of("调研走过场").aspect.order, finding_of("调研走过场").order) == (1, 2)
    assert finding_of("调研走过场").measures.count() == 2


def test_each_part_can_be_left_alone_or_added_or_taken_for_another(
    office_client: Client, inspection: Inspection
) -> None:
    answer = compare(office_client, inspection)
    page = place(office_client, answer, to_1_1="keep")
    assert "没有要新增或更新的内容" in page.content.decode()
    assert fields_of(page)["to-1-1"] == "keep"
    page = place(office_client, answer, to_1_1=str(finding_of("监督不够").pk))
    assert "您改选了对应的方面或问题" in page.content.decode()
    assert "选了同一个问题" in page.content.decode()
    assert Measure.objects.filter(version=2).count() == 0
    assert place(office_client, answer, to_1_1="new").status_code == 302
    assert Finding.objects.filter(title="学习不够").count() == 2


def test_another_record_is_compared_before_it_is_updated(office_client: Client, inspection: Inspection) -> None:
    other = make_finding(inspection.aspects.last(), title="整改拖延")
    answer = compare(office_client, inspection, changed(10, "关于整治迟缓问题。"))
    assert fields_of(answer)["to-2-1"] == "new"
    page = place(office_client, answer, to_2_1=str(other.pk))
    assert "您改选了" in page.content.decode()
    assert "整改拖延</td>" in page.content.decode()
    assert place(office_client, page).status_code == 302
    other.refresh_from_db()
    assert (other.title, other.measures.get().outcome) == ("整治迟缓", "查了一遍。")


def test_contradictions_are_named(office_client: Client, inspection: Inspection) -> None:
    text = "\n".join([*LINES[:11], "（三）丁的事。", "关于作风不实问题。", "整改情况：改了。", *LINES[11:]])
    answer = compare(office_client, inspection, text)
    page = place(office_client, answer, to_3="keep").content.decode()
    assert "问题 3-1“作风不实”：它上面的方面选了“不动”，没有地方可放" in page
    page = place(office_client, answer, to_3="999").content.decode()
    assert "方面 3“丁的事”：所选的方面已经不在了" in page
    assert not Aspect.objects.filter(title="丁的事").exists()


def test_a_record_changed_meanwhile_is_compared_again(office_client: Client, inspection: Inspection) -> None:
    answer = compare(office_client, inspection)
    measure = Measure.objects.get(outcome="考了。")
    measure.outcome = "别人改过。"
    workflow_writer.save(measure, seen=measure.version)
    page = place(office_client, answer)
    assert page.status_code == 409
    assert "核对以后，系统里的记录又有变化" in page.content.decode()
    assert "别人改过。" in page.content.decode()
    assert Measure.objects.count() == 3
    assert Event.objects.filter(action=Action.IMPORT, result=Result.REFUSED).count() == 1
    assert place(office_client, page).status_code == 302
    measure.refresh_from_db()
    assert measure.outcome == "考了三次。"


def test_a_value_that_does_not_fit_is_named_and_nothing_is_stored(
    office_client: Client, inspection: Inspection
) -> None:
    text = MORE.replace("查了一遍。", f"在{'长' * 120}方面，查了一遍。")
    page = place(office_client, compare(office_client, inspection, text)).content.decode()
    assert "问题 2-1“监督不够”的分面" in page
    assert "的“分面”：" in page
    assert "您选的都还在" in page
    assert not Measure.objects.filter(outcome="考了三次。").exists()
    assert not Facet.objects.exists()
    assert not ImportSource.objects.exclude(inspection=None).exists()


def test_the_page_says_before_that_a_sign_off_ends(office_client: Client, office: User) -> None:
    finding, measure, _ = signed(by=office, signer=make_user(role="supervisor"))
    with unchecked_writes():
        Aspect.objects.update(title="甲存在差距")
        Finding.objects.update(title="学习不够")
    inspection = finding.inspection
    page = compare(office_client, inspection)
    assert f"问题 1-1：{VOIDS}{EXPIRES}" in page.content.decode()
    assert place(office_client, page).status_code == 302
    finding.refresh_from_db()
    measure.refresh_from_db()
    assert (finding.is_void, measure.outcome) == (True, "学了。")


def test_quoted_totals_are_not_written_over(office_client: Client, inspection: Inspection) -> None:
    measure = Measure.objects.get(outcome="考了。")
    measure.outcome = "考了【制度.总数】次。"
    workflow_writer.save(measure, seen=measure.version)
    page = compare(office_client, inspection).content.decode()
    assert "引用了台账的数字" in page
    assert "第 3 条措施的成效（新增）" in page


def test_the_page_asks_the_database_as_often_for_many_findings(office_client: Client) -> None:
    counts = []
    for number in (2, 40):
        inspection = make_inspection()
        aspect = make_aspect(inspection, title="甲存在差距")
        for place_ in range(number):
            finding = make_finding(aspect, title=f"学习不够之{place_}")
            make_measure(finding, facet=make_facet(finding))
        office_client.get(inspection.get_absolute_url())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            compare(office_client, inspection)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30


def test_going_back_loses_nothing(office_client: Client, inspection: Inspection) -> None:
    answer = compare(office_client, inspection, name="某轮", corrections="")
    back = office_client.post(READ, fields_of(answer))
    page = back.content.decode()
    assert "核对读取结果" in page
    assert back.context["form"]["text"].value().splitlines() == MORE.splitlines()
    assert f'<option value="{inspection.pk}" selected>' in page
