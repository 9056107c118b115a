"""Generic page-table code: how the mirror's entries are cleared and its tables given up.

Kernel file: arch/x86/kvm/mmu/tdp_mmu.c.  `handle_removed_pt`, the RCU callback and
`tdp_mmu_free_sp` are what the patches change and live in `kvmviz.revisions`.

Simplifications: one mirror root and no direct root; the walk never has to yield;
a table stores only its entries in use; `ptep` is an sp and an index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kvmviz.kvm.mmu_page import (
    FROZEN_SPTE,
    PG_LEVEL_1G,
    PG_LEVEL_2M,
    PG_LEVEL_4K,
    SHADOW_NONPRESENT_VALUE,
    Entry,
    check_changed,
    entry_gfn,
    is_last_spte,
    is_mirror_sp,
    is_shadow_present_pte,
    kvm_mmu_page,
    read_entries,
)
from kvmviz.kvm.tdx import tdx_sept_set_private_spte
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON, WARN_ON
from kvmviz.machine.callchain import kernel

FILE: Final = "arch/x86/kvm/mmu/tdp_mmu.c"

__all__ = ["FROZEN_SPTE", "handle_changed_spte", "is_mirror_sp", "kvm_x86_call"]


@dataclass(slots=True)
class tdp_iter:
    """C: `struct tdp_iter` (arch/x86/kvm/mmu/tdp_iter.h): one entry on a walk through a tree."""

    sp: kvm_mmu_page
    index: int
    gfn: int
    level: int
    old_spte: Entry

    @property
    def sptep(self) -> tuple[kvm_mmu_page, int]:
        """C: `sptep`: where the entry is."""
        return self.sp, self.index


def for_each_tdp_pte_min_level(sp: kvm_mmu_page, min_level: int) -> Iterator[tdp_iter]:
    """C: `for_each_tdp_pte_min_level`: every entry at `min_level` or above, an entry before what hangs below it."""
    for index, entry in enumerate(read_entries(sp)):
        yield tdp_iter(sp, index, entry_gfn(sp, index), sp.level, entry)
        below = sp.spt.entries[index]
        if isinstance(below, kvm_mmu_page) and sp.level > min_level:
            yield from for_each_tdp_pte_min_level(below, min_level)


@kernel(FILE)
def kvm_mmu_uninit_tdp_mmu(vm: VM) -> None:
    """Give up every root of the TDP MMU, and wait until what waits for RCU has been freed."""
    kvm_tdp_mmu_invalidate_roots(vm)
    kvm_tdp_mmu_zap_invalidated_roots(vm, False)
    WARN_ON(vm.host, vm.tdp_mmu_pages)
    WARN_ON(vm.host, vm.tdp_mmu_roots)
    vm.host.rcu.rcu_barrier()


@kernel(FILE)
def kvm_tdp_mmu_invalidate_roots(vm: VM) -> None:
    """Mark every root invalid, so that nobody takes it up again."""
    for root in vm.tdp_mmu_roots:
        root.invalid = root.tdp_mmu_scheduled_root_to_zap = True


@kernel(FILE)
def kvm_tdp_mmu_zap_invalidated_roots(vm: VM, shared: bool) -> None:
    """Zap each root that was marked for it with mmu_lock held, and drop the TDP MMU's own reference to it."""
    vm.mmu_lock = "read" if shared else "write"
    for root in list(vm.tdp_mmu_roots):
        if root.tdp_mmu_scheduled_root_to_zap:
            root.tdp_mmu_scheduled_root_to_zap = False
            tdp_mmu_zap_root(vm, root, shared)
            kvm_tdp_mmu_put_root(vm, root)
    vm.mmu_lock = ""


@kernel(FILE)
def kvm_tdp_mmu_put_root(vm: VM, root: kvm_mmu_page) -> None:
    """Drop the last reference to a root: it is freed when no reader can see it any more."""
    vm.tdp_mmu_roots.remove(root)
    vm.host.rcu.call_rcu(vm, root, vm.revision.tdp_mmu_free_sp_rcu_callback)


@kernel(FILE)
def tdp_mmu_zap_root(vm: VM, root: kvm_mmu_page, shared: bool) -> None:
    """Clear the whole tree, in passes that grow coarser, so that no single step takes long.

    With CONFIG_KVM_PROVE_MMU the two fine passes are left out, and one zap of a
    1 GiB entry recurses through everything below it.
    """
    if not vm.prove_mmu:
        __tdp_mmu_zap_root(vm, root, shared, PG_LEVEL_4K)
        __tdp_mmu_zap_root(vm, root, shared, PG_LEVEL_2M)
    __tdp_mmu_zap_root(vm, root, shared, PG_LEVEL_1G)
    __tdp_mmu_zap_root(vm, root, shared, root.level)


@kernel(FILE)
def __tdp_mmu_zap_root(vm: VM, root: kvm_mmu_page, shared: bool, zap_level: int) -> None:
    """Clear every present entry of one level."""
    for iter in for_each_tdp_pte_min_level(root, zap_level):
        if is_shadow_present_pte(iter.old_spte) and iter.level <= zap_level:
            tdp_mmu_iter_set_spte(vm, iter, SHADOW_NONPRESENT_VALUE)


@kernel(FILE)
def tdp_mmu_zap_leafs(vm: VM, root: kvm_mmu_page) -> None:
    """Clear every entry that maps a guest page, and leave the tables."""
    for iter in for_each_tdp_pte_min_level(root, PG_LEVEL_4K):
        if is_shadow_present_pte(iter.old_spte) and is_last_spte(iter.old_spte):
            tdp_mmu_iter_set_spte(vm, iter, SHADOW_NONPRESENT_VALUE)


@kernel(FILE)
def kvm_tdp_mmu_unmap_gfn_range(vm: VM) -> None:
    """Clear the guest pages of a range; the model's range is all of the guest's private memory."""
    for root in vm.tdp_mmu_roots:
        tdp_mmu_zap_leafs(vm, root)


@kernel(FILE)
def tdp_mmu_iter_set_spte(vm: VM, iter: tdp_iter, new_spte: Entry) -> None:
    """Set the entry that a walk stands on."""
    iter.old_spte = tdp_mmu_set_spte(vm, iter.sp, iter.index, iter.old_spte, new_spte, iter.gfn, iter.level)


@kernel(FILE)
def tdp_mmu_set_spte(
    vm: VM, sp: kvm_mmu_page, index: int, old_spte: Entry, new_spte: Entry, gfn: int, level: int
) -> Entry:
    """Write an entry while holding mmu_lock for write, and let what follows from it happen."""
    read_entries(sp)[index] = new_spte
    handle_changed_spte(vm, sp, gfn, old_spte, new_spte, level, False)
    return new_spte


@kernel(FILE)
def handle_changed_spte(
    vm: VM, sp: kvm_mmu_page, gfn: int, old_spte: Entry, new_spte: Entry, level: int, shared: bool
) -> None:
    """Let everything follow from a changed entry; that TDX code refused is a bug of KVM's."""
    check_changed(sp, gfn, new_spte, level)
    KVM_BUG_ON(__handle_changed_spte(vm, sp, gfn, old_spte, new_spte, level, shared), vm)


@kernel(FILE)
def __handle_changed_spte(
    vm: VM, sp: kvm_mmu_page, gfn: int, old_spte: Entry, new_spte: Entry, level: int, shared: bool
) -> int:
    """Take back the guest page, or give up the table, that the old entry pointed at.

    Returns 0, or the errno of the TDX code that takes a guest page back.
    """
    if isinstance(old_spte, kvm_mmu_page):
        vm.revision.handle_removed_pt(vm, old_spte, shared)
        return 0
    return tdx_sept_set_private_spte(vm, gfn, old_spte, new_spte, level)


@kernel(FILE)
def tdp_mmu_unlink_sp(vm: VM, sp: kvm_mmu_page) -> None:
    """Take a table off KVM's accounting; only `spt` was ever counted."""
    vm.tdp_mmu_pages -= 1
