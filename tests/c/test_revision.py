"""C of our own that behaves as each of the project's revisions, and what a revision from C says of itself."""

from pathlib import Path

import pytest

import kvmviz
from kvmviz.apart import pack, unpack
from kvmviz.apart.remembered import state
from kvmviz.c.refuse import CError
from kvmviz.check.space import scenarios
from kvmviz.record.sources import source
from kvmviz.revisions import REVISIONS
from kvmviz.revisions.guard import PatchError
from kvmviz.scenario import Scenario
from tests.c.equality import differing, recorded

SOURCES = Path(__file__).parent / "sources"

FILES = {"before": "before.c", "v1": "v1.c", "v1+17": "v1_17.c", "v2": "v2.c", "landed": "landed.c"}

OP = """
static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
        if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
            tdx_reclaim_page(virt_to_page(sp->external_spt)))
                sp->external_spt = NULL;
}
"""


@pytest.mark.parametrize("name", FILES)
def test_c_behaves_as_its_revision_in_a_sample_of_the_quick_space(name: str) -> None:
    mine = kvmviz.from_c(SOURCES / FILES[name])
    assert mine.base_name == name
    assert differing(mine, REVISIONS[name], list(scenarios("quick"))[::37]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_c_behaves_as_its_revision_in_the_quick_space(name: str) -> None:
    assert differing(kvmviz.from_c(SOURCES / FILES[name]), REVISIONS[name], scenarios("quick")) == []


def test_one_function_is_enough_and_the_base_has_the_rest() -> None:
    mine = kvmviz.from_c(OP, name="Mine")
    assert (mine.name, mine.base_name) == ("Mine", "v2")
    assert [f.name for f in mine.origin.from_c] == ["tdx_sept_free_private_spt"]
    assert {f.source for f in mine.origin.from_base} == {"v2"}
    assert differing(mine, REVISIONS["v2"], list(scenarios("quick"))[::101]) == []


def test_a_base_can_be_named_and_decides_how_the_op_is_called() -> None:
    assert kvmviz.from_c(OP, base="landed").base_name == "landed"
    with pytest.raises(CError, match=r"patch\.c:2: tdx_sept_free_private_spt takes \(kvm, sp\), and on v1 the"):
        kvmviz.from_c(OP, base="v1")


def test_frames_stand_on_lines_of_the_c() -> None:
    mine = kvmviz.from_c(SOURCES / "landed.c", name="Mine")
    steps = kvmviz.run(mine, "fail=L1@0x200").steps
    lines = (SOURCES / "landed.c").read_text().split("\n")
    where = [location for step in steps for location in step.where if location.source.startswith("C of Mine")]
    assert {location.function.name for location in where} >= {"handle_removed_pt", "tdx_sept_free_private_spt"}
    standing = {(w.function.name, lines[w.line - 1].strip()) for w in where}
    assert ("tdx_sept_free_private_spt", "if (tdx_reclaim_page(virt_to_page(sp->external_spt)))") in standing
    assert ("tdx_sept_free_private_spt", "sp->external_spt = NULL;") in standing
    assert ("handle_removed_pt", "call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);") in standing


def test_sources_are_the_c_and_two_revisions_share_none() -> None:
    one, other = kvmviz.from_c(OP, name="Mine"), kvmviz.from_c(OP.replace("NULL", "0"), name="Mine")
    keys = []
    for which in (one, other):
        run = kvmviz.run(which, "fail=L1@0x200")
        mine = [key for key, found in run.sources.items() if found.language == "C"]
        assert len(mine) == 1
        keys += mine
        found = source(mine[0])
        assert (found.function, found.first_line) == ("tdx_sept_free_private_spt", 2)
        assert found.text.startswith("static void tdx_sept_free_private_spt(")
    assert keys[0] != keys[1]


def test_a_revision_from_c_travels_to_another_process() -> None:
    mine = kvmviz.from_c(OP, name="Mine")
    there = unpack(pack(mine))
    assert (there.name, there.base_name, there.own) == (mine.name, mine.base_name, mine.own)
    scenario = Scenario.parse("fail=all")
    assert recorded(there, scenario) == recorded(mine, scenario)


def test_what_is_remembered_holds_no_iterator_of_itertools() -> None:
    """Python 3.14 pickles none, and 3.12 and 3.13 warn of each."""
    kept = state(kvmviz.from_c(OP, name="Mine"))
    assert kept and not [name for name, value in kept.items() if b"itertools" in value]


def test_a_loop_without_end_ends_with_the_line_of_the_c() -> None:
    endless = OP.replace("if (KVM", "for (;;)\n;\nif (KVM")
    with pytest.raises(PatchError, match=r"patch\.c:4: tdx_sept_free_private_spt does not end"):
        kvmviz.run(kvmviz.from_c(endless), "")


@pytest.mark.parametrize("name", ["v1 in C", "a,b", ""])
def test_a_name_that_no_link_can_carry_is_refused(name: str) -> None:
    with pytest.raises(CError, match="a link cannot carry it; leave out spaces and signs"):
        kvmviz.from_c("int a;", name=name)
