"""The shape of a mirror page table: how many tables hang below the root, and where.

>>> tree = Tree.parse("1x1x3")
>>> [sept_name(level, gfn) for level, gfn in tree.tables()]
['S-EPT L3 gfn=0x0', 'S-EPT L2 gfn=0x0', 'S-EPT L1 gfn=0x0', 'S-EPT L1 gfn=0x200', 'S-EPT L1 gfn=0x400']
>>> Tree.parse("1GiB").count
514

A tree is written as fan-outs below the root, outermost first, or as the size of
a densely mapped guest (512 level-1 tables and one level-2 table a GiB, one
level-3 table for each 512 GiB).  A table's children sit at index 0, 1, 2, ...
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Final, NamedTuple, Protocol

from kvmviz.scenario.names import ENTRIES, gfn_step, sept_name

MAX_TABLES: Final = 2_000_000
"""Most tables below the root that a tree may have."""

FIRST_FANOUT: Final = {3: 256, 4: 8}
"""Largest first fan-out for three (4-level) and four numbers (5-level): the private half."""

_FANOUTS: Final = r"[1-9][0-9]{0,2}(?:x[1-9][0-9]{0,2}){2,3}"
_SIZE: Final = r"([1-9][0-9]{0,6})(GiB|TiB)"


Place = tuple[int, int, int]
"""Where a table stands: its first guest frame, its parent's number in the level above, its index in that parent."""


Cells = tuple[tuple[int, int], ...]
"""In which 2 MiB regions pages lie: number of the region, how many of the pages."""


class Lie(NamedTuple):
    """Where a page lies: `cells` its regions, None for the next place.

    It stands for `times` pages; `lasts` says that each of them is the last of its
    region to be given up.
    """

    cells: Cells | None = None
    times: int = 1
    lasts: bool = False


NEXT_PLACE: Final = Lie()
"""A page that stands for itself and lies behind the one before."""


class Shape(Protocol):
    """The tables that a mirror is built of: a whole tree, or one in which tables that are alike stand for others."""

    @property
    def root_level(self) -> int:
        """Level of the root table."""

    def places(self, level: int) -> Iterator[Place]:
        """Yield where each table of `level` stands, ascending."""

    def lies(self, level: int, gfn: int) -> Lie:
        """Return in which 2 MiB region a page lies.

        It is the S-EPT page of the table at `level` and `gfn`, or, at level 0, a guest page.
        """


@dataclass(frozen=True, slots=True)
class Tree:
    """An immutable shape; `text` is its canonical form.

    `fanouts` are the numbers below the root, outermost first.  For a size the
    last table of a level may have fewer children; `gib` is that size, else None.
    """

    fanouts: tuple[int, ...]
    gib: int | None = None

    @staticmethod
    def parse(text: str) -> "Tree":
        """Read `1x1x3` or `16GiB`; raise ValueError with what would be allowed."""
        if re.fullmatch(_FANOUTS, text, re.ASCII):
            return _of_fanouts(tuple(map(int, text.split("x"))))
        if match := re.fullmatch(_SIZE, text, re.ASCII):
            return _of_size(int(match[1]) * (1024 if match[2] == "TiB" else 1))
        raise ValueError(
            "use fan-outs below the root such as 1x1x3 (three numbers, or four for a 5-level "
            "tree, each from 1 to 512) or a size such as 16GiB or 1TiB"
        )

    @property
    def text(self) -> str:
        """The canonical form, which `parse` reads back."""
        if self.gib is None:
            return "x".join(map(str, self.fanouts))
        return f"{self.gib // 1024}TiB" if self.gib % 1024 == 0 else f"{self.gib}GiB"

    def __str__(self) -> str:
        return self.text

    @property
    def root_level(self) -> int:
        """Level of the root table: 4, or 5."""
        return len(self.fanouts) + 1

    def level_counts(self) -> dict[int, int]:
        """Return how many tables each level below the root has, outermost first."""
        levels = range(self.root_level - 1, 0, -1)
        if self.gib is not None:
            return dict(zip(levels, (-(-self.gib // ENTRIES), self.gib, self.gib * ENTRIES), strict=True))
        return {level: prod(self.fanouts[: i + 1]) for i, level in enumerate(levels)}

    @property
    def count(self) -> int:
        """Number of tables below the root; each has one S-EPT page."""
        return sum(self.level_counts().values())

    def fanout(self, level: int) -> int:
        """Return how many children a full table of `level` has (level 1 has none)."""
        return self.fanouts[self.root_level - level] if level > 1 else 0

    def gfns(self, level: int) -> Iterator[int]:
        """Yield the first guest frame of each table of `level`, ascending."""
        if self.gib is not None:
            yield from range(0, self.level_counts()[level] * gfn_step(level), gfn_step(level))
            return
        starts = [0]
        for depth, number in enumerate(self.fanouts[: self.root_level - level]):
            step = gfn_step(self.root_level - 1 - depth)
            starts = [start + i * step for start in starts for i in range(number)]
        yield from starts

    def gfn(self, level: int, number: int) -> int:
        """Return the first guest frame of the table `number` of `level`, counted from 0 in ascending order."""
        gfn = 0
        for at in range(level, self.root_level):
            above, index = divmod(number, self.fanout(at + 1)) if at + 1 < self.root_level else (0, number)
            gfn, number = gfn + index * gfn_step(at), above
        return gfn

    def number(self, level: int, gfn: int) -> int:
        """Return which table of `level` begins at `gfn`, counted from 0; the inverse of `gfn`.

        >>> tree = Tree.parse("2x2x3")
        >>> [tree.number(1, tree.gfn(1, n)) for n in (0, 5, 11)]
        [0, 5, 11]
        """
        number = 0
        for at in range(self.root_level - 1, level - 1, -1):
            index, gfn = divmod(gfn, gfn_step(at))
            number = number * self.fanout(at + 1) + index
        return number

    def places(self, level: int) -> Iterator[Place]:
        """Yield where each table of `level` stands, ascending."""
        fanout = self.fanout(level + 1)
        for number, gfn in enumerate(self.gfns(level)):
            yield gfn, number // fanout, number % fanout

    def lies(self, level: int, gfn: int) -> Lie:
        """Return that a page lies behind the one before, and stands for itself."""
        return NEXT_PLACE

    def tables(self) -> Iterator[tuple[int, int]]:
        """Yield (level, gfn) of each table below the root: outermost level first, then gfn."""
        for level in range(self.root_level - 1, 0, -1):
            for gfn in self.gfns(level):
                yield level, gfn

    def sept_pages(self) -> tuple[str, ...]:
        """Return the names of the S-EPT pages in the order of `tables`."""
        return tuple(sept_name(level, gfn) for level, gfn in self.tables())

    def has(self, level: int, gfn: int) -> bool:
        """Say whether the tree has a table of `level` at `gfn`, without listing the tables."""
        if not 1 <= level < self.root_level or gfn % gfn_step(level):
            return False
        if self.gib is not None:
            return gfn // gfn_step(level) < self.level_counts()[level]
        return all(
            (gfn // gfn_step(depth)) % (ENTRIES if depth < self.root_level - 1 else 2**40) < self.fanout(depth + 1)
            for depth in range(level, self.root_level)
        )


@lru_cache(maxsize=256)
def _of_fanouts(fanouts: tuple[int, ...]) -> Tree:
    limit = FIRST_FANOUT[len(fanouts)]
    if fanouts[0] > limit:
        raise ValueError(f"the first fan-out of {len(fanouts)} is from 1 to {limit}, the private half of the root")
    if max(fanouts) > ENTRIES:
        raise ValueError(f"a fan-out is from 1 to {ENTRIES}, the entries of a table")
    return _within_limit(Tree(fanouts))


@lru_cache(maxsize=256)
def _of_size(gib: int) -> Tree:
    return _within_limit(Tree((-(-gib // ENTRIES), min(gib, ENTRIES), ENTRIES), gib))


def _within_limit(tree: Tree) -> Tree:
    if tree.count > MAX_TABLES:
        raise ValueError(f"at most {MAX_TABLES:,} tables below the root, this tree would have {tree.count:,}")
    return tree
