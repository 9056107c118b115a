"""v6 with its patch 06/11: the lock is taken for the first and for the last user alone.

Read in mail: 20260526023515.288829-7-rick.p.edgecombe@intel.com.  `put` is the
kernel's atomic_dec_and_lock, written out: it takes one unless that would be the
last, else it takes the lock and counts down there.
"""

from kvmviz.race.design import Gets, Steps
from kvmviz.race.region import SUCCESS, Region


def get(region: Region) -> Gets:
    """Count one user more; the first lends the module a pair, under the lock."""
    if (yield region.increment_unless_zero()):
        return True
    yield region.take_pair()
    yield region.lock()
    if (yield region.read()):
        yield region.increment()
        yield region.unlock()
        yield region.free_pair()
        return True
    if (yield region.add_pair()) != SUCCESS:
        yield region.unlock()
        yield region.free_pair()
        return False
    yield region.set(1)
    yield region.unlock()
    return True


def put(region: Region) -> Steps:
    """Count one user less; the last is counted down under the lock, and has the pair back there."""
    if (yield region.decrement_unless_one()):
        return
    yield region.lock()
    if (yield region.decrement()):
        yield region.unlock()
        return
    if (yield region.remove_pair()) != SUCCESS:
        yield region.set(1)
        yield region.unlock()
        return
    yield region.unlock()
    yield region.free_pair()
