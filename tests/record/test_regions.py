"""A large TD's regions: counting tables together comes to the same as running each."""

import pytest

from kvmviz.record.runs import run, run_folded, summary_folded
from kvmviz.revisions import EVERY, Revision, RevisionError
from kvmviz.scenario import Scenario, ScenarioError

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
    times: dict[str, int] = {}
    for step in folded.steps:
        times[step.event.kind] = times.get(step.event.kind, 0) + step.times
    counts: dict[str, int] = {}
    for step in whole.steps:
        counts[step.event.kind] = counts.get(step.event.kind, 0) + 1
    assert times == counts


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
