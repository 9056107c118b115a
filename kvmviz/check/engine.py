"""Try every scenario of a space, in parallel, with a progress bar.

>>> report = check("v1", "1x1x1", progress=False)
>>> report.ok, [result.name for result in report.results if result.broken]
(True, ['leaks_reach_the_log', 'each_leak_reaches_the_log', 'leaks_leave_a_trace'])
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import chain, islice
from typing import Final

from kvmviz.apart import AVAILABLE, each, pack, processors, shown_once, unpack, workers
from kvmviz.apart.remembered import changed, state
from kvmviz.check.branch_points import besides
from kvmviz.check.catalogue import INVARIANTS, PAMT_INVARIANTS
from kvmviz.check.first_look import glance
from kvmviz.check.nearest import label_of, likeness_of
from kvmviz.check.outcome import Outcome, examine, violations
from kvmviz.check.progress import bar
from kvmviz.check.report import Report
from kvmviz.check.results import Aside
from kvmviz.check.source_numbers import constants
from kvmviz.check.space import SPACES, Space, scenarios
from kvmviz.machine.journal import Journal
from kvmviz.record.teardown import tear_down, where_it_belongs
from kvmviz.revisions import Revision, check_defines, revision
from kvmviz.revisions.guard import ONCE, PatchError, allowing
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree

BATCH: Final = 240
"""Scenarios that a worker gets at once: about a tenth of a second of work."""

GLANCE: Final = 64
"""The same of those that are looked at first."""

WORTH_WORKERS: Final = 1_500
"""Scenarios from which on starting other processes pays."""

REMEMBERS: Final = f"a patch must not remember anything from run to run; {ONCE}."


def check(
    revision_: str | type[Revision] = "v1", space: Space = "default", executor: Executor | None = None, *,
    against: str | type[Revision] | None = None, progress: bool | None = None, timeout: float | None = None,
    at_first: Callable[[str, str], None] | None = None,
) -> Report:  # fmt: skip
    """Hold every scenario of a space against every invariant.

    `revision_` is a name or a class of one's own; `space` is `default`, `quick`, a
    tree such as `1x1x4`, or scenarios; `executor` any `concurrent.futures.Executor`
    (on a cluster, its machines need kvmviz), by default one process a processor.
    With `against` the report also says what is broken here and not there, and when.
    `progress` draws a bar, by default in a terminal (on standard error) and, for a
    large space, in a notebook; in a browser for any but the smallest.  `timeout` is how many seconds a single run of a
    reader's revision may take, 10 by default.  `at_first` is called once, as soon as
    something is broken that is not known: with the invariant's statement and a scenario.

    Raises PatchError, with one sentence, if a reader's own revision cannot be run.
    It runs in processes of its own, which is no sandbox: files and network are not
    looked at.
    """
    which = revision(revision_)
    other = None if against is None else revision(against)
    check_defines(which)
    todo = list(scenarios(space, pamt=which.dynamic_pamt))
    total = len(todo)
    workers_ = executor or _default(total)
    with allowing(timeout), shown_once(), bar(total, which.name, progress) as shown:
        outcome, aside = Outcome(), Outcome()
        more = list(besides(which)) if isinstance(space, str) and space in SPACES else []
        started = time.perf_counter()
        if at_first is not None and which.base is not None and isinstance(space, str | Tree):
            at_first = _glanced(which, glance(todo, more), workers_, at_first)
        for found, part in chain(
            ((outcome, part) for part in _parts(which, other, todo, workers_)),
            ((aside, part) for part in _parts(which, None, more, workers_)),
        ):
            found.merge(part)
            if at_first is not None and found is outcome and (first := _first_beyond(part)):
                at_first(*first)
                at_first = None
            shown.update(part.scenarios if found is outcome else 0)
        elapsed = time.perf_counter() - started
        _confirm(which, outcome)
        _confirm(which, aside)
        label = label_of(space, pamt=which.dynamic_pamt)
        like = likeness_of(which, bytes(outcome.digests), todo, label, workers_, bytes(outcome.marks))
        there = likeness_of(which, bytes(aside.digests), more, "", workers_, bytes(aside.marks)) if more else None
        seen = Aside(aside, there, tuple(constants(which))) if there else None
    return Report.of(which, _name(space), outcome, other, elapsed, like, seen)


def _glanced(
    which: type[Revision], first: list[Scenario], executor: Executor | None, at_first: Callable[[str, str], None]
) -> Callable[[str, str], None] | None:
    """Tell of what is broken in the scenarios that are looked at first; return None when something was told."""
    for part in _parts(which, None, first, executor, GLANCE):
        if found := _first_beyond(part):
            at_first(*found)
            return None
    return at_first


def _first_beyond(part: Outcome) -> tuple[str, str] | None:
    """Return statement and scenario of a smallest counterexample that is not known of the revision."""
    found = [(cell.smallest, name) for name, cell in part.cells.items() if cell.beyond and cell.smallest]
    if not found:
        return None
    smallest, name = min(found)
    return (INVARIANTS | PAMT_INVARIANTS)[name].statement, smallest.scenario


def _confirm(which: type[Revision], outcome: Outcome) -> None:
    """Run a reader's smallest counterexamples once more; raise PatchError if they were none this time."""
    found = [(name, cell.smallest.scenario) for name, cell in outcome.cells.items() if which.base and cell.smallest]
    for name, line in where_it_belongs(which, _not_again, which, found):
        raise PatchError(f"{which.name}: {line} broke {name} once and did not the second time; {REMEMBERS}")


def _not_again(which: type[Revision], found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, line) for name, line in found if name not in violations(which, Scenario.parse(line))]


def _name(space: Space) -> str:
    return str(space) if isinstance(space, str | Tree) else "scenarios of your own"


def _default(total: int) -> Executor | None:
    """Return one process a processor; None where this process does as well."""
    small = processors() == 1 or total < WORTH_WORKERS
    return None if not AVAILABLE or small else workers()


def _batches(todo: Iterable[Scenario], size: int = BATCH) -> Iterator[tuple[Scenario, ...]]:
    source = iter(todo)
    while batch := tuple(islice(source, size)):
        yield batch


def _parts(
    which: type[Revision], other: type[Revision] | None, todo: Iterable[Scenario], executor: Executor | None,
    size: int = BATCH,
) -> Iterator[Outcome]:  # fmt: skip
    """Return what each batch came to, in the order of the space, whoever is ready first."""
    reader = next((one.name for one in (which, other) if one and one.is_python), "")
    packed, packed_other = pack(which), None if other is None else pack(other)
    jobs = ((packed, packed_other, batch) for batch in _batches(todo, size))
    return each(executor, run_batch, jobs, reader)


def run_batch(packed: bytes, packed_other: bytes | None, batch: tuple[Scenario, ...]) -> Outcome:
    """Examine one batch; this is what runs in another process."""
    which = unpack(packed)
    kept = state(which) if which.is_python else {}
    before = _events(which, batch[0])
    outcome = _timed(which, batch, None if packed_other is None else unpack(packed_other))
    if what := changed(which, kept):
        raise PatchError(f"{which.name}: it keeps {what} from run to run; {REMEMBERS}")
    if before != _events(which, batch[0]):
        raise PatchError(f"{which.name}: {batch[0]} comes out differently the second time; {REMEMBERS}")
    return outcome


def _events(which: type[Revision], scenario: Scenario) -> list[object]:
    """Return what happens in a scenario, if it is somebody's own Python that decides it."""
    journal = Journal()
    if which.is_python:
        tear_down(which, scenario, journal)
    return [*journal.entries]


def _timed(which: type[Revision], batch: tuple[Scenario, ...], other: type[Revision] | None) -> Outcome:
    started = time.process_time()
    outcome = examine(which, batch, other)
    outcome.seconds = time.process_time() - started
    return outcome
