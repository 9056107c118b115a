"""One simulated machine: memory, RCU, the TDX module, and the boot that it is in."""

from typing import Any
from weakref import ref

from kvmviz.machine.dpamt import Dpamt
from kvmviz.machine.memory import Memory
from kvmviz.machine.module import Faults, TdxModule
from kvmviz.machine.printk import Boot
from kvmviz.machine.rcu import Rcu
from kvmviz.machine.recorder import Recorder, Silent


class HostPanicked(BaseException):
    """The host stopped (panic_on_warn); nothing of the kernel runs after this.

    Not an `Exception`, so that code under test cannot catch it by accident.
    """


class Host:
    """A machine.  `boot` may come from an earlier TD of the same boot.

    `dpamt` is None unless Dynamic PAMT is on: `region` says where pages lie then.
    The recorder is silent until `watch` is called, so that building a TD is not
    part of the record.
    """

    def __init__(
        self, boot: Boot | None = None, *, faults: Faults | None = None, panic_on_warn: bool = False,
        region: str = "off",
    ) -> None:  # fmt: skip
        self.boot = boot or Boot()
        self.panic_on_warn = panic_on_warn
        self.recorder: Recorder = Silent()
        self.memory = Memory(self.recorder)
        self.rcu = Rcu(self.memory)
        self.dpamt = Dpamt(self.memory, region) if region != "off" else None
        self.memory.lives.dpamt = self.dpamt
        self.tdx = TdxModule(self.memory, faults or Faults(), self.dpamt)

    def put_up(self, vm: Any) -> None:
        """Note which VM runs here; only a weak reference is kept, so that a TD of any size goes when its run does."""
        self._vm = ref(vm)

    @property
    def vm(self) -> Any:
        """The VM that runs here, of which a kernel function that is given a page alone knows nothing."""
        return self._vm()

    def watch(self, recorder: Recorder) -> None:
        """Let this recorder see everything from now on."""
        self.recorder = self.memory.recorder = recorder
