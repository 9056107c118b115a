"""A large tree folded into a small one: tables that behave alike are one table that counts as many.

>>> from kvmviz.scenario import Scenario
>>> wanted = Scenario.parse("tree=1TiB fail=L1@0x200")
>>> folded = fold(wanted.tree, wanted.fail)
>>> folded.count, sum(folded.times(*table) for table in folded.tables()) == wanted.tree.count
(10, True)
>>> folded.times(1, 0x200), folded.times(1, 0x400)
(1, 510)

What a teardown does to a table depends on whether its reclaim fails and on what
the boot remembers by then: "once" flags, rate limits, whether the VM is bugged.
All that is settled after the first few tables of a kind (level, fails or not).
These stand alone, and so do the tables above them; the rest of a table's
children are folded by kind, and by which kinds hang below them.  A fold is cut at
every table that stands alone, so what comes before and after it is kept apart.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kvmviz.record.regions import Layout
from kvmviz.scenario.faults import Fail, Flags
from kvmviz.scenario.names import gfn_step, guest_name, pair_names, sept_name, spt_name
from kvmviz.scenario.tree import NEXT_PLACE, Lie, Place, Tree

FAILING_FIRST: Final = 11
"""Failing tables of a level that stand alone: one more than a rate limit lets through."""

OTHERS_FIRST: Final = 1
"""Other tables of a level that stand alone: a trace that comes once a boot comes for the first."""

LAST: Final = 2
"""Mark, beside a table's fault, of one whose page is the last of its region (Dynamic PAMT)."""

Span = tuple[int, int]
"""Tables of one level by number, from the first up to but without the last."""


@dataclass(frozen=True, slots=True)
class FoldedTable:
    """Tables of one level that behave alike, shown by the first of them.

    `times` says how many they are, `fails` whether their reclaims do; `kind` and
    `spans` which of their level: those of this kind in these spans.
    """

    level: int
    gfn: int
    times: int
    parent: int
    index: int
    fails: bool
    kind: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class FoldedTree:
    """The folded tree; to whoever builds or draws it, a `Tree` with few tables.

    `tree` is what was folded, `levels` its tables by level, ascending; `kinds`
    holds for each level the kind of each table of `tree`.
    """

    tree: Tree
    levels: dict[int, tuple[FoldedTable, ...]]
    kinds: Flags
    text: str
    layout: Layout | None = None
    _times: dict[str, int] = field(default_factory=dict)
    _lies: dict[tuple[int, int], Lie] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.layout is not None:
            self._lay_out(self.layout)
        for one in (one for level in self.levels.values() for one in level if one.times > 1):
            guests = [guest_name(one.gfn + i) for i in range(2)] if one.level == 1 else []
            names = [sept_name(one.level, one.gfn), spt_name(one.level, one.gfn), *guests]
            self._times.update(dict.fromkeys(names, one.times))

    def __str__(self) -> str:
        return self.text

    @property
    def root_level(self) -> int:
        """Level of the root table."""
        return self.tree.root_level

    @property
    def gib(self) -> int | None:
        """The size in GiB, None for a tree that was given by fan-outs."""
        return self.tree.gib

    @property
    def count(self) -> int:
        """Number of tables that are left, below the root."""
        return sum(map(len, self.levels.values()))

    def level_counts(self) -> dict[int, int]:
        """Return how many tables are left of each level, outermost first."""
        return {level: len(tables) for level, tables in self.levels.items()}

    def gfns(self, level: int) -> Iterator[int]:
        """Yield the first guest frame of each table of `level`, ascending."""
        return (one.gfn for one in self.levels[level])

    def places(self, level: int) -> Iterator[Place]:
        """Yield where each table of `level` stands, ascending."""
        return ((one.gfn, one.parent, one.index) for one in self.levels[level])

    def tables(self) -> Iterator[tuple[int, int]]:
        """Yield (level, gfn) of each table below the root: outermost level first, then gfn."""
        return ((one.level, one.gfn) for tables in self.levels.values() for one in tables)

    def times(self, level: int, gfn: int) -> int:
        """Return how many tables this one stands for."""
        return self.times_of(sept_name(level, gfn))

    def times_of(self, page: str) -> int:
        """Return how many pages stand behind the name of this one."""
        return self._times.get(page, 1)

    def lies(self, level: int, gfn: int) -> Lie:
        """Return in which 2 MiB regions the pages lie that this one stands for."""
        return self._lies.get((level, gfn), NEXT_PLACE)

    def _lay_out(self, layout: Layout) -> None:
        for one in (one for level in self.levels.values() for one in level):
            start = layout.start(self.tree, one.level)
            if layout.where == "scattered":
                first = self.tree.number(one.level, one.gfn)
                self._apart(one, one.level, one.gfn, start + first)
                for i in range(2 if one.level == 1 and self.gib is None else 0):
                    self._apart(one, 0, one.gfn + i * gfn_step(0), start + self.tree.level_counts()[1] + 2 * first + i)
                continue
            lasts = one.level == 1 and bool(one.kind & LAST)
            cells = tuple(self._cells_of(layout, one, start))
            self._lies[one.level, one.gfn] = Lie(cells, one.times, lasts)
            if lasts:
                self._times.update(dict.fromkeys(pair_names(cells[0][0]), one.times))

    def _apart(self, one: FoldedTable, level: int, gfn: int, place: int) -> None:
        """Lay out pages of which each has a region of its own."""
        self._lies[level, gfn] = Lie(((place, 1),), one.times, lasts=True)
        self._times.update(dict.fromkeys(pair_names(place), one.times))

    def _cells_of(self, layout: Layout, one: FoldedTable, start: int) -> Iterator[tuple[int, int]]:
        found: dict[int, int] = {}
        kinds = self.kinds[one.level]
        for first, stop in one.spans:
            for region, a, b in layout.cells(start + first, stop - first):
                if count := kinds.count(one.kind, first + a, first + b):
                    found[region] = found.get(region, 0) + count
        yield from found.items()

    def exceptions(self) -> list[tuple[int, int]]:
        """Return the tables that stand alone since they fail, where most do not: outermost level first, then gfn.

        >>> from kvmviz.scenario import Scenario
        >>> wanted = Scenario.parse("tree=1TiB fail=L1@0x200,L2@0x40000")
        >>> fold(wanted.tree, wanted.fail).exceptions(), fold(wanted.tree, Fail(every=True)).exceptions()
        ([(2, 262144), (1, 512)], [])
        """
        failing = [one for level in self.levels.values() for one in level if one.fails]
        if 2 * sum(one.times for one in failing) > self.tree.count:
            return []
        return [(one.level, one.gfn) for one in failing if one.times == 1]

    def members(self, one: FoldedTable) -> Iterator[int]:
        """Yield the first guest frames of the tables that this one stands for, ascending."""
        kinds = self.kinds[one.level]
        return (self.tree.gfn(one.level, n) for start, stop in one.spans for n in range(start, stop)
                if kinds[n] == one.kind)  # fmt: skip


@lru_cache(maxsize=64)
def fold(
    tree: Tree, fail: Fail, failing: int = FAILING_FIRST, others: int = OTHERS_FIRST, layout: Layout | None = None
) -> FoldedTree:
    """Fold a tree whose reclaims fail as `fail` says; the first of each kind stand alone, so many of each level."""
    text = f"{tree} fail={fail} first={others},{failing}{f' {layout}' if layout else ''}"
    return _Folder(tree, fail.flags(tree), layout, others, failing).folded(text)


def _marked(flags: bytes, lasts: Sequence[int]) -> bytes:
    """Return the flags with those tables told apart whose page is the last of its region."""
    if not lasts:
        return flags
    marked = bytearray(flags)
    for number in lasts:
        marked[number] |= LAST
    return bytes(marked)


class _Folder:
    """Works a fold out: kinds from below, then groups from above."""

    def __init__(self, tree: Tree, flags: Flags, layout: Layout | None, *firsts: int) -> None:
        self.tree, self.counts, self.flags, self.layout = tree, tree.level_counts(), flags, layout
        lasts = layout.lasts(tree, flags) if layout else {level: [] for level in flags}
        self.kinds: dict[int, bytes] = {1: _marked(flags[1], lasts[1])}
        for level in range(2, tree.root_level):
            self.kinds[level] = self.kinds_of(level, _marked(flags[level], lasts[level]))
        self.alone = {level: self.first_of(some, firsts) for level, some in flags.items()}
        for level, numbers in lasts.items():
            self.alone[level].update(numbers if level > 1 else numbers[: firsts[0]])
        for level in range(2, tree.root_level):
            self.alone[level] |= {n // tree.fanout(level) for n in self.alone[level - 1]}
        self.cuts = {level: sorted(alone) for level, alone in self.alone.items()}

    def folded(self, text: str) -> FoldedTree:
        levels: dict[int, tuple[FoldedTable, ...]] = {}
        top = self.tree.root_level - 1
        levels[top] = tuple(self.tables(top, 0, [(0, self.counts[top])]))
        for level in range(top - 1, 0, -1):
            above = enumerate(levels[level + 1])
            levels[level] = tuple(one for n, over in above for one in self.tables(level, n, self.below(over)))
        return FoldedTree(self.tree, levels, self.kinds, text, self.layout)

    def kinds_of(self, level: int, flags: bytes) -> bytes:
        """Number what can be told apart: does the table fail, and which kinds are among its children."""
        known: dict[tuple[int, frozenset[int]], int] = {}
        found = bytearray()
        for number, fails in enumerate(flags):
            start, stop = self.children(level, number)
            key = (fails, frozenset(self.kinds[level - 1][start:stop]))
            found.append(known.setdefault(key, len(known)))
        return bytes(found)

    def children(self, level: int, number: int) -> Span:
        fanout = self.tree.fanout(level)
        return number * fanout, min((number + 1) * fanout, self.counts[level - 1])

    @staticmethod
    def first_of(flags: bytes, firsts: Sequence[int]) -> set[int]:
        """Return the first tables of each kind, by number."""
        found: set[int] = set()
        for fails, most in enumerate(firsts):
            at = -1
            for _ in range(most):
                at = flags.find(fails, at + 1)
                if at < 0:
                    break
                found.add(at)
        return found

    def below(self, over: FoldedTable) -> list[Span]:
        """Return the spans of the children of tables that are alike; what adjoins is joined."""
        kinds, found = self.kinds[over.level], list[Span]()
        for first, last in over.spans:
            for number in range(first, last):
                if kinds[number] == over.kind:
                    start, stop = self.children(over.level, number)
                    if found and found[-1][1] == start:
                        start = found.pop()[0]
                    found.append((start, stop))
        return found

    def tables(self, level: int, parent: int, spans: list[Span]) -> Iterator[FoldedTable]:
        index = 0
        for piece in self.pieces(level, spans):
            for kind, first, times in self.kinds_in(level, piece):
                gfn, fails = self.tree.gfn(level, first), bool(self.flags[level][first])
                yield FoldedTable(level, gfn, times, parent, index, fails, kind, piece)
                index += 1

    def pieces(self, level: int, spans: list[Span]) -> Iterator[tuple[Span, ...]]:
        """Cut at each table that stands alone; below a fold there is none."""
        if len(spans) > 1:
            yield tuple(spans)
            return
        start, stop = spans[0]
        cuts = self.cuts[level]
        for cut in cuts[bisect_left(cuts, start) : bisect_left(cuts, stop)]:
            if start < cut:
                yield ((start, cut),)
            yield ((cut, cut + 1),)
            start = cut + 1
        if start < stop:
            yield ((start, stop),)

    def kinds_in(self, level: int, spans: Iterable[Span]) -> list[tuple[int, int, int]]:
        """Return (kind, number of the first, how many) of each kind in these spans, by the first."""
        found: dict[int, tuple[int, int]] = {}
        kinds = self.kinds[level]
        for start, stop in spans:
            for kind in set(kinds[start:stop]):
                first, times = found.get(kind, (kinds.find(kind, start, stop), 0))
                found[kind] = first, times + kinds.count(kind, start, stop)
        return sorted(((kind, first, times) for kind, (first, times) in found.items()), key=lambda one: one[1])
