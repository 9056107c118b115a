"""Host memory: 4 KiB pages, who holds them, the page allocator, and the life of every object, watched.

>>> from kvmviz.machine.recorder import Silent
>>> memory = Memory(Silent())
>>> page = memory.alloc("TDR", "TDR")
>>> memory.free_page(page)
>>> page.allocated
False

The allocator knows nothing of the TDX module's ledger, as in the real thing:
freeing a page that the module still owns succeeds, and is what `violation`
events are for.

`Lives` says what a leak is, and what must never happen to a page or a table.  A page
leaks when nothing that still runs can give it back, by the books.  So a leak is noted
where KVM drops the last pointer that it keeps to a page of the TDX module's, and
taken back if somebody asks for the page after all: a function may take the pointer
out first (C: `xchg`) and reclaim then.  Nothing of it is KVM's; it is how the model
watches, and a run that does nothing wrong is not touched by it.

>>> from kvmviz.machine.journal import Journal
>>> from kvmviz.machine.page import PamtEntry
>>> from kvmviz.machine.pamt import EPT
>>> memory = Memory(journal := Journal())
>>> page = memory.alloc("S-EPT", level=1)
>>> page.pamt = PamtEntry(EPT)
>>> memory.lives.last_reference(page); memory.lives.asked_for(page); journal.entries
[]
"""

from collections.abc import Iterator
from typing import Any, Final, Protocol

from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Recorder
from kvmviz.scenario.names import PAGE_SIZE, pair_names

FIRST_ADDRESS: Final = 0x1_0000_0000
"""Physical address of the first page that is handed out (a choice of ours)."""

MMU_LOCK: Final = Page(0, "mmu_lock")
"""Stands for the lock where something is said of no page."""


class Regions(Protocol):
    """What a machine with Dynamic PAMT knows of pages besides (`kvmviz.machine.dpamt`)."""

    def freed(self, page: Page) -> None:
        """A page goes back to the allocator."""

    def stays(self, page: Page) -> None:
        """A page leaks, and what it holds stays with it."""

    def comes_back(self, page: Page) -> None:
        """Somebody has asked for a page that had leaked."""

    def number_of(self, page: Page) -> int:
        """Return the number of the region that a page lies in."""


class Lives:
    """What is remembered of the pages and tables of one machine.

    `mmu_lock` is who holds the lock (`write`, `read` or ``), None where there is no VM;
    `dpamt` are the machine's regions, if it counts them.
    """

    def __init__(self, memory: "Memory") -> None:
        self.memory = memory
        self.mmu_lock: str | None = None
        self.dpamt: Regions | None = None
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
            if self.dpamt is not None:
                self.dpamt.stays(page)

    def asked_for(self, page: Page) -> None:
        """Somebody asks for a page, or has put its pointer back: it was no leak, or not yet."""
        if page in self._leaked:
            self._unleak(page)
            self._asked[page] = None

    def _unleak(self, page: Page) -> None:
        del self._leaked[page]
        self.memory.recorder.unleak(page)
        if self.dpamt is not None:
            self.dpamt.comes_back(page)

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
            self._unleak(page)
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


class Memory:
    """The page allocator.  Pages are numbered in the order in which they are allocated."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.next_address = FIRST_ADDRESS
        self.in_rcu_callback = False
        self.exhausted = False
        self.lives = Lives(self)

    def alloc(self, kind: str, name: str = "", level: int = 0, gfn: int = 0, *, root: bool = False) -> Page:
        """Return a fresh page; `name` is for readers of the call only."""
        page = Page(self.next_address, kind, level, gfn, root=root)
        self.next_address += PAGE_SIZE
        return page

    def alloc_pair(self, page: Page) -> tuple[Page, Page] | None:
        """Return two fresh pages for the ledger of the page's region; None where there is no memory left."""
        number = self.lives.dpamt.number_of(page) if self.lives.dpamt else 0
        if self.exhausted:
            return None
        first, second = (self.alloc(name) for name in pair_names(number))
        return first, second

    def free_page(self, page: Page | None) -> None:
        """Give a page back (C: `free_page`, `__free_page`); freeing NULL does nothing.

        A page that is free already is a `double_free`; one that the TDX module
        still owns is a `violation`, and is freed all the same.
        """
        if page is None:
            return
        if not page.allocated:
            self.recorder.double_free(page)
            return
        if page.owned:
            self.recorder.violation(page, "freed while the TDX module owns it")
        page.allocated = False
        self.lives.freed(page)
        self.recorder.free(page, "rcu" if self.in_rcu_callback else "immediate")

    def check_use(self, page: Page, what: str) -> None:
        """Note a `violation` if the page was freed before this use of it."""
        if not page.allocated:
            self.recorder.violation(page, f"{what} after it was freed")

    def check_write(self, page: Page, what: str) -> None:
        """Note a `violation` if the host must not write to the page."""
        self.check_use(page, what)
        if page.owned:
            self.recorder.violation(page, f"{what} while the TDX module owns it")
