"""What comes out: a teardown run to its end and recorded as an immutable value.

>>> result = run("v1", "fail=L1@0x200")
>>> result.summary.leaked, result.summary.leaked_bytes, sum(result.summary.splats.values())
(('TDR', 'S-EPT L1 gfn=0x200'), 8192, 1)

Same input, same bytes, in any process.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from kvmviz.kvm.vm import VM, build
from kvmviz.machine.callchain import Location
from kvmviz.machine.host import HostPanicked
from kvmviz.machine.journal import Tape
from kvmviz.machine.printk import Boot
from kvmviz.machine.recorder import Tally
from kvmviz.record.frames import Change, Fold, Frames, PageInfo, pages_of
from kvmviz.record.sources import Source, source
from kvmviz.record.summary import Summary, summarize
from kvmviz.record.text import run_text
from kvmviz.revisions import Revision, revision
from kvmviz.revisions.guard import guarded
from kvmviz.revisions.linked import linked
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.tree import Tree
from kvmviz.terms import events as e
from kvmviz.terms.words import sentence
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.record.alike import Folded
    from kvmviz.record.folded import Folding

RECORDED_TABLES: Final = 5_000
"""Largest tree, in tables below the root, that is recorded without being asked to."""

MOST_TABLES: Final = 50_000
"""Largest tree that can be recorded."""

REMEMBERED_BOOTS: Final = 1_000
"""How many first TDs of a revision are kept, so that a large space does not fill the memory."""

_BOOTS: Final[WeakKeyDictionary[type[Revision], dict[tuple[Scenario, bool], tuple[Boot, bool]]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Step:
    """One event, and where it happened: `where` is the call chain, outermost first, with its lines.

    `times` is more than 1 in a folded run, where a table stands for others that are alike.
    """

    phase: str
    event: e.Event
    where: tuple[Location, ...]
    changes: tuple[Change, ...]
    times: int = 1

    @property
    def chain(self) -> tuple[str, ...]:
        """The kernel functions on the stack, outermost first."""
        return tuple(location.function.name for location in self.where)

    @property
    def text(self) -> str:
        """One sentence that says what happened."""
        said = sentence(self.event)
        return said if self.times == 1 else f"{said[:-1]} (x {self.times:,})."

    def to_json(self) -> dict[str, Any]:
        """Return the event as the run contract writes it."""
        function = self.where[-1].function if self.where else None
        return {
            "phase": self.phase, "kind": self.event.kind,
            "function": function.name if function else None, "file": function.file if function else None,
            "chain": list(self.chain), "text": self.text, **event_fields(self.event),
            **({"times": self.times} if self.times > 1 else {}),
        }  # fmt: skip


def event_fields(event: e.Event) -> dict[str, Any]:
    """Return an event's own fields for JSON; a status is written in hex, what is None is left out."""
    found = {f.name: getattr(event, f.name) for f in fields(event)}
    if isinstance(event, e.Seamcall):
        found["status"] = f"{event.status:#x}"
        found["registers"] = [f"{value:#x}" for value in event.registers] if event.registers else None
    return {name: value for name, value in found.items() if value is not None}


class Run:
    """A recorded teardown.

    `revision` is the revision's name, `scenario` what went in, `summary` what came
    out.  `steps` is None where the run was too large to be recorded; `folded` has
    some then.  `tree` is what `steps` and `pages` speak of: the scenario's, or that
    one folded.
    """

    def __init__(
        self, which: type[Revision], scenario: Scenario, summary: Summary, tape: Tape | None,
        tree: "Tree | Folded | None" = None,
    ) -> None:  # fmt: skip
        self.revision = which.name
        self.scenario = scenario
        self.summary = summary
        self.tree = tree or scenario.tree
        self._which = which
        self._tape = tape

    @cached_property
    def folded(self) -> "Run":
        """The same teardown with tables that are alike counted together, or this run if it is recorded.

        >>> large = run("v1", "tree=16GiB fail=L1@0x200")
        >>> large.steps is None, large.folded.summary == large.summary, max(s.times for s in large.folded.steps)
        (True, True, 7680)
        """
        from kvmviz.record.folded import run_folded

        return self if self._tape else run_folded(self._which, self.scenario)

    @cached_property
    def pages(self) -> tuple[PageInfo, ...]:
        """Every page of the TD, in the order of allocation."""
        return pages_of(self.scenario, self.tree)

    @cached_property
    def steps(self) -> tuple[Step, ...] | None:
        """Everything that happened, in order."""
        if self._tape is None:
            return None
        fold = Fold(self.pages)
        return tuple(
            Step(phase, event, where, fold.apply(event, times), times)
            for (phase, event), where, times in zip(
                self._tape.entries, self._tape.where, self._tape.often(), strict=True
            )
        )

    @cached_property
    def frames(self) -> Frames:
        """The picture after each step; number 0 is before the first event."""
        return Frames(self.pages, [(step.event, step.times) for step in self.steps or ()])

    def times(self, page: str) -> int:
        """Return how many pages this one stands for: 1 unless the run is folded."""
        return 1 if isinstance(self.tree, Tree) else self.tree.times_of(page)

    @property
    def events(self) -> list[dict[str, Any]] | None:
        """The events as the run contract writes them."""
        return None if self.steps is None else [step.to_json() for step in self.steps]

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The Python source of every model function that stood in a call chain, by `Location.source`."""
        keys = {location.source for step in self.steps or () for location in step.where}
        return {key: source(key) for key in sorted(keys)}

    def to_json(self) -> dict[str, Any]:
        """Return the whole run as the run contract writes it."""
        return {
            "kvmviz": __version__, "schema": SCHEMA, "revision": self.revision, "scenario": str(self.scenario),
            "events": self.events, "summary": self.summary.to_json(),
        }  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.revision, str(self.scenario)))

    def __str__(self) -> str:
        return run_text(self)

    def __repr__(self) -> str:
        return f"kvmviz.run({self.revision!r}, {str(self.scenario)!r})"


def run(
    revision_: str | type[Revision] = "before", scenario: str | Scenario = "", *, events: bool | None = None
) -> Run:
    """Tear a TD down under a revision and return the record.

    `revision_` is a name of `REVISIONS` or a class of one's own; `scenario` a line
    or a `Scenario`.  Trees above `RECORDED_TABLES` are recorded only with
    `events=True`, and above `MOST_TABLES` never.  Raises ScenarioError or
    RevisionError with one sentence.
    """
    which = revision(revision_)
    wanted = scenario if isinstance(scenario, Scenario) else Scenario.parse(scenario)
    recorder = Tape() if _recorded(wanted, events) else Tally()
    vm, td = tear_down(which, wanted, recorder)
    return Run(which, wanted, summarize(vm, recorder, td), recorder if isinstance(recorder, Tape) else None)


def _recorded(scenario: Scenario, events: bool | None) -> bool:
    count = scenario.tree.count
    if events and count > MOST_TABLES:
        raise ScenarioError(
            f"tree={scenario.tree}: its {count:,} tables are too many to record; the limit is {MOST_TABLES:,}."
        )
    return count <= RECORDED_TABLES if events is None else events


def tear_down(
    which: type[Revision], scenario: Scenario, recorder: Tally, folded: "Folding | None" = None
) -> tuple[VM, str]:
    """Run the scenario with this recorder; return the TD and which one was recorded, `first` or `second`.

    For the second TD of a boot the first is torn down unwatched before; if that
    panics the host, there is no second, and the first is recorded.  `folded` says
    of which tables the TDs are built, if not of the whole tree.
    """
    if scenario.boot is None:
        boot = Boot()
        vm = _tear_down(which, scenario, boot, recorder, folded)
        _remember(which, scenario, boot, recorder, folded)
        return vm, "first"
    boot, panicked = boot_after(which, replace(scenario, boot=None), folded)
    if panicked:
        return _tear_down(which, scenario, Boot(), recorder, folded), "first"
    boot = boot.copy()
    boot.now += scenario.boot
    return _tear_down(which, scenario, boot, recorder, folded), "second"


def boot_after(which: type[Revision], scenario: Scenario, folded: "Folding | None" = None) -> tuple[Boot, bool]:
    """Return what the boot remembers after this TD, and whether the host panicked; the latest are kept."""
    found = _BOOTS.get(which, {}).get((scenario, folded is not None))
    if found is None:
        tally, boot = folded.tally() if folded else Tally(), Boot()
        _tear_down(which, scenario, boot, tally, folded)
        found = _remember(which, scenario, boot, tally, folded)
    return found


def _remember(
    which: type[Revision], scenario: Scenario, boot: Boot, tally: Tally, folded: "Folding | None"
) -> tuple[Boot, bool]:
    """Keep the boot; how many lines it withheld is what was counted, since a table may stand for others."""
    for site, withheld in tally.ratelimited.items():
        boot.limit(site).missed = withheld
    known = _BOOTS.setdefault(which, {})
    if len(known) >= REMEMBERED_BOOTS:
        known.clear()
    known[scenario, folded is not None] = boot, tally.panicked
    return boot, tally.panicked


def _tear_down(which: type[Revision], scenario: Scenario, boot: Boot, recorder: Tally, folded: "Folding | None") -> VM:
    with _no_gc(scenario):
        called, teardown = linked(which)
        vm = build(scenario, called, boot, folded.tree if folded else None)
        vm.host.watch(recorder)
        with _guard(which, scenario), suppress(HostPanicked):
            teardown(vm)
    return vm


def _guard(which: type[Revision], scenario: Scenario) -> AbstractContextManager[None]:
    """Watch a reader's own revision; the project's need no watching."""
    return guarded(which.name, scenario.tree.count, scenario) if which.base else nullcontext()


@contextmanager
def _no_gc(scenario: Scenario) -> Iterator[None]:
    """Keep the cyclic garbage collector off while a large TD is built and torn down.

    Nothing becomes garbage before the run ends, and each of the collector's
    looks would cost more the larger the TD is.
    """
    if scenario.tree.count <= 100 or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
