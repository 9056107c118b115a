"""A teardown of a large TD on a small one: tables that behave alike are torn down once and counted.

>>> small = run_folded(revision("before"), Scenario.parse("tree=1TiB fail=all"))
>>> small.summary.splats["tdp_mmu.c:handle_removed_pt:WARN_ON"], len(small.pages)
(525314, 92)

The model is the same one, on the tables of `kvmviz.record.alike`.  Every event counts as
often as the table or page that is being worked on stands for; the summary is that
of the whole tree.  For its lists the first 1,000 tables of each kind stand alone:
whatever comes after these comes after the first 1,000 names too.

A reader's function may look at where a table stands (gfn, index, siblings), and
then no table stands for others: steps and summary, which are folded apart, do not
agree, and that is refused.  That callbacks wait for the barrier is taken for
granted where the longest queue is counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.machine.callchain import arguments
from kvmviz.machine.journal import Tape
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import LISTED, Callback, Tally
from kvmviz.record.alike import FAILING_FIRST, OTHERS_FIRST, Folded, fold
from kvmviz.record.runs import RECORDED_TABLES, Run, run, tear_down
from kvmviz.record.summary import Summary, summarize
from kvmviz.revisions import Revision, RevisionError, revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Event

__all__ = ["FoldedTape", "Folding", "recorded", "revision", "run_folded", "summary_folded"]

OWN_FIRST: Final = FAILING_FIRST
"""Tables of a kind that stand alone under a reader's revision, which may print a line for any of them."""


class _Weighed(Tally):
    """Counts each event as often as the page that it is about stands for others."""

    def __init__(self, tree: Folded) -> None:
        super().__init__()
        self.tree = tree
        self.waiting = self.most_waiting = 0

    def times(self, page: Page | None = None) -> int:
        name = page.name if page else _at_work()
        return self.tree.times_of(name)

    def count(self, pages: Collection[Page]) -> int:
        return sum(self.tree.times_of(page.name) for page in pages)

    def call_rcu(self, page: Page) -> None:
        super().call_rcu(page)
        self.waiting += self.times(page)
        self.most_waiting = max(self.most_waiting, self.waiting)


class FoldedTape(_Weighed, Tape):
    """Keeps the events, and how often each happened."""

    def __init__(self, tree: Folded) -> None:
        super().__init__(tree)
        self.counted: list[int] = []

    def emit(self, event: Event) -> None:
        """Keep the event."""
        super().emit(event)
        page: str | None = getattr(event, "page", None)
        self.counted.append(self.tree.times_of(page or _at_work()))

    def rcu_callback(self, page: Page, callback: Callback) -> None:
        """Keep the start of a callback."""
        super().rcu_callback(page, callback)
        self.counted.append(self.times(page))

    def often(self) -> list[int]:
        """Return for each event how often it happened."""
        return self.counted


def _at_work() -> str:
    """Return the page that the running kernel functions work on: the innermost table or page they were called with."""
    for value in arguments():
        page = value.spt if isinstance(value, kvm_mmu_page) else value
        if isinstance(page, Page):
            return page.name
    return ""


class Folding:
    """Of which tables a TD is built, and who counts them."""

    def __init__(self, tree: Folded) -> None:
        self.tree = tree

    def tally(self) -> Tally:
        """Return a recorder that counts for the whole tree."""
        return _Weighed(self.tree)


def run_folded(which: type[Revision], scenario: Scenario, others: int | None = None) -> Run:
    """Tear a TD down with tables that are alike folded, and return the record.

    `others` says how many tables of a kind that do not fail stand alone.  Raises
    RevisionError for a reader's revision that does not treat tables alike.
    """
    first = others or (OWN_FIRST if which.base else OTHERS_FIRST)
    tree = fold(scenario.tree, scenario.fail, others=first)
    tape = FoldedTape(tree)
    tear_down(which, scenario, tape, Folding(tree))
    result = Run(which, scenario, summary_folded(which, scenario), tape, tree)
    if which.base:
        _check_alike(result)
    return result


def _check_alike(result: Run) -> None:
    """Raise RevisionError if two folds of one tree do not come to the same: then tables are not alike to this patch."""
    end, whole = result.frames[-1], result.summary
    same = (end.traces, end.lines) == (whole.traces, whole.lines)
    if not same or (end.leaked_count != whole.leaked_count and not whole.panicked):
        raise RevisionError(
            f"{result.revision}: it treats tables differently by where they stand or by how many there are, so they "
            f"cannot be counted together; use a tree of at most {RECORDED_TABLES:,} tables."
        )


def recorded(revisions: Sequence[type[Revision]], scenario: Scenario) -> list[Run]:
    """Run each revision with every step: of a large tree folded, and for all in the same way.

    >>> [len(one.steps) for one in recorded([revision("before"), revision("v1")], Scenario.parse("tree=1TiB"))]
    [112, 112]
    """
    if scenario.tree.count <= RECORDED_TABLES:
        return [run(which, scenario) for which in revisions]
    first = OWN_FIRST if any(which.base for which in revisions) else OTHERS_FIRST
    return [run_folded(which, scenario, first) for which in revisions]


def summary_folded(which: type[Revision], scenario: Scenario, listed: int = LISTED) -> Summary:
    """Return the summary of the whole tree, whose lists are whole up to `listed` names.

    >>> summary_folded(revision("v1"), Scenario.parse("tree=1TiB hkid=assigned")).leaked_count
    525327
    """
    tree = fold(scenario.tree, scenario.fail, listed, listed)
    tally = _Weighed(tree)
    vm, td = tear_down(which, scenario, tally, Folding(tree))
    return replace(summarize(vm, tally, td), most_rcu_pending=tally.most_waiting)
