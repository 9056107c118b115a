"""`dpamt`: what changes these functions next, "Dynamic PAMT" of tip x86/tdx, 4 Sep 2026.

Every page that the module gets has a reference on the pair of pages that holds the
module's ledger of its 2 MiB region.  A page that came back gives its reference up,
and the last one of a region takes the pair home.  A page that is leaked keeps its
reference, and so the pair: on purpose, since the module would not give it back.

Grounds.  `tdx_pamt_get`, `tdx_pamt_put` and `tdx_free_control_page` were read as they
went in (arch/x86/virt/vmx/tdx/tdx.c; commits eca9d4a3f1f8 and 86305da521d1).  The KVM
side of what went in (commits d7fe610e6a66 and 86305da521d1) was not read: the op,
the leaf function and the control pages follow "[PATCH v6 09/11]" and "[PATCH v6
07/11]" of 25 May 2026, so their order of steps is inferred.  There are no recorded runs of it.
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
from kvmviz.kvm.tdx import (
    __tdx_reclaim_page,
    is_hkid_assigned,
    tdx_quirk_reset_paddr,
    tdx_reclaim_page,
    tdx_track,
)
from kvmviz.kvm.vm import VM, Vcpu, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON, WARN_ON_ONCE
from kvmviz.machine.callchain import kernel
from kvmviz.machine.errnos import EIO, ENOMEM
from kvmviz.machine.host import Host
from kvmviz.machine.page import Page
from kvmviz.revisions.identity import Identity
from kvmviz.terms.kinds import READ_PAMT

_MAIL = "read in [PATCH v6 {}/11] of 25 May 2026; that it went in so is inferred; no recorded runs"

IDENTITY = Identity(
    name="dpamt",
    patched=True,
    frees_at_once=True,
    posting="commits d7fe610e6a66 and others of tip x86/tdx, 4 Sep 2026",
    dynamic_pamt=True,
    recorded=False,
    grounds=(
        ("tdx_pamt_get", READ_PAMT),
        ("tdx_pamt_put", READ_PAMT),
        ("tdx_free_control_page", READ_PAMT),
        ("tdx_sept_free_private_spt", _MAIL.format("09")),
        ("tdx_sept_remove_leaf_spte", _MAIL.format("09")),
        ("tdx_vcpu_free", _MAIL.format("09")),
        ("tdx_reclaim_control_page", _MAIL.format("07")),
        ("tdx_reclaim_td_control_pages", _MAIL.format("07")),
    ),
    elsewhere="inferred from the recorded runs of landed, whose code this is",
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
    """Take a table's S-EPT page back from the TDX module and free it with its reference; whatever happens, forget it.

    A page that stays with the module keeps its reference, too.  Read in [PATCH v6 09/11].
    """
    if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
        tdx_free_control_page(vm.host, sp.external_spt)
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
    """Take a guest page back: block, track, remove, write back, and put last, only if all of it succeeded.

    Read in [PATCH v6 09/11].
    """
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
    tdx_pamt_put(vm.host, page)
    return 0


# TDX code: control pages.


@kernel("arch/x86/kvm/vmx/tdx.c")
def tdx_vcpu_free(vm: VM, vcpu: Vcpu) -> None:
    """Give back a vCPU's control pages; with the key still assigned they are all leaked.

    The pages that were kept for the next pair go first, whatever the key; the module
    never had them.  Read in [PATCH v6 09/11]; that two are left over is a choice of ours.
    """
    while vcpu.pamt_cache:
        vm.host.memory.free_page(vcpu.pamt_cache.pop())
    pages = [*vcpu.tdcx_pages, vcpu.tdvpr_page]
    if is_hkid_assigned(vm):
        for page in pages:
            vm.forget(page)
        return
    for page in pages:
        tdx_reclaim_control_page(vm, page)


@kernel("arch/x86/kvm/vmx/tdx.c")
def tdx_reclaim_control_page(vm: VM, ctrl_page: Page) -> None:
    """Give back one control page; if that fails it is leaked, and its reference with it.  Read in [PATCH v6 07/11]."""
    if tdx_reclaim_page(vm.host, ctrl_page):
        vm.forget(ctrl_page)
        return
    tdx_free_control_page(vm.host, ctrl_page)


@kernel("arch/x86/kvm/vmx/tdx.c")
def tdx_reclaim_td_control_pages(vm: VM) -> None:
    """Give back the TDCS pages and last the TDR, as before; a TDR that stays keeps its reference.

    Read in [PATCH v6 07/11].
    """
    host = vm.host
    if is_hkid_assigned(vm):
        for page in [*vm.tdcs_pages, vm.tdr_page]:
            vm.forget(page)
        return
    for page in vm.tdcs_pages:
        tdx_reclaim_control_page(vm, page)
    if __tdx_reclaim_page(host, vm.tdr_page):
        vm.forget(vm.tdr_page)
        return
    err = host.tdx.tdh_phymem_page_wbinvd(vm.tdr_page)
    if TDX_BUG_ON(host, err, "TDH_PHYMEM_PAGE_WBINVD", vm):
        vm.forget(vm.tdr_page)
        return
    tdx_quirk_reset_paddr(host, vm.tdr_page)
    tdx_free_control_page(host, vm.tdr_page)


# The host's core code: Dynamic PAMT.


@kernel("arch/x86/virt/vmx/tdx/tdx.c")
def tdx_pamt_get(host: Host, page: Page, pair: tuple[Page, Page] | None = None) -> int:
    """Take a reference on a page's region before the module gets it; the first one donates the pair.

    The pair is taken before the lock, from the caller's cache or the page allocator,
    and given back if it turns out not to be needed.  The kernel passes the page's
    pfn.  In a teardown nobody calls it.
    """
    if host.dpamt is None:
        return 0
    pages = pair or host.memory.alloc_pair(page)
    if pages is None:
        return -ENOMEM
    refcount = host.dpamt.counter(page)
    with host.dpamt.lock:
        needed = refcount.value == 0
        err = host.tdx.tdh_phymem_pamt_add(page, pages) if needed else 0
        failed = WARN_ON_ONCE(host, err)
        if not failed:
            refcount.value += 1
    if failed or not needed:
        for unused in pages:
            host.memory.free_page(unused)
    return -EIO if failed else 0


@kernel("arch/x86/virt/vmx/tdx/tdx.c")
def tdx_pamt_put(host: Host, page: Page) -> None:
    """Give up a page's reference on its region; the last one takes the pair back from the module and frees it.

    If the module keeps the pair, the counter stays at 1, a reference that nobody
    holds: the removal is never tried again.  There is one trace a boot, without the
    status.  The kernel passes the page's pfn and returns nothing, so no caller knows.
    """
    if host.dpamt is None:
        return
    refcount = host.dpamt.counter(page)
    with host.dpamt.lock:
        if refcount.value > 1:
            refcount.value -= 1
            return
        err, pair = host.tdx.tdh_phymem_pamt_remove(page)
        if WARN_ON_ONCE(host, err) or pair is None:
            return
        refcount.value = 0
    for one in pair:
        tdx_quirk_reset_paddr(host, one)
        host.memory.free_page(one)


@kernel("arch/x86/virt/vmx/tdx/tdx.c")
def tdx_free_control_page(host: Host, page: Page | None) -> None:
    """Give up a page's reference, and free the page whatever came of that."""
    if page is None:
        return
    tdx_pamt_put(host, page)
    host.memory.free_page(page)
