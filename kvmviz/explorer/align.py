"""The lockstep of two runs, phase by phase, written as a short word.

`M3 A1 D1` is: three rows that both sides take alike, one that A takes alone, one
that both take and that comes out differently.  Steps are aligned within their
phase only, so that the alignment of two runs is that of their phases in a row.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, repeat

from kvmviz.compare.align import common, numbered, sign
from kvmviz.explorer.atoms import Atom
from kvmviz.explorer.table import Table


class Aligner:
    """Aligns segments, each pair once.

    What both sides begin with and what both end with is the same rows in any
    alignment; only what lies between is looked at.
    """

    def __init__(self, atoms: Sequence[Atom], segments: Sequence[tuple[int, ...]]) -> None:
        self.segments = segments
        events = Table()
        self.signs = [sign(atom.phase, atom.event) for atom in atoms]
        self.events = [events(atom.event) for atom in atoms]
        self.names, self.rows = Table(), Table()
        self.numbers: dict[int, tuple[list[int], list[int]]] = {}
        self.known: dict[tuple[int, int], str] = {}

    def word(self, a: int, b: int) -> str:
        """Return the alignment of two segments of the same phase, by number."""
        if (a, b) not in self.known:
            self.known[a, b] = self._word(a, b)
        return self.known[a, b]

    def _numbers(self, segment: int) -> tuple[list[int], list[int]]:
        """Return for each step the number of its name, and of its name with what happens."""
        if segment not in self.numbers:
            steps = self.segments[segment]
            names = [self.names(name) for name in numbered(self.signs[n] for n in steps)]
            rows = [self.rows((name, self.events[n])) for name, n in zip(names, steps, strict=True)]
            self.numbers[segment] = names, rows
        return self.numbers[segment]

    def _word(self, a: int, b: int) -> str:
        (names_a, rows_a), (names_b, rows_b) = self._numbers(a), self._numbers(b)
        first = _alike(rows_a, rows_b)
        last = _alike(rows_a[first:][::-1], rows_b[first:][::-1])
        inner_a, inner_b = slice(first, len(rows_a) - last), slice(first, len(rows_b) - last)
        inner = _letters(names_a[inner_a], names_b[inner_b], rows_a[inner_a], rows_b[inner_b])
        letters = "M" * first + "".join(inner) + "M" * last
        return " ".join(f"{letter}{len(list(group))}" for letter, group in groupby(letters))


def _alike(a: Sequence[int], b: Sequence[int]) -> int:
    """Return with how many steps that are the same two sides begin."""
    return next((n for n, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))


def _letters(names_a: Sequence[int], names_b: Sequence[int], a: Sequence[int], b: Sequence[int]) -> Iterator[str]:
    at_a = at_b = 0
    for i, j in [*common(names_a, names_b), (len(a), len(b))]:
        yield from repeat("A", i - at_a)
        yield from repeat("B", j - at_b)
        if i < len(a):
            yield "M" if a[i] == b[j] else "D"
        at_a, at_b = i + 1, j + 1
