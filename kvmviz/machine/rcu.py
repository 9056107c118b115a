"""RCU, as far as a teardown needs it: callbacks queue up and run at the barrier, in order.

A real grace period ends whenever every reader is done; the model lets all
callbacks run at `rcu_barrier()`, the latest moment there is, and single-threaded
(a simplification; the recorded runs do the same).
"""

from collections import deque
from typing import Any

from kvmviz.machine.callchain import bottom
from kvmviz.machine.memory import Memory
from kvmviz.machine.recorder import Callback


class Rcu:
    """The queue of one machine.  `most_waiting` is the longest that it ever was."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.waiting: deque[tuple[Any, Any, Callback]] = deque()
        self.most_waiting = 0

    def call_rcu(self, vm: Any, sp: Any, callback: Callback) -> None:
        """Let `callback(vm, sp)` run once every reader that may still see the sp is done."""
        self.memory.lives.queue(sp)
        self.memory.recorder.call_rcu(sp.spt)
        self.waiting.append((vm, sp, callback))
        self.most_waiting = max(self.most_waiting, len(self.waiting))

    def rcu_barrier(self) -> None:
        """Wait until every queued callback has run."""
        self.memory.lives.wait("waits for RCU")
        self.memory.recorder.rcu_barrier()
        self._run()

    @bottom
    def _run(self) -> None:
        self.memory.in_rcu_callback = True
        while self.waiting:
            vm, sp, callback = self.waiting.popleft()
            self.memory.lives.ended(sp)
            self.memory.recorder.rcu_callback(sp.spt, callback)
            callback(vm, sp)
        self.memory.in_rcu_callback = False
