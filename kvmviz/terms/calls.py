"""What KVM asks the TDX module for: the one table of SEAMCALLs, and what each means where it is granted.

>>> CALLS["TDH.MNG.KEY.FREEID"].asked
"give the TD's key id back"
"""

from typing import Final, NamedTuple

_HOME: Final = "It is the host's again, but not free yet."


class Call(NamedTuple):
    """A SEAMCALL: what KVM asks for, what it means that the module does it, and what the call is.

    `asked` completes "KVM asks the TDX module to ..." and may name the `{page}` or the `{object}`.
    """

    asked: str
    granted: str = ""
    meaning: str = ""


CALLS: Final = {
    "TDH.MEM.RANGE.BLOCK": Call(
        "block the entry that maps {page}",
        "No processor can learn a new way to the page.",
        "blocks a range of the S-EPT, so that no new translation through it is made. It is the first step of taking a "
        "guest page back.",
    ),
    "TDH.MEM.TRACK": Call(
        "make every processor drop its stale translations",
        "Now no old way to the page is left either.",
        "advances the TD's epoch, after which no processor still has an old translation. It is the second step of "
        "taking a guest page back.",
    ),
    "TDH.MEM.PAGE.REMOVE": Call(
        "remove {page} from the TD",
        _HOME,
        "takes a blocked guest page out of the S-EPT. The page is the host's again.",
    ),
    "TDH.PHYMEM.PAGE.WBINVD": Call(
        "write back the cache lines of {page}",
        "So nothing left in a cache can overwrite what the host puts there.",
        "flushes one page from the caches. The module does it only for a page that is the host's again.",
    ),
    "TDH.VP.FLUSH": Call(
        "flush a vCPU from its processor",
        "The key is in use as long as a processor holds a vCPU.",
        "flushes a vCPU from the processor that it last ran on. It comes before the key is given back.",
    ),
    "TDH.MNG.VPFLUSHDONE": Call(
        "confirm that no processor holds a vCPU any more",
        "From here on the TD cannot run.",
        "tells the module that every vCPU is flushed. It refuses if one is not.",
    ),
    "TDH.PHYMEM.CACHE.WB": Call(
        "write back the caches of the TD's key",
        "What a cache still held under this key is in memory now.",
        "writes back the caches of one package. It is needed on each before the key is freed.",
    ),
    "TDH.MNG.KEY.FREEID": Call(
        "give the TD's key id back",
        "Only now will the module let go of its pages.",
        "frees the key id, which brings the TD to TEARDOWN. It refuses if a package's caches were not written back.",
    ),
    "TDH.PHYMEM.PAGE.RECLAIM": Call(
        "give {page} back",
        _HOME,
        "asks the module to enter a page as the host's again. It works only in TEARDOWN, and for the TDR only when no "
        "other page of the TD is left.",
    ),
    "TDH.PHYMEM.PAMT.ADD": Call(
        "take a pair of pages as the ledger of {object}",
        "Now the module can take 4 KiB pages of that region.",
        "gives the module the two pages in which it keeps its ledger of a 2 MiB region (Dynamic PAMT). It refuses "
        "where the region has a pair.",
    ),
    "TDH.PHYMEM.PAMT.REMOVE": Call(
        "give back the pair of pages that holds its ledger of {object}",
        "The two pages are the host's again.",
        "asks the module for the pair of pages in which it keeps its ledger of a 2 MiB region (Dynamic PAMT). It "
        "refuses while a page of the region is its own.",
    ),
}
"""Every SEAMCALL of a teardown by name."""
