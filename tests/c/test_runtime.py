"""What translated C calls while it runs: arithmetic as C has it, entries of page tables, and what stops a run."""

from fractions import Fraction
from math import trunc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.c import runtime as r
from kvmviz.c.tdx import free_pages, mem_call, one_page, page_reclaim
from kvmviz.kvm.mmu_page import SHADOW_NONPRESENT_VALUE, Spte, kvm_mmu_page
from kvmviz.kvm.vm import VM, build
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Tally
from kvmviz.revisions import REVISIONS
from kvmviz.revisions.runnable import linked
from kvmviz.scenario import Scenario

S64 = st.integers(-(1 << 63), (1 << 63) - 1)


@given(S64, S64)
def test_division_is_towards_zero_and_the_rest_has_the_sign_of_what_is_divided(a: int, b: int) -> None:
    if b == 0 or (b == -1 and a == -(1 << 63)):
        return
    assert r.quotient(a, b, 64) == trunc(Fraction(a, b))
    assert r.remainder(a, b, 64) == a - b * trunc(Fraction(a, b))


@pytest.mark.parametrize("divide", [r.quotient, r.remainder])
def test_what_c_leaves_undefined_of_a_division_stops(divide: Any) -> None:
    for bits in (0, 32):
        with pytest.raises(r.Stopped, match=r"^a division by zero$"):
            divide(1, 0, bits)
    with pytest.raises(r.Stopped, match="the smallest number divided by -1"):
        divide(-(1 << 31), -1, 32)
    for a, b, bits in ((-(1 << 31) + 1, -1, 32), (-(1 << 31), 1, 32), (-(1 << 31), -1, 64), (1 << 31, 1, 0)):
        assert divide(a, b, bits) == (a // b if divide is r.quotient else 0)


def test_a_shift_may_be_by_less_than_the_number_s_bits() -> None:
    assert [r.count(by, 32) for by in (0, 1, 31)] == [0, 1, 31]
    for by in (-1, 32, 33):
        with pytest.raises(r.Stopped, match=rf"^a shift by {by} bits of a number of 32, which C leaves undefined$"):
            r.count(by, 32)


def test_a_box_gives_what_was_put_and_a_swap_what_was_there() -> None:
    box = r.boxed(5)
    assert box.v == 5
    assert (r.put(box, "v", 6), box.v) == (6, 6)
    assert (r.swap(box, "v", 7), box.v) == (6, 7)
    assert r.deref(box) is box
    with pytest.raises(r.Stopped, match=r"^NULL is dereferenced$"):
        r.deref(None)
    assert not hasattr(r.Box(), "v")


def test_what_does_not_end_says_how_and_where() -> None:
    for stop, said in ((r.endless, "does not end"), (r.recursion, "is called without end")):
        with pytest.raises(r.Endless) as caught:
            stop(17)
        assert (str(caught.value), caught.value.line) == (said, 17)
    with pytest.raises(r.Stopped, match=r"^f ends without returning a value$"):
        r.no_value("f")
    with pytest.raises(r.Stopped, match="a teardown has none"):
        r.beyond_a_teardown()


@pytest.fixture
def vm() -> VM:
    return build(Scenario.parse("tree=1x1x2 leaves=present fail=L1@0x200"), linked(REVISIONS["v1"])[0], Boot())


@pytest.fixture
def lowest(vm: VM) -> kvm_mmu_page:
    """The first table of level 1, which has two entries in use."""
    return next(sp for sp in vm.sps if sp.level == 1)


def test_entries_are_the_model_s_and_behind_them_nothing_is_present(lowest: kvm_mmu_page) -> None:
    stored = list(lowest.spt.entries)
    assert r.entries_in_use(lowest) == len(stored) > 1
    assert [r.read_spte((lowest, n)) for n in range(len(stored))] == stored
    for n in (len(stored), 511):
        assert r.read_spte((lowest, n)) == SHADOW_NONPRESENT_VALUE
    for n in (-1, 512):
        with pytest.raises(r.Stopped, match=rf"^entry {n} of a page table, which has 512$"):
            r.read_spte((lowest, n))
        with pytest.raises(r.Stopped, match="which has 512"):
            r.write_spte((lowest, n), SHADOW_NONPRESENT_VALUE)


def test_an_entry_that_is_set_returns_the_old_one_or_the_new_one(lowest: kvm_mmu_page) -> None:
    first, second = lowest.spt.entries[:2]
    assert r.write_spte((lowest, 0), second) == first
    assert r.read_spte((lowest, 0)) == second
    assert r.put_spte((lowest, 0), first) == first == r.read_spte((lowest, 0))
    assert r.read_spte((lowest, 1)) == second
    behind = (lowest, len(lowest.spt.entries))
    empty = next(one for one in (SHADOW_NONPRESENT_VALUE,) if isinstance(one, Spte))
    assert r.write_spte(behind, empty) == SHADOW_NONPRESENT_VALUE
    with pytest.raises(r.Stopped, match="made present"):
        r.write_spte(behind, lowest)


def test_a_function_that_counts_what_is_stored_may_not_go_beyond_it(lowest: kvm_mmu_page) -> None:
    last = len(lowest.spt.entries)
    assert r.read_inside((lowest, last - 1)) == lowest.spt.entries[-1]
    assert r.write_inside((lowest, 0), lowest.spt.entries[0]) == lowest.spt.entries[0]
    for index, where in ((last, "behind the last"), (-1, "before the first")):
        with pytest.raises(r.Stopped, match=f"an entry {where} of a page table is used"):
            r.read_inside((lowest, index))
        with pytest.raises(r.Stopped, match=f"an entry {where} of a page table is used"):
            r.write_inside((lowest, index), SHADOW_NONPRESENT_VALUE)


def test_reading_or_writing_a_freed_table_is_a_violation(vm: VM, lowest: kvm_mmu_page) -> None:
    tally = Tally()
    vm.host.watch(tally)
    index = len(lowest.spt.entries)
    lowest.spt.allocated = False
    r.read_spte((lowest, 0))
    r.write_spte((lowest, index), SHADOW_NONPRESENT_VALUE)
    r.entries_in_use(lowest)
    assert [name for name, _ in tally.violations] == [lowest.spt.name] * 3
    assert ["read" in what for _, what in tally.violations] == [True, False, True]
    assert "writ" in tally.violations[1][1]


def test_pointers_move_within_a_table_and_mean_it_at_its_first_entry(lowest: kvm_mmu_page) -> None:
    assert r.moved(r.moved((lowest, 1), 3), -4) == (lowest, 0)
    assert r.table_of((lowest, 0)) is lowest
    with pytest.raises(r.Stopped, match="a pointer to entry 2 of a table is taken for the table"):
        r.table_of((lowest, 2))


def test_an_entry_stands_for_a_table_or_a_page_or_for_neither(vm: VM, lowest: kvm_mmu_page) -> None:
    assert r.child_sp(lowest) is lowest
    assert r.page_of(lowest) is lowest.spt
    assert r.page_of(vm.tdr_page) is vm.tdr_page
    for wrong in (SHADOW_NONPRESENT_VALUE, vm.tdr_page):
        with pytest.raises(r.Stopped, match="points at no table"):
            r.child_sp(wrong)
    with pytest.raises(r.Stopped, match="NULL is taken for the address of a page"):
        r.page_of(None)
    with pytest.raises(r.Stopped, match="points at no page"):
        r.page_of(SHADOW_NONPRESENT_VALUE)


def test_a_guest_page_is_found_by_its_address(vm: VM) -> None:
    for page in vm.guest_pages:
        assert r.guest_page(vm, page.gfn << 12) is page
    known = {page.gfn for page in vm.guest_pages}
    for gfn in {0, 1, 2, 0x1FF, 0x200, 0x201, 0x202, 0x400, 1 << 30} - known:
        with pytest.raises(r.Stopped, match=f"a SEAMCALL for guest address {gfn << 12:#x}, where the TD has no page"):
            r.guest_page(vm, gfn << 12)
    for gpa in (1, 0xFFF, (vm.guest_pages[0].gfn << 12) + 0x800):
        with pytest.raises(r.Stopped, match="in the middle of a page"):
            r.guest_page(vm, gpa)


def test_a_list_of_pages_has_no_page_beyond_its_end(vm: VM) -> None:
    pages = list(vm.guest_pages)
    assert [r.element(pages, n) for n in range(len(pages))] == pages
    for n in (-1, len(pages)):
        with pytest.raises(r.Stopped, match=f"page {n} of a list of {len(pages)}"):
            r.element(pages, n)


def test_registers_of_a_reclaim_are_filled_where_they_are_asked_for(vm: VM) -> None:
    refused = next(sp for sp in vm.sps if sp.external_spt and sp.external_spt.name == "S-EPT L1 gfn=0x200").external_spt
    assert refused is not None
    boxes = r.Box(), r.Box(), r.Box()
    assert page_reclaim(vm.host, refused, *boxes) != 0
    one = r.Box()
    assert page_reclaim(vm.host, refused, None, one, None) != 0
    assert one.v == boxes[1].v
    assert all(isinstance(box.v, int) for box in boxes)


def test_pages_are_single_ones_of_4_kib(vm: VM) -> None:
    assert one_page(vm.tdr_page, 4096) is vm.tdr_page
    for size in (0, 8192):
        with pytest.raises(r.Stopped, match=f"{size} bytes are meant, and the model has pages of 4096"):
            one_page(vm.tdr_page, size)
    with pytest.raises(r.Stopped, match=r"2\^1 pages are freed at once"):
        free_pages(vm.host, vm.tdr_page, 1)
    with pytest.raises(r.Stopped, match="a SEAMCALL for a page of level 2"):
        mem_call(vm, "tdh_mem_range_block", 0, 2, None, None)


@pytest.mark.parametrize(
    ("format", "values", "said"),
    [
        ("HKID %d is leaked.\n", (5,), "HKID 5 is leaked."), ("%u%%", (7,), "7%"), ("%#llx %lx", (255, 16), "0xff 10"),
        ("%s: %s\n\n", ("a", "b"), "a: b"), ("%02x|%-4d|%zu|%hhx|%jd", (5, 3, 9, 1, -2), "05|3   |9|1|-2"),
        ("no value", (), "no value"), ("%c%i%o%X", ("x", -1, 8, 255), "x-110FF"), ("%.3s", ("abcdef",), "abc"),
    ],
)  # fmt: skip
def test_error_lines_are_written_as_printk_writes_them(format: str, values: tuple[object, ...], said: str) -> None:
    assert r.formatted(format, *values) == said


def test_an_error_line_with_too_few_values_stops() -> None:
    with pytest.raises(r.Stopped, match="fewer values than its format asks for"):
        r.formatted("%d %d", 1)
