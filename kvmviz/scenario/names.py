"""Names of pages: how the model, its pictures and its texts call each 4 KiB page.

>>> sept_name(1, 0x200), spt_name(4, 0, root=True), guest_name(1)
('S-EPT L1 gfn=0x200', 'spt root', 'guest gfn=0x1')

A *gfn* (guest frame number) counts 4 KiB pages of guest memory.  A table of
level 1 covers 512 of them, one of level 2 covers 512 times as many, and so on.
"""

from functools import lru_cache
from typing import Final

PAGE_SIZE: Final = 4096
"""Bytes in a page; every page of the model has this size."""

ENTRIES: Final = 512
"""Entries in one table page."""


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
