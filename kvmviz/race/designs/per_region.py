"""`landed`, with a lock for each region in the place of the common one.

Nobody posted this.  Dave Hansen held that the common lock can be split later
(9 February 2026); Yan Zhao, that ADD and REMOVE also lock the regions in which the
pages of the pair lie, so that calls about two regions meet in the module
(ak3ySL89u5+1oCZB@yzhao56-desk.sh.intel.com).  So there are two regions here, each
with its pair in the other.
"""

from kvmviz.race.design import Gets, Steps
from kvmviz.race.region import SUCCESS, Region

REGIONS = 2


def get(region: Region) -> Gets:
    """Count one user more; the first lends the module a pair."""
    yield region.take_pair()
    yield region.lock_region()
    if (yield region.increment_unless_zero()):
        yield region.unlock_region()
        yield region.free_pair()
        return True
    if (yield region.add_pair()) != SUCCESS:
        yield region.unlock_region()
        yield region.free_pair()
        return False
    yield region.set(1)
    yield region.unlock_region()
    return True


def put(region: Region) -> Steps:
    """Count one user less; the last has the pair back, and the counter says one until that is done."""
    yield region.lock_region()
    if (yield region.read()) > 1:
        yield region.decrement()
        yield region.unlock_region()
        return
    if (yield region.remove_pair()) != SUCCESS:
        yield region.unlock_region()
        return
    yield region.set(0)
    yield region.unlock_region()
    yield region.free_pair()
