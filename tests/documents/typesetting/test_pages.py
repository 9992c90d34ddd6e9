"""Pages: what stands together, where signature and date go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents.document import Block, BlockKind
from documents.typesetting.grid import Page
from documents.typesetting.pages import set_pages
from documents.typesetting.profiles import OFFICIAL, PROFILES, Profile
from tests.documents.documents import block

SEALED = replace(OFFICIAL, sealed=True)


def pages(blocks: list[Block], profile: Profile = OFFICIAL) -> list[Page]:
    return set_pages(blocks, profile, lambda style: lambda char: 0.5 if char.isascii() else 1.0)


def filler(lines: int) -> list[Block]:
    """Paragraphs of one line each."""
    return [block(BlockKind.PARAGRAPH, f"第{number:02}行文字。") for number in range(lines)]


def places(signature: str, date: str, profile: Profile = OFFICIAL) -> tuple[float, float]:
    """Where they begin, in characters from the left."""
    *_, one, other = pages([block(BlockKind.SIGNATURE, signature), block(BlockKind.DATE, date)], profile)[0]
    return one.x / profile.cell, other.x / profile.cell


@pytest.mark.parametrize("before", range(16, 23))
@pytest.mark.parametrize("heading", ["短标题", "很长的标题" * 9])
def test_a_heading_is_never_last_on_a_page(before: int, heading: str) -> None:
    text = [*filler(before), block(BlockKind.HEADING_1, heading), block(BlockKind.HEADING_2, heading), *filler(30)]
    for page in pages(text):
        assert not page[-1].keep


@pytest.mark.parametrize("before", range(16, 25))
def test_a_signature_is_never_alone_on_a_page(before: int) -> None:
    text = [*filler(before), block(BlockKind.SIGNATURE, "某党组"), block(BlockKind.DATE, "2026年11月24日")]
    last = pages(text)[-1]
    assert [row.line.text for row in last[-3:]] == ["", "某党组", "2026年11月24日"]
    assert len(last) >= 5


def test_pages_are_full_where_nothing_forbids_it() -> None:
    assert [len(page) for page in pages(filler(70))] == [22, 22, 22, 4]


def test_one_blank_line_follows_the_title() -> None:
    title, blank, greeting, *_ = pages(
        [block(BlockKind.TITLE, "报告"), block(BlockKind.SALUTATION, "各单位："), *filler(1)]
    )[0]
    assert (title.line.text, blank.line.text, greeting.line.text) == ("报告", "", "各单位：")
    assert greeting.x == 0


def test_an_unsealed_date_begins_two_characters_after_its_signature() -> None:
    assert places("中共清河区政务服务局党组", "2026年11月24日") == pytest.approx((14, 16))


def test_a_date_longer_than_the_signature_stands_two_characters_from_the_right() -> None:
    assert places("区委", "2026年11月24日") == pytest.approx((17, 19))


def test_a_sealed_date_stands_four_characters_from_the_right_under_the_middle_of_the_signature() -> None:
    assert places("中共清河区局党组", "2026年11月24日", SEALED) == pytest.approx((16.5, 17))


def test_a_very_long_signature_stays_between_the_margins() -> None:
    for page in pages([block(BlockKind.SIGNATURE, "清河区" * 20), block(BlockKind.DATE, "2026年1月1日")], SEALED):
        for row in page:
            assert 0 <= row.x <= row.x + len(row.line.text) * row.cell <= 28 * OFFICIAL.cell + 1


def test_a_whole_page_of_headings_is_cut_all_the_same() -> None:
    assert sum(len(page) for page in pages([block(BlockKind.HEADING_1, f"第{n}章") for n in range(60)])) == 60


def test_an_empty_document_is_one_empty_page() -> None:
    assert pages([]) == [[]]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_profiles_survive_the_way_to_the_child(profile: Profile) -> None:
    assert Profile.from_dict(profile.as_dict()) == profile
