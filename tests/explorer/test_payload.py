"""What goes to the browser besides the runs: pages and how a scenario names them, choices that parse, states."""

import pytest

from kvmviz.draw.narration import start_words
from kvmviz.explorer import payload
from kvmviz.record.runs import run
from kvmviz.revisions import EVERY
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import CONTROL_KINDS
from kvmviz.scenario.tree import Tree
from kvmviz.terms.states import PAGE_STATES


@pytest.mark.parametrize("tree", ["1x1x1", "1x1x3", "1x2x58"])
def test_a_page_that_may_fail_is_named_as_a_scenario_names_it(tree: str) -> None:
    found = payload.skeleton_of(Scenario.parse(f"tree={tree}"))
    assert set(found["faults"]) == {page for page, kind, _ in found["pages"] if kind in ("S-EPT", *CONTROL_KINDS)}
    for page in list(found["faults"])[:: len(found["faults"]) // 3]:
        line = f"tree={tree} fail={found['faults'][page]}"
        assert page in run("v1", line).summary.leaked, line
    members = {page for pages in found["whole"].values() for page in pages}
    assert members <= {page for page, *_ in found["pages"]}


@pytest.mark.parametrize(
    "key", ["tree", "hkid", "status", "boot", "leaves", "zap", "panic", "vcpus", "region", "remove"]
)
def test_every_choice_is_one_that_a_scenario_takes(key: str) -> None:
    for word in payload.choices(["before"])[key]:
        others = " fail=all" if key == "status" else " region=dense" if key == "remove" else ""
        assert Scenario.parse(f"{key}={word}{others}").words()[key] == word


def test_what_is_shown_is_offered_too() -> None:
    found = payload.choices(["before", "Mine"], ["1x1x7"])
    assert found["tree"][0] == "1x1x7" and len(found["tree"]) == len(set(found["tree"]))
    assert found["revision"] == [*EVERY, "Mine"]


@pytest.mark.parametrize(
    ("tree", "level", "gfn"), [("1x1x3", 1, 0x200), ("1x1x3", 3, 0), ("1x1x1", 2, 0), ("2x2x2", 1, 0)]
)
def test_all_but_one_is_every_table_without_it(tree: str, level: int, gfn: int) -> None:
    fails = Scenario.parse(f"tree={tree} fail={payload.all_but(Tree.parse(tree), level, gfn)}").fail
    whole = Scenario.parse(f"tree={tree} fail=all")
    leaked = {page for page in run("v1", f"tree={tree} fail={fails}").summary.leaked if page.startswith("S-EPT")}
    expected = {page for page in run("v1", str(whole)).summary.leaked if page.startswith("S-EPT")}
    assert expected - leaked == {f"S-EPT L{level} gfn={gfn:#x}"}


def test_failing_pages_as_a_scenario_names_them() -> None:
    def failing(line: str) -> list[str]:
        return payload.failing(Scenario.parse(line))

    assert failing("fail=none") == []
    assert failing("fail=L1@0x200,TDR") == ["L1@0x200", "TDR"]
    assert failing("tree=1x1x1 fail=all") == ["L3@0x0", "L2@0x0", "L1@0x0"]


def test_the_state_table_says_of_each_state_whose_it_is() -> None:
    found = payload.state_table()
    assert list(found) == list(PAGE_STATES)
    for name, state in PAGE_STATES.items():
        assert found[name]["meaning"] == state.meaning
        assert (found[name]["owner"] == "TDX module") == (name in ("tdx-owned", "leaked"))
    assert found["leaked"]["who"] == "nobody" and found["freed"]["who"] == "done"


def test_the_layout_s_key_and_the_words_before_the_first_step() -> None:
    one, other = (Scenario.parse(line) for line in ("tree=1x1x3", "tree=1x1x3 vcpus=2"))
    assert payload.skeleton_key(one) != payload.skeleton_key(other)
    starts = payload.skeleton_of(one)["starts"]
    assert starts[2] == start_words(one.tree.count, "released", "")
    assert payload.single_of(one, one.tree) == (str(one), one.words(), [], "1x1x3 1")
