"""The spaces are what their description says, counted in another way."""

from collections import Counter
from math import prod

import pytest

from kvmviz.check.facts import faults
from kvmviz.check.space import MOST_FOR_SETS, scenarios, small_trees
from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.tree import Tree
from tests.spaces import counted


@pytest.mark.parametrize(("space", "trees"), [("default", 15), ("quick", 6)])
def test_space_counts_come_from_its_description(space: str, trees: int) -> None:
    small = small_trees(7 if space == "default" else 5)
    assert len(small) == trees
    assert counted(space) == len(list(scenarios(space)))


def test_small_trees_are_all_trees_of_their_size() -> None:
    def tables(fanouts: tuple[int, ...]) -> int:
        return sum(prod(fanouts[: depth + 1]) for depth in range(len(fanouts)))

    numbers = [(a, b, c) for a in range(1, 9) for b in range(1, 9) for c in range(1, 9)]
    four = [(*rest, d) for rest in numbers for d in range(1, 9)]
    wanted = {fanouts for fanouts in [*numbers, *four] if 3 <= tables(fanouts) <= 7}
    assert {tree.fanouts for tree in small_trees(7)} == wanted


def test_no_scenario_comes_twice_and_each_reads_back() -> None:
    every = list(scenarios("default"))
    assert len({str(scenario) for scenario in every}) == len(every)
    assert all(Scenario.parse(str(scenario)) == scenario for scenario in every[::7])


def test_quick_is_part_of_default() -> None:
    assert set(scenarios("quick")) < set(scenarios("default"))


def test_every_key_is_varied_alike() -> None:
    every = list(scenarios("quick"))
    third = len(every) // 3
    assert Counter(s.boot for s in every) == {None: third, 60: third, 1: third}
    for key in ("leaves", "zap", "panic"):
        assert set(Counter(getattr(s, key) for s in every).values()) == {len(every) // 2}
    assert {s.vcpus for s in every} == {1}


def test_faults_of_one_tree() -> None:
    released = [s for s in scenarios("1x1x2") if s.hkid == "released"]
    assert Counter(map(faults, released)) == {0: 24, 1: (4 + 13) * 24, 2: 6 * 24, 3: 4 * 24, 4: 24}
    assert {s.hkid for s in scenarios("1x1x2")} == {"released", *CAUSES}


def test_a_larger_tree_gets_none_all_and_each_alone() -> None:
    tree = Tree.parse("1x1x20")
    assert tree.count > MOST_FOR_SETS
    assert len(list(scenarios(tree))) == counted(str(tree))


@pytest.mark.parametrize(
    ("space", "words"),
    [("nix", "use default, quick or a tree"), ("1GiB", "use a tree of at most 100"), ("", "no space")],
)
def test_wrong_space_gets_a_sentence(space: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        list(scenarios(space))


def test_scenarios_of_ones_own() -> None:
    own: list[Scenario | str] = [Scenario.parse("fail=all"), "tree=1x1x1"]
    assert [str(s) for s in scenarios(own)] == ["tree=1x1x3 fail=all", "tree=1x1x1"]
