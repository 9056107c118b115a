"""The model's functions as C calls them: pointers are filled or NULL, and what cannot be followed stops."""

from typing import Any

import pytest

from kvmviz.c import tdx
from kvmviz.c.runtime import Stopped, boxed
from kvmviz.kvm.vm import VM, build
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Tally
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PAGE_SIZE


def td(line: str) -> tuple[VM, Tally]:
    vm, tally = build(Scenario.parse(f"tree=1x1x1 {line}"), REVISIONS["landed"], Boot(), None), Tally()
    vm.host.watch(tally)
    return vm, tally


def test_the_registers_of_a_refused_reclaim_are_put_where_the_pointers_point() -> None:
    vm, _ = td("fail=TDR")
    page = vm.tdr_page
    err, *registers = vm.host.tdx.tdh_phymem_page_reclaim(page)
    boxes = [boxed(7) for _ in range(3)]
    assert tdx.page_reclaim(vm.host, page, *boxes) == err != 0
    assert [box.v for box in boxes] == registers
    one = boxed(7)
    assert tdx.page_reclaim(vm.host, page, None, one, None) == err and one.v == registers[1]


def test_only_single_pages_of_4_kib_are_meant() -> None:
    vm, _ = td("")
    page: Any = vm.tdr_page
    assert tdx.one_page(page, PAGE_SIZE) is page
    for size in (0, PAGE_SIZE - 1, 2 * PAGE_SIZE):
        with pytest.raises(Stopped, match=f"{size} bytes are meant"):
            tdx.one_page(page, size)
    with pytest.raises(Stopped, match=r"2\^3 pages"):
        tdx.free_pages(vm.host, page, 3)
    with pytest.raises(Stopped, match="level 2"):
        tdx.mem_call(vm, "tdh_mem_range_block", 0, 2, None, None)


def test_a_page_is_freed_once_and_null_not_at_all() -> None:
    vm, tally = td("")
    spt = vm.sps[0].spt
    tdx.free_pages(vm.host, None, 0)
    assert tally.freed_count == 0
    tdx.free_pages(vm.host, spt, 0)
    assert tally.freed_count == 1 and not spt.allocated
