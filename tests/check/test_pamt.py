"""Dynamic PAMT is checked: `dpamt` breaks what is known and no more, and each broken variant is found by name."""

from itertools import product

import pytest

from kvmviz.check.broken import BROKEN_PAMT
from kvmviz.check.catalogue import INVARIANTS, PAMT_INVARIANTS, invariants_of
from kvmviz.check.engine import check
from kvmviz.check.known import KNOWN
from kvmviz.check.nearest import likeness
from kvmviz.check.outcome import violations
from kvmviz.check.space import REGION_SETTINGS, scenarios
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.revisions import EVERY, REVISIONS, Revision
from kvmviz.scenario import Scenario
from tests.spaces import counted

DPAMT = EVERY["dpamt"]
SAMPLE = [*scenarios("1x1x1", pamt=True)][::37]
LINES = [
    Scenario.parse(f"tree=1x1x2 region={region} fail={fail} remove={remove} hkid={hkid} leaves={leaves}")
    for region, fail, remove, hkid, leaves in product(
        ("dense", "scattered"), ("none", "L1@0x0"), ("works", "fails"), ("released", "assigned"), ("gone", "present")
    )
]
"""What the broken variants are tried in."""


def test_only_a_revision_that_turns_it_on_is_asked() -> None:
    assert not INVARIANTS.keys() & PAMT_INVARIANTS.keys()
    assert all(invariants_of(one) == INVARIANTS for one in REVISIONS.values())
    assert invariants_of(DPAMT) == INVARIANTS | PAMT_INVARIANTS


def test_the_spaces_of_the_others_are_what_they_were() -> None:
    assert all(s.region == "off" for s in scenarios("quick")) and len([*scenarios("quick")]) == counted("quick")
    assert {(s.region, s.remove) for s in scenarios("1x1x1", pamt=True)} == {*REGION_SETTINGS}
    assert {s.region for s in scenarios("quick", pamt=True) if s.tree.count > 3} == {"dense"}


def test_dpamt_breaks_what_is_known_and_where() -> None:
    for scenario in SAMPLE:
        listed = {name for name, known in KNOWN["dpamt"].items() if known.where(scenario)}
        broken = violations(DPAMT, scenario).keys()
        assert broken <= listed, scenario
        assert ("lost_pairs_leave_a_trace" in broken) == ("lost_pairs_leave_a_trace" in listed), scenario


def test_there_are_twelve_and_more_and_each_invariant_of_pamt_is_broken_by_one() -> None:
    assert len(BROKEN_PAMT) >= 12
    assert {one.breaks for one in BROKEN_PAMT.values()} >= PAMT_INVARIANTS.keys()


@pytest.mark.parametrize("name", BROKEN_PAMT)
def test_each_is_found_and_the_right_invariant_named(name: str) -> None:
    one = BROKEN_PAMT[name]
    found = [line for line in LINES if one.breaks in violations(one.revision, line)]
    assert found and all(one.breaks not in violations(DPAMT, line) for line in found)


def test_a_check_names_what_a_broken_one_breaks() -> None:
    report = check(BROKEN_PAMT["PutOnFailure"].revision, LINES, progress=False)
    assert report.status == 1 and report["pages_are_used_between_get_and_put"].verdict == "bug"
    assert "put while the TDX module owns it" in str(report)


def test_the_report_says_that_no_recorded_runs_stand_behind_it() -> None:
    report = check(DPAMT, SAMPLE[:40], progress=False)
    assert report.ok and "No recorded runs stand behind dpamt." in str(report)
    assert "recorded" not in str(check("landed", SAMPLE[:40], progress=False))


def test_it_is_offered_as_a_likeness_only_on_its_own_machine() -> None:
    class Same(Revision, base="landed"):
        @staticmethod
        def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
            vm.revision.tdp_mmu_free_sp(vm, sp)

    class Next(Revision, base="dpamt"):
        @staticmethod
        def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
            vm.revision.tdp_mmu_free_sp(vm, sp)

    assert likeness(Same, [*scenarios("1x1x1")][::90]).same_as == ("landed",)
    assert likeness(Next, SAMPLE[::8]).same_as == ("dpamt",)
