"""What one would write first: an atomic counter, and no lock.

Nobody posted this; it stands here to be broken.
"""

from kvmviz.race.design import Gets, Steps
from kvmviz.race.region import SUCCESS, Region


def get(region: Region) -> Gets:
    """Count one user more; the first lends the module a pair."""
    if (yield region.increment()) > 1:
        return True
    yield region.take_pair()
    if (yield region.add_pair()) != SUCCESS:
        yield region.decrement()
        yield region.free_pair()
        return False
    return True


def put(region: Region) -> Steps:
    """Count one user less; the last has the pair back."""
    if (yield region.decrement()):
        return
    if (yield region.remove_pair()) != SUCCESS:
        yield region.increment()
        return
    yield region.free_pair()
