"""How many scenarios a space has, counted from its description and from no scenario of it."""

from kvmviz.check.space import MOST_FOR_SETS, small_trees
from kvmviz.scenario import CAUSES
from kvmviz.scenario.tree import Tree

TIMES = 3 * 2 * 2 * 2
"""Boot, leaves, zap order, panic."""


def setups(tree: Tree) -> int:
    """Every set of failing pages, or none, all, each alone; 13 control pages; for each cause none, all, each page."""
    count = tree.count
    sets = (1 << count) if count <= MOST_FOR_SETS else count + 2
    return sets + 13 + len(CAUSES) * (2 + count)


def counted(space: str) -> int:
    """Return it of a space with a name, which has two large trees with none and all failing, or of one tree."""
    if space not in ("default", "quick"):
        return setups(Tree.parse(space)) * TIMES
    small = small_trees(7 if space == "default" else 5)
    return (sum(map(setups, small)) + 2 * (1 + len(CAUSES)) * 2) * TIMES
