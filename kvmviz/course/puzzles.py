"""Revisions with one line missing or wrong, for readers to find out which.

>>> from kvmviz.record.runs import run
>>> run(PUZZLES["A"], "fail=L1@0x200").summary.violations
(('S-EPT L1 gfn=0x200', 'freed while the TDX module owns it'),)
"""

from types import new_class
from typing import Any, Final

from kvmviz.kvm.mmu_page import FROZEN_SPTE, entry_gfn, is_shadow_present_pte, kvm_mmu_page, private_spt, read_entries
from kvmviz.kvm.tdp_mmu import handle_changed_spte, is_mirror_sp, tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.revisions import Revision

Patch = type[Revision]


def _remembers(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
    if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
        tdx_reclaim_page(vm.host, private_spt(sp))


def _frees_and_remembers(vm: VM, sp: kvm_mmu_page) -> None:
    if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
        sp.external_spt = None
    else:
        vm.host.memory.free_page(sp.external_spt)


def _asks_anyway(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
    if tdx_reclaim_page(vm.host, private_spt(sp)):
        sp.external_spt = None


def _forgets_always(vm: VM, sp: kvm_mmu_page) -> None:
    if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
        tdx_reclaim_page(vm.host, private_spt(sp))
    sp.external_spt = None


def _does_not_wait(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
    tdp_mmu_unlink_sp(vm, sp)
    for index, old_spte in enumerate(read_entries(sp)):
        if is_shadow_present_pte(old_spte):
            sp.spt.entries[index] = FROZEN_SPTE
            handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)
    if is_mirror_sp(sp):
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
    vm.revision.tdp_mmu_free_sp(vm, sp)


def _patch(letter: str, base: str, **functions: Any) -> Patch:
    return new_class(f"puzzle-{letter}", (Revision,), {"base": base}, lambda names: names.update(functions))


PUZZLES: Final[dict[str, Patch]] = {
    "A": _patch("A", "v1", tdx_sept_free_private_spt=_remembers),
    "B": _patch("B", "v2", tdx_sept_free_private_spt=_frees_and_remembers),
    "C": _patch("C", "v1", tdx_sept_free_private_spt=_asks_anyway),
    "D": _patch("D", "landed", tdx_sept_free_private_spt=_forgets_always),
    "E": _patch("E", "v1", handle_removed_pt=_does_not_wait),
}
"""The puzzles by letter; what each lacks is for `kvmviz.course.questions` to ask."""

MISSING: Final = {
    "A": "sp.external_spt = None, where the page could not be had",
    "B": "sp.external_spt = None, after the page was freed",
    "C": "the KVM_BUG_ON that looks whether the key is still assigned",
    "D": "free_page, where the page came back",
    "E": "call_rcu: the table is freed while readers may still see it",
}
"""What is missing, in words."""
