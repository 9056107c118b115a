"""The warning macros tried on a simulated machine: what comes of one that is true several times in a row.

>>> [row[:4] for row in tried(3)][:2]
[('WARN_ON', 3, 0, '3 of 3 times'), ('WARN_ON_ONCE', 1, 0, '3 of 3 times')]
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kvmviz.course.prose import Prose, table
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON, WARN_ON, WARN_ON_ONCE
from kvmviz.machine.host import Host
from kvmviz.machine.recorder import Tally


@dataclass
class _Vm:
    host: Host
    vm_bugged: bool = False
    vm_dead: bool = False


MACROS: Final[dict[str, Callable[[_Vm], bool]]] = {
    "WARN_ON": lambda vm: WARN_ON(vm.host, True),
    "WARN_ON_ONCE": lambda vm: WARN_ON_ONCE(vm.host, True),
    "KVM_BUG_ON": lambda vm: KVM_BUG_ON(True, vm),
    "TDX_BUG_ON with a VM": lambda vm: TDX_BUG_ON(vm.host, 1, "TDH_X", vm),
    "TDX_BUG_ON with NULL": lambda vm: TDX_BUG_ON(vm.host, 1, "TDH_X", None),
}
"""Each macro with a condition that is true."""

Row = tuple[str, int, int, str, str]


def tried(times: int) -> list[Row]:
    """Return for each macro: traces and error lines printed, how often its value was true, whether the VM is bugged."""
    return [_tried(name, macro, times) for name, macro in MACROS.items()]


def _tried(name: str, macro: Callable[[_Vm], bool], times: int) -> Row:
    host, tally = Host(), Tally()
    host.watch(tally)
    vm = _Vm(host)
    true = sum(macro(vm) for _ in range(times))
    bugged = "yes" if vm.vm_bugged else "no"
    return name, sum(tally.splats.values()), sum(tally.lines.values()), f"{true} of {times} times", bugged


def macros(times: int = 3) -> Prose:
    """Return the table of what each macro does when it is true so many times in a row."""
    head = ["macro", "traces printed", "error lines", "value is true", "VM bugged"]
    return table(head, [[f"`{row[0]}`", *row[1:]] for row in tried(times)])
