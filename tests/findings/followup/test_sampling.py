"""A sample can be drawn again by anybody, and nobody can say beforehand which one it will be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from findings.followup.sampling import rank, sample

NUMBERS = st.sets(st.integers(1, 10**9), max_size=60)


def test_a_known_seed_gives_a_known_sample() -> None:
    # Written down, so that a change of the algorithm does not pass unseen: samples drawn before must stay provable.
    assert rank("2026", 7) == "c78c55fdc3f98f03a0a45abbd8f76a0867976105c6ac1f1803f62677c5760495"
    assert sample("2026", range(1, 11), 30) == [9, 1, 6]


@given(st.text(max_size=20), NUMBERS, st.integers(1, 100))
def test_the_same_seed_and_the_same_set_give_the_same_sample(seed: str, numbers: set[int], share: int) -> None:
    drawn = sample(seed, numbers, share)
    assert drawn == sample(seed, sorted(numbers, reverse=True), share)
    assert set(drawn) <= numbers
    assert len(drawn) == len(set(drawn)) == -(-len(numbers) * share // 100)


@given(st.text(max_size=20), NUMBERS)
def test_a_larger_share_only_adds_to_the_sample(seed: str, numbers: set[int]) -> None:
    assert sample(seed, numbers, 60)[: len(sample(seed, numbers, 20))] == sample(seed, numbers, 20)


def test_another_seed_gives_another_sample() -> None:
    assert len({tuple(sample(str(seed), range(100), 10)) for seed in range(50)}) == 50
