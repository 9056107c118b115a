"""Runs every scenario of a page under every revision and keeps each different piece once.

>>> from kvmviz.revisions import revision
>>> found = collect([Family(Scenario.parse("tree=1x1x1 fail=TDR"))], [revision("before"), revision("v1")])
>>> len(found.at["v1"]), len(set(found.at["v1"]))
(6, 3)
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from kvmviz.apart import AVAILABLE, each, pack, processors, unpack, workers
from kvmviz.explorer.collected import Collected
from kvmviz.explorer.offline.space import BOOTS, Family
from kvmviz.machine.module import RECLAIM
from kvmviz.machine.printk import BURST
from kvmviz.record.runs import Run, run, run_all
from kvmviz.record.teardown import without_gc
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Seamcall


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
        if family.alone:
            numbers = [[found.add(one)] for one in run_all(revisions, family.base)]
        else:
            numbers = [list(one.family(family.base)) for one in runners]
        for which, own in zip(revisions, numbers, strict=True):
            found.at.setdefault(which.name, []).extend(own)
    return found


def collect_all(parts: Sequence[Sequence[Family]], revisions: Sequence[type[Revision]]) -> Iterator[Collected]:
    """Return what each part is made of, in their order, from one process a processor."""
    reader = next((one.name for one in revisions if one.is_python), "")
    alone = not AVAILABLE or processors() == 1 or len(parts) == 1
    packed = [pack(one) for one in revisions]
    return each(None if alone else workers(), _part, ((part, packed) for part in parts), reader)


def _part(families: Sequence[Family], packed: Sequence[bytes]) -> Collected:
    revisions = [unpack(one) for one in packed]
    with nullcontext() if any(one.is_python for one in revisions) else without_gc():  # a reader's may make much garbage
        return collect(families, revisions).bare()
