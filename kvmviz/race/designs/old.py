"""v3, v4 and RFC v5 of the series: the last user is counted down before the lock is taken.

Since then somebody else can come in between, `get` takes the answer that the pair is
there already for a success, and `put` looks again under the lock.  Read in mail:
20250918232224.2202592-9-rick.p.edgecombe@intel.com (v3 08/16) and RFC v5
(20260129011517.3545883-1-seanjc@google.com).  Simplification: v3 took the pair
before the first look, too.
"""

from kvmviz.race.design import Gets, Steps
from kvmviz.race.region import NOT_FREE, SUCCESS, Region

EXPECTS = {"added_once"}
"""ADD on a region that has its pair: `get` knows what to do then."""


def get(region: Region) -> Gets:
    """Count one user more; the first lends the module a pair, under the lock."""
    if (yield region.increment_unless_zero()):
        return True
    yield region.take_pair()
    yield region.lock()
    if (yield region.increment_unless_zero()):
        yield region.unlock()
        yield region.free_pair()
        return True
    status = yield region.add_pair()
    if status not in (SUCCESS, NOT_FREE):
        yield region.unlock()
        yield region.free_pair()
        return False
    yield region.set(1)
    yield region.unlock()
    if status == NOT_FREE:
        yield region.free_pair()
    return True


def put(region: Region) -> Steps:
    """Count one user less; who was the last looks again under the lock, and has the pair back."""
    if (yield region.decrement()):
        return
    yield region.lock()
    if (yield region.read()):
        yield region.unlock()
        return
    if (yield region.remove_pair()) != SUCCESS:
        yield region.increment()
        yield region.unlock()
        return
    yield region.unlock()
    yield region.free_pair()
