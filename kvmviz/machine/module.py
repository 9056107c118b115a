"""The TDX module, seen from the host: a ledger, a life cycle, and calls that may be refused.

Only the parts that a teardown meets.  What each call checks, and in which order,
follows the module's source (intel/tdx-module, branch tdx_1.5,
src/vmm_dispatcher/api_calls/); the recorded runs confirm the calls that KVM makes
and their results.  A call returns its status, and RECLAIM also three registers.

Simplifications: one TD, one processor package, 4 KiB pages only.  The MEM.*
calls are let through until TEARDOWN, as in the recorded runs (a real module may
refuse them once the vCPUs are flushed); of the S-EPT's entries they know whether a
guest page is blocked, and since which epoch.
"""

import sys
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kvmviz.machine import pamt
from kvmviz.machine.dpamt import Dpamt
from kvmviz.machine.memory import Memory
from kvmviz.machine.page import Page, PamtEntry
from kvmviz.machine.pamt import NDA, RSVD
from kvmviz.machine.pamt_calls import PAMT_END as PAMT_END
from kvmviz.machine.pamt_calls import PamtCalls
from kvmviz.scenario.causes import CAUSES
from kvmviz.scenario.names import PAGE_SIZE
from kvmviz.scenario.status import (
    BUSY_TDR,
    FLUSHVP_NOT_DONE,
    GPA_RANGE_ALREADY_BLOCKED,
    GPA_RANGE_NOT_BLOCKED,
    STATUS,
    SUCCESS,
    TLB_TRACKING_NOT_DONE,
    VCPU_NOT_ASSOCIATED,
    WBCACHE_NOT_COMPLETE,
)

HKID_ASSIGNED: Final = 0
KEYS_CONFIGURED: Final = 1
BLOCKED: Final = 2
TEARDOWN: Final = 3
LIFECYCLE: Final = {0: "HKID_ASSIGNED", 1: "KEYS_CONFIGURED", 2: "BLOCKED", 3: "TEARDOWN"}
"""Life-cycle states of a TD (td_control_structures.h)."""

MAX_PA: Final = 1 << 46
"""First physical address that no page has; HKID bits lie above it (a choice of ours)."""
RECLAIM: Final = "TDH.PHYMEM.PAGE.RECLAIM"


class Faults(NamedTuple):
    """What the scenario injects ahead of the module's own checks.

    `hkid` is `released` or the way in which the key stays assigned; `status` is
    what RECLAIM of a page with `fails` set returns; `remove` whether PAMT.REMOVE is
    refused: `works` (not), `fails-once` (the first of the machine), `fails`.
    """

    hkid: str = "released"
    status: int = STATUS["OPERAND_BUSY"]
    remove: str = "works"

    def refusal(self, seamcall: str) -> int | None:
        """Return the status with which the scenario lets this call be refused, None if it does not."""
        cause = CAUSES.get(self.hkid)
        return cause.status if cause is not None and cause.seamcall == seamcall else None


@dataclass(slots=True)
class Td:
    """What the module keeps in a TD's TDR and TDCS.

    `chldcnt` counts the TD's pages other than the TDR; `associated` the vCPUs
    that some processor still holds; `epoch` how often translations were tracked, and
    `blocked` for each blocked guest page in which epoch; `cache_dirty` whether a package has not
    written back its caches for the freed key.
    """

    lifecycle: int = KEYS_CONFIGURED
    chldcnt: int = 0
    associated: set[int] = field(default_factory=set)
    cache_dirty: bool = True
    epoch: int = 0
    blocked: dict[Page, int] = field(default_factory=dict)
    locked: bool = False


class TdxModule(PamtCalls):
    """The module's host interface; one method for each SEAMCALL, the kernel's wrapper names."""

    def __init__(self, memory: Memory, faults: Faults, dpamt: Dpamt | None = None) -> None:
        self.memory = memory
        self.faults = faults
        self.dpamt = dpamt
        self.pamt_refusals = {"works": 0, "fails-once": 1, "fails": sys.maxsize}[faults.remove]
        self.tds: dict[Page, Td] = {}

    # Building: what TDH.MNG.CREATE, MNG.ADDCX, VP.CREATE, VP.ADDCX, MEM.SEPT.ADD and MEM.PAGE.AUG leave behind.

    def create(self, tdr: Page) -> Td:
        """Make a TD with this page as its TDR; the key counts as configured."""
        tdr.pamt = PamtEntry(pamt.TDR, tdr)
        td = self.tds[tdr] = Td()
        return td

    def add(self, page: Page, type: int, tdr: Page) -> None:
        """Take a page for the TD: its type, its owner, one more child."""
        page.pamt = PamtEntry(type, tdr)
        self.tds[tdr].chldcnt += 1

    # Releasing the HKID.

    def tdh_vp_flush(self, tdr: Page, vcpu: int) -> int:
        """Flush a vCPU from the processor that holds it.  The first vCPU's flush is the one that can fail."""
        td = self.tds[tdr]
        refused = self.faults.refusal("TDH.VP.FLUSH")
        if refused is not None and vcpu == 0:
            return self._answer("TDH.VP.FLUSH", None, refused)
        if vcpu not in td.associated:
            return self._answer("TDH.VP.FLUSH", None, VCPU_NOT_ASSOCIATED)
        td.associated.discard(vcpu)
        return self._answer("TDH.VP.FLUSH", None, SUCCESS)

    def tdh_mng_vpflushdone(self, tdr: Page) -> int:
        """Confirm that no processor holds a vCPU; the TD becomes BLOCKED."""
        td = self.tds[tdr]
        refused = self.faults.refusal("TDH.MNG.VPFLUSHDONE")
        if refused is not None:
            return self._answer("TDH.MNG.VPFLUSHDONE", None, refused)
        if td.associated:
            return self._answer("TDH.MNG.VPFLUSHDONE", None, FLUSHVP_NOT_DONE)
        td.lifecycle = BLOCKED
        return self._answer("TDH.MNG.VPFLUSHDONE", None, SUCCESS)

    def tdh_phymem_cache_wb(self, tdr: Page) -> int:
        """Write back the caches of one package.

        The failing status is a choice of ours; the real call can also ask to be
        resumed, which the model leaves out.
        """
        refused = self.faults.refusal("TDH.PHYMEM.CACHE.WB")
        if refused is not None:
            return self._answer("TDH.PHYMEM.CACHE.WB", None, refused)
        self.tds[tdr].cache_dirty = False
        return self._answer("TDH.PHYMEM.CACHE.WB", None, SUCCESS)

    def tdh_mng_key_freeid(self, tdr: Page) -> int:
        """Give the key id back; the TD enters TEARDOWN, the only state in which RECLAIM works."""
        td = self.tds[tdr]
        refused = self.faults.refusal("TDH.MNG.KEY.FREEID")
        if refused is not None:
            return self._answer("TDH.MNG.KEY.FREEID", None, refused)
        if td.cache_dirty:
            return self._answer("TDH.MNG.KEY.FREEID", None, WBCACHE_NOT_COMPLETE)
        if td.lifecycle != BLOCKED:
            return self._answer("TDH.MNG.KEY.FREEID", None, STATUS["LIFECYCLE_STATE_INCORRECT"])
        td.lifecycle = TEARDOWN
        return self._answer("TDH.MNG.KEY.FREEID", None, SUCCESS)

    # Taking guest pages back while the TD has its key.

    def tdh_mem_range_block(self, tdr: Page, page: Page) -> int:
        """Block the entry that maps this guest page."""
        td = self.tds[tdr]
        already = GPA_RANGE_ALREADY_BLOCKED if page in td.blocked else SUCCESS
        status = self._mem("TDH.MEM.RANGE.BLOCK", tdr, page, page, already)
        if status == SUCCESS:
            td.blocked[page] = td.epoch
        return status

    def tdh_mem_track(self, tdr: Page, page: Page) -> int:
        """Advance the TD's epoch, so that no processor keeps a stale translation."""
        status = self._mem("TDH.MEM.TRACK", tdr, page, None)
        if status == SUCCESS:
            self.tds[tdr].epoch += 1
        return status

    def tdh_mem_page_remove(self, tdr: Page, page: Page) -> int:
        """Remove a guest page that was blocked, and tracked since: it is the host's again, and one child fewer."""
        td = self.tds[tdr]
        epoch = td.blocked.get(page)
        missing = GPA_RANGE_NOT_BLOCKED if epoch is None else SUCCESS if epoch < td.epoch else TLB_TRACKING_NOT_DONE
        status = self._mem("TDH.MEM.PAGE.REMOVE", tdr, page, page, missing)
        if status == SUCCESS and page.pamt is not None:
            page.pamt.type = NDA
            td.chldcnt -= 1
            del td.blocked[page]
        return status

    def _mem(self, seamcall: str, tdr: Page, page: Page, operand: Page | None, status: int = SUCCESS) -> int:
        """Answer a call about guest memory: refused once the key is gone, else with what its own checks say."""
        if operand is not None:
            self._use(operand, seamcall)
        if self.tds[tdr].lifecycle == TEARDOWN:
            status = STATUS["LIFECYCLE_STATE_INCORRECT"]
        return self._answer(seamcall, operand, status)

    def tdh_phymem_page_wbinvd(self, page: Page) -> int:
        """Write back and invalidate a page's cache lines; refused while the module owns the page.

        The recorded runs name the TD, not the page, where the page is the TDR.
        """
        if self.dpamt is not None:
            self.dpamt.used(page, "PAGE.WBINVD")
        status = STATUS["PAGE_METADATA_INCORRECT"] if page.owned else SUCCESS
        return self._answer("TDH.PHYMEM.PAGE.WBINVD", None if page.kind == "TDR" else page, status)

    # Taking pages back after the key is gone.

    def tdh_phymem_page_reclaim(self, page: Page) -> tuple[int, int, int, int]:
        """Give a page back to the host; return status, rcx, rdx, r8.

        An injected status comes first and changes nothing.  Then the module's
        checks, in its order (tdh_phymem_page_reclaim.c); the content of the page
        is not touched, and nothing is flushed.
        """
        self.memory.lives.reclaim(page)
        if self.dpamt is not None:
            self.dpamt.used(page, "RECLAIM")
        status, filled = (self.faults.status, False) if page.fails else self._refusal(page)
        entry = page.pamt
        if status != SUCCESS or entry is None or entry.owner is None:
            registers = _registers(page) if filled else (0, 0, 0)
            self.memory.recorder.seamcall(RECLAIM, page, None, status, registers)
            return status, *registers
        if entry.type != pamt.TDR:
            self.tds[entry.owner].chldcnt -= 1
        entry.type = NDA
        self.memory.recorder.seamcall(RECLAIM, page, None, SUCCESS)
        return SUCCESS, 0, 0, 0

    def _refusal(self, page: Page) -> tuple[int, bool]:
        """Return the status of the first check that fails, and whether it comes with registers filled."""
        if page.address % PAGE_SIZE or page.address >= MAX_PA:
            return STATUS["OPERAND_INVALID"], False
        if page.address >= PAMT_END:
            return STATUS["OPERAND_ADDR_RANGE_ERROR"], False
        entry = page.pamt
        if entry is not None and entry.locked:
            return STATUS["OPERAND_BUSY"], False
        if entry is None or entry.type in (NDA, RSVD) or entry.owner is None:
            return STATUS["PAGE_METADATA_INCORRECT"], False
        if page.address % (PAGE_SIZE << (9 * entry.size)):
            return STATUS["OPERAND_INVALID"], True
        td = self.tds[entry.owner]
        if td.locked:
            return BUSY_TDR, True
        if td.lifecycle != TEARDOWN:
            return STATUS["LIFECYCLE_STATE_INCORRECT"], True
        if entry.type == pamt.TDR and td.chldcnt:
            return STATUS["TD_ASSOCIATED_PAGES_EXIST"], True
        return SUCCESS, False

    def _use(self, page: Page, seamcall: str) -> None:
        """Note a use of a page that is free, or that the module has no ledger for."""
        self.memory.check_use(page, seamcall)
        if self.dpamt is not None:
            self.dpamt.used(page, seamcall.removeprefix("TDH.MEM."))

    def would_give_back(self, page: Page) -> bool:
        """Say, without asking it, whether a RECLAIM of this page would succeed now."""
        return not page.fails and self._refusal(page)[0] == SUCCESS

    def _answer(self, seamcall: str, page: Page | None, status: int) -> int:
        self.memory.recorder.seamcall(seamcall, page, None if page else "TD", status)
        return status


def _registers(page: Page) -> tuple[int, int, int]:
    """rcx, rdx, r8: the page's type, its owner's address, its size."""
    entry = page.pamt
    if entry is None or entry.owner is None:
        return 0, 0, 0
    return entry.type, entry.owner.address, entry.size
