"""Where patches branch: scenarios that are looked at besides a space, and those that a patch's own constants ask for.

>>> print(next(iter(besides())))
tree=1x1x1 fail=L1@0x0 status=0x8000020000000080

A space has one vCPU, one status, small tables and low addresses, since each of these
would multiply it.  Here each is varied on its own, with a few trees: three other
statuses, no vCPU and two, tables of 9 and of 11 entries, frames above 8 GiB.  A
status, a count or a frame that a patch compares with is a constant in its source, and
is added for that patch.  They are counted apart: no figure of a space changes.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from kvmviz.check.source_numbers import constants
from kvmviz.check.space import TIMES
from kvmviz.revisions import Revision
from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.status import BUSY_TDR, STATUS
from kvmviz.scenario.tree import Tree

STATUSES: Final = (BUSY_TDR, STATUS["PAGE_METADATA_INCORRECT"], 0xC0FFEE0000000000)
"""Beside the default, which is busy: another that may pass, a final one, one that nobody has named."""

VCPUS: Final = (0, 2)

TREES: Final = ("1x1x9", "1x1x11", "1x9x1")
"""Tables of 9 and of 11 entries; the third also has frames above 8 GiB."""

MOST_ENTRIES: Final = 40
"""Largest table that is made for a constant."""

_SMALL: Final = Tree.parse("1x1x1")


def besides(which: type[Revision] | None = None) -> Iterator[Scenario]:
    """Yield what is looked at besides a space with a name; of a reader's revision, for its constants too."""
    seen = set[Scenario]()
    for scenario in _every(constants(which) if which else ()):
        if scenario not in seen:
            seen.add(scenario)
            yield scenario


def _every(numbers: Iterable[int]) -> Iterator[Scenario]:
    for status in STATUSES:
        yield from _statuses(status)
    for vcpus in VCPUS:
        yield from _vcpus(vcpus)
    for text in TREES:
        yield from _tree(Tree.parse(text))
    for number in numbers:
        yield from _constant(number)


def _constant(number: int) -> Iterator[Scenario]:
    """Yield scenarios in which something may equal this number, or pass it by one."""
    if number >= 1 << 32:
        yield from _statuses(number)
        yield from _statuses(number | 1)
    elif number < MOST_ENTRIES:
        yield from _vcpus(number)
        for entries in (number, number + 1):
            yield from _tree(Tree((1, 1, max(entries, 1))))
    else:
        for step, before, after in ((0x200, (1, 1), ()), (0x40000, (1,), (1,)), (0x8000000, (), (1, 1))):
            if number // step < MOST_ENTRIES:
                yield from _tree(Tree((*before, number // step + 2, *after)))
                break


def _setups(
    tree: Tree, hkid: str, word: str, status: int = STATUS["OPERAND_BUSY"], vcpus: int = 1
) -> Iterator[Scenario]:  # fmt: skip
    try:
        fail = Fail.parse(word, tree, vcpus)
    except ValueError:
        return  # a control page of a vCPU that this TD does not have
    for leaves, zap, panic, boot in product(*TIMES):
        yield Scenario(tree, hkid, fail, status, boot, leaves, zap, vcpus, panic)


def _statuses(status: int) -> Iterator[Scenario]:
    if 0 < status < 1 << 64:
        for word in ("L1@0x0", "L2@0x0", "all", "TDVPR[0]", "TDR"):
            yield from _setups(_SMALL, "released", word, status)


def _vcpus(vcpus: int) -> Iterator[Scenario]:
    if vcpus <= MOST_ENTRIES:
        for hkid in ("released", *CAUSES):
            if vcpus or hkid != "vp-flush-error":
                yield from _setups(_SMALL, hkid, "none", vcpus=vcpus)
        for word in ("L1@0x0", "all", f"TDVPR[{vcpus - 1}]"):
            yield from _setups(_SMALL, "released", word, vcpus=vcpus)


def _tree(tree: Tree) -> Iterator[Scenario]:
    last = max(gfn for level, gfn in tree.tables() if level == 1)
    for word in ("none", "all", f"L1@{last:#x}"):
        yield from _setups(tree, "released", word)
    yield from _setups(tree, "flushvp-not-done", "none")


def changed(space: Iterable[Scenario], status: str | None, vcpus: str | None) -> Iterator[Scenario]:
    """Yield the scenarios of a space with this status and so many vCPUs, without those that cannot be then."""
    words = {key: word for key, word in (("status", status), ("vcpus", vcpus)) if word is not None}
    Scenario().with_(**words)
    seen = set[Scenario]()
    for scenario in space:
        try:
            found = scenario.with_(**words)
        except ScenarioError:
            continue
        if found not in seen:
            seen.add(found)
            yield found
