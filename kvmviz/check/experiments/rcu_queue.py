"""Same end, different peak: how many S-EPT pages wait for RCU as tables are given up.

>>> pending("v1", "tree=1x1x1"), pending("landed", "tree=1x1x1")
((1, 2, 3), (0, 0, 0))

The model lets every callback run at the barrier, so this is the longest that the
queue can get; a walk that yields lets some run before.
"""

from kvmviz.check.experiments.bench import release_key, td
from kvmviz.kvm.kvm_main import kvm_mmu_uninit_vm
from kvmviz.kvm.vm import VM
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Tally
from kvmviz.revisions import Revision


class _Queue(Tally):
    """Notes, each time a table begins to wait, how many S-EPT pages wait with those that do."""

    def __init__(self, vm: VM) -> None:
        super().__init__()
        self.vm = vm
        self.curve: list[int] = []
        self.waiting = 0
        self.by_table = {sp.spt: sp for sp in vm.sps}

    def call_rcu(self, page: Page) -> None:
        if page.root:
            return
        self.waiting += self.by_table[page].external_spt is not None
        self.curve.append(self.waiting)


def pending(which: str | type[Revision], scenario: str) -> tuple[int, ...]:
    """Return, after each table, how many S-EPT pages wait for the grace period."""
    vm, _ = td(scenario, which)
    release_key(vm)
    queue = _Queue(vm)
    vm.host.watch(queue)
    kvm_mmu_uninit_vm(vm)
    return tuple(queue.curve)
