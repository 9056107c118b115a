"""A page of host memory, and the entry that the TDX module's ledger (the PAMT) has for it.

>>> page = Page(0x1_0000_0000, "S-EPT", 1, 0x200)
>>> page.name, page.owned
('S-EPT L1 gfn=0x200', False)

The entry is kept in `Page.pamt`; only `kvmviz.machine.module` writes it.
"""

from typing import Any

from kvmviz.machine.pamt import NDA
from kvmviz.scenario.names import guest_name, sept_name, spt_name


class PamtEntry:
    """One entry: `type`, `owner` (the TD's TDR page), `size` (0 is 4 KiB) and a try-lock.

    `locked` is True while some other call holds the entry; a conflicting call is
    refused with OPERAND_BUSY at once.
    """

    __slots__ = ("locked", "owner", "size", "type")

    def __init__(self, type: int = NDA, owner: "Page | None" = None) -> None:
        self.type = type
        self.owner = owner
        self.size = 0
        self.locked = False


class Page:
    """A 4 KiB page of host memory (C: `struct page`).

    `kind` is `spt`, `S-EPT`, `guest` or the whole name of a control page; `level`
    and `gfn` say which table or guest frame it serves.  `fails` marks a page whose
    reclaim the scenario lets fail.  `entries` holds the entries of a table page
    that are in use, from index 0 on (a real table has 512; the rest is not
    stored).
    """

    __slots__ = ("address", "allocated", "entries", "fails", "gfn", "kind", "level", "pamt", "root")

    def __init__(self, address: int, kind: str, level: int = 0, gfn: int = 0, *, root: bool = False) -> None:
        self.address = address
        self.kind = kind
        self.level = level
        self.gfn = gfn
        self.root = root
        self.allocated = True
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
