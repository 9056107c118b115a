"""Try every scenario of a space, in parallel, with a progress bar.

>>> report = check("v1", "1x1x1", progress=False)
>>> report.scenarios, report.ok, [result.name for result in report.results if result.broken]
(1104, True, ['leaks_reach_the_log', 'each_leak_reaches_the_log', 'leaks_leave_a_trace'])
"""

import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import Final, Never

from loky import cpu_count
from tqdm.auto import tqdm

from kvmviz.check.likeness import alike, label_of
from kvmviz.check.outcome import Outcome, examine, violations
from kvmviz.check.report import Report
from kvmviz.check.shipping import deaf_to_interrupts, pack, stop_workers, unpack, workers
from kvmviz.check.space import Space, scenarios
from kvmviz.revisions import Revision, revision
from kvmviz.revisions.guard import PatchError
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree

BATCH: Final = 240
"""Scenarios that a worker gets at once: about a tenth of a second of work."""

IN_FLIGHT: Final = 1_000
"""Batches handed out before the first is back, so that a space of any size needs no more memory."""

WORTH_WORKERS: Final = 1_500
"""Scenarios from which on starting other processes pays."""

WORTH_WATCHING: Final = 20_000
"""Scenarios from which on a notebook shows a progress bar."""


def check(
    revision_: str | type[Revision] = "v1", space: Space = "default", executor: Executor | None = None, *,
    against: str | type[Revision] | None = None, progress: bool | None = None,
) -> Report:  # fmt: skip
    """Hold every scenario of a space against every invariant.

    `revision_` is a name or a class of one's own; `space` is `default`, `quick`, a
    tree such as `1x1x4`, or scenarios; `executor` any `concurrent.futures.Executor`
    (on a cluster, its machines need kvmviz), by default one process a processor.
    With `against` the report also says what is broken here and not there, and when.
    `progress` draws a bar, by default in a terminal (on standard error) and, for a
    large space, in a notebook.

    Raises PatchError, with one sentence, if a reader's own revision cannot be run.
    It is no sandbox: its functions run as any Python does.
    """
    which = revision(revision_)
    other = None if against is None else revision(against)
    todo = list(scenarios(space))
    total = len(todo)
    workers_ = executor or _default(total)
    with _bar(total, which.name, progress) as bar:
        outcome = Outcome()
        started = time.perf_counter()
        for part in _parts(which, other, todo, workers_):
            outcome.merge(part)
            bar.update(part.scenarios)
        elapsed = time.perf_counter() - started
    _confirm(which, outcome)
    like = alike(which, bytes(outcome.digests), todo, label_of(space), workers_)
    return Report.of(which, _name(space), outcome, other, elapsed, like)


def _confirm(which: type[Revision], outcome: Outcome) -> None:
    """Run a reader's smallest counterexamples once more; raise PatchError if they were none this time."""
    for name, cell in outcome.cells.items():
        if which.base and cell.smallest and name not in violations(which, Scenario.parse(cell.smallest.scenario)):
            raise PatchError(
                f"{which.name}: {cell.smallest.scenario} broke {name} once and did not the second time; "
                "a patch must not remember anything from run to run."
            )


def _name(space: Space) -> str:
    return str(space) if isinstance(space, str | Tree) else "scenarios of your own"


def _bar(total: int | None, name: str, progress: bool | None) -> "tqdm[Never]":
    shown = _is_watched(total) if progress is None else progress
    return tqdm(total=total, desc=name, unit=" runs", disable=not shown, leave=False, file=sys.stderr)


def _is_watched(total: int | None) -> bool:
    """Say whether somebody sees the bar: in a terminal, and in a notebook if there is something to wait for.

    What a notebook shows is stored with it, so a check of a few seconds shows none there.
    """
    return sys.stderr.isatty() or ("ipykernel" in sys.modules and (total is None or total >= WORTH_WATCHING))


def _default(total: int | None) -> Executor | None:
    """Return one process a processor; None where this process does as well."""
    if cpu_count() == 1 or (total is not None and total < WORTH_WORKERS):
        return None
    return workers()


def _batches(todo: Iterable[Scenario]) -> Iterator[tuple[Scenario, ...]]:
    source = iter(todo)
    while batch := tuple(islice(source, BATCH)):
        yield batch


def _parts(
    which: type[Revision], other: type[Revision] | None, todo: Iterable[Scenario], executor: Executor | None
) -> Iterator[Outcome]:
    """Yield what each batch came to, in the order of the space, whoever is ready first."""
    if executor is None:
        for batch in _batches(todo):
            yield _timed(which, batch, other)
        return
    packed, packed_other = pack(which), None if other is None else pack(other)
    waiting: deque[Future[Outcome]] = deque()
    try:
        for batch in _batches(todo):
            with deaf_to_interrupts():
                waiting.append(executor.submit(run_batch, packed, packed_other, batch))
            if len(waiting) >= IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except KeyboardInterrupt:
        if executor is workers():
            stop_workers()
            waiting.clear()
        raise
    except BrokenExecutor:
        raise PatchError(
            f"{which.name}: a worker process ended in the middle of its work; a patch must not end Python, "
            "and a worker needs about 100 MB of memory."
        ) from None
    finally:
        for future in waiting:
            future.cancel()


def run_batch(packed: bytes, packed_other: bytes | None, batch: tuple[Scenario, ...]) -> Outcome:
    """Examine one batch; this is what runs in another process."""
    return _timed(unpack(packed), batch, None if packed_other is None else unpack(packed_other))


def _timed(which: type[Revision], batch: tuple[Scenario, ...], other: type[Revision] | None) -> Outcome:
    started = time.process_time()
    outcome = examine(which, batch, other)
    outcome.seconds = time.process_time() - started
    return outcome
