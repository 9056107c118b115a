"""The steps of a design: what a thread can do to a region of host memory, each at one blow.

>>> yielded = REGION.increment_unless_zero()
>>> yielded.kernel, yielded.said(False)
('atomic_inc_not_zero', 'inc unless 0: no')

A region is 2 MiB of host memory.  Before the first 4 KiB page of it is given to the
TDX module, the module has to be lent two pages, the pair, in which it keeps book of
that region; once none is left there, the pair can be taken back.  Linux counts the
region's users for that.  Names of SEAMCALLs and of what they answer: v6 of the
series "Dynamic PAMT" (20260526023515.288829-1-rick.p.edgecombe@intel.com) and the
module's source (tdh_phymem_pamt_add.c, tdh_phymem_pamt_remove.c at 1666adc494db).
"""

from dataclasses import dataclass
from typing import Any, Final

SUCCESS: Final = "SUCCESS"
BUSY: Final = "OPERAND_BUSY"
"""Somebody else is in the module, with this region or with the one in which a page of the pair lies."""
NOT_FREE: Final = "HPA_RANGE_NOT_FREE"
"""ADD, and the region has its pair already."""
NO_PAIR: Final = "NO_PAMT_PAGE_PAIR"
"""REMOVE, and the region has none."""
NOT_EMPTY: Final = "PAMT_PAGE_NOT_EMPTY"
"""REMOVE, and the module has a page of the region."""
MISSING: Final = "MISSING_PAMT_PAGE_PAIR"
"""A page is handed to the module, and its region has no pair."""
REFUSED: Final = "refused"
"""REMOVE, refused for once because that was asked for, whatever a module might say then."""

_WORDS: Final = {SUCCESS: "ok", True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Op:
    """One step: its `name` here, its short form in a schedule, the kernel's name for it, and its argument."""

    name: str
    short: str
    kernel: str
    argument: int | None = None

    def said(self, answer: object) -> str:
        """Return the step with its answer, as a schedule shows it."""
        argument = "" if self.argument is None else f" {self.argument}"
        return f"{self.short}{argument}" + ("" if answer is None else f": {_word(answer)}")


def _word(answer: object) -> str:
    return _WORDS.get(answer, str(answer)) if isinstance(answer, str | bool) else str(answer)


class Region:
    """What `get` and `put` are given; `yield` one of its steps to take it, and have its answer.

    >>> REGION
    region
    """

    def read(self) -> Op:
        """The counter (atomic_read)."""
        return Op("read", "read", "atomic_read")

    def set(self, value: int) -> Op:
        """Write the counter, whatever it was (atomic_set)."""
        return Op("set", "set count to", "atomic_set", value)

    def increment(self) -> Op:
        """Add one to the counter; the answer is what it is then (atomic_inc_return)."""
        return Op("increment", "inc", "atomic_inc_return")

    def decrement(self) -> Op:
        """Take one from the counter; the answer is what it is then (atomic_dec_return)."""
        return Op("decrement", "dec", "atomic_dec_return")

    def increment_unless_zero(self) -> Op:
        """Add one, but not to zero; the answer is whether it was added (atomic_inc_not_zero)."""
        return Op("increment_unless_zero", "inc unless 0", "atomic_inc_not_zero")

    def decrement_unless_one(self) -> Op:
        """Take one, but not the last; the answer is whether it was taken (atomic_add_unless)."""
        return Op("decrement_unless_one", "dec unless 1", "atomic_add_unless")

    def lock(self) -> Op:
        """Take the lock that all regions share; as long as another thread has it, this one waits (spin_lock)."""
        return Op("lock", "lock", "spin_lock")

    def unlock(self) -> Op:
        """Release the lock that all regions share (spin_unlock)."""
        return Op("unlock", "unlock", "spin_unlock")

    def lock_region(self) -> Op:
        """Take this region's own lock (spin_lock)."""
        return Op("lock_region", "lock region", "spin_lock")

    def unlock_region(self) -> Op:
        """Release this region's own lock (spin_unlock)."""
        return Op("unlock_region", "unlock region", "spin_unlock")

    def take_pair(self) -> Op:
        """Take two free pages from the allocator (alloc_page)."""
        return Op("take_pair", "take a pair", "alloc_page")

    def free_pair(self) -> Op:
        """Give two pages back to the allocator (__free_page)."""
        return Op("free_pair", "free the pair", "__free_page")

    def add_pair(self) -> Op:
        """Lend the module the pair that was taken (TDH.PHYMEM.PAMT.ADD): SUCCESS, NOT_FREE or BUSY."""
        return Op("add_pair", "ADD", "TDH.PHYMEM.PAMT.ADD")

    def remove_pair(self) -> Op:
        """Have the pair back from the module (TDH.PHYMEM.PAMT.REMOVE): SUCCESS, NO_PAIR, NOT_EMPTY or BUSY."""
        return Op("remove_pair", "REMOVE", "TDH.PHYMEM.PAMT.REMOVE")

    def __repr__(self) -> str:
        return "region"


REGION: Final = Region()

USE: Final = Op("use", "give a page", "TDH.MEM.SEPT.ADD")
"""What each thread does after `get`: a page of the region goes to the module, which needs the pair for it."""

DONE: Final = Op("done", "page back", "TDH.PHYMEM.PAGE.RECLAIM")
"""And before `put`: the module gives it back."""

Answer = Any
"""A number, a truth value, a status, or None."""
