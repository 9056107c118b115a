"""TDH.PHYMEM.PAMT.ADD and REMOVE: the TDX module's side of Dynamic PAMT.

What each call checks, and in which order, was read in the module's source
(intel/tdx-module, src/vmm_dispatcher/api_calls/tdh_phymem_pamt_add.c and
tdh_phymem_pamt_remove.c at 1666adc494db).  The numbers of three statuses are not
known and stand-ins (`kvmviz.scenario.status`); what an injected refusal returns,
OPERAND_BUSY, is a choice of ours.  No recorded run has these calls.
"""

from typing import Final

from kvmviz.machine.dpamt import REGION_BITS, Counter, Dpamt, Region
from kvmviz.machine.memory import Memory
from kvmviz.machine.page import Page
from kvmviz.scenario.names import PAGE_SIZE
from kvmviz.scenario.status import (
    HPA_RANGE_NOT_FREE,
    MISSING_PAMT_PAGE_PAIR,
    NO_PAMT_PAGE_PAIR,
    OPERAND_RCX,
    PAGE_NOT_FREE,
    PAMT_PAGE_NOT_EMPTY,
    STATUS,
    SUCCESS,
)

ADD: Final = "TDH.PHYMEM.PAMT.ADD"
REMOVE: Final = "TDH.PHYMEM.PAMT.REMOVE"

LEVEL_2M: Final = 1
"""What stands in the low bits of the operand rcx, besides the region's address."""

OPERAND_RDX: Final = 2
OPERAND_R8: Final = 8

_INVALID: Final = STATUS["OPERAND_INVALID"] - OPERAND_RCX
PAMT_END: Final = 1 << 44
"""End of the memory that the ledger covers (a choice of ours)."""
_MAX_PA: Final = 1 << 46


class PamtCalls:
    """The two calls, for `kvmviz.machine.module.TdxModule`."""

    memory: Memory
    dpamt: Dpamt | None
    pamt_refusals: int
    """How many further REMOVEs the scenario lets be refused."""

    def tdh_phymem_pamt_add(self, page: Page, pair: tuple[Page, Page]) -> int:
        """Take two pages as the ledger of the region in which `page` lies; return the status."""
        if self.dpamt is None:
            return self._answered(ADD, None, _INVALID)
        counter = self.dpamt.counter(page)
        status = self._refused(counter) or self._of_donated(counter.region, pair)
        if status == SUCCESS:
            counter.region.pair = True
            self.dpamt.donated(counter.region, pair)
        return self._answered(ADD, counter, status)

    def tdh_phymem_pamt_remove(self, page: Page) -> tuple[int, tuple[Page, Page] | None]:
        """Give the pair of the region in which `page` lies back; return the status, and the two pages.

        An injected refusal comes first and changes nothing.  The outputs are written
        on success only, so after a failure there is no telling which pages they are.
        """
        if self.dpamt is None:
            return self._answered(REMOVE, None, _INVALID), None
        counter = self.dpamt.counter(page)
        self.dpamt.asked_for(counter)
        status = self._injected() or self._refused(counter) or self._not_removable(counter)
        if status != SUCCESS:
            self._answered(REMOVE, counter, status)
            self.dpamt.refused(counter)
            return status, None
        self.dpamt.gave_back(counter)
        self._answered(REMOVE, counter, SUCCESS)
        pair = self.dpamt.pages_of(counter.region)
        for one in pair:
            one.pamt = None
        return SUCCESS, pair

    def missing_pair(self, page: Page) -> int:
        """Return what a call that takes this page is refused with if its region has no pair; 0 if it has.

        The module names the calls (MNG.CREATE, MNG.ADDCX, VP.CREATE, VP.ADDCX, MEM.PAGE.ADD, PAGE.AUG and
        others); that MEM.SEPT.ADD is one of them is inferred.
        """
        has = self.dpamt is None or all(region.pair for region, _ in self.dpamt.counter(page).cells)
        return SUCCESS if has else MISSING_PAMT_PAGE_PAIR

    def maps_as_2m(self, page: Page) -> bool:
        """Say whether the region of this page could be taken whole, as 2 MiB: not while it has a pair."""
        return self.dpamt is None or not self.dpamt.counter(page).pair

    def operand_refusal(self, rcx: int) -> int:
        """Return the refusal of an operand that names no region: checks 2 and 3 of either call."""
        if rcx & 7 != LEVEL_2M or rcx >> REGION_BITS << REGION_BITS != rcx - LEVEL_2M or rcx >= _MAX_PA:
            return STATUS["OPERAND_INVALID"]
        return STATUS["OPERAND_ADDR_RANGE_ERROR"] if rcx >= PAMT_END else SUCCESS

    def _injected(self) -> int:
        if not self.pamt_refusals:
            return SUCCESS
        self.pamt_refusals -= 1
        return STATUS["OPERAND_BUSY"]

    def _refused(self, counter: Counter) -> int:
        """Checks 2 to 4: the operand, the range, the lock of the 2 MiB entry."""
        region = counter.region
        return self.operand_refusal(region.address | LEVEL_2M) or (STATUS["OPERAND_BUSY"] if region.locked else SUCCESS)

    def _not_removable(self, counter: Counter) -> int:
        """Checks 5 and 6: the entry is a pair, and each of its pages is the host's."""
        region = counter.region
        if not region.pair:
            return NO_PAMT_PAGE_PAIR
        left = [counter.page] if counter.times > 1 else region.pages
        return PAMT_PAGE_NOT_EMPTY if region.others or any(page.owned for page in left) else SUCCESS

    def _of_donated(self, region: Region, pair: tuple[Page, Page]) -> int:
        """The other checks of ADD: the region is free, and so is each page that is donated."""
        if region.pair:
            return HPA_RANGE_NOT_FREE
        for page, operand in zip(pair, (OPERAND_RDX, OPERAND_R8), strict=True):
            if page.address % PAGE_SIZE or page.address >= _MAX_PA:
                return _INVALID + operand
            if page.owned:
                return PAGE_NOT_FREE + operand
        return SUCCESS

    def _answered(self, seamcall: str, counter: Counter | None, status: int) -> int:
        self.memory.recorder.seamcall(seamcall, None, counter.name if counter else "no region", status)
        return status

