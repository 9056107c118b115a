"""Host memory: 4 KiB pages, who holds them, and the page allocator.

>>> memory = Memory(Silent())
>>> page = memory.alloc("TDR", "TDR")
>>> memory.free_page(page)
>>> page.allocated
False

The TDX module's ledger (the PAMT) has one entry for each page, kept here in
`Page.pamt`; only `kvmviz.machine.module` writes it.  The allocator knows nothing
of it, as in the real thing: freeing a page that the module still owns succeeds,
and is what `violation` events are for.
"""

from typing import Any, Final

from kvmviz.machine.pamt import NDA, PamtEntry
from kvmviz.machine.recorder import Recorder, Silent
from kvmviz.scenario.names import PAGE_SIZE, guest_name, sept_name, spt_name

__all__ = ["Memory", "Page", "Silent"]

FIRST_ADDRESS: Final = 0x1_0000_0000
"""Physical address of the first page that is handed out (a choice of ours)."""


class Page:
    """A 4 KiB page of host memory (C: `struct page`).

    `kind` is `spt`, `S-EPT`, `guest` or the whole name of a control page; `level`
    and `gfn` say which table or guest frame it serves.  `fails` marks a page whose
    reclaim the scenario lets fail.  `entries` holds the entries of a table page
    that are in use, from index 0 on (a real table has 512; the rest is not
    stored).
    """

    __slots__ = ("address", "allocated", "blocked", "entries", "fails", "gfn", "kind", "level", "pamt", "root")

    def __init__(self, address: int, kind: str, level: int = 0, gfn: int = 0, *, root: bool = False) -> None:
        self.address = address
        self.kind = kind
        self.level = level
        self.gfn = gfn
        self.root = root
        self.allocated = True
        self.blocked = False
        self.fails = False
        self.pamt: PamtEntry | None = None
        self.entries: list[Any] = []

    @property
    def name(self) -> str:
        """The page's name, as every event, picture and text writes it."""
        if self.kind == "S-EPT":
            return sept_name(self.level, self.gfn)
        if self.kind == "spt":
            return spt_name(self.level, self.gfn, root=self.root)
        return guest_name(self.gfn) if self.kind == "guest" else self.kind

    @property
    def owned(self) -> bool:
        """Whether the TDX module owns the page, by its own ledger."""
        return self.pamt is not None and self.pamt.type != NDA

    def __repr__(self) -> str:
        return f"<page {self.name}>"


class Memory:
    """The page allocator.  Pages are numbered in the order in which they are allocated."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.next_address = FIRST_ADDRESS
        self.in_rcu_callback = False

    def alloc(self, kind: str, name: str = "", level: int = 0, gfn: int = 0, *, root: bool = False) -> Page:
        """Return a fresh page; `name` is for readers of the call only."""
        page = Page(self.next_address, kind, level, gfn, root=root)
        self.next_address += PAGE_SIZE
        return page

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
