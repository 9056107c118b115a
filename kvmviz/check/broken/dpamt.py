"""Wrong about Dynamic PAMT: when a reference is given up, what becomes of the pair, under which lock."""

from kvmviz.check.broken.registry import breaks
from kvmviz.kvm.mmu_page import kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_quirk_reset_paddr, tdx_reclaim_page
from kvmviz.kvm.vm import VM, Vcpu
from kvmviz.machine.bug import KVM_BUG_ON, WARN_ON_ONCE
from kvmviz.machine.host import Host
from kvmviz.machine.page import Page
from kvmviz.revisions import EVERY, Revision
from kvmviz.revisions.dpamt import tdx_free_control_page, tdx_pamt_put, tdx_reclaim_control_page

# When a reference is given up.


@breaks("pages_are_used_between_get_and_put")
class PutBeforeReclaim(Revision, base="dpamt"):
    """The op gives the reference up first and asks for the page afterwards."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            tdx_pamt_put(vm.host, private_spt(sp))
            if not tdx_reclaim_page(vm.host, private_spt(sp)):
                vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("pages_are_used_between_get_and_put")
class PutOnFailure(Revision, base="dpamt"):
    """A page that could not be had is leaked, and its reference given up all the same."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            if tdx_reclaim_page(vm.host, private_spt(sp)):
                tdx_pamt_put(vm.host, private_spt(sp))
            else:
                tdx_free_control_page(vm.host, sp.external_spt)
        sp.external_spt = None


@breaks("counters_are_their_users")
class NoPut(Revision, base="dpamt"):
    """The op frees the page as landed does, and nobody gives its reference up."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
            vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("counters_are_their_users")
class PutTwice(Revision, base="dpamt"):
    """The op gives the reference up, and so does the helper that frees the page."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
            tdx_pamt_put(vm.host, private_spt(sp))
            tdx_free_control_page(vm.host, sp.external_spt)
        sp.external_spt = None


@breaks("counters_are_their_users")
class LeafNotPut(Revision, base="dpamt"):
    """Guest pages are taken back as before, and their references forgotten."""

    @staticmethod
    def tdx_sept_remove_leaf_spte(vm: VM, gfn: int, level: int, page: Page) -> int:
        return int(EVERY["landed"].remove_leaf(vm, gfn, level, page))


@breaks("counters_are_their_users")
class ControlPagesNotPut(Revision, base="dpamt"):
    """Control pages are freed by the old helper, which knows of no references."""

    @staticmethod
    def tdx_reclaim_control_page(vm: VM, ctrl_page: Page) -> None:
        if tdx_reclaim_page(vm.host, ctrl_page):
            vm.forget(ctrl_page)
            return
        vm.host.memory.free_page(ctrl_page)


@breaks("nothing_is_put_in_softirq")
class PutInCallback(Revision, base="dpamt"):
    """The S-EPT page is freed by the RCU callback, as in v1 and v2, with its reference: in softirq."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        tdx_free_control_page(vm.host, sp.external_spt)
        EVERY["dpamt"].tdp_mmu_free_sp(vm, sp)


# What becomes of the counter and of the pair.


@breaks("pairs_are_there_while_counted")
class ZeroOnFailure(Revision, base="dpamt"):
    """The counter goes to zero though REMOVE was refused, so that the next get donates a second pair."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            if refcount.value > 1:
                refcount.value -= 1
                return
            err, pair = host.tdx.tdh_phymem_pamt_remove(page)
            refcount.value = 0
            if WARN_ON_ONCE(host, err) or pair is None:
                return
        for one in pair:
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


@breaks("pairs_are_there_while_counted")
class OneOnSuccess(Revision, base="dpamt"):
    """The counter stays at one though the pair came home, so that the next get donates none."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
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
        for one in pair:
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


@breaks("owned_pages_are_not_freed")
class PairFreedOnFailure(Revision, base="dpamt"):
    """The two pages are freed whatever REMOVE said, though the module still has them."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            if refcount.value > 1:
                refcount.value -= 1
                return
            err, _ = host.tdx.tdh_phymem_pamt_remove(page)
            if not WARN_ON_ONCE(host, err):
                refcount.value = 0
        for one in host.dpamt.pages_of(refcount.region):
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


@breaks("own_pages_are_freed")
class PairForgotten(Revision, base="dpamt"):
    """The pair comes home, and nobody frees it."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            if refcount.value > 1:
                refcount.value -= 1
            elif not WARN_ON_ONCE(host, host.tdx.tdh_phymem_pamt_remove(page)[0]):
                refcount.value = 0


@breaks("pairs_are_reset_before_use")
class PairNotReset(Revision, base="dpamt"):
    """The pages of a pair are freed as they come from the module."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
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
            host.memory.free_page(one)


@breaks("removals_are_called_for")
class RemoveEachTime(Revision, base="dpamt"):
    """REMOVE is called at every put, and the counter looked at only if it succeeds."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            err, pair = host.tdx.tdh_phymem_pamt_remove(page)
            if pair is None:
                refcount.value -= WARN_ON_ONCE(host, err and refcount.value > 1)
                return
            refcount.value = 0
        for one in pair:
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


# Under which lock, and what is said.


@breaks("counters_are_locked")
class RemoveOutsideLock(Revision, base="dpamt"):
    """The counter goes down under the lock, and REMOVE is called after that."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            last = refcount.value == 1
            if not last:
                refcount.value -= 1
        if not last:
            return
        err, pair = host.tdx.tdh_phymem_pamt_remove(page)
        if WARN_ON_ONCE(host, err) or pair is None:
            return
        with host.dpamt.lock:
            refcount.value = 0
        for one in pair:
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


@breaks("lost_pairs_leave_a_trace")
class RefusalIgnored(Revision, base="dpamt"):
    """A refused REMOVE is passed over without a word."""

    @staticmethod
    def tdx_pamt_put(host: Host, page: Page) -> None:
        if host.dpamt is None:
            return
        refcount = host.dpamt.counter(page)
        with host.dpamt.lock:
            if refcount.value > 1:
                refcount.value -= 1
                return
            _, pair = host.tdx.tdh_phymem_pamt_remove(page)
            if pair is None:
                return
            refcount.value = 0
        for one in pair:
            tdx_quirk_reset_paddr(host, one)
            host.memory.free_page(one)


@breaks("own_pages_are_freed")
class CacheAfterKeyTest(Revision, base="dpamt"):
    """The pages that a vCPU kept for the next pair are freed only where the key is gone."""

    @staticmethod
    def tdx_vcpu_free(vm: VM, vcpu: Vcpu) -> None:
        pages = [*vcpu.tdcx_pages, vcpu.tdvpr_page]
        if is_hkid_assigned(vm):
            for page in pages:
                vm.forget(page)
            return
        while vcpu.pamt_cache:
            vm.host.memory.free_page(vcpu.pamt_cache.pop())
        for page in pages:
            tdx_reclaim_control_page(vm, page)
