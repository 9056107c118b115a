"""The reclaim helper reports with NULL for the VM: what if it passed the VM?

>>> vm_pointer(null=True, failures=3)
Pointer(vm_bugged=False, traces=1, lines=3)
>>> vm_pointer(null=False, failures=3)
Pointer(vm_bugged=True, traces=1, lines=1)
"""

from dataclasses import dataclass

from kvmviz.check.experiments.bench import release_key, tables, td
from kvmviz.kvm.mmu_page import private_spt
from kvmviz.machine.bug import TDX_BUG_ON_3
from kvmviz.machine.callchain import kernel


@dataclass(frozen=True, slots=True)
class Pointer:
    """What came of the failures: whether the VM is marked, traces and error lines printed."""

    vm_bugged: bool
    traces: int
    lines: int


def vm_pointer(*, null: bool, failures: int) -> Pointer:
    """Report so many refused reclaims (1 to 510), with NULL or with the VM."""
    vm, tally = td(f"tree=1x1x{failures} fail=all")
    release_key(vm)

    @kernel("arch/x86/kvm/vmx/tdx.c")
    def __tdx_reclaim_page() -> None:
        for sp in tables(vm)[:failures]:
            err, rcx, rdx, r8 = vm.host.tdx.tdh_phymem_page_reclaim(private_spt(sp))
            TDX_BUG_ON_3(vm.host, err, "TDH_PHYMEM_PAGE_RECLAIM", rcx, rdx, r8, None if null else vm)

    __tdx_reclaim_page()
    return Pointer(vm.vm_bugged, tally.splats.total(), tally.lines.total())
