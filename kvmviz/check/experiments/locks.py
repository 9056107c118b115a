"""Locks: a busy page, and a spin lock that is taken in a softirq.

>>> busy_page("tree=1x1x1")
(1, 2)
>>> sorted(lock_contexts("v1", "tree=1x1x1")), sorted(lock_contexts("landed", "tree=1x1x1"))
(['process', 'softirq'], ['process'])
>>> worst_wait(contenders=4, hold=18)
54

The lock of Dynamic PAMT is not in the kernel that the model follows; here it is a
bare note of who would take it: whoever frees or hands over an S-EPT page.
"""

from itertools import permutations

from kvmviz.check.experiments.bench import release_key, td
from kvmviz.kvm.kvm_main import kvm_mmu_uninit_vm
from kvmviz.kvm.tdx import tdx_vm_destroy
from kvmviz.machine.journal import Journal
from kvmviz.machine.module import RECLAIM
from kvmviz.revisions import Revision
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Free, Seamcall


def busy_page(scenario: str) -> tuple[int, int]:
    """Let another thread hold one S-EPT page's entry; return how often it is asked for, and the pages leaked."""
    vm, _ = td(scenario)
    journal = Journal()
    vm.host.watch(journal)
    busy = vm.sept_pages[-1]
    release_key(vm)
    if busy.pamt is not None:
        busy.pamt.locked = True
    kvm_mmu_uninit_vm(vm)
    tdx_vm_destroy(vm)
    asked = [e for _, e in journal.entries if isinstance(e, Seamcall) and e.seamcall == RECLAIM and e.page == busy.name]
    return len(asked), sum(page.owned for page in [vm.tdr_page, *vm.sept_pages])


def lock_contexts(which: str | type[Revision], scenario: str) -> frozenset[str]:
    """Return in which contexts Dynamic PAMT's lock would be taken: `process` (softirqs on), `softirq`, or both.

    Both together is what lockdep reports as an inconsistent lock state: a softirq
    may interrupt the holder and wait for it for ever.
    """
    vm, _ = td(scenario, which)
    journal = Journal()
    vm.host.watch(journal)
    release_key(vm)
    kvm_mmu_uninit_vm(vm)
    frees = [e for _, e in journal.entries if isinstance(e, Free) and PageName.parse(e.page).kind == "S-EPT"]
    handing_over = {"process"}
    return frozenset(handing_over | {"softirq" if event.how == "rcu" else "process" for event in frees})


def worst_wait(contenders: int, hold: int) -> int:
    """Return the longest wait for a lock that each of the contenders holds that long, over all orders."""
    waits = (order.index(one) * hold for order in permutations(range(contenders)) for one in order)
    return max(waits)
