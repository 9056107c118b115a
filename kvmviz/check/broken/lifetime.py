"""Wrong in the life of a table: its header, its entries, its place in the queue, the pointer to its page."""

from kvmviz.check.broken.generic import sweep
from kvmviz.check.broken.registry import breaks
from kvmviz.kvm.mmu_page import (
    FROZEN_SPTE,
    SHADOW_NONPRESENT_VALUE,
    entry_gfn,
    is_shadow_present_pte,
    kvm_mmu_page,
    private_spt,
    read_entries,
)
from kvmviz.kvm.tdp_mmu import handle_changed_spte, tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON, WARN_ON, WARN_ON_ONCE
from kvmviz.revisions import REVISIONS, Revision

# The header and the entries.


@breaks("nothing_is_freed_twice")
class HeaderFreedTwice(Revision, base="landed"):
    """The callback frees the header that tdp_mmu_free_sp has freed."""

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
        vm.revision.tdp_mmu_free_sp(vm, sp)
        sp.header = False


@breaks("nothing_is_freed_twice")
class QueuedTwice(Revision, base="v1"):
    """A removed table is queued twice, which ruins the queue."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        REVISIONS["v1"].handle_removed_pt(vm, sp, shared)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("tables_wait_for_readers")
class HeaderFreedAtOnce(Revision, base="v1"):
    """The header goes when the table is removed, the table when every reader is done."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        REVISIONS["v1"].handle_removed_pt(vm, sp, shared)
        sp.header = False

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        vm.host.memory.free_page(sp.external_spt)
        vm.host.memory.free_page(sp.spt)


@breaks("nothing_is_used_after_free")
class HeaderUsedAfterFree(Revision, base="v1"):
    """The header is freed first and asked for its pages afterwards."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        sp.header = False
        vm.host.memory.free_page(sp.external_spt)
        vm.host.memory.free_page(sp.spt)


@breaks("nothing_is_used_after_free")
class EntriesReadAfterFree(Revision, base="landed"):
    """The callback looks through the entries of the table that it has freed."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        vm.host.memory.free_page(sp.spt)
        WARN_ON_ONCE(vm.host, any(is_shadow_present_pte(entry) for entry in read_entries(sp)))
        sp.header = False


@breaks("nothing_is_used_after_free")
class EntriesWrittenAfterFree(Revision, base="v2"):
    """The callback freezes the entries of the table that it has freed."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        vm.host.memory.free_page(sp.external_spt)
        vm.host.memory.free_page(sp.spt)
        entries = read_entries(sp)
        if entries:  # the model has none where no guest page is mapped
            entries[0] = FROZEN_SPTE
        sp.header = False


@breaks("own_pages_are_freed")
class HeaderForgotten(Revision, base="v1+17"):
    """A table's page is freed, its header is not."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        vm.host.memory.free_page(sp.spt)


@breaks("tables_wait_for_readers")
class ParentFreedByChild(Revision, base="landed"):
    """The callback of a table frees the table above it, whose readers may not be done."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        if sp.parent is not None and sp.parent.spt.allocated:
            vm.host.memory.free_page(sp.parent.spt)
        if sp.spt.allocated:
            vm.host.memory.free_page(sp.spt)
        sp.header = False


# Entries of a table that is being removed.


@breaks("entries_are_frozen")
class EntriesNotFrozen(Revision, base="v1"):
    """The entries of a removed table are made non-present, so that a fault may fill them again."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        for index, old_spte in enumerate(read_entries(sp)):
            if is_shadow_present_pte(old_spte):
                sp.spt.entries[index] = SHADOW_NONPRESENT_VALUE
                handle_changed_spte(
                    vm, sp, entry_gfn(sp, index), old_spte, SHADOW_NONPRESENT_VALUE, sp.level, shared
                )  # fmt: skip
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("entries_are_frozen")
class FrozenTooLate(Revision, base="landed"):
    """What hangs below an entry is given up before the entry says so."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        for index, old_spte in enumerate(read_entries(sp)):
            if is_shadow_present_pte(old_spte):
                handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)
                sp.spt.entries[index] = FROZEN_SPTE
        kvm_x86_call(vm).free_external_spt(vm, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("entries_are_frozen")
class NotSwept(Revision, base="landed"):
    """A removed table's entries are not looked at."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        kvm_x86_call(vm).free_external_spt(vm, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("entries_are_frozen")
class WrongLevel(Revision, base="v2"):
    """The sweep passes the level of what hangs below an entry in place of the table's own."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        for index, old_spte in enumerate(read_entries(sp)):
            if is_shadow_present_pte(old_spte):
                sp.spt.entries[index] = FROZEN_SPTE
                handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level - 1, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


# The pointer to the S-EPT page, when the table is queued.


@breaks("queued_tables_point_at_nothing_lost")
class PointerDangles(Revision, base="landed"):
    """The op frees the page and forgets it only where it could not be reclaimed."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
            return
        vm.host.memory.free_page(sp.external_spt)


@breaks("queued_tables_point_at_nothing_lost")
class KeptWithoutAWord(Revision, base="landed"):
    """A page that was refused stays where it is: nobody forgets it, nobody frees it, it leaks with the header."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            return
        if not vm.host.tdx.tdh_phymem_page_reclaim(private_spt(sp))[0]:
            vm.host.memory.check_write(private_spt(sp), "written")
            vm.host.recorder.reset(private_spt(sp))
            vm.host.memory.free_page(sp.external_spt)
            sp.external_spt = None


@breaks("queued_tables_point_at_nothing_lost")
class QueuedBeforeTheOp(Revision, base="landed"):
    """The table is queued before its page is given up, and might be gone by then."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)
        kvm_x86_call(vm).free_external_spt(vm, sp)


@breaks("queued_tables_point_at_nothing_lost")
class OnceFlag(Revision, base="landed"):
    """Only the first refusal of a boot makes the op forget the page; the callback does not free it either."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
            vm.host.memory.free_page(sp.external_spt)
            sp.external_spt = None
        elif vm.host.boot.once("tdx.c:tdx_sept_free_private_spt:static"):
            sp.external_spt = None


@breaks("callbacks_have_nothing_to_warn_of")
class KeptForTheCallback(Revision, base="v1+17"):
    """A page that could not be reclaimed is not forgotten; the callback's check finds it."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            return
        vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


# The lock, and where things run.


@breaks("nothing_waits_under_the_lock")
class BarrierInTheOp(Revision, base="landed"):
    """The op waits for RCU while it holds mmu_lock."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        REVISIONS["landed"].tdx_sept_free_private_spt(vm, sp)
        if sp.parent is not None and sp.parent.parent is None:
            vm.host.rcu.rcu_barrier()


@breaks("nothing_waits_under_the_lock")
class BarrierInTheCallback(Revision, base="v1"):
    """The RCU callback waits for RCU, that is, for itself."""

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
        vm.revision.tdp_mmu_free_sp(vm, sp)
        if not vm.host.rcu.waiting:
            vm.host.rcu.rcu_barrier()


@breaks("tables_are_reclaimed_under_the_lock")
class ReclaimInTheCallback(Revision, base="landed"):
    """The page is asked for in the RCU callback, in softirq, where nobody holds mmu_lock."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid"):
            sp.external_spt = None

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        if sp.external_spt is not None:
            if not tdx_reclaim_page(vm.host, sp.external_spt):
                vm.host.memory.free_page(sp.external_spt)
            sp.external_spt = None
        vm.host.memory.free_page(sp.spt)
        sp.header = False


# What is said.


@breaks("kept_hkid_bugs_the_vm")
class WarnInsteadOfBug(Revision, base="landed"):
    """An HKID that stays assigned is only warned of; the VM is not marked bugged."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not (WARN_ON_ONCE(vm.host, is_hkid_assigned(vm)) or tdx_reclaim_page(vm.host, private_spt(sp))):
            vm.host.memory.free_page(sp.external_spt)
        sp.external_spt = None


@breaks("refused_reclaims_bug_nobody")
class RefusalBugsTheVm(Revision, base="v1"):
    """A refused reclaim marks the VM as bugged, as if it were to blame."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, gfn: int, sp: kvm_mmu_page) -> None:
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or KVM_BUG_ON(
            tdx_reclaim_page(vm.host, private_spt(sp)), vm, "reclaim"
        ):
            sp.external_spt = None


@breaks("no_false_alarm")
class BuggedIsWarnedOf(Revision, base="v2"):
    """Generic code warns for every table of a VM that is marked bugged, though its pages are reclaimed."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        REVISIONS["v2"].handle_removed_pt(vm, sp, shared)
        WARN_ON(vm.host, vm.vm_bugged)


@breaks("no_false_alarm")
class SuccessIsWarnedOf(Revision, base="before"):
    """The condition of generic code's warning is upside down."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        if not WARN_ON(vm.host, not kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp.level, sp.external_spt)):
            sp.external_spt = None
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)
