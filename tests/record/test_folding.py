"""A folded run is the whole run, counted: the same summary, and the same steps once they are written out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kvmviz.check.broken import BROKEN
from kvmviz.check.broken.lifetime import BarrierInTheCallback, EntriesNotFrozen
from kvmviz.kvm.tdx import tdx_reclaim_page
from kvmviz.machine.bug import TDX_BUG_ON, WARN_ON_ONCE, pr_err_ratelimited
from kvmviz.record.folding import FAILING_FIRST, FoldedTree, fold
from kvmviz.record.runs import Run, run, run_folded, summary_folded
from kvmviz.record.summary import Summary
from kvmviz.revisions import REVISIONS, Revision, RevisionError
from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.names import guest_name, sept_name, spt_name
from kvmviz.scenario.tree import Tree
from kvmviz.terms.events import Violation
from tests.trying import trying


class Mute(Revision, base="v1"):
    """Leaks everything and says nothing."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: Any, sp: Any) -> None:
        sp.external_spt = None


class FreesAnyway(Revision, base="before"):
    """Frees what the module still owns, twice."""

    @staticmethod
    def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
        vm.host.memory.free_page(sp.external_spt)
        vm.host.memory.free_page(sp.spt)
        vm.host.memory.free_page(sp.spt)


class Chatty(Revision, base="landed"):
    """Prints about every table that it forgets: a trace once, a line ten times."""

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: Any, sp: Any) -> None:
        WARN_ON_ONCE(vm.host, True)
        pr_err_ratelimited(vm.host, "freed")
        TDX_BUG_ON(vm.host, 1, "NOTHING", vm)
        vm.revision.tdp_mmu_free_sp(vm, sp)


ALL = [*REVISIONS.values(), Mute, FreesAnyway, Chatty, *(broken.revision for broken in BROKEN.values())]
TREES = ("1x1x20", "1x3x30", "2x2x40", "1x30x2", "3x1x2x16", "1x1x1", "20x2x1", "1GiB", "4GiB", "3x40x1")


@st.composite
def fails(draw: st.DrawFn, tree: str) -> str:
    """Nothing, everything, pages, a range, rates, control pages."""
    shape = Tree.parse(tree)

    def page() -> tuple[int, int]:
        level = draw(st.sampled_from(list(shape.level_counts())))
        return level, draw(st.integers(0, shape.level_counts()[level] - 1))

    kind = draw(st.sampled_from(["none", "all", "pages", "range", "rate", "control", "mixed"]))
    if kind in ("none", "all"):
        return kind
    found = set()
    if kind in ("pages", "mixed"):
        found |= {f"L{level}@{shape.gfn(level, n):#x}" for level, n in (page() for _ in range(draw(st.integers(1, 5))))}
    if kind == "range":
        level, first = page()
        last = draw(st.integers(first, shape.level_counts()[level] - 1))
        found.add(f"L{level}@{shape.gfn(level, first):#x}-{shape.gfn(level, last):#x}")
    if kind == "rate":
        found.add(f"rate:{draw(st.sampled_from(['1/2', '1/10', '1/100', '9/10']))}:{draw(st.integers(0, 99))}")
    if kind in ("control", "mixed"):
        found.add(draw(st.sampled_from(["TDR", "TDCS[2]", "TDVPR[0]", "TDCX[0][1]"])))
    return ",".join(sorted(found))


@st.composite
def scenarios(draw: st.DrawFn, trees: tuple[str, ...] = TREES) -> Scenario:
    tree = draw(st.sampled_from(trees))
    words = {
        "tree": tree,
        "fail": draw(fails(tree)),
        "hkid": draw(st.sampled_from(["released", "released", "released", *CAUSES])),
        "boot": draw(st.sampled_from(["first", "first", "second:1s", "second:60s"])),
        "leaves": draw(st.sampled_from(["gone", "present"])),
        "zap": draw(st.sampled_from(["default", "prove-mmu"])),
        "panic": draw(st.sampled_from(["off", "off", "on"])),
    }
    try:
        return Scenario.parse(" ".join(f"{key}={word}" for key, word in words.items()))
    except ScenarioError:
        assume(False)
        raise


DRAINING = ("BarrierInTheOp",)
"""Broken revisions that wait for callbacks before the end; the folded length of the queue relies on none to."""


def shortened(summary: Summary, most: int) -> Summary:
    """The summary with no list longer than so many names."""
    found: dict[str, Any] = {f.name: getattr(summary, f.name) for f in fields(summary)}
    short: Any = {name: value[:most] if isinstance(value, tuple) else value for name, value in found.items()}
    return Summary(**short)


@given(st.sampled_from(ALL), scenarios())
@trying(40, 100)
def test_the_summary_is_that_of_the_whole_tree(which: type[Revision], scenario: Scenario) -> None:
    whole, folded = run(which, scenario, events=False).summary, summary_folded(which, scenario, 12)
    if which.name in DRAINING:
        folded = replace(folded, most_rcu_pending=whole.most_rcu_pending)
    assert shortened(folded, 12) == shortened(whole, 12)


def expanded(result: Run) -> Counter[tuple[Any, ...]]:
    """Every step, once for each page that it is about; steps without a page as often as they happened."""
    assert isinstance(result.tree, FoldedTree)
    names = {}
    for one in (one for level in result.tree.levels.values() for one in level):
        gfns = list(result.tree.members(one))
        assert len(gfns) == one.times and gfns[0] == one.gfn
        names[sept_name(one.level, one.gfn)] = [sept_name(one.level, gfn) for gfn in gfns]
        names[spt_name(one.level, one.gfn)] = [spt_name(one.level, gfn) for gfn in gfns]
        for i in range(2) if one.level == 1 else ():
            names[guest_name(one.gfn + i)] = [guest_name(gfn + i) for gfn in gfns]
    return Counter(dict(_expanded(result, names)))


def _expanded(result: Run, names: dict[str, list[str]]) -> Iterator[tuple[tuple[Any, ...], int]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for step in result.steps:
        bare: Any = step.event
        page = getattr(bare, "page", None)
        for name in names.get(page or "", [page]):
            event = replace(bare, page=name) if page else bare
            found[step.phase, event, step.where] += 1 if page else step.times
    yield from found.items()


@given(
    st.sampled_from([one for one in ALL if one is not BarrierInTheCallback]),  # it waits in the midst of its callbacks
    scenarios(tuple(t for t in TREES if t != "4GiB")),
)
@example(EntriesNotFrozen, Scenario.parse("tree=1x1x20 zap=prove-mmu"))
@trying(20, 60)
def test_the_steps_written_out_are_those_of_the_whole_tree(which: type[Revision], scenario: Scenario) -> None:
    whole = Counter((step.phase, step.event, step.where) for step in run(which, scenario).steps)
    folded = expanded(run_folded(which, scenario))
    for found in (whole, folded):  # how often a table is wrong as each of its entries goes, folded steps do not say
        found.update({key: 1 - count for key, count in found.items() if isinstance(key[1], Violation)})
    assert folded == whole


@given(st.sampled_from(list(REVISIONS.values())), scenarios())
@trying(20, 60)
def test_the_last_frame_agrees_with_the_summary(which: type[Revision], scenario: Scenario) -> None:
    result = run_folded(which, scenario)
    frame, summary = result.frames[-1], result.summary
    assert (frame.traces, frame.lines) == (summary.traces, summary.lines)
    assert summary.panicked or frame.leaked_count == summary.leaked_count
    states = Counter[str]()
    for page, state in frame.states.items():
        states[state] += result.tree.times_of(page) if isinstance(result.tree, FoldedTree) else 1
    assert states["freed"] == summary.freed_count


@given(scenarios())
@trying(40, 100)
def test_a_fold_covers_each_table_once(scenario: Scenario) -> None:
    folded = fold(scenario.tree, scenario.fail)
    every = [(level, gfn) for level, tables in folded.levels.items() for t in tables for gfn in folded.members(t)]
    assert sorted(every) == sorted(scenario.tree.tables())
    for level, tables in folded.levels.items():
        for one in tables:
            assert len({scenario.fail.selects(level, gfn) for gfn in folded.members(one)}) == 1


@pytest.mark.parametrize("name", REVISIONS)
@pytest.mark.parametrize("words", ["fail=none", "fail=rate:1/1000:7", "hkid=assigned", "fail=all boot=second:60s"])
def test_a_large_td(name: str, words: str) -> None:
    scenario = Scenario.parse(f"tree=4GiB {words}")
    assert summary_folded(REVISIONS[name], scenario) == run(name, scenario, events=False).summary


@pytest.mark.slow
@pytest.mark.parametrize("words", ["fail=rate:1/1000:7", "hkid=assigned panic=on", "fail=rate:1/2:x zap=prove-mmu"])
def test_the_largest_td_of_the_course(words: str) -> None:
    scenario = Scenario.parse(f"tree=1TiB {words}")
    assert summary_folded(REVISIONS["before"], scenario) == run("before", scenario).summary


def test_a_fold_is_small_however_large_the_tree() -> None:
    scenario = Scenario.parse("tree=3TiB fail=rate:1/100:3")
    assert fold(scenario.tree, scenario.fail).count < 40 * FAILING_FIRST


def test_folded_steps_say_how_often() -> None:
    result = run("v1", "tree=16GiB").folded
    last = next(step for step in reversed(result.steps) if step.times > 1)
    assert last.text.endswith(f"(x {last.times:,}).")
    assert last.to_json()["times"] == last.times


def test_a_recorded_run_is_not_folded() -> None:
    result = run("v1", "")
    assert result.folded is result


class Parity(Revision, base="v1"):
    """Leaks every other table of a level."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: Any, sp: Any) -> None:
        if sp.gfn >> 9 & 1 or tdx_reclaim_page(vm.host, sp.external_spt):
            sp.external_spt = None


def test_a_patch_to_which_no_table_stands_for_others_is_refused() -> None:
    with pytest.raises(RevisionError, match="Parity: it treats tables differently"):
        run_folded(Parity, Scenario.parse("tree=16GiB"))
    assert "Parity: it treats tables differently" in str(run(Parity, "tree=16GiB"))
    assert run(Parity, "tree=16GiB").summary.leaked_count > 4_000


@given(scenarios())
@trying(20, 60)
def test_tables_of_a_fold_stand_in_the_order_of_the_first_that_each_means(scenario: Scenario) -> None:
    tree = fold(scenario.tree, scenario.fail)
    for level, tables in tree.levels.items():
        flags = scenario.fail.flags(scenario.tree)[level]
        for parent in {one.parent for one in tables}:
            mine = [one for one in tables if one.parent == parent]
            assert [one.gfn for one in mine] == sorted(one.gfn for one in mine)
            assert [one.index for one in mine] == list(range(len(mine)))
        for one in tables:
            members = list(tree.members(one))
            assert members[0] == one.gfn and len(members) == one.times == tree.times(level, one.gfn)
            assert {bool(flags[scenario.tree.number(level, gfn)]) for gfn in members} == {one.fails}
        assert sorted(gfn for one in tables for gfn in tree.members(one)) == list(scenario.tree.gfns(level))


def test_frames_are_sliced_as_a_list_is() -> None:
    frames = run(REVISIONS["v1"], "tree=1x1x1").frames
    every = [frames[n] for n in range(len(frames))]
    assert frames[3:9:2] == every[3:9:2] and frames[-3:] == every[-3:] and frames[::-7] == every[::-7]
