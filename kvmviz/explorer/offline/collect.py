"""Runs every scenario of a page under every revision and keeps each different piece once.

>>> from kvmviz.revisions import revision
>>> found = collect([Family(Scenario.parse("tree=1x1x1 fail=TDR"))], [revision("before"), revision("v1")])
>>> len(found.at["v1"]), len(set(found.at["v1"]))
(6, 3)
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from kvmviz.apart import AVAILABLE, each, pack, processors, unpack, workers
from kvmviz.explorer.offline.atoms import Atom, Writer, verdict_words
from kvmviz.explorer.offline.space import BOOTS, Family
from kvmviz.machine.printk import BURST
from kvmviz.record.runs import Run, run
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.phases import PHASES


@dataclass(frozen=True)
class Outcome:
    """A different run: for each phase the numbers of its atoms, and what came out."""

    segments: tuple[tuple[int, ...], ...]
    words: tuple[str, str, str, int, int, bool]
    summary: dict[str, Any]


@dataclass
class Collected:
    """Every atom and run once; `at` says which run each scenario has under each revision."""

    atoms: list[Atom] = field(default_factory=list)
    runs: list[Outcome] = field(default_factory=list)
    at: dict[str, list[int]] = field(default_factory=dict)
    _atoms: dict[Any, int] = field(default_factory=dict)
    _runs: dict[Any, int] = field(default_factory=dict)
    _writer: Writer = field(default_factory=Writer)

    def add(self, one: Run) -> int:
        """Take in a run, unless it is there already, and return its number."""
        key = (one.revision, _tape_key(one), repr(one.summary))
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            numbers = [self._atom(atom) for atom in self._writer.atoms(one)]
            self.runs.append(Outcome(self._segments(numbers), verdict_words(one), one.summary.to_json()))
        return self._runs[key]

    def _atom(self, atom: Atom) -> int:
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
        key = (segments, one.words, repr(one.summary))
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            self.runs.append(Outcome(segments, one.words, one.summary))
        return self._runs[key]

    def bare(self) -> "Collected":
        """Return what is worth sending to another process."""
        return Collected(self.atoms, self.runs, self.at)


def _tape_key(one: Run) -> tuple[Any, ...]:
    """Return what tells one run's steps from another's; a `Location` is one object for each line of the model."""
    tape = one._tape
    assert tape is not None  # a page carries small trees only
    return tuple(tape.entries), tuple(tuple(map(id, where)) for where in tape.where)


def collect(families: Iterable[Family], revisions: Sequence[type[Revision]]) -> Collected:
    """Return everything that the scenarios of these families under these revisions are made of."""
    found = Collected()
    for family in families:
        for which in revisions:
            found.at.setdefault(which.name, []).extend(_numbers(found, family, which))
    return found


def _numbers(found: Collected, family: Family, which: type[Revision]) -> Iterator[int]:
    """Yield the number of each run of a family, in the order of its scenarios."""
    if family.alone:
        yield found.add(run(which, family.base))
        return
    first, later = (run(which, family.base.with_(boot=boot)) for boot in BOOTS[:2])
    known = dict(zip(BOOTS, (first, later, _sooner(which, family.base, first, later)), strict=True))
    for boot, one in known.items():
        number = found.add(one)
        yield number
        prints = first.summary.traces + one.summary.traces  # without a trace there is nothing to panic on
        yield found.add(run(which, family.base.with_(boot=boot, panic="on"))) if prints else number


def _sooner(which: type[Revision], base: Scenario, first: Run, later: Run) -> Run:
    """Return the run a second after the first TD: that of a minute after, unless the rate limit can tell them apart."""
    lines = sum(one.summary.lines + sum(one.summary.pr_err_ratelimited.values()) for one in (first, later))
    return later if lines <= BURST else run(which, base.with_(boot=BOOTS[2]))


def collect_all(parts: Sequence[Sequence[Family]], revisions: Sequence[type[Revision]]) -> Iterator[Collected]:
    """Return what each part is made of, in their order, from one process a processor."""
    reader = next((one.name for one in revisions if one.is_python), "")
    alone = not AVAILABLE or processors() == 1 or len(parts) == 1
    packed = [pack(one) for one in revisions]
    return each(None if alone else workers(), _part, ((part, packed) for part in parts), reader)


def _part(families: Sequence[Family], packed: Sequence[bytes]) -> Collected:
    return collect(families, [unpack(one) for one in packed]).bare()
