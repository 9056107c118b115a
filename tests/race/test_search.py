"""The search counts what others count: spin on models written apart, and a second search without generators."""

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.race.design import DESIGNS, Design
from kvmviz.race.memory import apply, start
from kvmviz.race.result import race
from kvmviz.race.walk import Walk
from tests.race import plain, spin
from tests.trying import trying

SIZES = [(2, 1), (2, 2), (3, 1)]
REFUSALS = ("pages_have_a_pair", "removed_when_empty", "removed_once", "added_once", "module_is_not_busy")


def shortest_refusal(design: str, threads: int, rounds: int) -> int | None:
    found = race(design, threads, rounds)
    return min((len(s) for name in REFUSALS if (s := found[name].steps)), default=None)


@pytest.mark.parametrize("design", ["old", "landed"])
def test_spin_counts_the_same_states_of_a_small_one(design: str, tmp_path: Path) -> None:
    spin.have_spin()
    assert spin.counted(design, 2, 2, tmp_path).states == race(design, 2, 2).states


@pytest.mark.slow
@pytest.mark.parametrize(("threads", "rounds"), [*SIZES, (3, 2)])
@pytest.mark.parametrize("design", DESIGNS)
def test_spin_counts_the_same_states(design: str, threads: int, rounds: int, tmp_path: Path) -> None:
    spin.have_spin()
    assert spin.counted(design, threads, rounds, tmp_path).states == race(design, threads, rounds).states


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_spin_needs_as_many_steps_to_what_the_module_refuses(design: str, tmp_path: Path) -> None:
    spin.have_spin()
    before = spin.counted(design, 3, 2, tmp_path, judge=True).depth
    assert (None if before is None else before + 1) == shortest_refusal(design, 3, 2)


@pytest.mark.parametrize(("threads", "rounds"), [*SIZES, pytest.param(3, 2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("design", plain.DESIGNS)
def test_a_search_written_apart_finds_the_same(design: str, threads: int, rounds: int) -> None:
    states, wrong, ends = plain.search(design, threads, rounds)
    found = race(design, threads, rounds)
    assert states == found.states
    assert ends == {(end.count, end.pair) for end in found.ends}
    names = {"no pair": "pages_have_a_pair", "twice removed": "removed_once", "removed in use": "removed_when_empty"}
    names |= {"twice added": "added_once"}
    assert {names[one] for one in wrong} == {one.name for one in found.broken if one.name in REFUSALS}


@pytest.mark.parametrize("design", ["v6", "landed"])
def test_what_is_said_to_be_sound_is_clean_for_three_threads_and_two_rounds(design: str) -> None:
    found = race(design, 3, 2)
    assert found.clean
    assert [(end.count, end.pair) for end in found.ends] == [(0, False)]


def test_the_old_design_removes_twice_and_then_a_page_goes_in_without_a_pair() -> None:
    found = race("old", 3, 2)
    assert {"removed_once", "pages_have_a_pair"} <= {one.name for one in found.broken}
    assert race("old", 2, 1)["pages_have_a_pair"].verdict == "holds"


def test_two_regions_under_two_locks_meet_in_the_module() -> None:
    assert race("per-region", 2, 1).first == race("per-region", 2, 1)["module_is_not_busy"]


@pytest.mark.parametrize("design", ["old", "v6", "landed"])
def test_a_removal_that_is_refused_leaves_a_user_that_is_not_there(design: str) -> None:
    found = race(design, 1, 2, refuse=1)
    assert found.clean
    assert [(end.count, end.pair) for end in found.ends] == [(1, True)]


@cache
def broken_by(design: str, threads: int, rounds: int) -> set[str]:
    return {one.name for one in race(design, threads, rounds).broken}


@given(st.sampled_from(list(DESIGNS)), st.sampled_from(SIZES), st.integers())
@trying(25, 80)
def test_a_schedule_taken_at_random_breaks_nothing_that_the_search_misses(
    design: str, size: tuple[int, int], seed: int
) -> None:
    broken = wandered(DESIGNS[design], *size, random.Random(seed))
    assert broken <= broken_by(design, *size)


@pytest.mark.parametrize("design", ["naive", "per-region"])
def test_schedules_taken_at_random_do_break_what_is_broken(design: str) -> None:
    assert any(wandered(DESIGNS[design], 2, 2, random.Random(seed)) for seed in range(20))


def wandered(design: type[Design], threads: int, rounds: int, chance: random.Random) -> set[str]:
    """Run the generators themselves, none of them twice, in an order left to chance; return what is broken."""
    walks = [Walk(design, rounds) for _ in range(threads)]
    hands, memory = [0] * threads, start(design.regions, 0)
    broken: set[str] = set()
    while open_ends := [n for n in range(threads) if walks[n].op is not None]:
        n = chance.choice(open_ends)
        op = walks[n].op
        assert op is not None
        done = apply(memory, op, n, n % design.regions, hands[n])
        if done is not None:
            memory, hands[n] = done.memory, done.hand
            broken |= set(done.broken) - design.expects
            if not done.pending:
                walks[n].go(done.answer)
    if any(r.counter or r.pair for r in memory.regions):
        broken |= {"counts_users"}
    return broken
