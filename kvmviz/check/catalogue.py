"""The invariants by name, in the order in which reports print them.

>>> INVARIANTS["nothing_is_freed_twice"].premise
'something is freed'
"""

from typing import Final

from kvmviz.check import duties, invariants, pamt, reporting
from kvmviz.check.rule import Invariant, rules_of
from kvmviz.revisions import Revision

__all__ = ["INVARIANTS", "PAMT_INVARIANTS", "Invariant", "invariants_of"]

INVARIANTS: Final = {
    found.name: found for module in (invariants, duties, reporting) for found in rules_of(vars(module))
}
"""Every invariant that is asked of all revisions, by its name."""

PAMT_INVARIANTS: Final = {found.name: found for found in rules_of(vars(pamt))}
"""Those that are asked of revisions that turn Dynamic PAMT on, besides."""


def invariants_of(which: type[Revision]) -> dict[str, Invariant]:
    """Return the invariants that are asked of a revision, by name.

    >>> from kvmviz.revisions import EVERY
    >>> len(invariants_of(EVERY["dpamt"])) - len(invariants_of(EVERY["landed"])) == len(PAMT_INVARIANTS)
    True
    """
    return {**INVARIANTS, **(PAMT_INVARIANTS if which.dynamic_pamt else {})}
