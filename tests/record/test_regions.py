"""A large TD's regions: counting tables together comes to the same as running each."""

from collections import Counter
from typing import Any

import pytest

from kvmviz.check.space import scenarios
from kvmviz.kvm.tdx import tdx_reclaim_page
from kvmviz.record.runs import Run, run, run_folded, summary_folded
from kvmviz.revisions import EVERY, Revision, RevisionError
from kvmviz.revisions.dpamt import tdx_free_control_page
from kvmviz.scenario import Scenario, ScenarioError
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
