"""Elements of a picture: what a name says, and what each kind shows before the first event.

>>> Element.parse("link L1 gfn=0x200")
Element(kind='link', of='L1 gfn=0x200')
>>> Element.parse("S-EPT L1 gfn=0x200").first, Element.parse("warn TDCX[0][1] 0").of
('tdx-owned', 'TDCX[0][1]')
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kvmviz.scenario.names import PageName

BETWEEN: Final = {
    "HKID": "assigned", "ptr": "set", "link": "present", "twin": "present", "warn": "none", "cause": "off",
    "label": "on", "words": "few", "group": "closed", "here": "none", "head": "",
    "pair": "tdx-owned", "refs": "", "bytes": "0",
}  # fmt: skip
"""First states of what is no page, by kind; the last three are the ledger's alone."""

PAGES: Final = {
    "spt": "in-use",
    **dict.fromkeys(("S-EPT", "guest", "TDR", "TDCS", "TDVPR", "TDCX", "PAMT", "cache"), "tdx-owned"),
}
"""First states of pages, by kind: KVM's mirror pages in use, all others with the module."""

FIRST: Final = PAGES | BETWEEN
"""First states of all elements, by kind."""


@dataclass(frozen=True, slots=True)
class Element:
    """What an element's name says: its `kind`, and what it is `of`.

    A table's page is of the table (`L1 gfn=0x200`), and so are `ptr`, `link` and
    `twin`; `warn` and `cause` are of a page, `pair`, `refs` and `bytes` of a region.
    Other pages, and what there is once, are of nothing.
    """

    kind: str
    of: str = ""

    @staticmethod
    @lru_cache(maxsize=65536)
    def parse(name: str) -> "Element":
        """Read a name; raise ValueError if it is no element's."""
        kind, _, of = name.partition(" ")
        if kind not in BETWEEN:
            page = PageName.parse(name)
            return Element(page.kind, page.table)
        return Element(kind, of.rpartition(" ")[0] if kind == "warn" else of)

    @property
    def first(self) -> str:
        """Its state before the first event."""
        return FIRST[self.kind]


def slug(name: str) -> str:
    """Return the id of an element: its name without blanks.

    >>> slug("S-EPT L1 gfn=0x200"), slug("TDCX[0][1]")
    ('S-EPT_L1_0x200', 'TDCX_0_1')
    """
    return name.replace(" gfn=", "_").replace(" ", "_").replace("][", "_").replace("[", "_").replace("]", "")
