"""Where the pages of a large TD lie in host memory, for a tree whose tables are counted together (Dynamic PAMT).

>>> from kvmviz.scenario import Scenario
>>> layout = layout_of(Scenario.parse("tree=1TiB region=dense"))
>>> lasts = layout.lasts(Scenario.parse("tree=1TiB").tree, {1: bytes(524288), 2: bytes(1024), 3: bytes(2)})
>>> {level: len(numbers) for level, numbers in lasts.items()}
{3: 0, 2: 2, 1: 1024}

Pages fill regions in the order of allocation: control pages, then S-EPT pages, the
outermost level first.  The page that is put last in a region takes the pair home,
so it does not behave as the others do and is told apart from them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kvmviz.machine.dpamt import PAGES
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.names import control_names
from kvmviz.scenario.tree import Tree


@dataclass(frozen=True, slots=True)
class Layout:
    """How pages lie: `where` as the scenario's `region`, `before` how many control pages come first.

    `empties` says whether regions lose all their pages in the end: the key is
    released, and no other TD is there.
    """

    where: str
    before: int
    empties: bool

    def start(self, tree: Tree, level: int) -> int:
        """Return how many pages come before the S-EPT pages of this level."""
        return self.before + sum(count for at, count in tree.level_counts().items() if at > level)

    def lasts(self, tree: Tree, flags: Mapping[int, bytes]) -> dict[int, list[int]]:
        """Return by level the tables, by number, whose page is the last of its region to be put; `flags` mark failures.

        Tables are given up by level, lowest first, or children before their parent
        (PROVE_MMU); of the pages of one region the last is the same either way.
        """
        found: dict[int, list[int]] = {level: [] for level in tree.level_counts()}
        if self.empties and self.where == "dense":
            ends = self.before + tree.count
            for first in range(-(-self.before // PAGES) * PAGES, ends, PAGES):
                spans = [*self._spans(tree, first, min(first + PAGES, ends))]
                if not any(flags[level].find(1, start, stop) >= 0 for level, start, stop in spans):
                    level, _, stop = spans[0]
                    found[level].append(stop - 1)
        return found

    def _spans(self, tree: Tree, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (level, first, end) of the tables whose pages lie from `first` up to `end`; highest level first."""
        at = self.before
        for level, count in tree.level_counts().items():
            start, stop = max(first - at, 0), min(end - at, count)
            if start < stop:
                yield level, start, stop
            at += count

    def cells(self, position: int, count: int) -> Iterator[tuple[int, int, int]]:
        """Yield (region, first, end) for so many places from `position` on, counted from there."""
        at = 0
        while at < count:
            region = (position + at) // PAGES
            end = min((region + 1) * PAGES - position, count)
            yield region, at, end
            at = end


def layout_of(scenario: Scenario) -> Layout | None:
    """Return how the scenario's pages lie, None without Dynamic PAMT.

    Raises ScenarioError where guest pages share regions with a large tree's pages.
    """
    if scenario.region == "off":
        return None
    if scenario.tree.gib is None and scenario.region != "scattered":
        raise ScenarioError(
            f"region={scenario.region}: of a tree that is given by fan-outs and as large as {scenario.tree}, pages of "
            "one region cannot be counted together; use a size such as 16GiB, or region=scattered."
        )
    before = sum(1 for _ in control_names(scenario.vcpus))
    return Layout(scenario.region, before, scenario.hkid == "released")
