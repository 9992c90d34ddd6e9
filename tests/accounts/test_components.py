"""Components of pages: what their templates write."""

from __future__ import annotations

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string

from accounts.web.components import Bar, Chip, MenuEntry, PageLink, PathStep, Tile


def test_a_tile_is_a_link_to_its_rows_and_a_zero_is_quiet() -> None:
    tiles = [
        Tile("该我办", 9, "?show=mine", is_current=True),
        Tile("已逾期", 0, "?show=late", "late"),
        Tile("问题", 13),
    ]
    html = render_to_string("components/tiles.html", {"tiles": tiles, "tiles_label": "按情形筛选"})
    assert '<a class="tile" href="?show=mine" aria-current="true"><strong>9</strong><span>该我办</span></a>' in html
    assert '<a class="tile tile-zero" href="?show=late">' in html
    assert '<div class="tile"><strong>13</strong>' in html


def test_a_menu_says_what_it_undoes_and_why_something_cannot_be_chosen() -> None:
    menu = [MenuEntry("修改", "/edit/", "会使秦峥的核实作废"), MenuEntry("删除", "", refusal="已有措施")]
    menu.append(MenuEntry("新建", "/new/", note="条件会多一条"))
    html = render_to_string("components/menu.html", {"menu": menu, "menu_label": "修改"})
    assert '<a href="/edit/">修改<small class="menu-effect">会使秦峥的核实作废</small></a>' in html
    assert '<span class="menu-refused">删除<small>已有措施</small></span>' in html
    assert '<a href="/new/">新建<small>条件会多一条</small></a>' in html


def test_the_parts_of_a_bar_fill_it_in_proportion() -> None:
    bar = Bar([("done", 11), ("going", 2), ("late", 1)], "14 个问题：销号 11，整改中 2，逾期 1")
    assert [(part.tone, part.x, part.width) for part in bar.parts] == [
        ("done", 0.0, 220.0),
        ("going", 220.0, 40.0),
        ("late", 260.0, 20.0),
    ]
    assert Bar([("done", 0)], "没有问题").parts == []
    html = render_to_string("components/bar.html", {"bar": bar})
    assert 'aria-label="14 个问题：销号 11，整改中 2，逾期 1"' in html
    assert '<rect class="bar-going" x="220.0" width="40.0" height="8"/>' in html


def test_chips_and_steps_mark_the_present_one() -> None:
    chips = [Chip("全部", "?", 14, is_current=True), Chip("评论", "?kind=comments")]
    html = render_to_string("components/chips.html", {"chips": chips, "chips_label": "筛选"})
    assert '<a href="?" aria-current="true">全部 14</a>' in html
    assert '<a href="?kind=comments">评论</a>' in html
    steps = [PathStep("分派", "past"), PathStep("整改中", "now"), PathStep("销号", "to_come")]
    html = render_to_string("components/steps.html", {"steps": steps})
    assert '<li class="step-now" aria-current="step">整改中</li>' in html


def test_pages_are_links_but_for_the_present_one_and_gaps() -> None:
    pages = [PageLink(1, "?page=1"), PageLink(None), PageLink(4, "?page=4", is_current=True)]
    html = render_to_string("components/page_links.html", {"pages": pages})
    assert '<a href="?page=1" aria-label="第 1 页">1</a>' in html
    assert '<span class="page-gap">…</span>' in html
    assert '<span aria-current="page">4</span>' in html
    assert "<nav" not in render_to_string("components/page_links.html", {"pages": []})


def test_messages_of_a_level_share_a_box_in_which_what_went_well_is_folded() -> None:
    done = [Message(constants.SUCCESS, f"第{number}份材料已上传。") for number in range(1, 9)]
    failed = [Message(constants.ERROR, f"第{number}份没有上传。") for number in range(9, 17)]
    html = render_to_string("parts/messages.html", {"messages": [*done, *failed]})
    assert html.count('<div class="message ') == 2
    shown, folded = html.split("<details>")
    folded, rest = folded.split("</details>")
    assert "第4份" in shown and "第5份" not in shown
    assert "还有 3 条" in folded and "第7份" in folded and "第8份" not in folded
    assert "第8份" in rest and "第16份" in rest
    short = render_to_string("parts/messages.html", {"messages": done[:6]})
    assert short.count("<p>") == 6 and "<details>" not in short
    assert render_to_string("parts/messages.html", {"messages": []}).strip() == ""
