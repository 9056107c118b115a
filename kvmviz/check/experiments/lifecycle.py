"""The TD's life cycle: in which state is a page given back, and at what price?

>>> [state for state in LIFECYCLE.values() if reclaim_in(state) == 0]
['TEARDOWN']
>>> seamcalls_for_guest_pages("tree=1x1x1", key_first=False), seamcalls_for_guest_pages("tree=1x1x1", key_first=True)
(8, 2)
"""

from kvmviz.check.experiments.bench import td
from kvmviz.kvm.kvm_main import kvm_gmem_release
from kvmviz.kvm.tdx import tdx_mmu_release_hkid, tdx_reclaim_page
from kvmviz.machine.journal import Journal
from kvmviz.machine.module import BLOCKED, LIFECYCLE

NUMBERS = {name: number for number, name in LIFECYCLE.items()}


def reclaim_in(state: str) -> int:
    """Return the status of RECLAIM for an S-EPT page of a TD in this state (a name of `LIFECYCLE`)."""
    vm, _ = td("tree=1x1x1")
    vm.host.tdx.tds[vm.tdr_page].lifecycle = NUMBERS[state]
    return vm.host.tdx.tdh_phymem_page_reclaim(vm.sept_pages[0])[0]


def freeid_with_dirty_caches(scenario: str, *, dirty: bool) -> int:
    """Return the status of KEY.FREEID for a blocked TD whose caches were, or were not, written back."""
    vm, _ = td(scenario)
    books = vm.host.tdx.tds[vm.tdr_page]
    books.lifecycle, books.cache_dirty = BLOCKED, dirty
    return vm.host.tdx.tdh_mng_key_freeid(vm.tdr_page)


def seamcalls_for_guest_pages(scenario: str, *, key_first: bool) -> int:
    """Return how many SEAMCALLs it takes to have all guest pages back.

    As KVM does it, with the key assigned; or after the key was released, when
    RECLAIM alone will do.
    """
    vm, _ = td(scenario)
    journal = Journal()
    if key_first:
        tdx_mmu_release_hkid(vm)
    vm.host.watch(journal)
    if key_first:
        for page in vm.guest_pages:
            tdx_reclaim_page(vm.host, page)
    else:
        kvm_gmem_release(vm)
    if any(page.owned for page in vm.guest_pages):
        raise AssertionError("a guest page was not reclaimed")
    return sum(event.kind == "seamcall" for _, event in journal.entries)
