"""The machine that the threads share: counters, locks and the module's books, and what one step does to them.

>>> memory = start(regions=1, refuse=0)
>>> done = apply(memory, REGION.increment(), thread=0, region=0, hand=0)
>>> done.answer, done.memory.regions[0].counter
(1, 1)

Nothing here changes in place: a step makes a new memory, so that memories can be
compared and kept.  With one region a call into the module is one step.  With two it
begins and ends, since only there one call can meet another under another lock:
while ADD or REMOVE is under way it holds the region's entry alone and that of the
region in which the pair lies, here always the other one, together with others
(20260526023515.288829-1-rick.p.edgecombe@intel.com and Yan Zhao's answer in that
thread, ak3ySL89u5+1oCZB@yzhao56-desk.sh.intel.com).
"""

from typing import Final, NamedTuple

from kvmviz.race.region import (
    BUSY,
    MISSING,
    NO_PAIR,
    NOT_EMPTY,
    NOT_FREE,
    REFUSED,
    REGION,
    SUCCESS,
    Answer,
    Op,
)

__all__ = ["FREE", "REGION", "Done", "Memory", "RegionState", "apply", "start"]

FREE: Final = -1
"""Who has a lock that nobody has."""


class RegionState(NamedTuple):
    """One region: its counter, whether the module has its pair, and the threads whose page the module has."""

    counter: int = 0
    pair: bool = False
    pages: frozenset[int] = frozenset()
    phantoms: int = 0
    """Users that the counter keeps although nobody is there, since a REMOVE was refused."""
    alone: int = FREE
    """The thread whose call has the region's entry in the module."""
    shared: frozenset[int] = frozenset()
    """Threads whose call about another region holds this one's entry, too."""


class Memory(NamedTuple):
    """Everything that the threads share; `locks` are the common one and one a region; `refuse` REMOVEs are refused."""

    regions: tuple[RegionState, ...]
    locks: tuple[int, ...]
    refuse: int


class Done(NamedTuple):
    """What a step comes to; `pending` is a call that has begun; `broken` are the invariants that it breaks."""

    memory: Memory
    answer: Answer
    hand: int
    broken: tuple[str, ...] = ()
    pending: bool = False


def start(regions: int, refuse: int) -> Memory:
    """Return the memory before the first step."""
    return Memory((RegionState(),) * regions, (FREE,) * (regions + 1), refuse)


def apply(memory: Memory, op: Op, thread: int, region: int, hand: int) -> Done | None:
    """Return what a step of a thread comes to, None if the thread has to wait; `hand` is how many pairs it holds."""
    if op.name in _LOCKS:
        return _lock(memory, op, thread, region, hand)
    if op.name in ("add_pair", "remove_pair"):
        return _call(memory, op, thread, region, hand)
    if op.name == "take_pair":
        return Done(memory, None, hand + 1)
    if op.name == "free_pair":
        return Done(memory, None, max(hand - 1, 0), () if hand else ("pairs_are_kept",))
    return _at_once(memory, op, thread, region, hand)


def _with(memory: Memory, region: int, state: RegionState) -> Memory:
    return memory._replace(regions=(*memory.regions[:region], state, *memory.regions[region + 1 :]))


_LOCKS: Final = {"lock": True, "unlock": False, "lock_region": True, "unlock_region": False}
"""Whether an operation on a lock takes it."""


def _lock(memory: Memory, op: Op, thread: int, region: int, hand: int) -> Done | None:
    which = region + 1 if op.name.endswith("region") else 0
    owner = memory.locks[which]
    if _LOCKS[op.name] and owner != FREE:
        return None
    if not _LOCKS[op.name] and owner != thread:
        return Done(memory, None, hand, ("locks_are_released",))
    now = thread if _LOCKS[op.name] else FREE
    return Done(memory._replace(locks=(*memory.locks[:which], now, *memory.locks[which + 1 :])), None, hand)


def _at_once(memory: Memory, op: Op, thread: int, region: int, hand: int) -> Done:
    state = memory.regions[region]
    if op.name == "use":
        if not state.pair:
            return Done(memory, MISSING, hand, ("pages_have_a_pair",))
        return Done(_with(memory, region, state._replace(pages=state.pages | {thread})), SUCCESS, hand)
    if op.name == "done":
        return Done(_with(memory, region, state._replace(pages=state.pages - {thread})), None, hand)
    count, answer = _counted(state.counter, op)
    broken = ("counts_users",) if count < 0 else ()
    return Done(_with(memory, region, state._replace(counter=count)), answer, hand, broken)


def _counted(count: int, op: Op) -> tuple[int, Answer]:
    """Return the counter after a step, and the step's answer."""
    match op.name:
        case "read":
            return count, count
        case "set":
            return op.argument or 0, None
        case "increment":
            return count + 1, count + 1
        case "decrement":
            return count - 1, count - 1
        case "increment_unless_zero":
            return count + (count != 0), count != 0
        case _:
            return count - (count != 1), count != 1


def _call(memory: Memory, op: Op, thread: int, region: int, hand: int) -> Done:
    """ADD or REMOVE: at once where there is one region, else it begins, and ends with a later step."""
    if len(memory.regions) == 1:
        return _answered(memory, op, region, hand)
    mine, other = memory.regions[region], memory.regions[1 - region]
    if mine.alone == thread:
        memory = _with(memory, region, mine._replace(alone=FREE))
        memory = _with(memory, 1 - region, other._replace(shared=other.shared - {thread}))
        return _answered(memory, op, region, hand)
    if mine.alone != FREE or mine.shared or other.alone != FREE:
        return Done(memory, BUSY, hand, ("module_is_not_busy",))
    memory = _with(memory, region, mine._replace(alone=thread))
    return Done(_with(memory, 1 - region, other._replace(shared=other.shared | {thread})), None, hand, pending=True)


def _answered(memory: Memory, op: Op, region: int, hand: int) -> Done:
    """Return what the module answers, by its checks in their order."""
    state = memory.regions[region]
    if op.name == "add_pair":
        if state.pair:
            return Done(memory, NOT_FREE, hand, ("added_once",))
        lent = () if hand else ("pairs_are_kept",)
        return Done(_with(memory, region, state._replace(pair=True)), SUCCESS, max(hand - 1, 0), lent)
    if not state.pair:
        return Done(memory, NO_PAIR, hand, ("removed_once",))
    if state.pages:
        return Done(memory, NOT_EMPTY, hand, ("removed_when_empty",))
    if memory.refuse:
        kept = state._replace(phantoms=state.phantoms + 1)
        return Done(_with(memory, region, kept)._replace(refuse=memory.refuse - 1), REFUSED, hand)
    return Done(_with(memory, region, state._replace(pair=False)), SUCCESS, hand + 1)
