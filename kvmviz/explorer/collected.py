"""Every different piece of runs once: atoms, and the runs that consist of them.

>>> from kvmviz.record.runs import run
>>> found = Collected()
>>> [found.add(run(name, "fail=none")) for name in ("v1", "v1", "landed")]
[0, 0, 1]
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from kvmviz.explorer.atoms import Atom, Writer, verdict_words
from kvmviz.record.runs import Run
from kvmviz.terms.phases import PHASES


@dataclass(frozen=True)
class Outcome:
    """A different run: for each phase the numbers of its atoms, and what came out."""

    segments: tuple[tuple[int, ...], ...]
    words: tuple[str, str, str, int, int, bool]
    lost: tuple[str, ...]


@dataclass
class Collected:
    """Every atom and run once; `at` says which run each scenario has under each revision."""

    atoms: list[Atom] = field(default_factory=list)
    runs: list[Outcome] = field(default_factory=list)
    at: dict[str, list[int]] = field(default_factory=dict)
    _atoms: dict[Any, int] = field(default_factory=dict)
    _runs: dict[Any, int] = field(default_factory=dict)
    _ids: dict[int, int] = field(default_factory=dict)
    writer: Writer = field(default_factory=Writer)

    def add(self, one: Run) -> int:
        """Take in a run, unless it is there already, and return its number."""
        words = verdict_words(one)
        numbers = tuple(map(self._own, self.writer.atoms(one)))
        key = (one.revision, numbers, words, one.summary.leaked)
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            self.runs.append(Outcome(self._segments(numbers), words, one.summary.leaked))
        return self._runs[key]

    def _own(self, atom: Atom) -> int:
        """Return the number of an atom of the own writer, which is one object wherever it stands."""
        if id(atom) not in self._ids:
            self._ids[id(atom)] = len(self.atoms)
            self.atoms.append(atom)
        return self._ids[id(atom)]

    def _atom(self, atom: Atom) -> int:
        """Return the number of an atom that another process wrote."""
        key = (atom.event, tuple(atom.value.items()))
        if key not in self._atoms:
            self._atoms[key] = len(self.atoms)
            self.atoms.append(atom)
        return self._atoms[key]

    def _segments(self, numbers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        found = {phase: tuple(group) for phase, group in groupby(numbers, key=lambda n: self.atoms[n].phase)}
        return tuple(found.get(phase, ()) for phase in PHASES)

    def merge(self, other: "Collected") -> None:
        """Take in what another process collected; its scenarios come after those that are here."""
        renumbered = [self._atom(atom) for atom in other.atoms]
        runs = [self._known(one, renumbered) for one in other.runs]
        for name, numbers in other.at.items():
            self.at.setdefault(name, []).extend(runs[n] for n in numbers)

    def _known(self, one: Outcome, renumbered: Sequence[int]) -> int:
        """Return the number of another process's run here."""
        segments = tuple(tuple(renumbered[n] for n in segment) for segment in one.segments)
        key = (segments, one.words, one.lost)
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            self.runs.append(Outcome(segments, one.words, one.lost))
        return self._runs[key]

    def bare(self) -> "Collected":
        """Return what is worth sending to another process."""
        return Collected(self.atoms, self.runs, self.at)
