"""The life of every object, watched: what a leak is, and what must never happen to a page or a table.

>>> from kvmviz.machine.journal import Journal
>>> from kvmviz.machine.memory import Memory
>>> from kvmviz.machine.pamt import EPT
>>> from kvmviz.machine.page import PamtEntry
>>> memory = Memory(journal := Journal())
>>> page = memory.alloc("S-EPT", level=1)
>>> page.pamt = PamtEntry(EPT)
>>> memory.lives.last_reference(page); memory.lives.asked_for(page); journal.entries
[]

A page leaks when nothing that still runs can give it back, by the books.  So a leak
is noted where KVM drops the last pointer that it keeps to a page of the TDX
module's, and taken back if somebody asks for the page after all: a function may take
the pointer out first (C: `xchg`) and reclaim then.  Nothing here is KVM's; it is how
the model watches, and a run that does nothing wrong is not touched by it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from kvmviz.machine.page import Page

if TYPE_CHECKING:
    from kvmviz.machine.dpamt import Dpamt
    from kvmviz.machine.memory import Memory

MMU_LOCK: Final = Page(0, "mmu_lock")
"""Stands for the lock where something is said of no page."""


class Lives:
    """What is remembered of the pages and tables of one machine.

    `mmu_lock` is who holds the lock (`write`, `read` or ``), None where there is no VM;
    `dpamt` are the machine's regions, if it counts them.
    """

    def __init__(self, memory: "Memory") -> None:
        self.memory = memory
        self.mmu_lock: str | None = None
        self.dpamt: Dpamt | None = None
        self._leaked: dict[Page, None] = {}
        self._asked: dict[Page, None] = {}
        self._queued: set[Any] = set()
        self._ended: set[Page] = set()

    # Leaks: what the books say.

    def last_reference(self, page: Page | None) -> None:
        """The last pointer that KVM keeps to a page is dropped: it leaks, if the TDX module owns it."""
        if page is not None and page.owned and page.allocated and page not in self._leaked:
            self._leaked[page] = None
            self.memory.recorder.leak(page)

    def asked_for(self, page: Page) -> None:
        """Somebody asks for a page, or has put its pointer back: it was no leak, or not yet."""
        if page in self._leaked:
            del self._leaked[page]
            self.memory.recorder.unleak(page)
            self._asked[page] = None

    def settle(self) -> None:
        """The function that had taken pointers out is over: what it was refused leaks now."""
        if self._asked:
            asked, self._asked = self._asked, {}
            for page in asked:
                self.last_reference(page)

    # What must never happen.

    def freed(self, page: Page) -> None:
        """A page goes back to the allocator: it must be KVM's, no reader may see it, and no use may follow."""
        if page in self._leaked:
            del self._leaked[page]
            self.memory.recorder.unleak(page)
        if self.dpamt is not None:
            self.dpamt.freed(page)
        if page.kind == "guest":
            self.wrong(page, "freed by KVM, though it belongs to the guest's memory file")
        if page.kind == "spt":
            page.entries = FreedEntries(page, self)
            if self.memory.in_rcu_callback and page not in self._ended:
                self.wrong(page, "freed before its grace period is over")

    def queue(self, sp: Any) -> None:
        """A table is queued for RCU."""
        self.settle()
        if sp in self._queued:
            self.wrong(sp.spt, "a table that is queued for RCU twice")
        self._queued.add(sp)
        sp._check_queued()

    def ended(self, sp: Any) -> None:
        """The grace period of a table is over: its callback runs."""
        self._ended.add(sp.spt)

    def is_over(self, spt: Page) -> bool:
        """Say whether no reader can see this table any more."""
        return spt in self._ended

    def wait(self, what: str) -> None:
        """Something sleeps, or waits for RCU."""
        if self.mmu_lock:
            self.wrong(MMU_LOCK, f"held while KVM {what}")
        if self.memory.in_rcu_callback:
            self.wrong(MMU_LOCK, f"nothing that helps where an RCU callback {what}")

    def reclaim(self, page: Page) -> None:
        """A table's S-EPT page is asked for: in process context, with mmu_lock held for write."""
        self.memory.check_use(page, "RECLAIM")
        self.asked_for(page)
        if page.kind == "S-EPT" and self.mmu_lock is not None:
            if self.memory.in_rcu_callback:
                self.wrong(page, "asked for in an RCU callback")
            elif self.mmu_lock != "write":
                self.wrong(page, "asked for without mmu_lock")

    def wrong(self, page: Page, what: str) -> None:
        """Note what must never happen."""
        self.memory.recorder.violation(page, what)


class FreedEntries(list[Any]):
    """The entries of a table page that was freed: each use of them is noted."""

    def __init__(self, page: Page, lives: Lives) -> None:
        super().__init__(page.entries)
        self._page, self._lives = page, lives

    def __getitem__(self, index: Any) -> Any:
        self._lives.wrong(self._page, "read after it was freed")
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Any]:
        self._lives.wrong(self._page, "read after it was freed")
        return super().__iter__()

    def __setitem__(self, index: Any, entry: Any) -> None:
        self._lives.wrong(self._page, "written after it was freed")
        super().__setitem__(index, entry)
