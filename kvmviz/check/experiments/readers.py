"""A lockless reader under RCU: does it ever look at a table that was freed?

>>> late_reader("v1", "tree=1x1x1"), late_reader(FreedAtOnce, "tree=1x1x1")
(0, 3)

The reader picks every table up before the zap and looks at them once more when all
are unhooked and its grace period has not ended yet, the worst moment there is.
"""

from kvmviz.check.experiments.bench import release_key, tables, td
from kvmviz.kvm.mmu_page import kvm_mmu_page, read_entries
from kvmviz.kvm.tdp_mmu import kvm_tdp_mmu_invalidate_roots, kvm_tdp_mmu_zap_invalidated_roots
from kvmviz.kvm.vm import VM
from kvmviz.revisions import REVISIONS, Revision


class FreedAtOnce(Revision, base="v1"):
    """v1, but a table does not wait for RCU."""

    name = "freed-at-once"

    @staticmethod
    def handle_removed_pt(vm: VM, sp: kvm_mmu_page, shared: bool) -> None:
        """Take the table off RCU's queue again, and free it."""
        REVISIONS["v1"].handle_removed_pt(vm, sp, shared)
        vm.host.rcu.waiting.pop()
        vm.revision.tdp_mmu_free_sp(vm, sp)


def late_reader(which: str | type[Revision], scenario: str) -> int:
    """Return how many tables the reader found freed."""
    vm, tally = td(scenario, which)
    release_key(vm)
    held = tables(vm)
    kvm_tdp_mmu_invalidate_roots(vm)
    kvm_tdp_mmu_zap_invalidated_roots(vm, shared=False)
    before = len(tally.violations)
    for sp in held:
        iter(read_entries(sp))
    return len(tally.violations) - before
