"""The invariants by name, in the order in which reports print them.

>>> INVARIANTS["nothing_is_freed_twice"].premise
'something is freed'
"""

from typing import Final

from kvmviz.check import duties, invariants, reporting
from kvmviz.check.rule import Invariant, rules_of

__all__ = ["INVARIANTS", "Invariant"]

INVARIANTS: Final = {
    found.name: found for module in (invariants, duties, reporting) for found in rules_of(vars(module))
}
"""Every invariant by its name."""
