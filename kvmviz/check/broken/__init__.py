"""Revisions that are wrong on purpose: each a small sibling of a real one, with one thing amiss.

>>> BROKEN["PointerKept"].breaks, BROKEN["PointerKept"].what
('owned_pages_are_not_freed', 'A page that could not be reclaimed is not forgotten, so the RCU callback frees it.')

They are the proof that the invariants can fail: a check finds every one of them and
names the invariant that it breaks.
"""

from kvmviz.check.broken import dpamt, generic, leaf, lifetime, op
from kvmviz.check.broken.registry import BROKEN, BROKEN_PAMT, Broken

__all__ = ["BROKEN", "BROKEN_PAMT", "Broken", "dpamt", "generic", "leaf", "lifetime", "op"]
