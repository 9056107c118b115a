"""`landed`: what went into the kvm-x86 tree, commits b35bda696e44 and 110d4d263450.

The op takes the sp alone, frees the page that it got back at once, and forgets it
on every path.  Whether the RCU callback checks that is not confirmed, so the model
leaves the check out.

File read at 09c6f74ecb86.  Confirmed by recorded runs.
"""

from kvmviz.kvm.mmu_page import (
    FROZEN_SPTE,
    PG_LEVEL_4K,
    entry_gfn,
    is_mirror_sp,
    is_shadow_present_pte,
    kvm_mmu_page,
    private_spt,
    read_entries,
)
from kvmviz.kvm.tdp_mmu import handle_changed_spte, tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_quirk_reset_paddr, tdx_reclaim_page, tdx_track
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON
from kvmviz.machine.callchain import kernel
from kvmviz.machine.errnos import EIO
from kvmviz.machine.page import Page
from kvmviz.revisions.identity import Identity

IDENTITY = Identity(
    name="landed",
    patched=True,
    frees_at_once=True,
    posting='commits b35bda696e44 and 110d4d263450 of the kvm-x86 tree',
)

# Generic MMU code: a table page has been unhooked from its parent.


@kernel("arch/x86/kvm/mmu/tdp_mmu.c")
def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
    """Give up a mirror table that no entry points at any more, and everything below it."""
    tdp_mmu_unlink_sp(vm, sp)
    for index, old_spte in enumerate(read_entries(sp)):
        if is_shadow_present_pte(old_spte):
            sp.spt.entries[index] = FROZEN_SPTE
            handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)
    if is_mirror_sp(sp):
        kvm_x86_call(vm).free_external_spt(vm, sp)
    vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


# TDX code: the op free_external_spt.


@kernel("arch/x86/kvm/vmx/tdx.c")
def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
    """Take a table's S-EPT page back from the TDX module and free it; whatever happens, forget it."""
    if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
        vm.host.memory.free_page(sp.external_spt)
    sp.external_spt = None


# Generic MMU code: freeing.


@kernel("arch/x86/kvm/mmu/tdp_mmu.c")
def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
    """Free a table: its own page and its header; its S-EPT page is gone by now."""
    vm.host.memory.free_page(sp.spt)
    sp.header = False


@kernel("arch/x86/kvm/mmu/tdp_mmu.c")
def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
    """Every reader that could still see this table is done."""
    vm.revision.tdp_mmu_free_sp(vm, sp)


# TDX code: taking a guest page back.


@kernel("arch/x86/kvm/vmx/tdx.c")
def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
    """Take a guest page back: block, track, remove, write back; only while the key is assigned."""
    tdx = vm.host.tdx
    if KVM_BUG_ON(not is_hkid_assigned(vm), vm, "hkid"):
        return -EIO
    if KVM_BUG_ON(level != PG_LEVEL_4K, vm):
        return -EIO
    if TDX_BUG_ON(vm.host, tdx.tdh_mem_range_block(vm.tdr_page, page), "TDH_MEM_RANGE_BLOCK", vm):
        return -EIO
    tdx_track(vm, page)
    if TDX_BUG_ON(vm.host, tdx.tdh_mem_page_remove(vm.tdr_page, page), "TDH_MEM_PAGE_REMOVE", vm):
        return -EIO
    if TDX_BUG_ON(vm.host, tdx.tdh_phymem_page_wbinvd(page), "TDH_PHYMEM_PAGE_WBINVD", vm):
        return -EIO
    tdx_quirk_reset_paddr(vm.host, page)
    return 0
