"""What is played again in another log is the run itself: events, chains, summary, verdicts, calls of C."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from kvmviz.apart import pack
from kvmviz.c.revision import from_c
from kvmviz.check.behaviour import UNMARKED, Behaviour
from kvmviz.check.branch_points import besides
from kvmviz.check.nearest import own_digests
from kvmviz.check.observation import watch
from kvmviz.check.replay import Playback, Runs, trails_beside, trails_digest
from kvmviz.check.space import scenarios
from kvmviz.check.trail import pieces
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario

SOURCES = Path(__file__).parents[1] / "c" / "sources"

LOUD = """
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
        if (WARN_ON_ONCE(gfn)) pr_err("each time\\n");
        WARN_ON(is_hkid_assigned(to_kvm_tdx(kvm)));
        WARN_ON(gfn > 5);
        if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
            tdx_reclaim_page(virt_to_page(sp->external_spt))) {
                pr_err_ratelimited("%llx stays\\n", gfn);
                sp->external_spt = NULL;
        }
}
"""

TAKEN_OUT = """
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
        struct page *page = virt_to_page(sp->external_spt);

        sp->external_spt = NULL;
        WARN_ON_ONCE(gfn);
        if (!is_hkid_assigned(to_kvm_tdx(kvm)))
                tdx_reclaim_page(page);
}
"""

OP = """
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{{
        if (tdx_reclaim_page(virt_to_page(sp->external_spt)))
                sp->external_spt = NULL;
        {macro};
}}
"""


def some(every: int) -> Iterator[Scenario]:
    """Yield whole setups of a few trees, every so many of them."""
    lines = [*scenarios("1x1x2"), *(s for s in scenarios("quick") if s.tree.count > 8), *besides()]
    setups = [lines[at : at + 24] for at in range(0, len(lines), 24)]
    return (scenario for setup in setups[::every] for scenario in setup)


def as_played(one: Behaviour) -> tuple[Any, ...]:
    """Return all that is seen of a run; which TD it was is that of the first of several that are the same."""
    summary = asdict(one.seen.summary) | {"td": ""}
    headers = one.seen.summary.panicked or one.seen.headers
    return one.plain, one.whole, one.seen.entries, one.held, +one.ran, headers, summary


def as_run(which: type[Revision], scenario: Scenario) -> tuple[Any, ...]:
    """Return the same of the run itself."""
    seen, trail = watch(which, scenario)
    return as_played(Behaviour(pieces(trail.entries, trail.chains), trail.ran, lambda: seen))


@pytest.mark.parametrize("name", [*REVISIONS, "c", "loud"])
def test_it_is_the_run_itself(name: str) -> None:
    which = {"c": lambda: from_c(SOURCES / "v2.c", name="mine"), "loud": lambda: from_c(LOUD, name="loud")}.get(
        name, lambda: REVISIONS[name]
    )()
    runs = Runs(which)
    for scenario in some(17):
        assert as_played(runs.of(scenario)) == as_run(which, scenario), scenario


def test_six_scenarios_are_one_run_and_the_same_object_where_nothing_is_printed() -> None:
    runs = Runs(REVISIONS["v1"])
    found = {runs.of(scenario) for scenario in list(scenarios("1x1x1"))[:6]}
    assert len(found) == 1


def test_what_cannot_be_played_is_run() -> None:
    which = from_c(TAKEN_OUT, name="taken")
    setup = Scenario.parse("fail=L1@0x200")
    assert not Playback(which, setup).holds and Playback(REVISIONS["v1"], setup).holds
    runs = Runs(which)
    for words in ({}, {"panic": "on"}, {"boot": "second:1s"}):
        scenario = setup.with_(**words)
        assert as_played(runs.of(scenario)) == as_run(which, scenario)


def test_a_line_that_comes_once_a_boot_is_run_too() -> None:
    which = from_c(LOUD.replace("pr_err_ratelimited", "pr_err_once"), name="once")
    assert not Playback(which, Scenario.parse("fail=all")).holds
    runs = Runs(which)
    for line in ("fail=all", "fail=all boot=second:1s", "fail=all boot=second:1s panic=on", "hkid=assigned"):
        scenario = Scenario.parse(line)
        assert as_played(runs.of(scenario)) == as_run(which, scenario)


def test_c_that_comes_to_nothing_is_told_of_in_the_scenario_that_was_asked_for() -> None:
    which, lines = from_c(LOUD, name="loud"), ["fail=all boot=second:1s", "fail=all panic=on", "fail=all"]
    runs = Runs(which)
    for scenario in map(Scenario.parse, lines):
        assert as_played(runs.of(scenario)) == as_run(which, scenario)


@pytest.mark.parametrize(("which", "name"), [
    (lambda: from_c(SOURCES / "v2.c", name="mine"), "v2"), (lambda: from_c(SOURCES / "v2.c", name="mine"), "landed"),
    (lambda: from_c(LOUD, name="loud"), "v1"), (lambda: from_c(TAKEN_OUT, name="taken"), "v1"),
])  # fmt: skip
def test_what_is_alike_is_not_played_again_and_the_answer_is_the_same(which: Callable[[], Any], name: str) -> None:
    every = list(some(29))
    assert trails_beside(name, every, *own_digests(pack(which()), every)) == trails_digest(name, every)


def test_a_trace_once_a_boot_and_a_trace_each_time_have_two_marks() -> None:
    """As the first TD of a boot both print one trace; as the second, one of them is silent."""
    setup = Scenario.parse("fail=L1@0x200")
    once, always = (
        Runs(from_c(OP.format(macro=macro), name="mine")) for macro in ("WARN_ON_ONCE(gfn)", "WARN_ON(gfn == 0x200)")
    )
    marks = {runs.mark(setup) for runs in (once, always)}
    assert len(marks) == 2 and UNMARKED not in marks
