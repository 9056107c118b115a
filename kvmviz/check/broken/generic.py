"""Wrong in generic code, in order and lifetime, or in the function that takes guest pages back."""


from kvmviz.check.broken.registry import breaks
from kvmviz.kvm.mmu_page import (
    FROZEN_SPTE,
    entry_gfn,
    is_shadow_present_pte,
    kvm_mmu_page,
    private_spt,
    read_entries,
)
from kvmviz.kvm.tdp_mmu import handle_changed_spte, tdp_mmu_unlink_sp
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM, kvm_x86_call
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.revisions import Revision


def sweep(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
    """Clear every entry of a table that is being removed, as every `handle_removed_pt` does."""
    for index, old_spte in enumerate(read_entries(sp)):
        if is_shadow_present_pte(old_spte):
            sp.spt.entries[index] = FROZEN_SPTE
            handle_changed_spte(vm, sp, entry_gfn(sp, index), old_spte, FROZEN_SPTE, sp.level, shared)


# Generic code: order and lifetime.


@breaks("own_pages_are_freed")
class CallRcuForgotten(Revision, base="v1"):
    """A removed table is never queued, so nobody frees it."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)


@breaks("own_pages_are_freed")
class TableForgotten(Revision, base="landed"):
    """The header of a table is freed, its page is not."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        sp.header = False


@breaks("tables_wait_for_readers")
class FreedWithoutRcu(Revision, base="v1"):
    """A removed table is freed on the spot, while readers may still walk it."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
        vm.revision.tdp_mmu_free_sp(vm, sp)


@breaks("children_before_parents")
class ParentFirst(Revision, base="v1"):
    """The op is called before the table is swept; in one zap order that gives up parents first."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
        sweep(vm, sp, shared)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("no_false_alarm")
class UnlinkForgotten(Revision, base="v1"):
    """A removed table stays on KVM's account, and the count at the end warns."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        sweep(vm, sp, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp.gfn, sp)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("generic_code_leaves_external_spt_alone")
class GenericCodeForgets(Revision, base="landed"):
    """The op leaves the pointer alone and generic code clears it afterwards."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        kvm_x86_call(vm).free_external_spt(vm, sp)
        sp.external_spt = None
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
            vm.host.memory.free_page(sp.external_spt)


class _OpWhereTableIsFreed(Revision, base="v2"):
    """The op is not called where a table is removed; those below call it later."""

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        tdp_mmu_unlink_sp(vm, sp)
        sweep(vm, sp, shared)
        vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)


@breaks("op_gets_no_root")
class RootHandedOver(Revision, base=_OpWhereTableIsFreed):
    """The op is called where a table is freed, and the root is freed there too."""

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        kvm_x86_call(vm).free_external_spt(vm, sp)
        vm.host.memory.free_page(sp.external_spt)
        vm.host.memory.free_page(sp.spt)
        sp.header = False

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        if sp.external_spt is None:
            return
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None


@breaks("op_holds_the_mmu_lock")
class OpInRcuCallback(Revision, base=_OpWhereTableIsFreed):
    """The op is called from the RCU callback, where nobody holds mmu_lock."""

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
        if sp.external_spt is not None:
            kvm_x86_call(vm).free_external_spt(vm, sp)
        vm.revision.tdp_mmu_free_sp(vm, sp)
