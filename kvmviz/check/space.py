"""Spaces of scenarios: what "every scenario" means.

>>> print(next(scenarios("1x1x4")))
tree=1x1x4

The default space has the 15 fan-out trees of 3 to 7 S-EPT pages, four and five
levels.  With the HKID released: every set of failing S-EPT pages, and each control
page alone.  With each of the ways in which it stays assigned: none, all, and
each S-EPT page alone.  And two trees large enough for the rate limit to run out,
with none and all.  Each of these as the first TD of a boot and as the second after
60 s and after 1 s, with guest pages gone and present, in both zap orders, without
and with panic_on_warn; one vCPU, the default status.

The quick space has the same for the six trees of 3 to 5 pages and the two large ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, combinations, groupby, product
from typing import Final

from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.names import TDCS_PAGES, TDCX_PAGES
from kvmviz.scenario.tree import Tree

LARGE: Final = ("1x1x7", "1x1x8")
"""Trees of nine and ten S-EPT pages: with the TDR they fill, and overflow, a rate-limit window of ten lines."""

CONTROLS: Final = (
    "TDVPR[0]", *(f"TDCX[0][{i}]" for i in range(TDCX_PAGES)), *(f"TDCS[{i}]" for i in range(TDCS_PAGES)), "TDR",
)  # fmt: skip
"""The control pages of a TD with one vCPU."""

TIMES: Final = (("gone", "present"), ("default", "prove-mmu"), (False, True), (None, 60, 1))
"""Every setup is run with each of these: leaves, zap, panic, boot; the boot last, so that its first TD is at hand."""

SETUP: Final = 24
"""How many of these there are: scenarios of a space that differ in them alone stand one behind another."""

REGION_SETTINGS: Final = (
    ("dense", "works"), ("dense", "fails-once"), ("dense", "fails"),
    ("scattered", "works"), ("scattered", "fails-once"), ("scattered", "fails"), ("shared", "works"),
)  # fmt: skip
"""With Dynamic PAMT: region, remove; where another TD shares every region nothing is removed, so nothing can fail."""

MOST_FOR_REGIONS: Final = 3
"""Most S-EPT pages of a tree of which a space with a name has each of these; of larger ones the first."""

MOST_FOR_SETS: Final = 10
"""Most S-EPT pages of a tree of which every set is tried; of larger ones none, all and each alone."""

MOST_PAGES: Final = 100
"""Most S-EPT pages of a tree whose every scenario is tried."""

Space = str | Tree | Iterable[Scenario | str]
"""What a space can be given as: `default`, `quick`, a tree, or scenarios of one's own."""

SPACES: Final = ("default", "quick")
"""The spaces with a name."""


def small_trees(most: int) -> tuple[Tree, ...]:
    """Return the fan-out trees of 3 to `most` S-EPT pages, fewest pages first.

    >>> [tree.text for tree in small_trees(4)]
    ['1x1x1', '1x1x1x1', '1x1x2']
    """
    fanouts = chain(product(range(1, most), repeat=3), product(range(1, most), repeat=4))
    trees = (Tree(numbers) for numbers in fanouts)
    return tuple(sorted((t for t in trees if 3 <= t.count <= most), key=lambda t: (t.count, t.text)))


def _tree(text: str) -> Tree:
    try:
        return Tree.parse(text)
    except ValueError as error:
        raise ScenarioError(f"{text[:60]!r} is no space: use default, quick or a tree; {error}.") from None


def scenarios(space: Space, *, pamt: bool = False) -> Iterator[Scenario]:
    """Yield every scenario of a space, smaller trees first.

    A space is `default`, `quick`, a tree such as `1x1x4`, or scenarios of one's own,
    which are taken as they are.  With `pamt` its machine has Dynamic PAMT: every
    scenario with its pages in dense regions, and of a tree that is named, or of at
    most `MOST_FOR_REGIONS` pages, with each of `REGION_SETTINGS`.  Raises
    ScenarioError for a tree that is none, or too large.
    """
    if pamt and isinstance(space, str | Tree):
        return _with_regions(scenarios(space), MOST_PAGES if space not in SPACES else MOST_FOR_REGIONS)
    if isinstance(space, str) and space not in SPACES:
        return of_tree(_tree(space))
    if isinstance(space, Tree):
        return of_tree(space)
    if isinstance(space, str):
        trees = small_trees(7 if space == "default" else 5)
        return chain(chain.from_iterable(map(of_tree, trees)), chain.from_iterable(map(_of_large, LARGE)))
    return (s if isinstance(s, Scenario) else Scenario.parse(s) for s in space)


def _with_regions(every: Iterable[Scenario], most: int) -> Iterator[Scenario]:
    """Yield scenarios with each way in which regions can lie, tree by tree; of a tree above `most` pages with one."""
    for tree, group in groupby(every, key=lambda scenario: scenario.tree):
        found = list(group)
        for region, remove in REGION_SETTINGS if tree.count <= most else REGION_SETTINGS[:1]:
            yield from (replace(scenario, region=region, remove=remove) for scenario in found)


def of_tree(tree: Tree) -> Iterator[Scenario]:
    """Yield every scenario of one tree; raise ScenarioError if it is too large for that."""
    if tree.count > MOST_PAGES:
        raise ScenarioError(
            f"tree={tree}: with {tree.count:,} S-EPT pages it is too large to try every scenario; "
            f"use a tree of at most {MOST_PAGES}."
        )
    pages = [f"L{level}@{gfn:#x}" for level, gfn in tree.tables()]
    sets = _every_set(pages) if len(pages) <= MOST_FOR_SETS else ["none", *pages, "all"]
    return chain(
        _setups(tree, ("released",), [*sets, *CONTROLS]),
        _setups(tree, CAUSES, ["none", *pages, "all"]),
    )


def _of_large(text: str) -> Iterator[Scenario]:
    return _setups(Tree.parse(text), ("released", *CAUSES), ["none", "all"])


def _every_set(pages: list[str]) -> list[str]:
    subsets = chain.from_iterable(combinations(pages, size) for size in range(len(pages) + 1))
    return [",".join(subset) or "none" for subset in subsets]


def _setups(tree: Tree, hkids: Iterable[str], fails: list[str]) -> Iterator[Scenario]:
    for hkid, word in product(hkids, fails):
        fail = Fail.parse(word, tree, vcpus=1)
        for leaves, zap, panic, boot in product(*TIMES):
            yield Scenario(tree=tree, hkid=hkid, fail=fail, boot=boot, leaves=leaves, zap=zap, panic=panic)
