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
from kvmviz.machine.module import RECLAIM
from kvmviz.machine.printk import BURST
from kvmviz.record.runs import Run, run
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Seamcall
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
    _writer: Writer = field(default_factory=Writer)

    def add(self, one: Run) -> int:
        """Take in a run, unless it is there already, and return its number."""
        key = (one.revision, _tape_key(one), one.summary.leaked)
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            numbers = [self._own(atom) for atom in self._writer.atoms(one)]
            self.runs.append(Outcome(self._segments(numbers), verdict_words(one), one.summary.leaked))
        return self._runs[key]

    def _own(self, atom: Atom) -> int:
        """Return the number of an atom of the own writer, which is one object wherever it stands."""
        if id(atom) not in self._ids:
            self._ids[id(atom)] = self._atom(atom)
        return self._ids[id(atom)]

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
        key = (segments, one.words, one.lost)
        if key not in self._runs:
            self._runs[key] = len(self.runs)
            self.runs.append(Outcome(segments, one.words, one.lost))
        return self._runs[key]

    def bare(self) -> "Collected":
        """Return what is worth sending to another process."""
        return Collected(self.atoms, self.runs, self.at)


def _tape_key(one: Run) -> tuple[Any, ...]:
    """Return what tells one run's steps from another's; a `Location` is one object for each line of the model."""
    tape = one._tape
    assert tape is not None  # a page carries small trees only
    return tuple(tape.entries), tuple(tuple(map(id, where)) for where in tape.where)


@dataclass(frozen=True)
class Known:
    """A run that a page has: the pages that KVM asked for, its own and those of the TD before, and which failed."""

    number: int
    asked: frozenset[str]
    failed: frozenset[str]
    traces: int
    lines: int


class Runner:
    """Runs scenarios under a revision, each that could come out differently once.

    Whether a page's reclaim fails is told to nobody but KVM, when it asks.  So a run
    is also that of every scenario in which the pages that it asked for do the same.
    """

    def __init__(self, found: Collected, which: type[Revision]) -> None:
        self.found, self.which = found, which
        self.known: dict[tuple[Scenario, str, str], list[Known]] = {}

    def run(self, base: Scenario, boot: str = "first", panic: str = "off", before: Known | None = None) -> Known:
        """Return the run of a scenario in which S-EPT pages fail; `before` is that of the TD before it in its boot."""
        failing = frozenset(base.fail.sept_pages(base.tree))
        known = self.known.setdefault((base.with_(fail="none"), boot, panic), [])
        for one in known:
            if failing & one.asked == one.failed:
                return one
        came = run(self.which, base.with_(boot=boot, panic=panic))
        asked = before.asked.union(_asked_for(came)) if before else frozenset(_asked_for(came))
        s = came.summary
        lines = s.lines + sum(s.pr_err_ratelimited.values())
        known.append(Known(self.found.add(came), asked, failing & asked, s.traces, lines))
        if self.which.is_python:  # a reader's own may look at whatever it likes
            return known.pop()
        return known[-1]

    def family(self, base: Scenario) -> Iterator[int]:
        """Yield the number of each run of a family, in the order of its scenarios."""
        first = self.run(base)
        later = self.run(base, BOOTS[1], before=first)
        # What came a minute before the rate limit forgets, what came a second before it does not.
        sooner = later if first.lines + later.lines <= BURST else self.run(base, BOOTS[2], before=first)
        for boot, one in zip(BOOTS, (first, later, sooner), strict=True):
            yield one.number
            if first.traces:  # the host stops at the first TD, whichever was to be recorded
                yield self.run(base, panic="on").number
            else:  # without a trace there is nothing to panic on
                yield self.run(base, boot, "on", first).number if one.traces else one.number


def _asked_for(one: Run) -> Iterator[str]:
    """Yield the pages of which KVM asked the module whether they can be reclaimed."""
    assert one._tape is not None
    for _, event in one._tape.entries:
        if isinstance(event, Seamcall) and event.seamcall == RECLAIM and event.page:
            yield event.page


def collect(families: Iterable[Family], revisions: Sequence[type[Revision]]) -> Collected:
    """Return everything that the scenarios of these families under these revisions are made of."""
    found = Collected()
    runners = [Runner(found, which) for which in revisions]
    for family in families:
        for one in runners:
            numbers = [found.add(run(one.which, family.base))] if family.alone else one.family(family.base)
            found.at.setdefault(one.which.name, []).extend(numbers)
    return found


def collect_all(parts: Sequence[Sequence[Family]], revisions: Sequence[type[Revision]]) -> Iterator[Collected]:
    """Return what each part is made of, in their order, from one process a processor."""
    reader = next((one.name for one in revisions if one.is_python), "")
    alone = not AVAILABLE or processors() == 1 or len(parts) == 1
    packed = [pack(one) for one in revisions]
    return each(None if alone else workers(), _part, ((part, packed) for part in parts), reader)


def _part(families: Sequence[Family], packed: Sequence[bytes]) -> Collected:
    return collect(families, [unpack(one) for one in packed]).bare()
