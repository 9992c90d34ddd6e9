"""Names of units and people: compared as people see them, found by their paths."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.text import comparison_key
from findings.factories import make_member, make_unit, make_user
from findings.models import Unit
from findings.units.models import Area
from findings.units.unit_names import UnitNames
from tests.findings.conftest import Case, seen

EVERYWHERE = Area(everywhere=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("行政科", "行政\u200b科"),
        ("ABC科", "ＡＢＣ科"),
        ("王镕", "王　镕"),
        ("王镕", " 王 镕\u2060"),
        ("王镕", "王\ufe0f镕"),
        ("信息（一）科", "信息(一)科"),
    ],
)
def test_names_that_look_alike_have_one_key(one: str, other: str) -> None:
    assert comparison_key(one) == comparison_key(other)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["综合\u200b科", "综 合科", "综合科\u3000"])
def test_a_unit_whose_name_looks_like_a_siblings_is_refused(keeper_client: Client, case: Case, name: str) -> None:
    values = {"name": name, "kind": "office", "order": 1, "parent": case.unit.parent_id}
    answer = keeper_client.post(reverse("findings:unit_create"), values)
    assert "综合科" in answer.text or "同名单位" in answer.text
    assert "name" in answer.context["form"].errors
    assert Unit.objects.filter(parent=case.unit.parent).count() == 2


@pytest.mark.django_db
def test_a_name_of_another_body_may_be_used_in_its_own_spelling_only(keeper_client: Client, case: Case) -> None:
    other = make_unit(name="区住建局")
    values = {"name": "综合　科", "kind": "office", "order": 1, "parent": other.pk}
    answer = keeper_client.post(reverse("findings:unit_create"), values)
    assert answer.context["form"].errors["name"] == [
        "已有“区政府办”下的单位“综合科”，只差空格、全半角或看不见的字符。请也写成“综合科”。"
    ]
    assert keeper_client.post(reverse("findings:unit_create"), values | {"name": "综合科"}).status_code == 302


@pytest.mark.django_db
def test_unseen_characters_are_not_stored(keeper_client: Client, case: Case) -> None:
    keeper_client.post(
        reverse("findings:unit_create"),
        {"name": "行政\u200b科", "short_name": "行\u200b政", "kind": "office", "order": 1},
    )
    assert Unit.objects.get(name="行政科").short_name == "行政"
    answer = keeper_client.post(reverse("findings:unit_create"), {"name": "\u200b", "kind": "office", "order": 1})
    assert "name" in answer.context["form"].errors


@pytest.mark.django_db
def test_a_unit_that_keeps_its_name_is_not_compared(keeper_client: Client, case: Case) -> None:
    make_unit(name="综 合科", parent=case.unit.parent)  # from before names were compared
    values = {"name": "综合科", "kind": "office", "order": 7, "parent": case.unit.parent_id, **seen(case.unit)}
    assert keeper_client.post(reverse("findings:unit_edit", args=[case.unit.pk]), values).status_code == 302


@pytest.mark.django_db
def test_a_person_has_the_name_of_another_in_the_same_spelling_only(keeper_client: Client) -> None:
    make_user(name="王镕")
    address = reverse("findings:person_create")
    answer = keeper_client.post(address, {"username": "w2", "name": "王　镕"})
    assert answer.context["form"].errors["name"] == [
        "已有人员“王镕”，只差空格、全半角或看不见的字符。请写成“王镕”；重名的人用单位区分。"
    ]
    keeper_client.post(address, {"username": "w2", "name": "王镕"})
    assert User.objects.filter(name="王镕").count() == 2


@pytest.fixture
def units(db: None) -> dict[str, Unit]:
    """Two bodies with a part of the same name; one has it twice, at two levels."""
    office, housing = make_unit(name="区政府办"), make_unit(name="区住建局", short_name="住建局")
    centre = make_unit(name="质监中心", parent=housing)
    return {
        "office": make_unit(name="综合科", parent=office),
        "housing": make_unit(name="综合科", parent=housing),
        "archive": make_unit(name="档案科", parent=office),
        "centre": make_unit(name="综合科", parent=centre),
        "body": office,
        "other": housing,
    }


@pytest.mark.parametrize(
    "text",
    [
        "区住建局／综合科",
        "区住建局/综合科",
        "区住建局 / 综合 科",
        "区住建局综合科",
        "住建局综合科",
        "综合科（区住建局）",
        "综合科(住建局)",
        "区住建局·综合科",
        "区住建局＼综合科",
    ],
)
def test_a_part_of_another_body_is_found_by_its_path(units: dict[str, Unit], text: str) -> None:
    names = UnitNames(Unit.objects.in_tree_order(), units["body"].pk)
    assert names.find(text, EVERYWHERE) == [units["housing"]]
    assert names.find("综合科", EVERYWHERE) == [units["office"]]


def test_a_level_may_be_left_out_where_no_other_unit_fits(units: dict[str, Unit]) -> None:
    names = UnitNames(Unit.objects.in_tree_order(), units["body"].pk)
    assert names.find("质监中心综合科", EVERYWHERE) == [units["centre"]]
    assert names.find("区住建局／质监中心／综合科", EVERYWHERE) == [units["centre"]]
    make_unit(name="监督科", parent=units["centre"].parent)
    names = UnitNames(Unit.objects.in_tree_order(), units["body"].pk)
    assert [unit.name for unit in names.find("区住建局监督科", EVERYWHERE)] == ["监督科"]
    assert names.find("区财政局综合科", EVERYWHERE) == []


def test_a_label_is_what_finds_the_unit_again(units: dict[str, Unit]) -> None:
    for body in (units["body"].pk, units["other"].pk, None):
        names = UnitNames(Unit.objects.in_tree_order(), body)
        for unit in Unit.objects.all():
            assert names.find(names.label(unit), EVERYWHERE) == [unit]
    names = UnitNames(Unit.objects.in_tree_order(), None)
    assert names.label(units["archive"]) == "档案科"
    assert names.label(units["centre"]) == "区住建局／质监中心／综合科"
    assert len(names.find("综合科", EVERYWHERE)) == 3


def test_members_are_told_apart_by_any_name_of_their_unit(units: dict[str, Unit]) -> None:
    make_member(units["housing"], make_user(name="王镕"))
    names = UnitNames(Unit.objects.in_tree_order(), units["body"].pk)
    assert names.is_called(units["housing"], "综合科（住建局）")
    assert not names.is_called(units["office"], "综合科（住建局）")
