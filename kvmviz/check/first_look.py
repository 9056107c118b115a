"""Which scenarios are looked at first, so that what is broken is said at once and not when its turn comes.

>>> from kvmviz.check.space import scenarios
>>> todo = list(scenarios("quick"))
>>> first = glance(todo)
>>> len(first), str(first[0]), first[-1].tree.text, len(first) < len(todo) / 20
(384, 'tree=1x1x1', '1x1x8', True)

A fault shows most often in the smallest tree, or only in large ones, which come last
in a space, or where a number that the patch compares with is met.  What is found here
counts for nothing: every scenario of the space is run in its turn.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Final

from kvmviz.check.space import SETUP
from kvmviz.scenario import Scenario

OFFSETS: Final = (0, 2, 12, 14)
"""Of a setup: without and with guest pages, each as the first TD of a boot and soon after another."""


def glance(todo: Sequence[Scenario], more: Sequence[Scenario] = ()) -> list[Scenario]:
    """Return of each tree and each way of the HKID the first and the last setup, and of `more` every setup.

    `todo` is a space with a name, `more` what is looked at besides; smaller trees come first.
    """
    besides = (more[at : at + SETUP] for at in range(0, len(more), SETUP))
    found = dict.fromkeys(chain(_ends(todo), *map(_some, besides)))
    return sorted(found, key=lambda scenario: scenario.tree.count)


def _ends(todo: Sequence[Scenario]) -> Iterator[Scenario]:
    for _, group in groupby(todo, key=lambda one: (one.tree, one.hkid, one.region, one.remove)):
        every = list(group)
        yield from (*_some(every[:SETUP]), *_some(every[-SETUP:]))


def _some(setup: Sequence[Scenario]) -> list[Scenario]:
    return [setup[n] for n in OFFSETS if n < len(setup)]
