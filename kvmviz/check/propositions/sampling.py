"""The scenarios that claims are asked of, and their facts, each computed once.

>>> len(sample()), str(sample()[0])
(2568, 'tree=1x1x1')

The sample is the quick space without `panic=on` (a run that stops early settles no
claim) and without `leaves=present` (a counterfactual), simplest scenarios first,
so that the first witness found is the smallest.
"""

from dataclasses import replace
from functools import cache
from typing import Final
from weakref import WeakKeyDictionary

from kvmviz.check.propositions.facts import Facts, observe
from kvmviz.check.space import scenarios, small_trees
from kvmviz.machine.printk import Boot
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario

TREES: Final = tuple(tree.text for tree in small_trees(5))
"""The trees of 3 to 5 S-EPT pages, four and five levels, for experiments."""


def _simplicity(scenario: Scenario) -> tuple[int, int, str]:
    line = str(scenario)
    return scenario.tree.count, len(line), line


@cache
def sample() -> tuple[Scenario, ...]:
    """Return every scenario, simplest first."""
    return tuple(sorted((s for s in scenarios("quick") if not s.panic and s.leaves == "gone"), key=_simplicity))


_FACTS: Final[WeakKeyDictionary[type[Revision], tuple[Facts, ...]]] = WeakKeyDictionary()


def facts_of(which: type[Revision]) -> tuple[Facts, ...]:
    """Return the facts of every scenario of the sample, in its order, under a revision.

    They are computed once, and a boot's first TD once for all that follow it.
    """
    if which not in _FACTS:
        _FACTS[which] = _compute(which)
    return _FACTS[which]


def _compute(which: type[Revision]) -> tuple[Facts, ...]:
    found: dict[Scenario, Facts] = {}
    after: dict[Scenario, Boot] = {}
    for scenario in sorted(sample(), key=lambda s: s.boot or 0):
        boot = Boot() if scenario.boot is None else after[replace(scenario, boot=None)].copy()
        boot.now += scenario.boot or 0
        found[scenario] = observe(which, scenario, boot)
        if scenario.boot is None:
            after[scenario] = boot
    return tuple(found[scenario] for scenario in sample())
