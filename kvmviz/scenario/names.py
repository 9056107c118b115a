"""Names of pages: how the model, its pictures and its texts call each 4 KiB page.

>>> sept_name(1, 0x200), spt_name(4, 0, root=True), guest_name(1)
('S-EPT L1 gfn=0x200', 'spt root', 'guest gfn=0x1')

A *gfn* (guest frame number) counts 4 KiB pages of guest memory.  A table of
level 1 covers 512 of them, one of level 2 covers 512 times as many, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

PAGE_SIZE: Final = 4096
"""Bytes in a page; every page of the model has this size."""

ENTRIES: Final = 512
"""Entries in one table page."""

TDCS_PAGES: Final = 6
"""TDCS pages of the model; TDX 1.5 takes 6 to 9 (a choice of ours within that)."""

TDCX_PAGES: Final = 5
"""TDCX pages a vCPU of the model (a choice of ours)."""

CONTROL_KINDS: Final = ("TDR", "TDCS", "TDVPR", "TDCX")
"""Kinds of control pages: two of the TD, two of a vCPU."""

_PAIR_KINDS: Final = ("PAMT", "cache")
_REGION: Final = "region "


def gfn_step(level: int) -> int:
    """Return how many guest frames one table of `level` covers.

    >>> [hex(gfn_step(level)) for level in (1, 2, 3)]
    ['0x200', '0x40000', '0x8000000']
    """
    return 1 << 9 * level


@lru_cache(maxsize=65536)
def sept_name(level: int, gfn: int) -> str:
    """Return the name of the S-EPT page that belongs to the table at `level` and `gfn`."""
    return f"S-EPT L{level} gfn={gfn:#x}"


@lru_cache(maxsize=65536)
def spt_name(level: int, gfn: int, *, root: bool = False) -> str:
    """Return the name of a mirror table page."""
    return "spt root" if root else f"spt L{level} gfn={gfn:#x}"


@lru_cache(maxsize=65536)
def guest_name(gfn: int) -> str:
    """Return the name of a private guest page."""
    return f"guest gfn={gfn:#x}"


def control_names(vcpus: int) -> Iterator[str]:
    """Yield the names of a TD's control pages in the order of allocation.

    >>> [name for name in control_names(1) if "[0]" in name and "TDCX" not in name]
    ['TDCS[0]', 'TDVPR[0]']
    """
    yield "TDR"
    yield from (f"TDCS[{i}]" for i in range(TDCS_PAGES))
    for j in range(vcpus):
        yield from vcpu_names(j)


def vcpu_names(vcpu: int) -> Iterator[str]:
    """Yield the names of a vCPU's control pages in the order of allocation."""
    yield f"TDVPR[{vcpu}]"
    yield from (f"TDCX[{vcpu}][{i}]" for i in range(TDCX_PAGES))


def pair_names(region: int) -> tuple[str, str]:
    """Return the names of the two pages that hold the ledger of a 2 MiB region (Dynamic PAMT).

    >>> pair_names(3)
    ('PAMT[3][0]', 'PAMT[3][1]')
    """
    return f"PAMT[{region}][0]", f"PAMT[{region}][1]"


def cache_names(vcpu: int) -> tuple[str, str]:
    """Return the names of the two pages that a vCPU keeps for the next pair (Dynamic PAMT)."""
    return f"cache[{vcpu}][0]", f"cache[{vcpu}][1]"


def region_name(number: int) -> str:
    """Return the name of a 2 MiB region of host memory (Dynamic PAMT)."""
    return f"{_REGION}{number}"


def region_number(name: str) -> int:
    """Return which region a name means.

    >>> region_number(region_name(3))
    3
    """
    return int(name.removeprefix(_REGION))


@dataclass(frozen=True, slots=True)
class PageName:
    """What a page's name says; its `str` is the name.

    `kind` is `spt`, `S-EPT`, `guest`, `TDR`, `TDCS`, `TDVPR`, `TDCX`, `PAMT` or `cache`;
    `level` and `gfn` belong to a table (a root has neither), `gfn` to a guest page, and
    `index` to the others: which of its kind, of TDCX and cache the vCPU's number first,
    of PAMT the region's.
    """

    kind: str
    level: int = 0
    gfn: int = 0
    index: tuple[int, ...] = ()

    @staticmethod
    def parse(name: str) -> "PageName":
        """Read a name; raise ValueError if it is none.

        >>> PageName.parse("S-EPT L1 gfn=0x200"), str(PageName.parse("TDCX[0][3]"))
        (PageName(kind='S-EPT', level=1, gfn=512, index=()), 'TDCX[0][3]')
        """
        return _parsed(name)

    def __str__(self) -> str:
        if self.is_control or self.is_pair:
            return self.kind + "".join(f"[{number}]" for number in self.index)
        if self.kind == "guest":
            return guest_name(self.gfn)
        return f"{self.kind} {self.table or 'root'}"

    @property
    def is_control(self) -> bool:
        """Whether it is a control page of the TD or of a vCPU."""
        return self.kind in CONTROL_KINDS

    @property
    def is_pair(self) -> bool:
        """Whether it is a page of Dynamic PAMT: one of a region's pair, or kept for one by a vCPU."""
        return self.kind in _PAIR_KINDS

    @property
    def is_root(self) -> bool:
        """Whether it is the mirror's root, which has no S-EPT page."""
        return self.kind == "spt" and not self.level

    @property
    def table(self) -> str:
        """The table that the page belongs to, `L1 gfn=0x200`; empty if it is no table's."""
        return _table(self.level, self.gfn) if self.level else ""


@lru_cache(maxsize=65536)
def _table(level: int, gfn: int) -> str:
    return f"L{level} gfn={gfn:#x}"


@lru_cache(maxsize=65536)
def _parsed(name: str) -> PageName:
    if name == "spt root":
        return PageName("spt")
    kind, _, where = name.partition(" ")
    if kind in ("spt", "S-EPT"):
        level, _, gfn = where.removeprefix("L").partition(" gfn=")
        return PageName(kind, int(level), int(gfn, 16))
    if kind == "guest":
        return PageName(kind, gfn=int(where.removeprefix("gfn="), 16))
    head, *index = name.replace("]", "").split("[")
    if head not in CONTROL_KINDS + _PAIR_KINDS:
        raise ValueError(f"{name!r} is no page's name")
    return PageName(head, index=tuple(map(int, index)))
