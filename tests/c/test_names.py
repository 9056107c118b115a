"""The table of names: each row is well formed, and those that look change nothing."""

import ast

import pytest

from kvmviz.c import lookup
from kvmviz.c.names import FUNCTIONS, MEMBERS, Member, Row
from kvmviz.c.revision import from_c
from kvmviz.c.types import Int, Opaque, Pointer
from kvmviz.check.nearest import whole_digest
from kvmviz.kvm import mmu_page, vm
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario


@pytest.mark.parametrize("row", FUNCTIONS, ids=lambda row: row.c.split("(")[0].split()[-1])
def test_a_row_names_what_there_is(row: Row) -> None:
    signature = lookup._signature(row)
    used = [node.id for node in ast.walk(signature.python) if isinstance(node, ast.Name)]
    parameters = [name for name, _ in signature.parameters]
    known = {*parameters, *lookup.namespace(), *REPLACEABLE, "vm", "host"}
    assert set(used) <= known
    assert not row.meaning.endswith(".")


@pytest.mark.parametrize("member", MEMBERS, ids=lambda m: f"{m.struct}.{m.name}")
def test_a_member_has_a_type_and_settable_ones_are_plain(member: Member) -> None:
    assert isinstance(lookup.c_type(member.type), Int | Opaque | Pointer) or not member.settable
    assert member.python.isidentifier() or not member.settable


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
