"""What watches a run: one method for each thing that can happen.

>>> tally = Tally()
>>> tally.hkid_free()
>>> tally.hkid_freed
True

Each recorder does what the one before it does, and more: `Silent` watches nothing
(while a TD is being built), `Tally` counts and lists (for TDs as big as real ones),
`kvmviz.machine.journal.Journal` keeps the events as well (for checks over many
scenarios), and its `Tape` the call chain and the current line of each.
"""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, Final

from kvmviz.machine.callchain import KernelFunction, caller
from kvmviz.machine.page import Page
from kvmviz.terms.events import How

Callback = Callable[[Any, Any], None]
"""What RCU runs when no reader is left: it takes the VM and the sp that was queued."""

LISTED: Final = 1000
"""Longest list of page names that a summary holds; counts are always whole."""


class Recorder:
    """The interface; each method is called when the thing has just happened.  Does nothing itself."""

    phase = ""
    panicked = False
    """Whether the host has panicked, if the recorder keeps that."""

    def enter(self, phase: str) -> None:
        self.phase = phase

    def op(self, page: Page, mmu_lock: str) -> None: ...
    def seamcall(
        self, seamcall: str, page: Page | None, object: str | None, status: int,
        registers: tuple[int, int, int] | None = None,
    ) -> None: ...  # fmt: skip
    def warn(self, site: str, printed: bool) -> None: ...
    def masked(self, site: str) -> None: ...
    def pr_err(self, site: str, printed: bool, message: str) -> None: ...
    def pr_warn(self, site: str, message: str) -> None: ...
    def vm_bugged(self, site: str) -> None: ...
    def set_null(self, page: Page, by: KernelFunction) -> None: ...
    def call_rcu(self, page: Page) -> None: ...
    def rcu_barrier(self) -> None: ...
    def rcu_callback(self, page: Page, callback: Callback) -> None: ...
    def reset(self, page: Page) -> None: ...
    def free(self, page: Page, how: How) -> None: ...
    def leak(self, page: Page) -> None: ...
    def unleak(self, page: Page) -> None: ...
    def pamt_put(self, page: Page, region: str, left: int) -> None: ...
    def pamt_pin(self, page: Page, region: str, pairs: int, phantoms: int) -> None: ...
    def pamt_unpin(self, page: Page) -> None: ...
    def hkid_free(self) -> None: ...
    def hkid_leak(self) -> None: ...
    def panic(self) -> None: ...
    def violation(self, page: Page, what: str) -> None: ...
    def double_free(self, page: Page) -> None: ...


class Silent(Recorder):
    """Watches nothing."""


class Tally(Recorder):
    """Counts what a summary needs; lists hold the first `LISTED` names."""

    def __init__(self) -> None:
        self.splats: Counter[str] = Counter()
        self.suppressed: Counter[str] = Counter()
        self.masked_: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        self.ratelimited: Counter[str] = Counter()
        self.notes = 0
        self.bugged_by: str | None = None
        self.hkid_freed = False
        self.panicked = False
        self.freed: list[tuple[str, How]] = []
        self.freed_count = 0
        self.violations: list[tuple[str, str]] = []
        self.double_frees: list[str] = []

    def times(self, page: Page | None = None) -> int:
        """Return how often what happens now, to this page, happens: once, where no table stands for others."""
        return 1

    def count(self, pages: Collection[Page]) -> int:
        """Return how many pages these are."""
        return len(pages)

    def warn(self, site: str, printed: bool) -> None:
        (self.splats if printed else self.suppressed)[site] += self.times()

    def masked(self, site: str) -> None:
        self.masked_[site] += self.times()

    def pr_err(self, site: str, printed: bool, message: str) -> None:
        (self.lines if printed else self.ratelimited)[site] += self.times()

    def pr_warn(self, site: str, message: str) -> None:
        self.notes += 1

    def vm_bugged(self, site: str) -> None:
        self.bugged_by = site

    def free(self, page: Page, how: How) -> None:
        self.freed_count += self.times(page)
        if len(self.freed) < LISTED:
            self.freed.append((page.name, how))

    def hkid_free(self) -> None:
        self.hkid_freed = True

    def panic(self) -> None:
        self.panicked = True

    def violation(self, page: Page, what: str) -> None:
        if len(self.violations) < LISTED:
            self.violations.append((page.name, what))

    def double_free(self, page: Page) -> None:
        if len(self.double_frees) < LISTED:
            self.double_frees.append(page.name)


def site(macro: str) -> str:
    """Return the site of a macro in the kernel function that is running: `file:function:macro`."""
    function = caller()
    return f"{function.file}:{function.name}:{macro}"
