"""Wrong in the function that takes guest pages back: a step left out, or in the wrong order."""

from kvmviz.check.broken.registry import breaks
from kvmviz.kvm.mmu_page import PG_LEVEL_4K
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_quirk_reset_paddr, tdx_track
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON
from kvmviz.machine.errnos import EIO
from kvmviz.machine.page import Page
from kvmviz.revisions import REVISIONS, Revision


def may_not(vm: VM, level: int) -> bool:
    """Say whether the function must refuse, as every leaf function does first."""
    return KVM_BUG_ON(not is_hkid_assigned(vm), vm, "hkid") or KVM_BUG_ON(level != PG_LEVEL_4K, vm)


def block(vm: VM, page: Page) -> bool:
    """Block the page and report a refusal."""
    return TDX_BUG_ON(vm.host, vm.host.tdx.tdh_mem_range_block(vm.tdr_page, page), "TDH_MEM_RANGE_BLOCK", vm)


def remove(vm: VM, page: Page) -> bool:
    """Remove the page and report a refusal."""
    return TDX_BUG_ON(vm.host, vm.host.tdx.tdh_mem_page_remove(vm.tdr_page, page), "TDH_MEM_PAGE_REMOVE", vm)


def write_back(vm: VM, page: Page) -> bool:
    """Write the page's cache lines back and report a refusal."""
    return TDX_BUG_ON(vm.host, vm.host.tdx.tdh_phymem_page_wbinvd(page), "TDH_PHYMEM_PAGE_WBINVD", vm)


@breaks("guest_pages_are_taken_back")
class LeafOnlyBlocked(Revision, base="v1"):
    """A guest page is blocked, but never removed from the TD."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        return -EIO if may_not(vm, level) or block(vm, page) else 0


@breaks("guest_pages_go_in_order")
class LeafNotBlocked(Revision, base="v1"):
    """A guest page is removed without having been blocked; the TDX module refuses."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level):
            return -EIO
        tdx_track(vm, page)
        if remove(vm, page) or write_back(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_go_in_order")
class LeafNotTracked(Revision, base="landed"):
    """A blocked guest page is removed while a processor may still have its translation; the TDX module refuses."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level) or block(vm, page) or remove(vm, page) or write_back(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_go_in_order")
class LeafTrackedFirst(Revision, base="before"):
    """Translations are dropped before the page is blocked, when new ones can still be made."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level):
            return -EIO
        tdx_track(vm, page)
        if block(vm, page) or remove(vm, page) or write_back(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_go_in_order")
class LeafNotWrittenBack(Revision, base="landed"):
    """The cache lines of a guest page are not written back before its reset."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level) or block(vm, page):
            return -EIO
        tdx_track(vm, page)
        if remove(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_go_in_order")
class LeafWrittenBackFirst(Revision, base="landed"):
    """The cache lines are written back while the TDX module still owns the page, which it refuses."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level) or block(vm, page):
            return -EIO
        tdx_track(vm, page)
        if write_back(vm, page) or remove(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_go_in_order")
class LeafResetBeforeWriteBack(Revision, base="v2"):
    """A guest page is reset first and its old cache lines are written over it afterwards."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level) or block(vm, page):
            return -EIO
        tdx_track(vm, page)
        if remove(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return -EIO if write_back(vm, page) else 0


@breaks("pages_are_reset_before_use")
class LeafNotReset(Revision, base="v1"):
    """A guest page is given back with the guest's data, which some processors trip over."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if may_not(vm, level) or block(vm, page):
            return -EIO
        tdx_track(vm, page)
        return -EIO if remove(vm, page) or write_back(vm, page) else 0


@breaks("owned_pages_are_not_written")
class LeafResetFirst(Revision, base="v1"):
    """A guest page is reset while the TDX module owns it."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        tdx_quirk_reset_paddr(vm.host, page)
        return int(REVISIONS["v1"].remove_leaf(vm, gfn, level, page))


@breaks("guest_memory_needs_the_key")
class LeafWithoutKeyTest(Revision, base="landed"):
    """The function no longer asks whether the TD has its key; the TDX module has to refuse."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if block(vm, page):
            return -EIO
        tdx_track(vm, page)
        if remove(vm, page) or write_back(vm, page):
            return -EIO
        tdx_quirk_reset_paddr(vm.host, page)
        return 0


@breaks("guest_pages_are_taken_back")
class LeafKeyTestInverted(Revision, base="v1"):
    """The key test is upside down: guest pages are left to the TDX module while they could be had."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            return -EIO
        return 0


@breaks("lost_guest_pages_are_reported")
class LeafErrorSwallowed(Revision, base="v1"):
    """The function reports that the key is gone, and returns success all the same."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        REVISIONS["v1"].remove_leaf(vm, gfn, level, page)
        return 0


@breaks("lost_guest_pages_are_reported")
class LeafSaysNothing(Revision, base="v1"):
    """The function refuses without the key, and leaves it to generic code to report that."""

    @staticmethod
    def tdx_sept_remove_private_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        return int(REVISIONS["v1"].remove_leaf(vm, gfn, level, page)) if is_hkid_assigned(vm) else -EIO


@breaks("guest_pages_are_not_kvms_to_free")
class LeafFreesThePage(Revision, base="landed"):
    """The function frees the guest page, which the guest's memory file will free as well."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        err = REVISIONS["landed"].remove_leaf(vm, gfn, level, page)
        if not err:
            vm.host.memory.free_page(page)
        return int(err)


@breaks("no_false_alarm")
class LeafWarnsOfSuccess(Revision, base="v2"):
    """The function reports its own success as a bug."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        err = REVISIONS["v2"].remove_leaf(vm, gfn, level, page)
        KVM_BUG_ON(not err, vm, "taken")
        return int(err)
