"""The module's side of Dynamic PAMT: what ADD and REMOVE check, in their order, and what is noted of regions."""

import pytest

from kvmviz.kvm.vm import VM, build
from kvmviz.machine.dpamt import FIRST_REGION
from kvmviz.machine.host import Host
from kvmviz.machine.journal import Journal
from kvmviz.machine.page import Page, PamtEntry
from kvmviz.machine.pamt import EPT
from kvmviz.machine.pamt_calls import LEVEL_2M
from kvmviz.machine.printk import Boot
from kvmviz.revisions import EVERY
from kvmviz.revisions.dpamt import tdx_free_control_page, tdx_pamt_get, tdx_pamt_put
from kvmviz.scenario import Scenario
from kvmviz.scenario.status import (
    HPA_RANGE_NOT_FREE,
    MISSING_PAMT_PAGE_PAIR,
    NO_PAMT_PAGE_PAIR,
    PAGE_NOT_FREE,
    PAMT_PAGE_NOT_EMPTY,
    STATUS,
)

INVALID = STATUS["OPERAND_INVALID"] - 1


def machine(region: str = "dense") -> tuple[Host, Page]:
    """A host with one page in a region that has no pair yet."""
    host = Host(region=region)
    host.watch(Journal())
    page = host.memory.alloc("S-EPT", level=1)
    if host.dpamt is not None:
        host.dpamt.place(page)
    return host, page


def bad(host: Host) -> list[str]:
    recorder = host.recorder
    assert isinstance(recorder, Journal)
    return [what for _, what in recorder.violations]


def pair(host: Host, page: Page) -> tuple[Page, Page]:
    found = host.memory.alloc_pair(page)
    assert found is not None
    return found


def test_without_dynamic_pamt_both_calls_name_rax_and_get_and_put_do_nothing() -> None:
    host, page = machine("off")
    assert host.tdx.tdh_phymem_pamt_add(page, pair(host, page)) == INVALID
    assert host.tdx.tdh_phymem_pamt_remove(page) == (INVALID, None)
    assert tdx_pamt_get(host, page) == 0 and host.tdx.missing_pair(page) == 0
    tdx_free_control_page(host, page)
    tdx_free_control_page(host, None)
    assert not page.allocated and not bad(host)


@pytest.mark.parametrize(
    ("rcx", "status"),
    [
        (FIRST_REGION, STATUS["OPERAND_INVALID"]),
        (FIRST_REGION + 4096 + LEVEL_2M, STATUS["OPERAND_INVALID"]),
        ((1 << 50) + LEVEL_2M, STATUS["OPERAND_INVALID"]),
        ((1 << 44) + LEVEL_2M, STATUS["OPERAND_ADDR_RANGE_ERROR"]),
        (FIRST_REGION + LEVEL_2M, 0),
    ],
)
def test_the_operand_is_checked_first(rcx: int, status: int) -> None:
    assert machine()[0].tdx.operand_refusal(rcx) == status


def test_remove_checks_lock_then_pair_then_pages() -> None:
    host, page = machine()
    assert host.dpamt is not None
    region = host.dpamt.counter(page).region
    region.locked = True
    page.pamt = PamtEntry(EPT)
    remove = host.tdx.tdh_phymem_pamt_remove
    assert remove(page) == (STATUS["OPERAND_BUSY"], None)
    region.locked = False
    assert remove(page) == (NO_PAMT_PAGE_PAIR, None)
    region.pair = True
    assert remove(page) == (PAMT_PAGE_NOT_EMPTY, None)
    page.pamt = None
    status, pages = remove(page)
    assert status == 0 and pages is not None and [one.name for one in pages] == ["PAMT[0][0]", "PAMT[0][1]"]
    assert not region.pair


def test_a_region_of_another_td_is_never_empty() -> None:
    host, page = machine("shared")
    assert host.tdx.tdh_phymem_pamt_remove(page)[0] == PAMT_PAGE_NOT_EMPTY


def test_add_refuses_a_region_that_has_a_pair_and_pages_that_are_not_free() -> None:
    host, page = machine()
    first = pair(host, page)
    first[1].pamt = PamtEntry(EPT)
    assert host.tdx.tdh_phymem_pamt_add(page, first) == PAGE_NOT_FREE + 8
    first[0].address += 1
    assert host.tdx.tdh_phymem_pamt_add(page, first) == INVALID + 2
    assert host.tdx.tdh_phymem_pamt_add(page, pair(host, page)) == 0
    assert host.tdx.tdh_phymem_pamt_add(page, pair(host, page)) == HPA_RANGE_NOT_FREE


def test_a_call_that_takes_a_page_wants_a_pair_for_its_region() -> None:
    host, page = machine()
    assert host.tdx.missing_pair(page) == MISSING_PAMT_PAGE_PAIR
    assert tdx_pamt_get(host, page) == 0
    assert host.tdx.missing_pair(page) == 0


def test_the_first_get_donates_a_pair_and_the_last_put_takes_it_home() -> None:
    host, page = machine()
    assert host.dpamt is not None
    other = host.memory.alloc("S-EPT", level=1, gfn=0x200)
    host.dpamt.place(other)
    assert [tdx_pamt_get(host, one) for one in (page, other)] == [0, 0]
    counter = host.dpamt.counter(page)
    assert (counter.value, counter.pair) == (2, True)
    tdx_pamt_put(host, page)
    assert (counter.value, counter.pair) == (1, True)
    tdx_pamt_put(host, other)
    assert (counter.value, counter.pair) == (0, False)
    assert not bad(host)


def test_get_needs_memory_for_a_pair_even_where_none_is_needed() -> None:
    host, page = machine()
    tdx_pamt_get(host, page)
    host.memory.exhausted = True
    assert tdx_pamt_get(host, page) == -12


def test_a_phantom_reference_keeps_the_pair_for_good_and_is_never_told_again() -> None:
    host, page = machine()
    assert host.dpamt is not None
    counter, host.tdx.pamt_refusals = host.dpamt.counter(page), 1
    tdx_pamt_get(host, page)
    tdx_pamt_put(host, page)
    assert (counter.value, counter.pair, counter.region.phantoms) == (1, True, 1)
    for _ in range(3):  # the cause was transient, and nobody tries again
        tdx_pamt_get(host, page)
        assert counter.value == 2
        tdx_pamt_put(host, page)
    assert (counter.value, counter.pair) == (1, True)
    recorder = host.recorder
    assert isinstance(recorder, Journal)
    assert sum(recorder.splats.values()) == 1 and not recorder.suppressed and not bad(host)


def test_a_put_without_a_get_is_noted_and_changes_nothing() -> None:
    host, page = machine()
    tdx_pamt_put(host, page)
    assert host.dpamt is not None and host.dpamt.counter(page).value == 0
    assert bad(host) == ["put twice"]


def built(line: str) -> VM:
    return build(Scenario.parse(line), EVERY["dpamt"], Boot())


@pytest.mark.parametrize(
    ("line", "regions"),
    [("tree=1GiB vcpus=0 region=dense", [512, 9]), ("tree=1x1x1 vcpus=0 region=scattered", [1] * 12),
     ("tree=1x1x1 vcpus=0 region=shared", [13])],
)  # fmt: skip
def test_where_pages_lie(line: str, regions: list[int]) -> None:
    dpamt = built(line).host.dpamt
    assert dpamt is not None
    assert [region.count for region in dpamt.regions] == regions
    assert all(page.address >> 21 == region.address >> 21 for region in dpamt.regions for page in region.pages)


def test_revisions_of_before_know_nothing_of_it() -> None:
    vm = build(Scenario.parse("region=dense"), EVERY["landed"], Boot())
    assert vm.host.dpamt is None
