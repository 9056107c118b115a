"""The types that a page has in the TDX module's page ledger (PAMT).

>>> TYPE_NAMES[EPT]
'EPT'

Types and numbers: intel/tdx-module, branch tdx_1.5, `pamt_manager.h`.
"""

from typing import Final

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

PAIR: Final = -1
"""A page of a region's pair (Dynamic PAMT): a mark of ours, since the module keeps these in a bitmap, not by type."""

TYPE_NAMES: Final = {NDA: "NDA", RSVD: "RSVD", REG: "REG", TDR: "TDR", TDCX: "TDCX", TDVPR: "TDVPR", EPT: "EPT"}
