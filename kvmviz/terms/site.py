"""A line of kernel code that reports something: `file:function:macro`.

>>> Site.parse("tdx.c:tdx_sept_free_private_spt:TDX_BUG_ON/2").short
'TDX_BUG_ON in tdx_sept_free_private_spt'
"""

from typing import NamedTuple


class Site(NamedTuple):
    """A site; `mark` tells two macros of one name in a function apart, and is empty mostly."""

    file: str
    function: str
    macro: str
    mark: str = ""

    @staticmethod
    def parse(text: str) -> "Site":
        """Read what an event's `site` holds."""
        file, function, macro = text.split(":", 2)
        return Site(file, function, *macro.split("/", 1))

    def __str__(self) -> str:
        return f"{self.file}:{self.function}:{self.macro}" + (f"/{self.mark}" if self.mark else "")

    @property
    def short(self) -> str:
        """The site as people say it."""
        return f"{self.macro} in {self.function}"


def function_of(place: str) -> str:
    """Return the function of `file:function`, as `SetNull.by` has it.

    >>> function_of("tdp_mmu.c:handle_removed_pt")
    'handle_removed_pt'
    """
    return place.split(":")[1]


def file_of(place: str) -> str:
    """Return the file of `file:function`.

    >>> file_of("tdp_mmu.c:handle_removed_pt")
    'tdp_mmu.c'
    """
    return place.split(":")[0]
