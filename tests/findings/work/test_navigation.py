"""The tabs of an inspection and the number beside the queue."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import User
from findings.choices import MeasureStatus
from findings.factories import (
    make_aspect,
    make_extension,
    make_finding,
    make_inspection,
    make_measure,
    make_regulation,
    make_reporter,
    make_unit,
    make_user,
)
from findings.templatetags.navigation import TABS
from tests.findings.conftest import words_of
from tests.findings.submissions import reported

pytestmark = pytest.mark.django_db


def tabs_of(client: Client, address: str) -> list[str]:
    """The words of the tabs on a page, the current one in brackets."""
    page = client.get(address).content.decode()
    bar = page[page.index('<nav class="tabs"') : page.index("</nav>", page.index('<nav class="tabs"'))]
    links = re.findall(r"<a [^>]*?(aria-current)?[^>]*>(.*?)</a>", bar)
    found = []
    for one in re.findall(r"<a .*?</a>", bar, re.DOTALL):
        words = " ".join(words_of(one).split())
        found.append(f"[{words}]" if "aria-current" in one else words)
    assert len(links) == len(found)
    return found


def test_the_office_has_eight_tabs_with_numbers(office_client: Client) -> None:
    inspection = make_inspection()
    finding = make_finding(make_aspect(inspection))
    measure = make_measure(finding, due_on=dt.date(2026, 12, 1))
    make_measure(finding)
    make_extension(measure)
    assert tabs_of(office_client, inspection.get_absolute_url()) == [
        "[概览]",
        "问题 1",
        "措施 2",
        "材料 0",
        "台账",
        "督办 1",
        "报告",
        "设置",
    ]
    assert len(TABS) == 8


@pytest.mark.parametrize(
    ("address", "tab", "beside"),
    [
        ("regulations/", "材料 0", "佐证材料 [制度]"),
        ("accountability/", "台账", "清单 [处理与资金] 专项台账"),
        ("lists/problems/", "台账", "[清单] 处理与资金 专项台账"),
        ("lists/instructions/", "台账", "清单 处理与资金 [专项台账]"),
        ("lists/letters/", "督办 0", "督查回访 [督办文书] 延期"),
        ("letters/", "督办 0", "督查回访 [督办文书] 延期"),
        ("extensions/", "督办 0", "督查回访 督办文书 [延期]"),
        ("edit/", "设置", "[基本设置] 审核级 文书规则 历史"),
        ("stages/", "设置", "基本设置 [审核级] 文书规则 历史"),
    ],
)
def test_places_of_one_tab_stand_side_by_side(office_client: Client, address: str, tab: str, beside: str) -> None:
    inspection = make_inspection()
    make_regulation(inspection)
    page = f"{inspection.get_absolute_url()}{address}"
    assert f"[{tab}]" in tabs_of(office_client, page)
    html = office_client.get(page).content.decode()
    bar = html[html.index('<nav class="segments"') : html.index("</nav>", html.index('<nav class="segments"'))]
    shown = []
    for one in re.findall(r"<a .*?</a>", bar):
        shown.append(f"[{words_of(one).strip()}]" if "aria-current" in one else words_of(one).strip())
    assert " ".join(shown) == beside


def test_a_reporter_has_four_tabs_and_the_one_they_were_led_to() -> None:
    body = make_unit()
    reporter = make_reporter(body)
    inspection = make_inspection(unit=body)
    make_finding(make_aspect(inspection), lead_unit=body)
    client = Client()
    client.force_login(reporter)
    assert tabs_of(client, inspection.get_absolute_url()) == ["[概览]", "问题", "措施", "材料"]
    assert tabs_of(client, f"{inspection.get_absolute_url()}extensions/") == ["概览", "问题", "措施", "材料", "[督办]"]


def test_the_number_of_the_queue_is_that_of_its_page(office: User) -> None:
    supervisor = make_user(role="supervisor")
    measures = reported(make_inspection(), 3, office)
    client = Client()
    client.force_login(supervisor)
    assert client.get("/queue/number/").json() == {"number": 3}
    assert "3 条等您" in client.get("/queue/").content.decode()
    assert measures is None or all(one.status == MeasureStatus.REPORTED for one in measures)
