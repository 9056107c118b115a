"""Host memory: 4 KiB pages, who holds them, and the page allocator.

>>> from kvmviz.machine.recorder import Silent
>>> memory = Memory(Silent())
>>> page = memory.alloc("TDR", "TDR")
>>> memory.free_page(page)
>>> page.allocated
False

The allocator knows nothing of the TDX module's ledger, as in the real thing:
freeing a page that the module still owns succeeds, and is what `violation`
events are for.
"""

from typing import Final

from kvmviz.machine.lives import Lives
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Recorder
from kvmviz.scenario.names import PAGE_SIZE, pair_names

FIRST_ADDRESS: Final = 0x1_0000_0000
"""Physical address of the first page that is handed out (a choice of ours)."""


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
        number = self.lives.dpamt.counter(page).region.number if self.lives.dpamt else 0
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
