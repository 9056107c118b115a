"""The scenarios that claims are asked of, and their facts, each computed once.

>>> len(SAMPLE), str(SAMPLE[0])
(2568, 'tree=1x1x1')

The sample is the quick space without `panic=on` (a run that stops early settles no
claim) and without `leaves=present` (a counterfactual), simplest scenarios first,
so that the first witness found is the smallest.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import Final

from kvmviz.check.claims.facts import Facts, observe
from kvmviz.machine.printk import Boot
from kvmviz.revisions import Revision
from kvmviz.scenario import CAUSES, Scenario
from kvmviz.tree import Tree

TREES: Final = ("1x1x1", "1x1x2", "1x1x1x1", "1x1x3", "1x2x1", "1x1x1x2")
"""The trees of 3 to 5 S-EPT pages, four and five levels."""
LARGE: Final = ("1x1x7", "1x1x8")
"""Trees with which the rate limit runs out."""
CONTROLS: Final = (
    "TDVPR[0]", *(f"TDCX[0][{i}]" for i in range(5)), *(f"TDCS[{i}]" for i in range(6)), "TDR",
)  # fmt: skip
GAPS: Final = (60, 1)
"""Seconds between the first and the second TD of a boot."""


def _firsts() -> Iterator[Scenario]:
    """Yield the sample's scenarios whose TD is the boot's first."""
    for tree in TREES:
        pages = [f"L{level}@{gfn:#x}" for level, gfn in Tree.parse(tree).tables()]
        sets = [",".join(some) or "none" for size in range(len(pages) + 1) for some in combinations(pages, size)]
        for zap in ("default", "prove-mmu"):
            base = Scenario.parse(f"tree={tree} zap={zap}")
            yield from (base.with_(fail=fail) for fail in [*sets, *CONTROLS])
            yield from (base.with_(fail=f, hkid=hkid) for hkid in CAUSES for f in ("none", "all", *pages))
    for tree in LARGE:
        for zap in ("default", "prove-mmu"):
            base = Scenario.parse(f"tree={tree} zap={zap}")
            yield from (base.with_(fail=f, hkid=h) for h in ("released", *CAUSES) for f in ("none", "all"))


def _simplicity(scenario: Scenario) -> tuple[int, int, str]:
    line = str(scenario)
    return scenario.tree.count, len(line), line


_FIRSTS: Final = tuple(sorted(_firsts(), key=_simplicity))
SAMPLE: Final = tuple(sorted((replace(s, boot=b) for s in _FIRSTS for b in (None, *GAPS)), key=_simplicity))
"""Every scenario, simplest first."""


@lru_cache(maxsize=8)
def facts_of(which: type[Revision]) -> tuple[Facts, ...]:
    """Return the facts of every scenario of `SAMPLE`, in its order, under a revision.

    A boot's first TD is torn down once for all that follow it.
    """
    found: dict[Scenario, Facts] = {}
    for first in _FIRSTS:
        boot = Boot()
        found[first] = observe(which, first, boot)
        for gap in GAPS:
            later = boot.copy()
            later.now += gap
            found[replace(first, boot=gap)] = observe(which, first, later)
    return tuple(found[scenario] for scenario in SAMPLE)
