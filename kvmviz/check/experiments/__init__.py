"""Small experiments on the machine, for questions that a scenario line cannot put.

A burst spread over time, a VM pointer where the kernel passes NULL, a TD type
without the op, a page that was never linked, a reader under RCU, a lock taken in a
softirq: each is a function that builds what it needs from `kvmviz.machine` and
`kvmviz.kvm`, runs it, and returns what it saw.  The claims rest on them, and a
notebook may call them with figures of its own.
"""

from kvmviz.check.experiments.absent import Absence, call_absent_op, tear_down_without_mirror
from kvmviz.check.experiments.bursts import Burst, burst
from kvmviz.check.experiments.child_count import Cascade, cascade
from kvmviz.check.experiments.lifecycle import freeid_with_dirty_caches, reclaim_in, seamcalls_for_guest_pages
from kvmviz.check.experiments.locks import busy_page, lock_contexts, worst_wait
from kvmviz.check.experiments.pointer import Pointer, vm_pointer
from kvmviz.check.experiments.rcu_queue import pending
from kvmviz.check.experiments.readers import late_reader
from kvmviz.check.experiments.unlinked import Unlinked, never_linked

__all__ = [
    "Absence", "Burst", "Cascade", "Pointer", "Unlinked", "burst", "busy_page", "call_absent_op", "cascade",
    "freeid_with_dirty_caches", "late_reader", "lock_contexts", "never_linked", "pending", "reclaim_in",
    "seamcalls_for_guest_pages", "tear_down_without_mirror", "vm_pointer", "worst_wait",
]  # fmt: skip
