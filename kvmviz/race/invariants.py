"""What must hold of every schedule, each with one sentence.

>>> INVARIANTS["removed_once"]
'REMOVE is never asked for where no pair is (NO_PAMT_PAGE_PAIR).'

The first five are what the module refuses, which it is never to be asked; the others
are Linux's own books.  "At rest" is a moment in which no thread is inside `get` or
`put`.
"""

from collections.abc import Iterator
from typing import Final

from kvmviz.race.memory import Memory

INVARIANTS: Final = {
    "pages_have_a_pair": "No page goes to the module while its region has no pair (MISSING_PAMT_PAGE_PAIR).",
    "removed_when_empty": "REMOVE is never asked for while the module has a page (PAMT_PAGE_NOT_EMPTY).",
    "removed_once": "REMOVE is never asked for where no pair is (NO_PAMT_PAGE_PAIR).",
    "added_once": "ADD is never asked for where a pair is already (HPA_RANGE_NOT_FREE).",
    "module_is_not_busy": "ADD and REMOVE never find the module busy (OPERAND_BUSY).",
    "counts_users": "At rest the counter is the number of users; it is never below zero.",
    "pair_while_counted": "At rest the pair is there exactly while the counter is above zero.",
    "gets_succeed": "`get` succeeds: nothing is in its way but another thread.",
    "pairs_are_kept": "Only a pair that one has is lent or freed, and none is forgotten.",
    "locks_are_released": "Only who has a lock releases it, and nobody leaves `get` or `put` with one.",
    "all_can_finish": "Whatever has happened, every thread can still come to its end.",
}
"""Every invariant by name."""


def broken_at_rest(memory: Memory, users: list[int]) -> Iterator[str]:
    """Yield what is broken at a moment at rest; `users` are the threads between `get` and `put`, a number a region."""
    for region, using in zip(memory.regions, users, strict=True):
        if region.counter != using + region.phantoms:
            yield "counts_users"
        if region.pair != (region.counter > 0):
            yield "pair_while_counted"
