"""One run as the invariants see it: its events by kind, in order, and its summary.

>>> seen = observe(REVISIONS["v1"], Scenario.parse("fail=L1@0x200"))
>>> [op.page for _, op in seen.of(Op)][:2], seen.summary.leaked
(['S-EPT L1 gfn=0x0', 'S-EPT L1 gfn=0x200'], ('TDR', 'S-EPT L1 gfn=0x200'))
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from kvmviz.check.invariant_error import InvariantError
from kvmviz.check.trail import Entry, Trail
from kvmviz.kvm.vm import VM
from kvmviz.machine.recorder import Tally
from kvmviz.record.summary import Summary, summarize
from kvmviz.record.teardown import tear_down
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.revisions.ran import counted
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree
from kvmviz.terms.events import Event, Op, Violation

__all__ = ["REFERENCE", "REVISIONS", "Observation", "Op", "observe"]

REFERENCE = "before"
"""The revision whose leaks the others are held against: a patch must not change which pages are lost."""

E = TypeVar("E", bound=Event)


class Observation:
    """What a run showed.

    `entries` are (phase, event) in order; `headers` the table headers never freed.  Of
    the scenario no invariant asks for `boot` or `panic`: what they do is seen in the
    events and the summary.
    """

    def __init__(self, scenario: Scenario, summary: Summary, entries: list[Entry], headers: int) -> None:
        self.scenario = scenario
        self.summary = summary
        self.entries = entries
        self.headers = headers
        self._by_kind: dict[type[Any], list[tuple[int, Any]]] = defaultdict(list)
        for place, (_, event) in enumerate(entries):
            self._by_kind[type(event)].append((place, event))

    @classmethod
    def after(cls, scenario: Scenario, vm: VM, td: str, trail: Trail) -> "Observation":
        """Return what a run showed that is over."""
        return cls(scenario, summarize(vm, trail, td), trail.entries, sum(sp.header for sp in vm.sps))

    def of(self, kind: type[E]) -> Sequence[tuple[int, E]]:
        """Return the events of one kind, each with its place in the run."""
        return self._by_kind.get(kind, ())

    @property
    def reference_leaks(self) -> frozenset[str]:
        """What leaks in this scenario under `REFERENCE`."""
        return _leaks(replace(self.scenario, boot=None, zap="default", panic=False))


def observe(revision: type[Revision], scenario: Scenario) -> Observation:
    """Run a scenario and return what it showed; raises PatchError as `run` does."""
    return watch(revision, scenario)[0]


def watch(revision: type[Revision], scenario: Scenario) -> tuple[Observation, Trail]:
    """Run a scenario and return what it showed, and the record with its call chains."""
    vm, td, trail = followed(revision, scenario)
    return Observation.after(scenario, vm, td, trail), trail


def followed(revision: type[Revision], scenario: Scenario) -> tuple[VM, str, Trail]:
    """Run a scenario and return the VM, which TD of its boot was recorded, and the record."""
    with counted() as ran:
        trail = Trail(ran)
        vm, td = tear_down(revision, scenario, trail)
    trail.close()
    return vm, td, trail


def no_violation(seen: Observation, words: str) -> None:
    """Raise InvariantError for the machine's first complaint that contains these words."""
    for _, violation in seen.of(Violation):
        if words in violation.what:
            raise InvariantError(f"{violation.page} is {violation.what}")


@lru_cache(maxsize=1000)
def _leaks(scenario: Scenario) -> frozenset[str]:
    """Return what leaks under the reference."""
    tally = Tally()
    vm, td = tear_down(REVISIONS[REFERENCE], scenario, tally)
    return frozenset(summarize(vm, tally, td).leaked)


@lru_cache(maxsize=1000)
def parents(tree: Tree) -> dict[str, str]:
    """Return the S-EPT page above each S-EPT page of the tree, by name.

    >>> parents(Tree.parse("1x1x1"))
    {'S-EPT L2 gfn=0x0': 'S-EPT L3 gfn=0x0', 'S-EPT L1 gfn=0x0': 'S-EPT L2 gfn=0x0'}
    """
    from kvmviz.record.frames import pages_of

    return {page.name: page.parent for page in pages_of(Scenario(tree)) if page.kind == "S-EPT" and page.parent}
