"""Wrong in the op: what becomes of the page, when it is asked for, what is said."""

from kvmviz.check.broken.registry import breaks
from kvmviz.kvm.mmu_page import PG_LEVEL_4K, kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import __tdx_reclaim_page as reclaim_without_reset
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_quirk_reset_paddr, tdx_reclaim_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON, pr_err
from kvmviz.revisions import Revision

# The op: what becomes of the page.


@breaks("owned_pages_are_not_freed")
class PointerKept(Revision, base="v1"):
    """A page that could not be reclaimed is not forgotten, so the RCU callback frees it."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            tdx_reclaim_page(vm.host, private_spt(sp))


@breaks("owned_pages_are_not_freed")
class ErrorIgnored(Revision, base="landed"):
    """The op does not look at what the reclaim returned and frees the page."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            tdx_reclaim_page(vm.host, private_spt(sp))
            vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("owned_pages_are_not_freed")
class FreedOnFailure(Revision, base="landed"):
    """The condition of the free is upside down: pages that could not be reclaimed are freed."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("owned_pages_are_not_freed")
class OnceDecides(Revision, base="v1"):
    """Only the first failure of a boot makes the op forget the page, as if "once" were the condition."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        failed = KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))
        if failed and vm.host.boot.once("tdx.c:tdx_sept_free_private_spt:static"):
            sp.external_spt = None


@breaks("nothing_is_freed_twice")
class FreedInOpAndRcu(Revision, base="v2"):
    """The op frees the page that it got back, but does not forget it, and the RCU callback frees it again."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
            return
        vm.host.memory.free_page(sp.external_spt)


@breaks("nothing_is_used_after_free")
class FreedBeforeReclaim(Revision, base="landed"):
    """The page goes back to the allocator first and is asked back from the TDX module afterwards."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            vm.host.memory.free_page(sp.external_spt)
            tdx_reclaim_page(vm.host, private_spt(sp))
        sp.external_spt = None


@breaks("own_pages_are_freed")
class ForgottenOnSuccess(Revision, base="v1"):
    """Pages that were reclaimed are forgotten as well, though nobody has freed them."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            tdx_reclaim_page(vm.host, private_spt(sp))
        sp.external_spt = None


@breaks("pages_are_reset_before_use")
class ResetForgotten(Revision, base="v1"):
    """The inner reclaim is called, which leaves out the reset that some processors need."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or reclaim_without_reset(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("owned_pages_are_not_written")
class ResetBeforeReclaim(Revision, base="v1"):
    """The page is reset before it is asked for, while the TDX module still owns it."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            sp.external_spt = None
            return
        tdx_quirk_reset_paddr(vm.host, private_spt(sp))
        if tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


# The op: when a page is asked for.


@breaks("no_reclaim_before_the_hkid_is_gone")
class HkidTestDropped(Revision, base="landed"):
    """The op no longer asks whether the HKID is assigned; the TDX module has to refuse."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not tdx_reclaim_page(vm.host, private_spt(sp)):
            vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("no_needless_leak")
class HkidTestInverted(Revision, base="v1"):
    """The HKID test is upside down: pages are given up when they could be had."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(not is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("no_needless_leak")
class BuggedDecides(Revision, base="v1"):
    """A VM that is marked bugged, for whatever reason, is not asked for its pages any more."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid")
        if vm.vm_bugged or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("same_pages_leak")
class LowestLevelOnly(Revision, base="v1"):
    """Only tables of level 1 are asked back; those above them are given up."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        gone = KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or sp.level > PG_LEVEL_4K
        if gone or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("each_page_is_asked_for_once")
class AskedTwice(Revision, base="v1"):
    """A page that was refused is asked for again at once."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or (
            tdx_reclaim_page(vm.host, private_spt(sp)) and tdx_reclaim_page(vm.host, private_spt(sp))
        ):
            sp.external_spt = None


# The op: what is said.


@breaks("leaks_reach_the_log")
class SilentHkidTest(Revision, base="v1"):
    """The HKID test has lost its KVM_BUG_ON: the page is given up without a word."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if is_hkid_assigned(vm) or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("each_leak_reaches_the_log")
class SilentReclaim(Revision, base="v1"):
    """The op makes the SEAMCALL itself and reports no refusal."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or vm.host.tdx.tdh_phymem_page_reclaim(private_spt(sp))[0]:
            sp.external_spt = None
            return
        tdx_quirk_reset_paddr(vm.host, private_spt(sp))


@breaks("leaks_leave_a_trace")
class LineInsteadOfTrace(Revision, base="v1"):
    """An HKID that is still assigned gets an error line in place of KVM_BUG_ON, and no trace."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if is_hkid_assigned(vm):
            pr_err(vm.host, "HKID still assigned, S-EPT page leaked")
            sp.external_spt = None
        elif tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
