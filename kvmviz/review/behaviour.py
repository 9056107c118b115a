"""What a known patch changes in behaviour: the figures of both revisions in the cases that matter.

>>> shift = shifts("before", "v1")[1]
>>> str(shift.scenario), shift.traces, shift.leaked
('tree=1x1x3 fail=L1@0x200', (2, 1), (2, 2))
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from kvmviz.record.runs import run
from kvmviz.record.summary import Summary
from kvmviz.scenario import Scenario

CASES: Final = (
    "fail=none",
    "fail=L1@0x200",
    "fail=all",
    "fail=L1@0x200 boot=second:60s",
    "hkid=flushvp-not-done",
    "hkid=key-freeid-error",
)
"""The two faults, alone: nothing fails, one page, every page, one again in the same boot; the key, silently, loudly."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One scenario under two revisions."""

    scenario: Scenario
    a: Summary
    b: Summary

    @property
    def traces(self) -> tuple[int, int]:
        """Traces printed."""
        return self.a.traces, self.b.traces

    @property
    def lines(self) -> tuple[int, int]:
        """Error lines printed."""
        return self.a.lines, self.b.lines

    @property
    def leaked(self) -> tuple[int, int]:
        """Pages leaked."""
        return self.a.leaked_count, self.b.leaked_count

    @property
    def at_once(self) -> tuple[int, int]:
        """S-EPT pages freed inside the op, not by the RCU callback."""
        return _at_once(self.a), _at_once(self.b)

    @property
    def bugged(self) -> tuple[str, str]:
        """Whether the VM ends up marked as bugged."""
        return _yes(self.a.vm_bugged), _yes(self.b.vm_bugged)

    @property
    def same_pages(self) -> bool:
        """Whether the same pages leak under both."""
        return self.a.leaked == self.b.leaked


def _at_once(summary: Summary) -> int:
    return sum(page.startswith("S-EPT ") and how == "immediate" for page, how in summary.freed)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


@cache
def shifts(a: str, b: str) -> tuple[Shift, ...]:
    """Run the cases under two revisions."""
    scenarios = [Scenario.parse(case) for case in CASES]
    return tuple(Shift(s, run(a, s, events=False).summary, run(b, s, events=False).summary) for s in scenarios)
