"""What translated C calls while it runs: entries of page tables, out-parameters, and what C leaves undefined.

A pointer to an entry of a page table (`tdp_ptep_t`) is a tuple of the sp and an
index.  A variable whose address is taken lives in a `Box`.  What C leaves undefined,
or the model cannot follow, raises `Stopped`, with a sentence that says so.
"""

import re
from typing import Any, Final, NoReturn

from kvmviz.errors import KvmvizError
from kvmviz.kvm.mmu_page import SHADOW_NONPRESENT_VALUE, Entry, Spte, kvm_mmu_page
from kvmviz.kvm.vm import VM
from kvmviz.machine.page import Page

Ptep = tuple[kvm_mmu_page, int]
"""Which entry of which table."""

ENTRIES: Final = 512
"""Entries of a page table; the model stores those in use only."""


class Stopped(KvmvizError):
    """C that came to something undefined, or beyond the model, while it ran; its text completes a sentence."""


class Endless(BaseException):
    """C that does not end; not an `Exception`, so that nothing of the model takes it for a failure."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class Box:
    """A variable whose address is taken; without `v` until it has a value."""

    __slots__ = ("v",)
    v: Any


class Record:
    """A struct of the C itself: its members are attributes."""


def boxed(value: Any) -> Box:
    """Return a box with this in it."""
    box = Box()
    box.v = value
    return box


def put(box: Any, member: str, value: Any) -> Any:
    """Set a member and return the value, for an assignment inside an expression."""
    setattr(box, member, value)
    return value


def swap(box: Any, member: str, value: Any) -> Any:
    """Set a member and return what was there before."""
    before = getattr(box, member)
    setattr(box, member, value)
    return before


def endless(line: int) -> NoReturn:
    """Stop a loop."""
    raise Endless(line, "does not end")


def recursion(line: int) -> NoReturn:
    """Stop a function that is called again and again."""
    raise Endless(line, "is called without end")


def no_value(function: str) -> NoReturn:
    """Stop where a function ends without the value it promised."""
    raise Stopped(f"{function} ends without returning a value")


def quotient(a: int, b: int, bits: int) -> int:
    """Return C's `a / b`: towards zero; `bits` is 0 for unsigned."""
    _check_division(a, b, bits)
    whole = abs(a) // abs(b)
    return whole if (a < 0) == (b < 0) else -whole


def remainder(a: int, b: int, bits: int) -> int:
    """Return C's `a % b`, which has the sign of a."""
    _check_division(a, b, bits)
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def _check_division(a: int, b: int, bits: int) -> None:
    if b == 0:
        raise Stopped("a division by zero")
    if bits and b == -1 and a == -(1 << (bits - 1)):
        raise Stopped("the smallest number divided by -1, which C leaves undefined")


def count(by: int, bits: int) -> int:
    """Return how far to shift; raise Stopped where C leaves it undefined."""
    if not 0 <= by < bits:
        raise Stopped(f"a shift by {by} bits of a number of {bits}, which C leaves undefined")
    return by


def deref(pointer: Any) -> Any:
    """Return what is behind a pointer that must not be NULL."""
    if pointer is None:
        raise Stopped("NULL is dereferenced")
    return pointer


# Page tables.


def entries_in_use(sp: kvm_mmu_page) -> int:
    """Return how many entries of a table the model stores; reading a freed table is a violation."""
    sp.memory.check_use(sp.spt, "read")
    return len(sp.spt.entries)


def read_spte(at: Ptep) -> Entry:
    """Return an entry; one that is not in use is non-present."""
    sp, index = at
    if not sp.spt.allocated:
        sp.memory.check_use(sp.spt, "read")
    entries: list[Entry] = sp.spt.entries
    if 0 <= index < len(entries):
        return entries[index]
    _check_index(index)
    return SHADOW_NONPRESENT_VALUE


def read_inside(at: Ptep) -> Entry:
    """Return an entry, where the function counts entries by what the model stores: there is none behind the last."""
    _check_inside(at)
    return read_spte(at)


def write_inside(at: Ptep, new: Entry) -> Entry:
    """Set an entry and return what it was, in the same way."""
    _check_inside(at)
    return write_spte(at, new)


def _check_inside(at: Ptep) -> None:
    sp, index = at
    if not 0 <= index < len(sp.spt.entries):
        raise Stopped(f"an entry {'behind the last' if index >= 0 else 'before the first'} of a page table is used")


def write_spte(at: Ptep, new: Entry) -> Entry:
    """Set an entry and return what it was."""
    sp, index = at
    if not sp.spt.allocated:
        sp.memory.check_use(sp.spt, "written")
    entries: list[Entry] = sp.spt.entries
    if 0 <= index < len(entries):
        old, entries[index] = entries[index], new
        return old
    _check_index(index)
    if not isinstance(new, Spte):
        raise Stopped("an entry that was empty is made present, which the model cannot follow")
    return SHADOW_NONPRESENT_VALUE


def put_spte(at: Ptep, new: Entry) -> Entry:
    """Set an entry and return the new value, for an assignment."""
    write_spte(at, new)
    return new


def moved(at: Ptep, by: int) -> Ptep:
    """Return a pointer to another entry of the same table."""
    return at[0], at[1] + by


def table_of(at: Ptep) -> kvm_mmu_page:
    """Return the table that a pointer to its first entry means."""
    if at[1]:
        raise Stopped(f"a pointer to entry {at[1]} of a table is taken for the table")
    return at[0]


def _check_index(index: int) -> None:
    if not 0 <= index < ENTRIES:
        raise Stopped(f"entry {index} of a page table, which has {ENTRIES}")


def child_sp(entry: Entry) -> kvm_mmu_page:
    """Return the table that an entry points at."""
    if isinstance(entry, kvm_mmu_page):
        return entry
    raise Stopped("an entry that points at no table is taken for one that does")


def page_of(entry: Any) -> Page:
    """Return the page that an entry or a pointer stands for."""
    if isinstance(entry, Page):
        return entry
    if entry is None:
        raise Stopped("NULL is taken for the address of a page")
    if isinstance(entry, kvm_mmu_page):
        return entry.spt
    raise Stopped("an entry that points at no page is taken for one that does")


def guest_page(vm: VM, gpa: int) -> Page:
    """Return the guest page at an address; the model's SEAMCALLs are about pages."""
    if gpa & 0xFFF:
        raise Stopped(f"a SEAMCALL for guest address {gpa:#x}, which is in the middle of a page")
    gfn, low, high = gpa >> 12, 0, len(vm.guest_pages)
    while low < high:
        middle = (low + high) // 2
        if vm.guest_pages[middle].gfn < gfn:
            low = middle + 1
        else:
            high = middle
    if low < len(vm.guest_pages) and vm.guest_pages[low].gfn == gfn:
        return vm.guest_pages[low]
    raise Stopped(f"a SEAMCALL for guest address {gpa:#x}, where the TD has no page")


def free_header(sp: kvm_mmu_page) -> None:
    """Free the struct kvm_mmu_page itself; freeing it twice is a violation, which the machine notes."""
    sp.header = False


def element(pages: list[Page], index: int) -> Page:
    """Return a page of a list; raise Stopped beyond its end, which C leaves undefined."""
    if not 0 <= index < len(pages):
        raise Stopped(f"page {index} of a list of {len(pages)}")
    return pages[index]


def beyond_a_teardown() -> NoReturn:
    """Stop where other threads would have to be there."""
    raise Stopped("an entry is changed beside other threads, and a teardown has none")


# Text of error lines.

_FORMAT: Final = re.compile(r"%([-+ #0]*\d*(?:\.\d+)?)(?:hh|h|ll|l|z|j|t)?([diuxXosc%])")


def formatted(text: str, *arguments: Any) -> str:
    r"""Return what printk writes, for numbers and strings.

    >>> formatted("HKID %d is leaked, %#llx.\n", 1, 255)
    'HKID 1 is leaked, 0xff.'
    """
    left = list(arguments)

    def one(found: re.Match[str]) -> str:
        flags, kind = found.groups()
        if kind == "%":
            return "%"
        if not left:
            raise Stopped("an error line has fewer values than its format asks for")
        return str(f"%{flags}{'d' if kind == 'u' else kind}" % left.pop(0))

    return _FORMAT.sub(one, text).rstrip("\n")
