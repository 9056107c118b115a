"""The table of names: each row is well formed, each can be explained, and those that look change nothing."""

import ast

import pytest

from kvmviz.c import lookup
from kvmviz.c.macros import MACROS
from kvmviz.c.meaning import explained
from kvmviz.c.names import CONSTANTS, FUNCTIONS, MEMBERS, PASSED_OVER, Member, Row
from kvmviz.c.revision import from_c
from kvmviz.c.types import Int, Opaque, Pointer
from kvmviz.check.nearest import whole_digest
from kvmviz.kvm import mmu_page, vm
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario

NAMES = {signature.name: signature for row in FUNCTIONS for signature in [lookup._signature(row)]}


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.c.split("(")[0].split()[-1])
def test_a_row_names_what_there_is(row: Row) -> None:
    signature = lookup._signature(row)
    used = [node.id for node in ast.walk(signature.python) if isinstance(node, ast.Name)]
    parameters = [name for name, _ in signature.parameters]
    known = {*parameters, *lookup.namespace(), *REPLACEABLE, "vm", "host"}
    assert set(used) <= known
    assert not row.meaning.endswith(".")


@pytest.mark.parametrize("name", sorted({*NAMES, *MACROS, *(c.name for c in CONSTANTS), *(m.name for m in MEMBERS)}))
def test_every_name_is_explained_in_sentences(name: str) -> None:
    said = explained(name)
    assert said
    assert all(one.startswith((f"{name} in C", f"struct {name} in C")) and one.endswith(".") for one in said)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: f"{m.struct}.{m.name}")
def test_a_member_has_a_type_and_settable_ones_are_plain(member: Member) -> None:
    assert isinstance(lookup.c_type(member.type), Int | Opaque | Pointer) or not member.settable
    assert member.python.isidentifier() or not member.settable


def test_a_name_that_is_bound_is_not_said_to_be_passed_over() -> None:
    both = [name for name in (*NAMES, *MACROS) if lookup.passed_over(name)]
    assert not any("passed over" in sentence for name in both for sentence in explained(name))
    assert PASSED_OVER


def test_members_are_those_of_the_model() -> None:
    sp = {m.python for m in MEMBERS if m.struct == "kvm_mmu_page" and m.python.isidentifier()}
    assert all(hasattr(mmu_page.kvm_mmu_page, name) for name in sp)
    tdx = {m.python for m in MEMBERS if m.struct == "kvm_tdx" and m.python.isidentifier()}
    assert tdx <= set(vm.VM.__dataclass_fields__)


TRACK = """static void tdx_track(struct kvm *kvm)
{
    struct kvm_tdx *kvm_tdx = to_kvm_tdx(kvm);

    WRITE_ONCE(kvm_tdx->wait_for_sept_zap, true);
    WARN_ON(!READ_ONCE(kvm_tdx->wait_for_sept_zap));
    WARN_ON((gfn_to_gpa(0x3ff) & KVM_HPAGE_MASK(PG_LEVEL_2M)) != 0x200000 || KVM_HPAGE_SIZE(PG_LEVEL_2M) != 1 << 21);
    if (kvm_tdx->state == TD_STATE_RUNNABLE)
        KVM_BUG_ON(tdh_mem_track(&kvm_tdx->td), kvm);
}
"""


def test_what_trees_before_7_2_name_as_they_track() -> None:
    mine, lines = from_c(TRACK, base="landed", name="Mine"), ["leaves=present", "leaves=present fail=all"]
    assert all(whole_digest(mine, one) == whole_digest(REVISIONS["landed"], one) for one in map(Scenario.parse, lines))
