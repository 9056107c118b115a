"""The TDX module: what RECLAIM checks, in which order (intel/tdx-module, tdh_phymem_page_reclaim.c)."""

from collections.abc import Callable

import pytest

from kvmviz.machine import pamt
from kvmviz.machine.host import Host
from kvmviz.machine.module import MAX_PA, PAMT_END, TEARDOWN, Faults
from kvmviz.machine.page import Page, PamtEntry
from kvmviz.scenario.status import BUSY_TDR, STATUS


class Setting:
    """A host with a TD in TEARDOWN that has one S-EPT page."""

    def __init__(self) -> None:
        self.host = Host()
        self.tdr = self.host.memory.alloc("TDR")
        self.td = self.host.tdx.create(self.tdr)
        self.page = self.host.memory.alloc("S-EPT", level=1)
        self.host.tdx.add(self.page, pamt.EPT, self.tdr)
        self.td.lifecycle = TEARDOWN

    def reclaim(self, page: Page | None = None) -> tuple[int, int, int, int]:
        return self.host.tdx.tdh_phymem_page_reclaim(page or self.page)


def entry(page: Page) -> PamtEntry:
    assert page.pamt is not None
    return page.pamt


def unaligned(s: Setting) -> None:
    s.page.address += 1


def beyond(s: Setting) -> None:
    s.page.address = MAX_PA


def uncovered(s: Setting) -> None:
    s.page.address = PAMT_END


def entry_locked(s: Setting) -> None:
    entry(s.page).locked = True


def not_ours(s: Setting) -> None:
    entry(s.page).type = pamt.NDA


def reserved(s: Setting) -> None:
    entry(s.page).type = pamt.RSVD


def large(s: Setting) -> None:
    entry(s.page).size = 1


def tdr_locked(s: Setting) -> None:
    s.td.locked = True


def still_keyed(s: Setting) -> None:
    s.td.lifecycle = TEARDOWN - 1


ORDER: list[tuple[Callable[[Setting], None], int, bool]] = [
    (unaligned, STATUS["OPERAND_INVALID"], False),
    (beyond, STATUS["OPERAND_INVALID"], False),
    (uncovered, STATUS["OPERAND_ADDR_RANGE_ERROR"], False),
    (entry_locked, STATUS["OPERAND_BUSY"], False),
    (not_ours, STATUS["PAGE_METADATA_INCORRECT"], False),
    (reserved, STATUS["PAGE_METADATA_INCORRECT"], False),
    (large, STATUS["OPERAND_INVALID"], True),
    (tdr_locked, BUSY_TDR, True),
    (still_keyed, STATUS["LIFECYCLE_STATE_INCORRECT"], True),
]


@pytest.mark.parametrize(("spoil", "status", "filled"), ORDER)
def test_each_check_refuses_with_its_status_and_changes_nothing(
    spoil: Callable[[Setting], None], status: int, filled: bool
) -> None:
    s = Setting()
    spoil(s)
    before = entry(s.page).type
    answer = s.reclaim()
    assert answer[0] == status
    assert answer[1:] == ((pamt.EPT, s.tdr.address, entry(s.page).size) if filled else (0, 0, 0))
    assert s.td.chldcnt == 1
    assert entry(s.page).type == before


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_an_earlier_check_wins(first: int) -> None:
    for later in range(first + 1, len(ORDER)):
        s = Setting()
        ORDER[later][0](s)
        ORDER[first][0](s)
        if {ORDER[later][0], ORDER[first][0]} & {unaligned, beyond, uncovered} and later < 3:
            continue  # they set the same address
        assert s.reclaim()[0] == ORDER[first][1], (ORDER[first][0].__name__, ORDER[later][0].__name__)


def test_success_enters_the_page_as_the_hosts_and_counts_one_child_fewer() -> None:
    s = Setting()
    assert s.reclaim() == (0, 0, 0, 0)
    assert not s.page.owned
    assert s.td.chldcnt == 0


def test_a_tdr_is_refused_while_the_td_has_other_pages() -> None:
    s = Setting()
    assert s.reclaim(s.tdr) == (STATUS["TD_ASSOCIATED_PAGES_EXIST"], pamt.TDR, s.tdr.address, 0)
    s.reclaim()
    assert s.reclaim(s.tdr)[0] == 0


def test_an_injected_status_comes_first_and_leaves_the_books_alone() -> None:
    s = Setting()
    s.host.tdx.faults = Faults(status=0x1234)
    s.page.fails = True
    still_keyed(s)
    assert s.reclaim() == (0x1234, 0, 0, 0)
    assert s.page.owned
    assert s.td.chldcnt == 1


def test_a_page_that_came_back_cannot_be_had_again() -> None:
    s = Setting()
    s.reclaim()
    assert s.reclaim()[0] == STATUS["PAGE_METADATA_INCORRECT"]


def test_wbinvd_is_refused_while_the_module_owns_the_page() -> None:
    s = Setting()
    assert s.host.tdx.tdh_phymem_page_wbinvd(s.page) == STATUS["PAGE_METADATA_INCORRECT"]
    s.reclaim()
    assert s.host.tdx.tdh_phymem_page_wbinvd(s.page) == 0


def test_a_key_can_be_freed_only_after_flush_and_write_back() -> None:
    s = Setting()
    s.td.lifecycle = TEARDOWN - 2
    assert s.host.tdx.tdh_mng_key_freeid(s.tdr) != 0
    assert s.host.tdx.tdh_mng_vpflushdone(s.tdr) == 0
    assert s.host.tdx.tdh_mng_key_freeid(s.tdr) != 0
    assert s.host.tdx.tdh_phymem_cache_wb(s.tdr) == 0
    assert s.host.tdx.tdh_mng_key_freeid(s.tdr) == 0
    assert s.td.lifecycle == TEARDOWN


def test_vpflushdone_is_refused_while_a_vcpu_is_on_a_processor() -> None:
    s = Setting()
    s.td.associated.add(0)
    assert s.host.tdx.tdh_mng_vpflushdone(s.tdr) == 0x8000082400000000
    assert s.host.tdx.tdh_vp_flush(s.tdr, 0) == 0
    assert s.host.tdx.tdh_vp_flush(s.tdr, 0) == 0x8000070200000000
    assert s.host.tdx.tdh_mng_vpflushdone(s.tdr) == 0
