"""Every interleaving of a design's threads, breadth first, so that the first bad schedule is a shortest one.

>>> from kvmviz.race.design import DESIGNS
>>> found = explore(DESIGNS["naive"], threads=2, rounds=1)
>>> found.reached["pages_have_a_pair"].depth
3

A state is the shared memory with each thread's place and the pairs that it holds; two
ways to the same state are one, so that their number stays small.  A broken invariant
does not end the search: what comes of it is looked at, too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kvmviz.race.design import Design, RaceError
from kvmviz.race.invariants import INVARIANTS, broken_at_rest
from kvmviz.race.memory import FREE, Memory, apply, start
from kvmviz.race.region import Answer
from kvmviz.race.threads import Threads

STATES: Final = 400_000
"""States after which a search is given up."""


class State(NamedTuple):
    """The memory, the place of each thread, and how many pairs each holds."""

    memory: Memory
    places: tuple[int, ...]
    hands: tuple[int, ...]


class Edge(NamedTuple):
    """One step: who takes it in which state, the module's or the counter's answer, and where it leads."""

    before: int
    thread: int
    answer: Answer
    pending: bool
    after: int
    broken: tuple[str, ...]


@dataclass(slots=True)
class Bad:
    """Where an invariant is broken first: so many steps from the beginning, by this edge."""

    depth: int
    edge: Edge


@dataclass(slots=True)
class Found:
    """What a search has seen: states in the order of their distance, the edges into and out of each."""

    threads: Threads
    states: list[State] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    into: list[list[Edge]] = field(default_factory=list)
    edges: int = 0
    reached: dict[str, Bad] = field(default_factory=dict)
    ends: list[Memory] = field(default_factory=list)


_NO_EDGE: Final = Edge(0, 0, None, False, 0, ())
"""In the place of a last step, where the very beginning is broken."""


def explore(design: type[Design], threads: int, rounds: int, refuse: int = 0) -> Found:
    """Search every interleaving; raise RaceError if the design cannot be run, or has too many states."""
    if threads > 1:
        explore(design, 1, rounds)  # a thread alone that does not end is soon found out
    found = Found(Threads(design, rounds))
    first = State(start(design.regions, refuse), (0,) * threads, (0,) * threads)
    number = {first: 0}
    _enter(found, first, 0)
    for name in _broken_by_ending(first, 0, found.threads.begun):
        found.reached[name] = Bad(0, _NO_EDGE)
    at = 0
    while at < len(found.states):
        _expand(found, number, at)
        at += 1
    _all_can_finish(found)
    found.ends = sorted({s.memory for s in found.states if _ended(found, s)}, key=str)
    found.reached = {name: found.reached[name] for name in INVARIANTS if name in found.reached}
    return found


def _enter(found: Found, state: State, depth: int) -> None:
    if len(found.states) == STATES:
        raise RaceError(
            f"{found.threads.design.name}: more than {STATES:,} states; take fewer threads or rounds, or let fewer "
            "variables live on from step to step."
        )
    found.states.append(state)
    found.depths.append(depth)
    found.into.append([])


def _expand(found: Found, number: dict[State, int], at: int) -> None:
    """Take every step that is possible in a state."""
    state, depth = found.states[at], found.depths[at]
    for thread in range(len(state.places)):
        for after, answer, pending, broken in _steps(found, state, thread):
            if after not in number:
                number[after] = len(found.states)
                _enter(found, after, depth + 1)
            edge = Edge(at, thread, answer, pending, number[after], broken)
            found.edges += 1
            found.into[edge.after].append(edge)
            for name in broken:
                found.reached.setdefault(name, Bad(depth + 1, edge))


def _steps(found: Found, state: State, thread: int) -> Iterator[tuple[State, Answer, bool, tuple[str, ...]]]:
    """Yield what a thread's next step comes to: nothing if it waits or has ended."""
    design = found.threads.design
    op = found.threads.places[state.places[thread]].op
    done = op and apply(state.memory, op, thread, thread % design.regions, state.hands[thread])
    if not done:
        return
    hands = _replaced(state.hands, thread, done.hand)
    if done.pending:
        yield State(done.memory, state.places, hands), None, True, ()
        return
    moved = found.threads.after(state.places[thread], done.answer)
    after = State(done.memory, _replaced(state.places, thread, moved.place), hands)
    broken = [*done.broken, *_broken_by_ending(after, thread, moved.ended), *_broken_at_rest(found, after)]
    yield after, done.answer, False, tuple(name for name in dict.fromkeys(broken) if name not in design.expects)


def _replaced(values: tuple[int, ...], at: int, value: int) -> tuple[int, ...]:
    return (*values[:at], value, *values[at + 1 :])


def _broken_by_ending(state: State, thread: int, ended: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Yield what is broken by a thread that leaves `get` or `put`."""
    for section, value in ended:
        if section == "get" and value is not None and not value:
            yield "gets_succeed"
        if section in ("get", "put") and state.hands[thread]:
            yield "pairs_are_kept"
        if section in ("get", "put") and thread in state.memory.locks:
            yield "locks_are_released"


def _broken_at_rest(found: Found, state: State) -> Iterator[str]:
    places = [found.threads.places[place] for place in state.places]
    if all(place.is_at_rest for place in places):
        users = [0] * len(state.memory.regions)
        for thread, place in enumerate(places):
            users[thread % len(users)] += place.is_user
        yield from broken_at_rest(state.memory, users)


def _ended(found: Found, state: State) -> bool:
    return all(found.threads.places[place].op is None for place in state.places)


def _all_can_finish(found: Found) -> None:
    """Look for the first state in which threads wait for each other, or go in circles, and no way leads to the end."""
    open_ends = [n for n, state in enumerate(found.states) if _ended(found, state)]
    can = set(open_ends)
    while open_ends:
        for edge in found.into[open_ends.pop()]:
            if edge.before not in can:
                can.add(edge.before)
                open_ends.append(edge.before)
    cannot = [n for n in range(len(found.states)) if n not in can]
    if cannot and "all_can_finish" not in found.threads.design.expects:
        first = _stuck(found, cannot)
        found.reached["all_can_finish"] = Bad(found.depths[first], found.into[first][0] if first else _NO_EDGE)


def _stuck(found: Found, cannot: list[int]) -> int:
    """Return the first state that no thread leaves, or from which one goes back."""
    moving = {edge.before for n in cannot for edge in found.into[n]}
    back = {e.before for n in cannot for e in found.into[n] if found.depths[n] <= found.depths[e.before]}
    return next(n for n in cannot if n not in moving or n in back)


__all__ = ["FREE", "STATES", "Bad", "Edge", "Found", "State", "explore"]
