"""What a text says is found again in an inspection: reordered, renumbered, retitled, twice, or not at all."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.assignment import best_pairs
from reports.facts import AspectFacts, FacetFacts, FindingFacts, MeasureFacts
from reports.matching import Match, changes_between, match_all, place_all

LETTERS = "落实党委主体责任整改不力制度建设学习教育监督检查作风资金项目管理"
Tree = tuple[AspectFacts, ...]


def tree(*groups: list[str] | list[FindingFacts]) -> Tree:
    """Aspects 甲, 乙, … with findings of these titles."""
    return tuple(
        AspectFacts(
            f"{name}方面存在差距", findings=tuple(FindingFacts(one) if isinstance(one, str) else one for one in group)
        )
        for name, group in zip("甲乙丙丁", groups, strict=False)
    )


def found(said: Tree, present: Tree) -> dict[str, str]:
    """The numbers of the records by the numbers of the text; + for new, * after what differs."""
    return {match.said.number: describe_match(match) for match in match_all(place_all(said), place_all(present))}


def describe_match(match: Match) -> str:
    if match.present is None:
        return "+"
    return match.present.number + "*" * bool(changes_between(match.said, match.present))


def test_everything_the_same_changes_nothing() -> None:
    said = tree(["学习不够深入", "调研走过场"], ["监督检查不严"])
    assert found(said, said) == {number: number for number in ("1", "1-1", "1-2", "2", "2-1")}


def test_reordered_and_moved_findings_are_found_by_their_titles() -> None:
    present = tree(["学习不够深入", "调研走过场", "公文质量不高"], ["监督检查不严"])
    said = tree(["公文质量不高", "监督检查不严"], ["调研走过场", "学习不够深入"])
    assert found(said, present) == {"1": "1", "1-1": "1-3", "1-2": "2-1", "2": "2", "2-1": "1-2", "2-2": "1-1"}


def test_a_finding_put_before_others_renumbers_them() -> None:
    present = tree(["学习不够深入", "调研走过场"])
    assert found(tree(["公文质量不高", "学习不够深入", "调研走过场"]), present) == {
        "1": "1",
        "1-1": "+",
        "1-2": "1-1",
        "1-3": "1-2",
    }


def test_a_title_in_other_words_is_the_same_finding_and_differs() -> None:
    present = tree(["“三会一课”记录不规范", "民主生活会质量不高"])
    assert found(tree(["三会一课的记录不够规范", "民主生活会查摆问题质量不高"]), present) == {
        "1": "1",
        "1-1": "1-1*",
        "1-2": "1-2*",
    }


@pytest.mark.parametrize("title", ["「三会一课」 记录不规范。", "“三会一课”，记录不规范", "三会一课记录不规范"])
def test_width_quotes_punctuation_and_blanks_do_not_part_titles(title: str) -> None:
    present = tree(["别的问题很多", "“三会一课”记录不规范"])
    assert found(tree([title]), present)["1-1"] == "1-2*"


def test_two_findings_with_one_title_are_told_apart_by_number_and_aspect() -> None:
    present = tree(["学习不够", "调研不深", "学习不够"], ["学习不够"])
    assert set(found(present, present).values()) == {"1", "1-1", "1-2", "1-3", "2", "2-1"}
    moved = found(tree(["调研不深", "学习不够", "学习不够"], ["调研很少", "学习不够"]), present)
    assert (moved["1-1"], moved["2-2"]) == ("1-2", "2-1")
    assert {moved["1-2"], moved["1-3"]} == {"1-1", "1-3"}


def test_the_best_whole_is_chosen_not_the_best_first_pair() -> None:
    # The first row would take column 1, which leaves the second row alone.
    assert best_pairs({1: {1: 10, 2: 9}, 2: {1: 8}}) == {1: 2, 2: 1}
    assert best_pairs({1: {1: 10}, 2: {1: 11}, 3: {}}) == {2: 1}


def test_an_empty_inspection_gets_everything_as_new() -> None:
    said = tree(["学习不够"], ["监督不严"])
    assert set(found(said, ()).values()) == {"+"}
    assert found((), said) == {}


def test_sub_findings_are_found_below_their_finding_or_another() -> None:
    subs = (FindingFacts("台账不全"), FindingFacts("制度没有上墙"))
    present = tree([FindingFacts("管理不严", sub_findings=subs), FindingFacts("学习不够")])
    said = tree([FindingFacts("学习不够", sub_findings=subs[1:]), FindingFacts("管理不严", sub_findings=subs[:1])])
    assert found(said, present) == {"1": "1", "1-1": "1-2", "1-1-1": "1-1-2", "1-2": "1-1", "1-2-1": "1-1-1"}


def with_measures(*outcomes: str, detail: str = "", part: str = "", introduction: str = "") -> FindingFacts:
    """A finding with measures directly under it."""
    measures = tuple(MeasureFacts(outcome, str(number)) for number, outcome in enumerate(outcomes, start=1))
    return FindingFacts("学习不够", (FacetFacts(measures, introduction=introduction),), detail=detail, part=part)


def differences(said: FindingFacts, present: FindingFacts) -> list[tuple[str, str, str]]:
    """What the text changes: heading, before and after."""
    match = match_all(place_all(tree([said])), place_all(tree([present])))[1]
    return [(one.heading, one.ours, one.theirs) for one in changes_between(match.said, match.present)]


def test_a_text_changes_only_what_it_says() -> None:
    present = with_measures("学了。", "考了。", "评了。", detail="半年没学。", part="政治建设", introduction="抓学习。")
    assert differences(with_measures("学了。", "考了。"), present) == []
    assert differences(with_measures("学了。", "考了两次。", detail="一年没学。"), present) == [
        ("具体表现", "半年没学。", "一年没学。"),
        ("第 2 条措施的成效", "考了。", "考了两次。"),
    ]


def test_outcomes_fill_planned_measures_and_further_ones_are_added() -> None:
    assert differences(with_measures("学了。", "考了。"), with_measures("")) == [
        ("第 1 条措施的成效", "", "学了。"),
        ("第 2 条措施的成效（新增）", "", "考了。"),
    ]


def test_measures_are_numbered_within_their_facet() -> None:
    present = FindingFacts("学习不够", (FacetFacts((MeasureFacts("学了。", "1"),), "思想建设", key="7"),))
    said = FindingFacts(
        "学习不够",
        (FacetFacts((MeasureFacts("学了三次。"),), "思想建设"), FacetFacts((MeasureFacts("建了制度。"),), "制度")),
    )
    assert differences(said, present) == [
        ("在思想建设方面：第 1 条措施的成效", "学了。", "学了三次。"),
        ("分面", "", "制度"),
        ("在制度方面：第 1 条措施的成效（新增）", "", "建了制度。"),
    ]


TITLES = st.lists(st.text(LETTERS, min_size=1, max_size=12), max_size=6)


@given(st.lists(TITLES, min_size=1, max_size=3), st.lists(TITLES, max_size=2))
def test_a_report_matched_with_itself_is_the_same_throughout(groups: list[list[str]], below: list[list[str]]) -> None:
    findings = [[FindingFacts(one) for one in group] for group in groups]
    for group, titles in zip(findings, below, strict=False):
        group.append(FindingFacts("还有", sub_findings=tuple(map(FindingFacts, titles))))
    said = tree(*findings)
    assert all(number == other for number, other in found(said, said).items())


@given(TITLES, TITLES)
def test_no_record_is_meant_twice(said: list[str], present: list[str]) -> None:
    paired = [other for other in found(tree(said), tree(present)).values() if other != "+"]
    assert len(paired) == len({one.rstrip("*") for one in paired})


@pytest.mark.parametrize("kind", ["shuffled", "alike"])
def test_five_hundred_findings_are_matched_within_a_second(kind: str) -> None:
    random = Random(1)  # noqa: S311 -- no secret
    titles = ["".join(random.choices(LETTERS, k=25)) for _ in range(500)]
    if kind == "alike":
        titles = [f"第{number}项工作落实不到位整改不力" for number in range(500)]
    others = [f"{one[:10]}有所{one[12:]}" for one in random.sample(titles, 500)]
    present, said = tree(titles[:250], titles[250:]), tree(others[:100], others[100:])
    start = time.monotonic()
    matches = match_all(place_all(said), place_all(present))
    assert time.monotonic() - start < 1
    assert sum(match.present is not None for match in matches) == 502
