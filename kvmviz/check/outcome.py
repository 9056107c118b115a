"""What many scenarios came to: counts and the smallest counterexamples, ready to be added up.

>>> outcome = examine(REVISIONS["before"], [Scenario.parse("fail=all"), Scenario.parse("fail=L1@0x0")])
>>> cell = outcome.cells["generic_code_leaves_external_spt_alone"]
>>> cell.met, cell.broken, cell.beyond, cell.smallest.scenario
(2, 2, 0, 'tree=1x1x3 fail=L1@0x0')

"Smallest" is fewest tables, then fewest faults, then the shortest line, then its
text, so that it does not depend on the order in which scenarios were run.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kvmviz.check.behaviour import Behaviour, held
from kvmviz.check.catalogue import INVARIANTS
from kvmviz.check.facts import Signature, faults, signature, tables
from kvmviz.check.known import known_of
from kvmviz.check.observation import REVISIONS, Observation, observe
from kvmviz.check.replay import Runs
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario

__all__ = ["REVISIONS"]


ABOUT_THE_LOG: Final = frozenset(
    {"leaks_reach_the_log", "each_leak_reaches_the_log", "leaks_leave_a_trace", "no_false_alarm",
     "callbacks_have_nothing_to_warn_of"}
)  # fmt: skip
"""Invariants that somebody who says less can seem to mend."""


@dataclass(frozen=True, order=True, slots=True)
class Example:
    """A counterexample as a scenario line, with what happened in it; smaller ones sort first."""

    tables: int
    faults: int
    length: int
    scenario: str
    what: str


@dataclass(slots=True)
class Cell:
    """One invariant over many scenarios.

    `met` counts where its premise was met, `broken` where it was broken, `beyond`
    those of them that are not known of the revision.  `smallest` is the smallest
    counterexample, taken from those beyond what is known if there are any;
    `broken_in` counts them by signature.
    """

    met: int = 0
    broken: int = 0
    beyond: int = 0
    smallest: Example | None = None
    broken_in: Counter[Signature] = field(default_factory=Counter)

    def add(self, scenario: Scenario, what: str, known: bool) -> None:
        """Count one scenario in which the invariant is broken."""
        self.broken += 1
        self.broken_in[signature(scenario)] += 1
        if known and self.beyond:
            return
        size = tables(scenario.tree), faults(scenario)
        first_beyond = not known and not self.beyond
        self.beyond += not known
        if first_beyond or self.smallest is None or size <= (self.smallest.tables, self.smallest.faults):
            line = str(scenario)
            found = Example(*size, len(line), line, what)
            self.smallest = found if first_beyond or self.smallest is None else min(found, self.smallest)

    def merge(self, other: "Cell") -> None:
        """Add what other scenarios came to."""
        found = [c.smallest for c in (self, other) if c.smallest and (c.beyond or not (self.beyond or other.beyond))]
        self.smallest = min(found, default=None)
        self.met += other.met
        self.broken += other.broken
        self.beyond += other.beyond
        self.broken_in.update(other.broken_in)


def _cells() -> dict[str, Cell]:
    return {name: Cell() for name in INVARIANTS}


@dataclass(slots=True)
class Outcome:
    """Many scenarios under one revision.

    `cells` by invariant; `behaviours` digests of what happened; `totals` scenarios
    by signature; `digests` what happened in each scenario, with its call chains, one
    behind another, and the `marks` of these runs; `ran` calls of the reader's own functions.  Where another revision
    was run beside it, `newly` counts what is broken here and not there, `mended` what
    is broken there and not here, and `quieter` the same of what is about the
    log where less is put into it here; `less` and `more` count scenarios by that.
    """

    scenarios: int = 0
    behaviours: set[bytes] = field(default_factory=set)
    totals: Counter[Signature] = field(default_factory=Counter)
    cells: dict[str, Cell] = field(default_factory=_cells)
    newly: dict[str, Cell] = field(default_factory=_cells)
    mended: dict[str, Cell] = field(default_factory=_cells)
    quieter: dict[str, Cell] = field(default_factory=_cells)
    less: int = 0
    more: int = 0
    digests: bytearray = field(default_factory=bytearray)
    marks: bytearray = field(default_factory=bytearray)
    ran: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def merge(self, other: "Outcome") -> None:
        """Add what other scenarios came to."""
        self.scenarios += other.scenarios
        self.behaviours |= other.behaviours
        self.totals.update(other.totals)
        self.digests += other.digests
        self.marks += other.marks
        self.ran.update(other.ran)
        self.seconds += other.seconds
        _merge(self.cells, other.cells)
        _merge(self.newly, other.newly)
        _merge(self.mended, other.mended)
        _merge(self.quieter, other.quieter)
        self.less += other.less
        self.more += other.more


def _merge(cells: dict[str, Cell], others: dict[str, Cell]) -> None:
    for name, other in others.items():
        cells.setdefault(name, Cell()).merge(other)


def examine(revision: type[Revision], scenarios: Iterable[Scenario], against: type[Revision] | None = None) -> Outcome:
    """Run every scenario and hold it against every invariant, and perhaps beside another revision."""
    outcome, known = Outcome(), known_of(revision)
    runs, others = Runs(revision), None if against is None else Runs(against)
    met = Counter[tuple[str, ...]]()
    for scenario in scenarios:
        one = runs.of(scenario)
        outcome.scenarios += 1
        outcome.totals[signature(scenario)] += 1
        outcome.behaviours.add(one.plain)
        outcome.digests += one.whole
        outcome.marks += one.mark
        outcome.ran.update(one.ran)
        met[one.met] += 1
        for name, what in one.broken.items():
            is_known = name in known and known[name].where(scenario)
            outcome.cells.setdefault(name, Cell()).add(scenario, what, is_known)
        if others is not None:
            _beside(outcome, scenario, one, others.of(scenario))
    for names, count in met.items():
        for name in names:
            outcome.cells.setdefault(name, Cell()).met += count
    return outcome


def violations(revision: type[Revision], scenario: Scenario) -> dict[str, str]:
    """Return the invariants that one run breaks, with how.

    >>> violations(REVISIONS["before"], Scenario.parse("tree=1x1x1 fail=L1@0x0"))
    {'generic_code_leaves_external_spt_alone': 'tdp_mmu.c:handle_removed_pt clears external_spt of spt L1 gfn=0x0'}
    """
    return held(observe(revision, scenario))[1]


def _beside(outcome: Outcome, scenario: Scenario, one: Behaviour, other: Behaviour) -> None:
    for name in one.broken.keys() - other.broken.keys():
        outcome.newly.setdefault(name, Cell()).add(scenario, one.broken[name], known=False)
    here, was = _said(one.seen), _said(other.seen)
    outcome.less += here < was
    outcome.more += here > was
    for name in other.broken.keys() - one.broken.keys():
        better = outcome.quieter if here < was and name in ABOUT_THE_LOG else outcome.mended
        better.setdefault(name, Cell()).add(scenario, other.broken[name], known=False)


def _said(seen: Observation) -> int:
    """Return how much a run has put into the log: traces, error lines, notes."""
    return seen.summary.traces + seen.summary.lines + seen.summary.notes
