"""How a tree is spread over the picture: what is drawn large, what stands on a shelf, what is folded.

>>> [level for level, _ in plan(Tree.parse("1x1x3")).large]
[3, 2, 1, 1, 1]
>>> plan(Tree.parse("1x1x12")).shelves[0].size
'medium'
>>> [group.name for group in plan(Tree.parse("1x2x64")).groups]
['L2 gfn=0x0', 'L2 gfn=0x40000']

The picture is about as wide for every tree, so that its labels stay readable:
a level of up to four tables is drawn large, further tables stand on shelves
below the table they hang from, and past sixty tables they are folded into
groups that show counts and open on click.  Where a table stands for others that
are alike, it is never drawn too small to say for how many.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from kvmviz.record.folding import FoldedTree
from kvmviz.scenario.names import gfn_step, sept_name
from kvmviz.scenario.tree import Tree

Shown = Tree | FoldedTree
"""What is drawn: every table of a tree, or of a large one those that stand for all."""

Table = tuple[int, int]
"""A table: its level and the first guest frame it covers."""

Size = Literal["medium", "small"]

LARGE: Final = 4
"""Most tables of a level that are drawn large."""

UNFOLDED: Final = 60
"""Most tables below the root that are shown without folding."""

STANDING: Final = 24
"""Most tables that are shown without folding where some stand for others."""

APART: Final = 4
"""Most tables that are shown below a group since they stand out from it."""

BAR: Final = 256
"""Least width of a bar that counts more tables than are drawn, for its long name."""

BARS: Final = 16
"""Most groups; above, a whole subtree is one group."""

WIDTH: Final = 460
"""Width of the picture in points, for most trees."""

TWIN: Final = 138
"""Width of a large twin."""

GAP: Final = 23
"""Space between two large twins."""

PITCH: Final[dict[Size, int]] = {"medium": 88, "small": 38}
"""Distance from one twin of a shelf to the next."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Twins in rows, in gfn order, below the table `anchor`; one section for each level."""

    anchor: Table | None
    sections: tuple[tuple[int, tuple[Table, ...]], ...]
    size: Size
    columns: int
    width: int


@dataclass(frozen=True, slots=True)
class Group:
    """Tables folded into counted bars below `anchor`; `shelf` is what a click opens."""

    name: str
    anchor: Table | None
    shelf: Shelf

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the group, outermost level first."""
        return tuple(table for _, tables in self.shelf.sections for table in tables)


@dataclass(frozen=True, slots=True)
class Plan:
    """What `plan` decides; every table is in exactly one of the three.

    With groups, shelves hold what stands out from the group of the same anchor.
    """

    large: tuple[Table, ...]
    shelves: tuple[Shelf, ...]
    groups: tuple[Group, ...]
    lowest: int
    """The lowest level that is drawn large; the root's if none is."""


def parent(tree: Shown, table: Table) -> Table | None:
    """Return the table that `table` hangs from, None for the root."""
    return ancestor(tree, table, table[0] + 1)


def ancestor(tree: Shown, table: Table, level: int) -> Table | None:
    """Return the table of `level` that covers `table`, None if that is the root."""
    return None if level >= tree.root_level else (level, table[1] - table[1] % gfn_step(level))


def times(tree: Shown, page: str) -> int:
    """Return how many pages are drawn as this one."""
    return tree.times_of(page) if isinstance(tree, FoldedTree) else 1


def how_many(tree: Shown, tables: Iterable[Table]) -> int:
    """Return how many tables are drawn as these."""
    return sum(times(tree, sept_name(*table)) for table in tables)


@lru_cache(maxsize=128)
def plan(tree: Shown) -> Plan:
    """Decide how `tree` is drawn."""
    counts = tree.level_counts()
    lowest = tree.root_level
    while lowest > 1 and counts[lowest - 1] <= LARGE:
        lowest -= 1
    large = tuple(table for table in tree.tables() if table[0] >= lowest)
    rest = [table for table in tree.tables() if table[0] < lowest]
    if not rest:
        return Plan(large, (), (), lowest)
    if tree.count <= (STANDING if isinstance(tree, FoldedTree) else UNFOLDED):
        return Plan(large, tuple(_shelves(tree, rest, lowest)), (), lowest)
    apart = _apart(tree, rest, lowest) if isinstance(tree, FoldedTree) else {}
    shown = {table for tables in apart.values() for table in tables}
    groups = _groups(tree, [table for table in rest if table not in shown], lowest)
    return Plan(large, tuple(_shelf(at, tables, BAR, "medium") for at, tables in apart.items()), tuple(groups), lowest)


def _apart(tree: FoldedTree, rest: list[Table], lowest: int) -> dict[Table | None, list[Table]]:
    """Return the tables that are shown below the group they stand out from: the first that fail, where most do not."""
    whole = _by_ancestor(tree, rest, lowest)
    found = _by_ancestor(tree, [table for table in tree.exceptions() if table[0] < lowest], lowest)
    return {at: tables[:APART] for at, tables in found.items() if len(tables[:APART]) < len(whole[at])}


def _shelves(tree: Shown, rest: Iterable[Table], lowest: int) -> Iterator[Shelf]:
    below = _by_ancestor(tree, rest, lowest)
    width = _shelf_width(len(below))
    for anchor, tables in below.items():
        yield _shelf(anchor, tables, width, "medium" if isinstance(tree, FoldedTree) else None)


def _groups(tree: Shown, rest: Iterable[Table], lowest: int) -> Iterator[Group]:
    whole = isinstance(tree, FoldedTree) or lowest <= 2 or tree.level_counts()[lowest - 1] > BARS
    at = lowest if whole else lowest - 1
    for head, tables in _by_ancestor(tree, rest, at).items():
        name = "root" if head is None else f"L{head[0]} gfn={head[1]:#x}"
        anchor = head if head is None or head[0] == lowest else ancestor(tree, head, lowest)
        yield Group(name, anchor, _shelf(anchor, tables, WIDTH, "medium" if isinstance(tree, FoldedTree) else "small"))


def _by_ancestor(tree: Shown, tables: Iterable[Table], level: int) -> dict[Table | None, list[Table]]:
    found: dict[Table | None, list[Table]] = {}
    for table in tables:
        found.setdefault(ancestor(tree, table, level), []).append(table)
    return found


def _shelf_width(anchors: int) -> int:
    whole = max(WIDTH, anchors * (TWIN + GAP) - GAP)
    return (whole + GAP) // anchors - GAP


def _shelf(anchor: Table | None, tables: list[Table], width: int, size: Size | None = None) -> Shelf:
    sections = tuple(
        (level, tuple(t for t in tables if t[0] == level)) for level in sorted({t[0] for t in tables}, reverse=True)
    )
    size = size or _size(max(len(part) for _, part in sections), width)
    columns = max(1, width // PITCH[size])
    return Shelf(anchor, sections, size, columns, width)


def _size(count: int, width: int) -> Size:
    rows = -(-count // max(1, width // PITCH["medium"]))
    return "medium" if rows <= LARGE else "small"
