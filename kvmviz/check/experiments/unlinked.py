"""A table that lost the race: made for a fault, never hung under its parent.

>>> never_linked("v1")
Unlinked(seamcalls=0, violations=0, children=0, refused=True, check_fires=1)

Two vCPUs fault on the same address; both prepare a table, one is linked, the other
is freed again.  The loser's S-EPT page was never given to the TDX module.
"""

from dataclasses import dataclass

from kvmviz.check.experiments.bench import release_key, td
from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import WARN_ON_ONCE
from kvmviz.machine.journal import Journal
from kvmviz.revisions import REVISIONS, Revision


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What came of freeing a never-linked table directly.

    SEAMCALLs made, violations seen, children that the module counted more for
    it; whether RECLAIM would have refused its page; and how often a check in the
    shared free helper that `external_spt` is NULL would have fired.
    """

    seamcalls: int
    violations: int
    children: int
    refused: bool
    check_fires: int


class CheckInHelper(Revision, base="v1+17"):
    """v1+17 with its check moved from the RCU callback into the free helper, as one reply proposed."""

    name = "check-in-helper"

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        """Check, then free."""
        WARN_ON_ONCE(vm.host, sp.external_spt)
        REVISIONS["v1+17"].tdp_mmu_free_sp(vm, sp)

    @staticmethod
    def tdp_mmu_free_sp_rcu_callback(vm: VM, sp: kvm_mmu_page) -> None:
        """Free; the check has moved."""
        vm.revision.tdp_mmu_free_sp(vm, sp)


def never_linked(which: str | type[Revision], tree: str = "1x1x1") -> Unlinked:
    """Make one table more than the tree has, never link it, and free it directly, as a lost race does."""
    vm, _ = td(f"tree={tree}", which)
    journal = Journal()
    vm.host.watch(journal)
    children = vm.host.tdx.tds[vm.tdr_page].chldcnt
    loser = _loser(vm)
    page = loser.external_spt
    vm.host.memory.free_page(page)
    vm.host.memory.free_page(loser.spt)
    seamcalls = sum(event.kind == "seamcall" for _, event in journal.entries)
    more = vm.host.tdx.tds[vm.tdr_page].chldcnt - children
    refused = page is not None and not vm.host.tdx.would_give_back(page)
    return Unlinked(seamcalls, len(journal.violations), more, refused, _fires(tree))


def _loser(vm: VM) -> kvm_mmu_page:
    memory = vm.host.memory
    return kvm_mmu_page(memory, memory.alloc("spt", level=1, gfn=0), memory.alloc("S-EPT", level=1, gfn=0), 1, 0)


def _fires(tree: str) -> int:
    vm, tally = td(f"tree={tree}", CheckInHelper)
    release_key(vm)
    CheckInHelper.tdp_mmu_free_sp(vm, _loser(vm))
    return tally.splats.total()
