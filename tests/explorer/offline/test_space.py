"""Which scenarios a page carries: every combination once, numbered so that bit n is page n."""

from itertools import product

import pytest

from kvmviz.explorer.offline import space
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.status import STATUS
from kvmviz.scenario.tree import Tree


@pytest.mark.parametrize("tree", ["1x1x1", "1x1x2"])
def test_every_combination_is_there_once(tree: str) -> None:
    found = space.combinations(tree)
    sizes = [len(words) for words in (*space.DIMENSIONS.values(), *space.FAMILY.values())]
    expected = 2 ** Tree.parse(tree).count
    for size in sizes:
        expected *= size
    assert len(found) == len(set(found)) == expected
    assert all(space.carries([tree], one) for one in found)


def test_bit_n_of_a_subset_s_number_is_page_n() -> None:
    names = space.pages("1x1x2")
    for number, words in enumerate(space.subsets("1x1x2")):
        assert words == (",".join(name for n, name in enumerate(names) if number & 1 << n) or "none")


def test_a_family_differs_in_boot_and_panic_which_varies_fastest() -> None:
    one = space.families("1x1x1")[3]
    assert [(s.words()["boot"], s.words()["panic"]) for s in one.scenarios] == list(product(space.BOOTS, ("off", "on")))
    assert {str(s.with_(boot="first", panic="off")) for s in one.scenarios} == {str(one.base)}
    assert space.Family(one.base, alone=True).scenarios == [one.base]


@pytest.mark.parametrize(
    "line",
    [
        "tree=1x1x1 vcpus=2",
        "tree=1x1x1 fail=all status=0x1",
        "tree=1x1x7",
        "tree=1x1x1 boot=second:9s",
        "tree=1x1x1 fail=TDVPR[0]",
    ],
)
def test_a_page_does_not_hold_what_is_in_no_combination(line: str) -> None:
    assert not space.carries(["1x1x1"], Scenario.parse(line)) or Scenario.parse(line) in space.single(["1x1x1"])


def test_a_tree_of_more_tables_than_subsets_are_carried_of_is_refused() -> None:
    with pytest.raises(ScenarioError, match="tree=1x1x9: a page carries every subset"):
        space.pages("1x1x9")
    assert len(space.pages("1x1x6")) == space.MOST


def test_scenarios_that_stand_alone_are_named_once() -> None:
    found = space.single(["1x1x1"])
    assert len(found) == len(set(found))
    assert {"0x1"} >= {s.words()["status"] for s in found} - set(STATUS)
