"""Which scenarios are looked at first, so that what is broken is said at once and not when its turn comes.

>>> from kvmviz.check.space import scenarios
>>> todo = list(scenarios("quick"))
>>> first = glance(todo)
>>> len(first), str(first[0]), first[-1].tree.text
(72, 'tree=1x1x1', '1x1x8')

A fault shows most often in the smallest tree, or only in large ones, which come last
in a space, or where a number that the patch compares with is met.  What is found here
counts for nothing: every scenario of the space is run in its turn.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import Final

from kvmviz.check.space import SETUP
from kvmviz.scenario import Scenario

GONE: Final = 0
PRESENT: Final = 12
"""Where in a setup guest pages are gone, and present, in the first TD of a boot."""
AGAIN: Final = 14
"""Where they are present in a TD that comes soon after another."""


def glance(todo: Sequence[Scenario], more: Sequence[Scenario] = ()) -> list[Scenario]:
    """Return some scenarios of each tree, smaller trees first.

    `todo` is a space with a name, `more` what is looked at besides.  Of a tree these
    are no and every failure, of the first tree and the last that with each way in
    which the HKID stays, too; of `more` one of each setup.
    """
    besides = (_some(more[at : at + SETUP], PRESENT) for at in range(0, len(more), SETUP))
    found = dict.fromkeys(chain(_ends(todo), *besides))
    return sorted(found, key=lambda scenario: scenario.tree.count)


def _ends(todo: Sequence[Scenario]) -> Iterator[Scenario]:
    outer = {one.tree for one in (*todo[:1], *todo[-1:])}
    for (tree, hkid, *_), group in groupby(todo, key=lambda one: (one.tree, one.hkid, one.region, one.remove)):
        if hkid == "released" or tree in outer:
            every = list(group)
            yield from (*_some(every[:SETUP], GONE, AGAIN), *_some(every[-SETUP:], GONE, AGAIN))


def _some(setup: Sequence[Scenario], *numbers: int) -> list[Scenario]:
    return [setup[number] for number in numbers if number < len(setup)]
