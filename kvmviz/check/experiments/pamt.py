"""Dynamic PAMT: what becomes of a region whose pair could not be taken back, and other ways to put.

>>> reuse(EVERY["dpamt"])
Reuse(refused=0, small=True, large=False, traces=1, lines=0)
"""

from dataclasses import dataclass

from kvmviz.kvm.mmu_page import kvm_mmu_page, private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.machine.host import Host
from kvmviz.machine.journal import Journal
from kvmviz.machine.pamt_calls import ADD
from kvmviz.revisions import EVERY, Revision
from kvmviz.revisions.dpamt import tdx_pamt_get, tdx_pamt_put
from kvmviz.terms.events import Seamcall


@dataclass(frozen=True, slots=True)
class Reuse:
    """What came of a region after one refused REMOVE: the status with which the next ADD was refused, 0 if none was.

    `small` and `large` say whether a 4 KiB page of it, and the whole of it as 2 MiB,
    could be given to the module; `traces` and `lines` what was printed.
    """

    refused: int
    small: bool
    large: bool
    traces: int
    lines: int


def reuse(which: type[Revision]) -> Reuse:
    """Let the module refuse to give a pair back, once, and use the region again."""
    host, journal = Host(region="dense"), Journal()
    host.watch(journal)
    page = host.memory.alloc("S-EPT", level=1)
    assert host.dpamt is not None
    host.dpamt.place(page)
    tdx_pamt_get(host, page)
    host.tdx.pamt_refusals = 1
    which.functions["tdx_pamt_put"](host, page)
    large = host.tdx.maps_as_2m(page)
    printed, lines = sum(journal.splats.values()), sum(journal.lines.values())
    got = tdx_pamt_get(host, page) == 0
    added = [e.status for _, e in journal.entries if isinstance(e, Seamcall) and e.seamcall == ADD]
    return Reuse(added[-1], got and host.tdx.missing_pair(page) == 0, large, printed, lines)


class PutInOp(Revision, base="dpamt"):
    """The op gives the reference up at once, and RCU frees the page as it used to (Yan Zhao's way)."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: VM, sp: kvm_mmu_page) -> None:
        """Take the page back and give its reference up; forget it only if that failed."""
        if KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp)):
            sp.external_spt = None
            return
        tdx_pamt_put(vm.host, private_spt(sp))

    @staticmethod
    def tdp_mmu_free_sp(vm: VM, sp: kvm_mmu_page) -> None:
        """Free the S-EPT page, which nothing counts any more, then the table."""
        vm.host.memory.free_page(sp.external_spt)
        EVERY["dpamt"].tdp_mmu_free_sp(vm, sp)
