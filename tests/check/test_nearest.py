"""Same or not: equal means event for event with chains, and known revisions answer for six scenarios from one run."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kvmviz.check import check
from kvmviz.check.broken import BROKEN
from kvmviz.check.nearest import Likeness, likeness, whole_digest
from kvmviz.check.replay import trails_digest
from kvmviz.check.space import scenarios
from kvmviz.check.trail import SIZE, Trail
from kvmviz.record.runs import run
from kvmviz.record.teardown import tear_down
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from tests.trying import sampled

LINES = ("tree=2x1x2 fail=L1@0x0 boot=second:60s zap=prove-mmu", "hkid=key-freeid-error", "fail=TDR panic=on", "")


class Same(Revision, base="landed"):
    """The landed op, written another way."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, sp: Any) -> None:
        from kvmviz.kvm.mmu_page import private_spt
        from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
        from kvmviz.machine.bug import KVM_BUG_ON

        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
            return
        vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", REVISIONS)
def test_a_trail_has_the_chains_of_the_recorded_run(name: str, line: str) -> None:
    trail = Trail()
    tear_down(REVISIONS[name], Scenario.parse(line), trail)
    steps = run(name, line).steps
    assert trail.entries == [(step.phase, step.event) for step in steps]
    assert trail.chains == [" > ".join(step.chain) for step in steps]


@pytest.mark.parametrize("name", sampled(REVISIONS, 2))
def test_the_log_played_again_is_the_run_itself(name: str) -> None:
    lines = [*scenarios("1x1x2"), *(s for s in scenarios("quick") if s.tree.count > 8)]
    every = [line for at in range(0, len(lines), 72) for line in lines[at : at + 24]]  # every third setup
    wanted = b"".join(whole_digest(REVISIONS[name], scenario) for scenario in every)
    assert trails_digest(name, every) == wanted and len(wanted) == SIZE * len(every)
    backwards = list(reversed(every[:240]))
    assert trails_digest(name, backwards) == b"".join(whole_digest(REVISIONS[name], s) for s in backwards)


def test_each_known_revision_is_like_itself_alone() -> None:
    for name in REVISIONS:
        assert likeness(name, "1x1x2") == Likeness(1416, (name,), name, 0, None, 0)


def differing(which: type[Revision], name: str, every: list[Scenario]) -> Iterator[Scenario]:
    return (s for s in every if whole_digest(which, s) != whole_digest(REVISIONS[name], s))


OTHERS = ("ParentFirst", "GenericCodeForgets", "LeafOnlyBlocked")


@pytest.mark.parametrize("broken", ["AskedTwice", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_the_nearest_has_the_fewest_scenarios_that_differ(broken: str) -> None:
    which, every = BROKEN[broken].revision, list(scenarios("1x1x1"))[::3]
    counts = {name: len([*differing(which, name, every)]) for name in REVISIONS}
    found = likeness(which, every)
    assert found.same_as == () and found.differs == min(counts.values()) == counts[found.nearest]
    assert found.nearest == which.base_name
    first = Scenario.parse(str(found.first))
    assert first in [*differing(which, found.nearest, every)]
    mine, theirs = run(which, first).steps, run(found.nearest, first).steps
    before = found.step - 1
    assert [(s.event, s.chain) for s in mine[:before]] == [(s.event, s.chain) for s in theirs[:before]]
    assert [(s.event, s.chain) for s in mine[before : found.step]] != [
        (s.event, s.chain) for s in theirs[before : found.step]
    ]


@pytest.mark.slow
def test_it_is_said_where_a_sample_told_which_is_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    which, every = BROKEN["AskedTwice"].revision, list(scenarios("1x1x2"))
    whole = likeness(which, every)
    assert whole.sampled == 0 and "by a sample" not in str(whole)
    monkeypatch.setattr("kvmviz.check.nearest.SETUPS", 6)
    found = likeness(which, every)
    assert 0 < found.sampled < len(every)
    assert f"nearest by a sample of {found.sampled:,}, in" in " ".join(str(found).split())
    assert (found.nearest, found.differs, found.first) == (whole.nearest, whole.differs, whole.first)
    assert likeness("v1", every).sampled == 0  # what is equal needs no sample to say so


def test_a_rewrite_is_equal_and_says_so() -> None:
    found = likeness(Same, "1x1x2")
    assert (found.scenarios, found.same_as, found.differs) == (1416, ("landed",), 0)
    assert str(found) == "Equal to landed in all 1,416 scenarios."
    with ThreadPoolExecutor(2) as threads:
        assert likeness(Same, "1x1x2", threads) == found
    json.dumps(found.to_json())


def test_a_function_of_another_name_is_another_chain() -> None:
    class Renamed(Revision, base="v1"):
        @staticmethod
        def tdx_sept_remove_leaf_spte(vm: Any, gfn: int, level: int, page: Any) -> int:
            return REVISIONS["v1"].remove_leaf(vm, gfn, level, page)  # type: ignore[no-any-return]

    found = likeness(Renamed, ["tree=1x1x1", "tree=1x1x1 leaves=present"])
    assert (found.same_as, found.nearest, found.differs, found.first) == ((), "v1", 2, "tree=1x1x1")
    assert "Differs from v1, which is nearest, in 2 of 2 scenarios" in " ".join(str(found).split())


@pytest.mark.slow
def test_the_report_says_both_halves() -> None:
    report = check(BROKEN["AskedTwice"].revision, "1x1x1", progress=False)
    assert report.like == likeness(BROKEN["AskedTwice"].revision, "1x1x1")
    found = report.to_json()
    assert (found["same_as"], found["nearest"], found["differs"]) == ([], "v1", report.like.differs)
    assert str(report.like) in str(report)
    assert found["own"] == {}


def test_the_readers_functions_are_counted_in_the_run_that_is_watched() -> None:
    every = list(scenarios("1x1x1"))[::9]
    calls = sum(step.event.kind == "op" for s in every for step in run(Same, s).steps)
    for space in (every, every[::-1]):
        assert check(Same, space, progress=False).own == {"tdx_sept_free_private_spt": calls}
    assert calls > 0


def test_nothing_is_like_nothing() -> None:
    assert str(likeness("v1", [])) == "Nothing was run, so it is like nothing."
