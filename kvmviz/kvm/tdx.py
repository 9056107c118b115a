"""What is particular to TDX: giving back the key, guest pages, table pages and control pages.

Kernel file: arch/x86/kvm/vmx/tdx.c.  The op `tdx_sept_free_private_spt` and the leaf
function are what the patches change and live in `kvmviz.revisions`.
"""

from dataclasses import dataclass
from typing import Final

from kvmviz.kvm.mmu_page import Entry
from kvmviz.kvm.vm import VM, Vcpu
from kvmviz.machine.bug import TDX_BUG_ON, TDX_BUG_ON_3, pr_err
from kvmviz.machine.callchain import kernel
from kvmviz.machine.errnos import EIO
from kvmviz.machine.host import Host
from kvmviz.machine.page import Page
from kvmviz.scenario.status import FLUSHVP_NOT_DONE, VCPU_NOT_ASSOCIATED

FILE: Final = "arch/x86/kvm/vmx/tdx.c"

__all__ = ["EIO", "is_hkid_assigned", "tdx_reclaim_page", "tdx_track"]


def is_hkid_assigned(vm: VM) -> bool:
    """C: `is_hkid_assigned`: says whether the TD still has its key id."""
    return vm.hkid > 0


@kernel(FILE)
def tdx_mmu_release_hkid(vm: VM) -> None:
    """Give the TD's key back, so that its pages can be reclaimed; on failure the key id is leaked.

    When some processor still holds a vCPU (FLUSHVP_NOT_DONE) the function leaves
    without a word.
    """
    host = vm.host
    for vcpu in vm.vcpus:
        tdx_flush_vp_on_cpu(vm, vcpu)
    err = host.tdx.tdh_mng_vpflushdone(vm.tdr_page)
    if err == FLUSHVP_NOT_DONE:
        vm.forget_hkid()
        return
    if TDX_BUG_ON(host, err, "TDH_MNG_VPFLUSHDONE", vm):
        pr_err(host, f"tdh_mng_vpflushdone() failed. HKID {vm.hkid} is leaked.")
        vm.forget_hkid()
        return
    smp_func_do_phymem_cache_wb(vm)
    err = host.tdx.tdh_mng_key_freeid(vm.tdr_page)
    if TDX_BUG_ON(host, err, "TDH_MNG_KEY_FREEID", vm):
        pr_err(host, f"tdh_mng_key_freeid() failed. HKID {vm.hkid} is leaked.")
        vm.forget_hkid()
        return
    tdx_hkid_free(vm)


@dataclass(slots=True)
class tdx_flush_vp_arg:
    """C: `struct tdx_flush_vp_arg`: what is handed to another processor, and the error that it hands back."""

    vcpu: Vcpu
    err: int = 0


@kernel(FILE)
def tdx_flush_vp_on_cpu(vm: VM, vcpu: Vcpu) -> None:
    """Flush a vCPU from the processor that it last ran on, and report what that processor answers."""
    arg = tdx_flush_vp_arg(vcpu)
    tdx_flush_vp(vm, arg)
    TDX_BUG_ON(vm.host, arg.err, "TDH_VP_FLUSH", vm)


@kernel(FILE)
def tdx_flush_vp(vm: VM, arg: tdx_flush_vp_arg) -> None:
    """Flush a vCPU: runs on the processor that holds it, where only `arg` tells of the caller.

    The kernel gets there by an interrupt (smp_call_function_single); the model
    shows it as a call, as it is where both processors are the same.
    """
    err = vm.host.tdx.tdh_vp_flush(vm.tdr_page, arg.vcpu.index)
    if err != VCPU_NOT_ASSOCIATED:
        arg.err = err
    arg.vcpu.cpu = -1


@kernel(FILE)
def smp_func_do_phymem_cache_wb(vm: VM) -> None:
    """Write back a package's caches; it runs on another processor and knows no VM, so it reports with NULL."""
    err = vm.host.tdx.tdh_phymem_cache_wb(vm.tdr_page)
    TDX_BUG_ON(vm.host, err, "TDH_PHYMEM_CACHE_WB", None)


@kernel(FILE)
def tdx_hkid_free(vm: VM) -> None:
    """Return the key id to the kernel's pool."""
    vm.hkid = -1
    vm.host.recorder.hkid_free()


@kernel(FILE)
def tdx_sept_set_private_spte(vm: VM, gfn: int, old_spte: Entry, new_spte: Entry, level: int) -> int:
    """Make the S-EPT follow a changed entry of the mirror; in a teardown: take the guest page back."""
    err: int = vm.revision.remove_leaf(vm, gfn, level, old_spte)
    return err


@kernel(FILE)
def tdx_track(vm: VM, page: Page) -> None:
    """Make sure that no vCPU still uses a stale translation."""
    err = vm.host.tdx.tdh_mem_track(vm.tdr_page, page)
    TDX_BUG_ON(vm.host, err, "TDH_MEM_TRACK", vm)


@kernel(FILE)
def tdx_reclaim_page(host: Host, page: Page) -> int:
    """Ask for a page back and make it fit for use; return 0, or the module's status."""
    err = __tdx_reclaim_page(host, page)
    if not err:
        tdx_quirk_reset_paddr(host, page)
    return err


@kernel(FILE)
def __tdx_reclaim_page(host: Host, page: Page) -> int:
    """Ask the TDX module for a page back; return 0, or its status.

    Any failure is reported here, with NULL for the VM: nobody is marked bugged,
    the trace comes once a boot, the error line is tried each time.  A busy page
    is not asked for again.
    """
    err, rcx, rdx, r8 = host.tdx.tdh_phymem_page_reclaim(page)
    if TDX_BUG_ON_3(host, err, "TDH_PHYMEM_PAGE_RECLAIM", rcx, rdx, r8, None):
        return err
    return 0


@kernel("arch/x86/virt/vmx/tdx/tdx.c")
def tdx_quirk_reset_paddr(host: Host, page: Page) -> None:
    """Overwrite a page that carries old private data, on processors with the erratum X86_BUG_TDX_PW_MCE.

    On others the kernel's function returns at once; the event stands for the
    call, as in the recorded runs.
    """
    host.memory.check_write(page, "written")
    host.recorder.reset(page)


@kernel(FILE)
def tdx_vcpu_free(vm: VM, vcpu: Vcpu) -> None:
    """Give back a vCPU's control pages; with the key still assigned they are all leaked."""
    pages = [*vcpu.tdcx_pages, vcpu.tdvpr_page]
    if is_hkid_assigned(vm):
        for page in pages:
            vm.forget(page)
        return
    for page in pages:
        tdx_reclaim_control_page(vm, page)


@kernel(FILE)
def tdx_reclaim_control_page(vm: VM, ctrl_page: Page) -> None:
    """Give back one control page; if that fails it is leaked."""
    if tdx_reclaim_page(vm.host, ctrl_page):
        vm.forget(ctrl_page)
        return
    vm.host.memory.free_page(ctrl_page)


@kernel(FILE)
def tdx_reclaim_td_control_pages(vm: VM) -> None:
    """Give back the TDCS pages and last the TDR.

    With the key still assigned nothing is tried and nothing is said; the function
    relies on the release having warned.  The TDR is under the module's own key,
    so its cache lines are written back on their own.
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
    host.memory.free_page(vm.tdr_page)


@kernel(FILE)
def tdx_vm_destroy(vm: VM) -> None:
    """The op `vm_destroy`: everything of the TD that is left."""
    tdx_reclaim_td_control_pages(vm)
