"""What watches a teardown on a folded tree: every event counts as often as its table or page stands for.

The model is the same one, on the tables of `kvmviz.record.folding`; the summary is
that of the whole tree.  For its lists the first 1,000 tables of each kind stand
alone: whatever comes after these comes after the first 1,000 names too.

A reader's function may look at where a table stands (gfn, index, siblings), and
then no table stands for others: steps and summary, which are folded apart, do not
agree, and that is refused.  That callbacks wait for the barrier is taken for
granted where the longest queue is counted.  What is wrong with a table each time
that an entry of it goes (a `Violation`) is counted once for entries that are folded.
"""

from collections.abc import Collection

from kvmviz.kvm.mmu_page import kvm_mmu_page
from kvmviz.machine.callchain import arguments
from kvmviz.machine.journal import Tape
from kvmviz.machine.page import Page
from kvmviz.machine.recorder import Callback, Tally
from kvmviz.record.folding import FoldedTree
from kvmviz.terms.events import Event


class Weighed(Tally):
    """Counts each event as often as the page that it is about stands for others."""

    def __init__(self, tree: FoldedTree) -> None:
        super().__init__()
        self.tree = tree
        self.waiting = self.most_waiting = 0

    def times(self, page: Page | None = None) -> int:
        """Return how often what happens now, to this page, happens."""
        name = page.name if page else _at_work()
        return self.tree.times_of(name)

    def count(self, pages: Collection[Page]) -> int:
        """Return how many pages these stand for."""
        return sum(self.tree.times_of(page.name) for page in pages)

    def call_rcu(self, page: Page) -> None:
        """Keep how many tables wait, and how many waited at most."""
        super().call_rcu(page)
        self.waiting += self.times(page)
        self.most_waiting = max(self.most_waiting, self.waiting)


class FoldedTape(Weighed, Tape):
    """Keeps the events, and how often each happened."""

    def __init__(self, tree: FoldedTree) -> None:
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

    def pamt_pin(self, page: Page, region: str, pairs: int, phantoms: int) -> None:
        """Keep the event, which tells of all its pairs at once."""
        super().pamt_pin(page, region, pairs, phantoms)
        self.counted[-1] = 1

    def drop(self, number: int) -> None:
        """Take an event out of the record."""
        super().drop(number)
        del self.counted[number]

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
