"""Correcting what was read: a line is chosen, made something else, and the tree follows; nothing is stored before."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from findings.factories import make_user
from findings.models import Finding, Inspection
from reports.lines import ParseError
from reports.reading.corrections import Correction, correct_lines, line_keys, read_corrections, write_corrections
from reports.reading.kinds import LineKind
from reports.reading.letter import letter_lines
from reports.recognition import recognise
from tests.reports.test_letters import HEAD

READ, STORE = reverse("reports:text_import"), reverse("reports:text_store")
LETTER = f"""{HEAD}一、主要问题
（一）学习方面
1.学习不深入。全年学习4次。
2.调研不够。
抽查发现不够实。
（二）用人方面
3.轮岗超期。"""
PLAIN = "来信\n学习方面\n学习不深入\n全年学习4次。"


def key_of(text: str, words: str) -> str:
    """The key of the line of a letter with these words."""
    lines = letter_lines(text)
    return next(key for key, line in zip(line_keys(lines), lines, strict=True) if line.source.text == words)


def kinds(text: str, *corrections: Correction) -> dict[str, LineKind]:
    """The kinds of the lines of a letter after corrections, by their words."""
    return {line.source.text: line.kind for line in correct_lines(letter_lines(text), corrections)}


def test_corrections_are_written_and_read_back_and_others_left_out() -> None:
    made = [Correction("0123abcd.1", LineKind.FINDING), Correction("0123abcd.2", LineKind.SET_ASIDE)]
    assert read_corrections(write_corrections(made)) == made
    assert read_corrections("x=finding 0123abcd.1=nonsense 0123abcd.1=text") == [
        Correction("0123abcd.1", LineKind.TEXT)
    ]


def test_a_correction_holds_while_other_lines_are_edited_and_the_later_one_counts() -> None:
    key = key_of(LETTER, "抽查发现不够实。")
    first, second = Correction(key, LineKind.FINDING), Correction(key, LineKind.SET_ASIDE)
    assert kinds(LETTER, first)["抽查发现不够实。"] == LineKind.FINDING
    assert kinds(LETTER, first, second)["抽查发现不够实。"] == LineKind.SET_ASIDE
    edited = LETTER.replace("1.学习不深入。全年学习4次。", "1.学习不深入。\n全年学习4次。")
    assert kinds(edited, first)["抽查发现不够实。"] == LineKind.FINDING


def test_lines_with_the_same_words_are_told_apart() -> None:
    text = f"{LETTER}\n4.调研不够。\n抽查发现不够实。"
    lines = letter_lines(text)
    keys = [key for key, line in zip(line_keys(lines), lines, strict=True) if line.source.text == "抽查发现不够实。"]
    corrected = correct_lines(lines, [Correction(keys[1], LineKind.SET_ASIDE)])
    found = [line.kind for line in corrected if line.source.text == "抽查发现不够实。"]
    assert found == [LineKind.TEXT, LineKind.SET_ASIDE]


def test_facts_and_doubts_follow_the_corrections() -> None:
    made = [Correction(key_of(LETTER, "抽查发现不够实。"), LineKind.FINDING)]
    facts = recognise(LETTER, made).parsed.facts
    assert [finding.title for finding in facts.findings()] == ["学习不深入", "调研不够", "抽查发现不够实", "轮岗超期"]


def test_a_text_in_which_nothing_is_recognised_may_be_divided_by_hand() -> None:
    with pytest.raises(ParseError):
        recognise(PLAIN)
    assert recognise(PLAIN, may_be_empty=True).parsed.facts.aspects == ()


@pytest.fixture
def office_client(client: Client, db: None) -> Client:
    client.force_login(make_user(role="office"))
    return client


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def test_lines_are_made_something_else_one_after_another_and_undone(office_client: Client) -> None:
    page = office_client.post(READ, {"text": LETTER}).content.decode()
    steps = [("抽查发现不够实。", "finding"), ("（二）用人方面", "set_aside"), ("3.轮岗超期。", "immediate")]
    for words, kind in steps:
        sent = {
            "text": LETTER,
            "corrections": hidden(page, "corrections"),
            "chosen": key_of(LETTER, words),
            "kind": kind,
        }
        page = office_client.post(READ, sent).content.decode()
        assert f'value="{sent["chosen"]}" checked' in page
    assert "已改 3 处" in page
    undone = office_client.post(READ, {"text": LETTER, "corrections": hidden(page, "corrections"), "kind": "undo"})
    assert "已改 2 处" in undone.content.decode()
    assert not Inspection.objects.exists()
    office_client.post(STORE, {"text": LETTER, "corrections": hidden(page, "corrections")})
    titles = list(Finding.objects.order_by("pk").values_list("aspect__title", "title"))
    studied = [("学习方面", title) for title in ("学习不深入", "调研不够", "抽查发现不够实")]
    assert titles == [*studied, ("立行立改问题", "轮岗超期")]


def test_what_is_not_recognised_is_offered_to_be_divided_by_hand(office_client: Client) -> None:
    page = office_client.post(READ, {"text": PLAIN}).content.decode()
    assert "没有读到任何问题" in page
    assert "全部当正文，自己分" in page
    page = office_client.post(READ, {"text": PLAIN, "by_hand": "on"}).content.decode()
    assert "还没有问题。请在原文里选出问题的标题" in page
    # Without a finding there is nothing to store.
    answer = office_client.post(STORE, {"text": PLAIN, "by_hand": "on"})
    assert "还没有一个问题，没有保存" in answer.content.decode()
    assert not Inspection.objects.exists()


def test_a_thousand_lines_need_no_more_fields_than_a_form_may_have(office_client: Client) -> None:
    many = "\n".join(f"{number}.第{number}个问题讲得不清。" for number in range(4, 1100))
    text = f"{LETTER}\n{many}"
    page = office_client.post(READ, {"text": text}).content.decode()
    assert page.count('type="radio"') == len(letter_lines(text))
    assert page.count("<input") - page.count('type="radio"') < 20
