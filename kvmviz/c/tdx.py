"""The model's functions as C calls them: what the Python of the table of names may use.

C's SEAMCALL wrappers take addresses and give details through pointers; the model's
take pages and return them.
"""

from typing import Any

from kvmviz.c.runtime import Box, Stopped, guest_page
from kvmviz.kvm.mmu_page import FROZEN_SPTE as FROZEN_SPTE
from kvmviz.kvm.mmu_page import SHADOW_NONPRESENT_VALUE as SHADOW_NONPRESENT_VALUE
from kvmviz.kvm.mmu_page import is_last_spte as is_last_spte
from kvmviz.kvm.mmu_page import is_mirror_sp as is_mirror_sp
from kvmviz.kvm.mmu_page import is_shadow_present_pte as is_shadow_present_pte
from kvmviz.kvm.tdp_mmu import for_each_tdp_pte_min_level as for_each_tdp_pte_min_level
from kvmviz.kvm.tdp_mmu import handle_changed_spte as handle_changed_spte
from kvmviz.kvm.tdp_mmu import tdp_mmu_unlink_sp as tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import __tdx_reclaim_page as __tdx_reclaim_page
from kvmviz.kvm.tdx import is_hkid_assigned as is_hkid_assigned
from kvmviz.kvm.tdx import tdx_quirk_reset_paddr as tdx_quirk_reset_paddr
from kvmviz.kvm.tdx import tdx_reclaim_page as tdx_reclaim_page
from kvmviz.kvm.tdx import tdx_track as tdx_track
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON as KVM_BUG_ON
from kvmviz.machine.bug import TDX_BUG_ON as TDX_BUG_ON
from kvmviz.machine.bug import WARN_ON as WARN_ON
from kvmviz.machine.bug import WARN_ON_ONCE as WARN_ON_ONCE
from kvmviz.machine.bug import pr_err as pr_err
from kvmviz.machine.bug import pr_err_once as pr_err_once
from kvmviz.machine.bug import pr_err_ratelimited as pr_err_ratelimited
from kvmviz.machine.errnos import EIO as EIO
from kvmviz.machine.host import Host
from kvmviz.machine.page import Page
from kvmviz.scenario.names import PAGE_SIZE


def page_reclaim(host: Host, page: Page, rcx: Box | None, rdx: Box | None, r8: Box | None) -> int:
    """C: `tdh_phymem_page_reclaim`; the three registers are always filled."""
    err, *registers = host.tdx.tdh_phymem_page_reclaim(page)
    for box, value in zip((rcx, rdx, r8), registers, strict=True):
        if box is not None:
            box.v = value
    return err


def mem_call(vm: VM, seamcall: str, gpa: int, level: int, entry: Box | None, state: Box | None) -> int:
    """Make a SEAMCALL about the guest page at an address; its details are not modelled and come as 0."""
    if level not in (0, 1):
        raise Stopped(f"a SEAMCALL for a page of level {level}; the model has 4 KiB pages only")
    err: int = getattr(vm.host.tdx, seamcall)(vm.tdr_page, guest_page(vm, gpa))
    for box in (entry, state):
        if box is not None:
            box.v = 0
    return err


def mem_track(vm: VM) -> int:
    """C: `tdh_mem_track`."""
    page: Any = None
    return vm.host.tdx.tdh_mem_track(vm.tdr_page, page)


def one_page(page: Page, size: int) -> Page:
    """Return the page; raise Stopped where more or less than one page is meant."""
    if size != PAGE_SIZE:
        raise Stopped(f"{size} bytes are meant, and the model has pages of {PAGE_SIZE}")
    return page


def free_pages(host: Host, page: Page | None, order: int) -> None:
    """C: `free_pages` of one page."""
    if order:
        raise Stopped(f"2^{order} pages are freed at once; the model has single ones only")
    host.memory.free_page(page)
