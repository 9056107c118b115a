"""Failures spread over time: how many of them does the log hold?

>>> burst("v1", failures=20, seconds=1)
Burst(failures=20, traces=1, lines=10, withheld=10, mute=10)
>>> burst("v1", failures=20, seconds=60).mute
0

In a scenario no time passes during a teardown; here the clock runs on between one
failing table and the next.
"""

from dataclasses import dataclass

from kvmviz.check.experiments.bench import release_key, tables, td
from kvmviz.machine.printk import Boot
from kvmviz.revisions import Revision


@dataclass(frozen=True, slots=True)
class Burst:
    """What the log holds of a burst: traces, error lines, lines withheld, and failures that left neither."""

    failures: int
    traces: int
    lines: int
    withheld: int
    mute: int


def burst(which: str | type[Revision], failures: int, seconds: int, boot: Boot | None = None) -> Burst:
    """Let `failures` (1 to 510) tables fail one after the other within so many seconds, and read the log."""
    vm, tally = td(f"tree=1x1x{max(1, failures)} fail=L1@0x0-{(failures - 1) * 0x200:#x}", which, boot)
    release_key(vm)
    start, mute = vm.host.boot.now, 0
    for number, sp in enumerate(tables(vm)[:failures]):
        vm.host.boot.now = start + number * seconds // failures
        before = tally.splats.total() + tally.lines.total()
        vm.revision.handle_removed_pt(vm, sp, False)
        mute += tally.splats.total() + tally.lines.total() == before
    return Burst(failures, tally.splats.total(), tally.lines.total(), tally.ratelimited.total(), mute)
