"""The TDX module's page ledger (PAMT): what type a page has and which TD owns it.

>>> PamtEntry().type == NDA
True

Types and numbers: intel/tdx-module, branch tdx_1.5, `pamt_manager.h`.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kvmviz.machine.memory import Page

NDA: Final = 0
"""Not delivered to the module: the host's."""
RSVD: Final = 1
REG: Final = 3
"""Guest memory."""
TDR: Final = 4
TDCX: Final = 5
"""TDCS pages and a vCPU's extra pages."""
TDVPR: Final = 6
EPT: Final = 8
"""An S-EPT page."""

TYPE_NAMES: Final = {NDA: "NDA", RSVD: "RSVD", REG: "REG", TDR: "TDR", TDCX: "TDCX", TDVPR: "TDVPR", EPT: "EPT"}


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
