"""What landed in tip, branch x86/tdx, on 4 September 2026: everything under one lock.

Read in source: `tdx_pamt_get` and `tdx_pamt_put` (arch/x86/virt/vmx/tdx/tdx.c,
eca9d4a3f1f8 "Handle multiple callers in tdx_pamt_get/put()").  The pair is taken
before the lock, so that nothing sleeps under it.
"""

from kvmviz.race.design import Gets, Steps
from kvmviz.race.region import SUCCESS, Region


def get(region: Region) -> Gets:
    """Count one user more; the first lends the module a pair."""
    yield region.take_pair()
    yield region.lock()
    if (yield region.increment_unless_zero()):
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
    """Count one user less; the last has the pair back, and the counter says one until that is done."""
    yield region.lock()
    if (yield region.read()) > 1:
        yield region.decrement()
        yield region.unlock()
        return
    if (yield region.remove_pair()) != SUCCESS:
        yield region.unlock()
        return
    yield region.set(0)
    yield region.unlock()
    yield region.free_pair()
