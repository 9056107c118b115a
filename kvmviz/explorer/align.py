"""The lockstep of two runs, phase by phase, written as a short word.

`M3 A1 D1` is: three rows that both sides take alike, one that A takes alone, one
that both take and that comes out differently.  Steps are aligned within their
phase only, so that the alignment of two runs is that of their phases in a row.
"""

from collections.abc import Sequence
from itertools import groupby

from kvmviz.compare.align import Key, common, keys
from kvmviz.explorer.atoms import Atom


class Aligner:
    """Aligns segments, each pair once."""

    def __init__(self, atoms: Sequence[Atom], segments: Sequence[tuple[int, ...]]) -> None:
        self.atoms, self.segments = atoms, segments
        self.keys: dict[int, list[Key]] = {}
        self.known: dict[tuple[int, int], str] = {}

    def word(self, a: int, b: int) -> str:
        """Return the alignment of two segments of the same phase, by number."""
        if (a, b) not in self.known:
            self.known[a, b] = self._word(a, b)
        return self.known[a, b]

    def _keys(self, number: int) -> list[Key]:
        if number not in self.keys:
            self.keys[number] = keys([self.atoms[n] for n in self.segments[number]])  # type: ignore[misc]
        return self.keys[number]

    def _word(self, a: int, b: int) -> str:
        first, second = self.segments[a], self.segments[b]
        letters: list[str] = []
        at_a = at_b = 0
        for i, j in [*common(self._keys(a), self._keys(b)), (len(first), len(second))]:
            letters += "A" * (i - at_a) + "B" * (j - at_b)
            if i < len(first):
                same = self.atoms[first[i]].event == self.atoms[second[j]].event
                letters.append("M" if same else "D")
            at_a, at_b = i + 1, j + 1
        return " ".join(f"{letter}{len(list(group))}" for letter, group in groupby(letters))
