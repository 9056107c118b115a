"""A large TD's regions: counting tables together comes to the same as running each."""

from collections import Counter
from typing import Any

import pytest

from kvmviz.check.space import scenarios
from kvmviz.kvm.tdx import tdx_reclaim_page
from kvmviz.record.folding import fold
from kvmviz.record.regions import layout_of
from kvmviz.record.runs import Run, run, run_folded, summary_folded
from kvmviz.revisions import EVERY, Revision, RevisionError
from kvmviz.revisions.dpamt import tdx_free_control_page
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.names import control_names, guest_name, pair_names, sept_name
from kvmviz.terms.events import PamtPin

DPAMT = EVERY["dpamt"]


LINES = [
    "tree=2GiB vcpus=0 region=dense remove=fails-once",
    "tree=20x20x1 region=scattered leaves=present",
]
MORE = [
    "tree=3GiB region=dense",
    "tree=3GiB region=dense zap=prove-mmu remove=fails",
    "tree=3GiB region=scattered remove=fails fail=L1@0x200-0x4000",
    "tree=2GiB region=shared fail=all",
    "tree=3GiB region=dense fail=rate:1/100:a remove=fails boot=second:1s",
    "tree=2GiB region=dense hkid=assigned",
    "tree=20x20x1 region=scattered remove=fails",
]


@pytest.mark.parametrize("line", [*LINES, *(pytest.param(line, marks=pytest.mark.slow) for line in MORE)])
def test_the_summary_of_a_folded_tree_is_that_of_the_whole(line: str) -> None:
    scenario = Scenario.parse(line)
    whole, folded = run(DPAMT, scenario), run_folded(DPAMT, scenario)
    assert summary_folded(DPAMT, scenario) == whole.summary == folded.summary
    end = folded.frames[-1]
    assert (end.traces, end.leaked_count) == (whole.summary.traces, whole.summary.leaked_count)
    assert _counts(folded) == _counts(whole)
    pamt = whole.summary.pamt
    assert pamt is not None
    assert (end.pinned, end.phantoms) == (pamt.pairs_pinned, pamt.phantom_references)


@pytest.mark.parametrize("region", ["dense", "scattered", "shared"])
def test_frames_count_pairs_and_phantoms_as_the_books_do(region: str) -> None:
    """Every small scenario with regions that does not panic: what steps tell of pairs comes to what the machine has."""
    for scenario in scenarios("1x1x1", pamt=True):
        if scenario.region != region or scenario.panic or scenario.boot is not None:
            continue
        found = run(DPAMT, scenario)
        end, pamt = found.frames[-1], found.summary.pamt
        assert pamt is not None
        assert (end.pinned, end.phantoms) == (pamt.pairs_pinned, pamt.phantom_references), str(scenario)


def test_a_reference_that_comes_back_pins_nothing() -> None:
    """The pointer is taken out first, and the page reclaimed after: no leak, and no pair that stays."""

    class Later(Revision, base="dpamt"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
            page, sp.external_spt = sp.external_spt, None
            if not tdx_reclaim_page(vm.host, page):
                tdx_free_control_page(vm.host, page)

    found = run(Later, "tree=1x1x1 region=scattered")
    assert not [step for step in found.steps if isinstance(step.event, PamtPin)]
    assert found.summary.pamt is not None and found.summary.pamt.pairs_pinned == 0
    lost = run(Later, "tree=1x1x1 region=scattered fail=L1@0x0")
    assert [step.event.page for step in lost.steps if isinstance(step.event, PamtPin)] == ["S-EPT L1 gfn=0x0", "TDR"]


def _counts(found: Run) -> Counter[str]:
    """Return how often each kind of event happened; one that pins pairs tells of all of them at once."""
    times: Counter[str] = Counter()
    for step in found.steps:
        times[step.event.kind] += step.event.pairs if isinstance(step.event, PamtPin) else step.times
    return times


def test_a_tebibyte_is_folded_into_few_tables() -> None:
    """How fast that is belongs to the bench; here it is enough that there are few."""
    for region, pairs in (("dense", 1027), ("scattered", 525327), ("shared", 0)):
        scenario = Scenario.parse(f"tree=1TiB region={region}")
        found = run_folded(DPAMT, scenario)
        assert found.summary.pamt is not None and found.summary.pamt.pairs_back == pairs
        assert found.tree.count < 40 and len(found.steps) < 400


def test_what_cannot_be_counted_together_is_said() -> None:
    with pytest.raises(ScenarioError, match="region=scattered"):
        run_folded(DPAMT, Scenario.parse("tree=90x60x1 region=dense"))

    class Mine(Revision, base="dpamt"):
        pass

    with pytest.raises(RevisionError, match="cannot be counted together"):
        run_folded(Mine, Scenario.parse("tree=16GiB region=dense"))


PLACED = [
    "tree=3GiB region=dense fail=L1@0x200,L2@0x40000",
    "tree=2GiB vcpus=9 region=dense",
    "tree=3GiB region=scattered fail=L1@0x400",
    "tree=20x20x1 region=scattered leaves=present",
    "tree=2GiB region=dense fail=rate:1/50:a",
]


@pytest.mark.parametrize("line", PLACED)
def test_pages_of_a_folded_tree_lie_where_those_of_the_whole_lie(line: str) -> None:
    """By a list of every page in the order of allocation: control pages, tables from above, guest pages."""
    scenario = Scenario.parse(line)
    layout = layout_of(scenario)
    assert layout is not None
    whole, tree = scenario.tree, fold(scenario.tree, scenario.fail, layout=layout)
    names = [*control_names(scenario.vcpus), *(sept_name(*table) for table in whole.tables())]
    names += [guest_name(gfn + i) for gfn in whole.gfns(1) for i in range(2)]
    place = {name: n for n, name in enumerate(names)}
    for one in (one for level in tree.levels.values() for one in level):
        lie, members = tree.lies(one.level, one.gfn), list(tree.members(one))
        assert len(members) == one.times == lie.times
        assert lie.cells is not None
        if layout.where == "dense":
            expected = Counter(place[sept_name(one.level, gfn)] // 512 for gfn in members)
            assert dict(lie.cells) == expected
            assert all(isinstance(region, int) for region, _ in lie.cells)
        else:
            assert lie.cells == ((place[sept_name(one.level, one.gfn)], 1),) and lie.lasts
            for i in range(2 if one.level == 1 and whole.gib is None else 0):
                guest = tree.lies(0, one.gfn + i)
                assert guest.cells == ((place[guest_name(one.gfn + i)], 1),) and guest.times == one.times
        if lie.lasts:
            assert {tree.times_of(name) for name in pair_names(lie.cells[0][0])} == {one.times}


def test_a_page_that_comes_last_in_its_region_is_told_apart_and_no_other() -> None:
    scenario = Scenario.parse("tree=3GiB region=dense")
    tree = fold(scenario.tree, scenario.fail, layout=layout_of(scenario))
    before = len(list(control_names(scenario.vcpus)))
    order = [table for level in (1, 2, 3) for table in [(level, gfn) for gfn in scenario.tree.gfns(level)]]
    place = {table: before + n for n, table in enumerate(scenario.tree.tables())}
    last = {place[table] // 512: table for table in order if place[table] // 512 > 0}
    told = [(one.level, gfn) for level in tree.levels.values() for one in level
            if tree.lies(one.level, one.gfn).lasts for gfn in tree.members(one)]  # fmt: skip
    assert sorted(told) == sorted(table for table in last.values() if table[0] == 1)


def test_places_from_one_on_are_cut_where_a_region_ends() -> None:
    layout = layout_of(Scenario.parse("tree=1GiB region=dense"))
    assert layout is not None
    for position, count in ((0, 1), (0, 512), (0, 513), (511, 2), (700, 1500), (1024, 0)):
        cells = list(layout.cells(position, count))
        assert [(region, n) for region, first, end in cells for n in range(first, end)] == [
            ((position + n) // 512, n) for n in range(count)
        ]
        assert len({region for region, _, _ in cells}) == len(cells)
        assert all(isinstance(region, int) for region, _, _ in cells)
