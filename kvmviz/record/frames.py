"""Every step of a run as a picture would show it: state of each page, pointers, key, counts.

A run is recorded once and never replayed: a frame is what the events up to it
say, so going back is indexing.

>>> from kvmviz.scenario import Scenario
>>> FrameBuilder(pages_of(Scenario())).frame().states["spt root"]
'in-use'
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, overload

from kvmviz.scenario import Scenario
from kvmviz.scenario.names import control_names, guest_name, sept_name, spt_name
from kvmviz.scenario.status import SUCCESS
from kvmviz.scenario.tree import Shape
from kvmviz.terms import events as e

LEAVES_PER_TABLE = 2
Change = tuple[str, str]


class PageInfo(NamedTuple):
    """A page of the TD: its name, what it is, and where it belongs.

    `kind` is `spt`, `S-EPT`, `guest` or `control`; `twin` the other page of the
    same table (`spt` and `S-EPT`); `parent` the page of the same kind above it.
    """

    name: str
    kind: str
    level: int = 0
    gfn: int = 0
    twin: str | None = None
    parent: str | None = None


def pages_of(scenario: Scenario, shape: Shape | None = None) -> tuple[PageInfo, ...]:
    """Return every page of the scenario's TD in the order of allocation; guest pages last.

    With a `shape` its tables take the place of the scenario's tree.
    """
    return (
        *(PageInfo(name, "control") for name in control_names(scenario.vcpus)),
        *_table_pages(shape or scenario.tree, scenario.tree.gib is None),
    )


def _table_pages(shape: Shape, guests: bool) -> Iterator[PageInfo]:
    yield PageInfo("spt root", "spt", shape.root_level)
    above = [0]
    for level in range(shape.root_level - 1, 0, -1):
        top, here = level + 1 == shape.root_level, list(shape.places(level))
        for gfn, number, _ in here:
            over = above[number]
            sept, spt = sept_name(level, gfn), spt_name(level, gfn)
            yield PageInfo(sept, "S-EPT", level, gfn, spt, None if top else sept_name(level + 1, over))
            yield PageInfo(spt, "spt", level, gfn, sept, "spt root" if top else spt_name(level + 1, over))
        above = [gfn for gfn, _, _ in here]
    if guests:
        for gfn in above:
            for i in range(LEAVES_PER_TABLE):
                yield PageInfo(guest_name(gfn + i), "guest", 0, gfn + i, None, spt_name(1, gfn))


class Frame(NamedTuple):
    """The picture after a step: `states` by page, `pointers` from a mirror page to its S-EPT page or None.

    `traces` and `lines` count what was printed so far; `leaked` lists pages in the order of their loss,
    `leaked_count` says how many they are, which is more where a page stands for others too.
    With Dynamic PAMT `pinned` counts pairs that stay for good, `phantoms` references that nobody holds.
    """

    states: Mapping[str, str]
    pointers: Mapping[str, str | None]
    hkid: str
    vm_bugged: bool
    traces: int
    lines: int
    leaked: tuple[str, ...]
    leaked_count: int
    pinned: int = 0
    phantoms: int = 0


class FrameBuilder:
    """Takes events in order and keeps the picture; `apply` returns what changed."""

    def __init__(self, pages: Sequence[PageInfo]) -> None:
        self.states = {p.name: "in-use" if p.kind == "spt" else "tdx-owned" for p in pages}
        self.pointers = {p.name: p.twin for p in pages if p.kind == "spt"}
        self.hkid = "assigned"
        self.vm_bugged = False
        self.traces = 0
        self.lines = 0
        self.leaked: list[str] = []
        self.leaked_count = 0
        self.pinned = self.phantoms = 0

    def frame(self) -> Frame:
        """Return the picture as it is now."""
        return Frame(
            dict(self.states), dict(self.pointers), self.hkid, self.vm_bugged,
            self.traces, self.lines, tuple(self.leaked), self.leaked_count, self.pinned, self.phantoms,
        )  # fmt: skip

    def apply(self, event: e.Event, times: int = 1) -> tuple[Change, ...]:
        """Take the next event, which happens so often; return the pages that it changes, with their new states.

        Pages of Dynamic PAMT are in no picture: pairs that stay are counted.
        """
        changes = tuple([change for change in self._changes(event) if change[0] in self.states])
        self.states.update(changes)
        self._count(event, times)
        return changes

    def _changes(self, event: e.Event) -> Iterator[Change]:
        match event:
            case e.Seamcall("TDH.PHYMEM.PAGE.RECLAIM" | "TDH.MEM.PAGE.REMOVE", str(page), _, status):
                if status == SUCCESS:
                    yield page, "reclaimed"
            case e.CallRcu(page):
                yield page, "rcu-pending"
                twin = self.pointers.get(page)
                if twin is not None and self.states[twin] == "reclaimed":
                    yield twin, "rcu-pending"
            case e.Free(page, _):
                yield page, "freed"
            case e.Leak(page):
                yield page, "leaked"

    def _count(self, event: e.Event, times: int) -> None:
        match event:
            case e.Warn(_, True):
                self.traces += times
            case e.PrErr(_, True, _):
                self.lines += times
            case e.SetNull(page, _):
                self.pointers[page] = None
            case e.Leak(page):
                self.leaked.append(page)
                self.leaked_count += times
            case e.PamtPin():
                self.pinned += event.pairs
                self.phantoms += event.phantoms
            case e.VmBugged():
                self.vm_bugged = True
            case e.HkidFree():
                self.hkid = "released"
            case e.HkidLeak():
                self.hkid = "leaked"


class Frames(Sequence[Frame]):
    """The frames of a run, made when asked for; number 0 is before the first event.

    `events` come with how often each happened.
    """

    def __init__(self, pages: Sequence[PageInfo], events: Sequence[tuple[e.Event, int]]) -> None:
        self._pages = pages
        self._events = events
        self._builder = FrameBuilder(pages)
        self._at = 0

    def __len__(self) -> int:
        return len(self._events) + 1

    @overload
    def __getitem__(self, index: int) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Frame]: ...
    def __getitem__(self, index: int | slice) -> Frame | Sequence[Frame]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        wanted = index + len(self) if index < 0 else index
        if not 0 <= wanted < len(self):
            raise IndexError(f"step {index} is not among 0 to {len(self) - 1}")
        if wanted < self._at:
            self._builder, self._at = FrameBuilder(self._pages), 0
        for event, times in self._events[self._at : wanted]:
            self._builder.apply(event, times)
        self._at = wanted
        return self._builder.frame()
