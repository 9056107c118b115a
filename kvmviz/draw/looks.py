"""What each step changes in the picture: from events to states of drawn elements.

>>> from kvmviz.record.runs import run
>>> moves = changes(run("v1", "fail=L1@0x200"))
>>> [change for step in moves for change in step if change[0] == "ptr L1 gfn=0x200"]
[('ptr L1 gfn=0x200', 'cut'), ('ptr L1 gfn=0x200', 'gone')]

An element is a page, or something drawn between pages: `ptr`, `link` and `twin`
with the name of a table, `warn` with a page and a slot, `HKID`, `label`,
`words`, `cause` with a page.  The kernel's own facts (states of pages) come from the run's frames; what is
added here only says when a mark of the picture appears.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.names import PageName
from kvmviz.scenario.status import STATUS
from kvmviz.terms import events as e

Changes = tuple[tuple[str, str], ...]
"""Elements with their new states, in order."""

FEW: int = 2
"""Up to so many leaked pages are marked with words; more have tape and cross alone."""

SLOTS: int = 2
"""Triangles that one page has room for."""

_ABOUT_A_PAGE = (e.Warn, e.Masked, e.VmBugged, e.PrErr, e.PrWarn)
_ASSOCIATED = STATUS["TD_ASSOCIATED_PAGES_EXIST"]


def table_of(page: str) -> str:
    """Return the table that a page belongs to, `L1 gfn=0x200` or `root`; the name itself if it is no table's."""
    if page == "HKID":
        return page
    name = PageName.parse(page)
    return "root" if name.is_root else name.table or page


def subjects(steps: Sequence[Step]) -> list[str | None]:
    """Return for each step the page (or `HKID`) that it is about.

    An event that names no page, such as a warning, is about the page that the
    phase was last busy with; the first of a phase about the page that comes next.
    """
    found: list[str | None] = []
    phase, last = "", None
    for step in steps:
        if step.phase != phase:
            phase, last = step.phase, "HKID" if step.phase == "pre_destroy" else None
        if isinstance(step.event, e.RcuBarrier):
            last = None
        last = getattr(step.event, "page", None) or last
        found.append(last)
    for at in range(len(steps) - 2, -1, -1):
        if found[at] is None and steps[at].phase == steps[at + 1].phase and isinstance(steps[at].event, _ABOUT_A_PAGE):
            found[at] = found[at + 1]
    return found


def warned(steps: Sequence[Step]) -> list[str | None]:
    """Return for each step the page that a trace was printed about, None if none was."""
    return [
        about if isinstance(step.event, e.Warn) and step.event.printed else None
        for step, about in zip(steps, subjects(steps), strict=True)
    ]


class _Marks:
    """Keeps what the marks of one side depend on, and yields their changes step by step."""

    def __init__(self, run: Run) -> None:
        self.states = dict(run.frames[0].states)
        self.pointers = dict(run.frames[0].pointers)
        self.leaked: list[str] = []
        self.lost = 0
        self.caused: list[str] = []

    def step(self, step: Step) -> Iterator[tuple[str, str]]:
        yield from step.changes
        self.states.update(step.changes)
        yield from self.of_event(step.event)
        for page, state in step.changes:
            yield from self.of_page(page, state, step.times)

    def of_event(self, event: e.Event) -> Iterator[tuple[str, str]]:
        match event:
            case e.Op(page):
                yield f"link {table_of(page)}", "gone"
            case e.SetNull(page):
                yield from self.forgotten(page)
            case e.HkidFree():
                yield "HKID", "released"
            case e.HkidLeak():
                yield "HKID", "leaked"
            case e.Seamcall(_, "TDR", _, status) if status == _ASSOCIATED:
                with_module = (page for page, at in self.states.items() if at == "tdx-owned")
                kept = [page for page in with_module if PageName.parse(page).kind == "guest"]
                self.caused = [*self.leaked, *kept]
                yield from ((f"cause {page}", "on") for page in self.caused)
            case e.Free() | e.CallRcu() if self.caused:
                yield from ((f"cause {page}", "off") for page in self.caused)
                self.caused = []

    def forgotten(self, page: str) -> Iterator[tuple[str, str]]:
        twin = self.pointers.get(page)
        self.pointers[page] = None
        lost = twin is not None and self.states[twin] in ("tdx-owned", "leaked")
        yield f"ptr {table_of(page)}", "cut" if lost else "null"
        if lost:
            yield "label", "off"

    def of_page(self, page: str, state: str, times: int) -> Iterator[tuple[str, str]]:
        if state == "leaked":
            self.leaked.append(page)
            self.lost += times
            if self.lost - times <= FEW < self.lost:
                yield "words", "many"
        if state == "freed" and PageName.parse(page).kind == "spt" and page != "spt root":
            yield f"ptr {table_of(page)}", "gone"
            yield f"twin {table_of(page)}", "gone"


def changes(run: Run) -> list[Changes]:
    """Return for each step of a run the elements that it changes; warnings are `row_changes`' matter."""
    marks = _Marks(run)
    return [tuple(marks.step(step)) for step in run.steps]


def row_changes(
    own: Run, steps: Sequence[int | None], other: Run | None = None, others: Sequence[int | None] = ()
) -> list[Changes]:
    """Return the changes of one side for each row of a lockstep, warnings included.

    `steps` holds the side's own step of each row, None where it waits; `others`
    those of the other side.  A trace that only the other side prints is a `ghost`.
    """
    mine, moves = warned(own.steps), changes(own)
    theirs = warned(other.steps) if other else []
    used: Counter[str] = Counter()
    found: list[Changes] = []
    for row, at in enumerate(steps):
        there = others[row] if row < len(others) else None
        full = mine[at] if at is not None else None
        ghost = theirs[there] if there is not None else None
        extra = list(_triangles(full, ghost, used))
        found.append((*(moves[at] if at is not None else ()), *extra))
    return found


def _triangles(full: str | None, ghost: str | None, used: Counter[str]) -> Iterator[tuple[str, str]]:
    for page, state in ((full, "full"), (ghost if ghost != full else None, "ghost")):
        if page is not None:
            slot = min(used[page], SLOTS - 1)
            used[page] += 1
            yield f"warn {page} {slot}", state
