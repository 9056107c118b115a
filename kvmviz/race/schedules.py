"""A bad schedule, step by step: of all shortest ones one that switches threads least.

>>> from kvmviz.race.design import DESIGNS
>>> from kvmviz.race.search import explore
>>> found = explore(DESIGNS["naive"], threads=2, rounds=1)
>>> [f"{step.thread}: {step.text}" for step in schedule(found, "pages_have_a_pair")]
['A: inc: 1', 'B: inc: 2', 'B: give a page: MISSING_PAMT_PAGE_PAIR']
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from kvmviz.race.memory import Memory
from kvmviz.race.region import Answer
from kvmviz.race.search import Edge, Found

if TYPE_CHECKING:
    from kvmviz.schema import races

LETTERS: Final = "ABCDEFGH"
"""What threads are called."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a schedule.

    `thread` is a letter; `section` is `get`, `use` or `put`; `step` the name in
    `kvmviz.race.region` and `kernel` the kernel's; `text` is short, with the answer;
    `function` and `line` say where in the source; `memory` is what all threads share
    after it, `region` the number of the thread's own.
    """

    number: int
    thread: str
    section: str
    step: str
    kernel: str
    answer: Answer
    text: str
    function: str
    line: int
    memory: Memory
    region: int

    def to_json(self) -> "races.Step":
        """Return the step as data."""
        regions: list[races.Region] = [
            {"count": r.counter, "pair": r.pair, "pages": len(r.pages)} for r in self.memory.regions
        ]
        return {
            "number": self.number, "thread": self.thread, "section": self.section, "step": self.step,
            "kernel": self.kernel, "answer": self.answer, "text": self.text, "line": self.line,
            "region": self.region, "regions": regions,
        }  # fmt: skip


def schedule(found: Found, name: str) -> tuple[Step, ...]:
    """Return a shortest schedule that breaks this invariant; empty if the very beginning does."""
    bad = found.reached[name]
    return tuple(_step(found, number, edge) for number, edge in enumerate(_edges(found, name) if bad.depth else (), 1))


def left(found: Found, name: str) -> tuple[str, ...]:
    """Return before which step each thread stands where this invariant is broken."""
    places = [found.threads.places[place] for place in found.states[found.reached[name].edge.after].places]
    return tuple(
        f"{LETTERS[n]} before {place.section} {place.op.said(None)}, line {place.line}"
        for n, place in enumerate(places)
        if place.op is not None
    )


def _edges(found: Found, name: str) -> Sequence[Edge]:
    """Choose among all shortest ways, from their last step backwards, by switches, then by who begins."""
    bad = found.reached[name]
    if name == "all_can_finish":
        lasts = [e for e in found.into[bad.edge.after] if found.depths[e.before] == bad.depth - 1]
    else:
        lasts = [e for edges in found.into for e in edges if name in e.broken and found.depths[e.before] < bad.depth]
    best = _fewest(found, lasts)
    return min((best[edge] for edge in lasts), key=lambda way: (_switches(way), [e.thread for e in way]))


def _fewest(found: Found, lasts: list[Edge]) -> dict[Edge, tuple[Edge, ...]]:
    """Return for each edge that lies on a shortest way to `lasts` the way up to it with fewest switches."""
    layers: list[list[Edge]] = [lasts]
    while found.depths[layers[-1][0].before]:
        states = dict.fromkeys(edge.before for edge in layers[-1])
        layers.append([e for n in states for e in found.into[n] if found.depths[e.before] == found.depths[n] - 1])
    best: dict[Edge, tuple[Edge, ...]] = {edge: (edge,) for edge in layers.pop()}
    while layers:
        by_state: dict[int, list[tuple[Edge, ...]]] = {}
        for edge, way in best.items():
            by_state.setdefault(edge.after, []).append(way)
        here = ((edge, [(*way, edge) for way in by_state[edge.before]]) for edge in layers.pop())
        best = {edge: min(ways, key=lambda way: (_switches(way), [e.thread for e in way])) for edge, ways in here}
    return best


def _switches(way: Sequence[Edge]) -> int:
    return sum(a.thread != b.thread for a, b in pairwise(way))


def _step(found: Found, number: int, edge: Edge) -> Step:
    state, after = found.states[edge.before], found.states[edge.after]
    place = found.threads.places[state.places[edge.thread]]
    assert place.op is not None
    ends = edge.after and state.memory.regions[edge.thread % len(state.memory.regions)].alone == edge.thread
    text = f"{place.op.short} begins" if edge.pending else place.op.said(edge.answer)
    return Step(
        number, LETTERS[edge.thread], place.section, place.op.name, place.op.kernel, edge.answer,
        text.replace(":", " ends:", 1) if ends else text, place.function, place.line, after.memory,
        edge.thread % len(after.memory.regions),
    )  # fmt: skip
