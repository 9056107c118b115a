"""Same or not: which of the project's revisions a revision behaves like, and where it first differs.

>>> found = likeness("v1", "1x1x1")
>>> found.same_as, found.differs, found.scenarios
(('v1',), 0, 1104)
>>> print(found)
Equal to v1 in all 1,104 scenarios.

Equal means event for event, with the phase, every field and the call chain of each
event, by the names of the kernel functions, in every scenario of the space.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from kvmviz.apart import each, pack, unpack
from kvmviz.check.facts import smallness
from kvmviz.check.observation import watch
from kvmviz.check.replay import Runs, trails_beside, trails_digest
from kvmviz.check.space import SETUP, Space, scenarios
from kvmviz.check.trail import SIZE, digest, pieces
from kvmviz.record.teardown import where_it_belongs
from kvmviz.revisions import EVERY, REVISIONS, Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree
from kvmviz.terms.columns import paragraph

if TYPE_CHECKING:
    from kvmviz.schema import answers

T = TypeVar("T")

BATCH: Final = 480
"""Scenarios of one task for another process."""

AHEAD: Final = 8
"""Tasks handed out before the first is back."""

SETUPS: Final = 48
"""About so many of these are the sample that is looked at first."""

OPEN: Final = 1.5
"""How many times as often as the likeliest a revision may differ in the sample and still be the nearest."""

MOST_KEPT: Final = 40
"""Answers of the project's revisions that are kept."""

_KNOWN: Final[dict[tuple[str, str], bytes]] = {}
"""Digests of the project's revisions over spaces with a name, by space and revision."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a revision behaves like over a space of so many `scenarios`.

    `same_as` names the project's revisions that it equals; `nearest` the one from
    which it differs in the fewest scenarios, the one that it builds on first among
    equals, and `differs` in how many.  `first` is the smallest of these as a
    scenario line (as counterexamples are chosen) and `step` the step of that run at
    which the two part, from 1; None and 0 where nothing differs.  `sampled` is 0 where
    every other revision was compared in all scenarios, else the size of the sample in
    which the others differ so much more often that they were left at that.
    """

    scenarios: int
    same_as: tuple[str, ...]
    nearest: str
    differs: int
    first: str | None
    step: int
    sampled: int = 0

    def to_json(self) -> "answers.Counted":
        """Return it for JSON."""
        return {
            "scenarios": self.scenarios, "same_as": list(self.same_as), "nearest": self.nearest,
            "differs": self.differs, "first": self.first, "step": self.step, "sampled": self.sampled,
        }  # fmt: skip

    def text(self, width: int = 72) -> str:
        """Return it as text of at most `width` columns; a scenario line is never wrapped."""
        if not self.scenarios:
            return "Nothing was run, so it is like nothing."
        if self.same_as:
            return paragraph(f"Equal to {' and '.join(self.same_as)} in all {self.scenarios:,} scenarios.", width=width)
        by = f" by a sample of {self.sampled:,}" if self.sampled else ""
        head = (
            f"Differs from {self.nearest}, which is nearest{by}, in {self.differs:,} of {self.scenarios:,} scenarios; "
            f"first here, at step {self.step}:"
        )
        return paragraph(head, width=width) + f"\n  {self.first}"

    def __str__(self) -> str:
        return self.text()


def likeness(which: str | type[Revision], space: Space = "quick", executor: Executor | None = None) -> Likeness:
    """Return which of the project's revisions a revision behaves like over a space, and where it first differs.

    `space` as in `check`; without an `executor` this process does the work, and a
    space with a name is remembered for the next question.  Raises PatchError, with
    one sentence, if a reader's own revision cannot be run.
    """
    known = revision(which)
    todo = list(scenarios(space, pamt=known.dynamic_pamt))
    label, marks = label_of(space, pamt=known.dynamic_pamt), b""
    if EVERY.get(known.name) is known:
        own = b"".join(each(executor, trails_digest, ((known.name, batch) for batch in _batches(todo))))
    else:
        packed = pack(known)
        reader = known.name if known.is_python else ""
        parts = each(executor, own_digests, ((packed, batch) for batch in _batches(todo)), reader)
        own, marks = map(b"".join, zip(*parts, strict=True)) if todo else (b"", b"")
    return likeness_of(known, own, todo, label, executor, marks)


def own_digests(packed: bytes, batch: Sequence[Scenario]) -> tuple[bytes, bytes]:
    """Return digests and marks of what a revision does in these scenarios; this is what runs in another process."""
    which = unpack(packed)
    runs = Runs(which)
    done = [runs.of(scenario) for scenario in batch]
    return b"".join([one.whole for one in done]), b"".join([one.mark for one in done])


def whole_digest(which: type[Revision], scenario: Scenario) -> bytes:
    """Return the digest of what a revision does in one scenario, chains included; the scenario itself is run."""
    _, trail = watch(which, scenario)
    return digest(whole for _, whole, _ in pieces(trail.entries, trail.chains))


def likeness_of(
    which: type[Revision], own: bytes, todo: Sequence[Scenario], label: str = "", executor: Executor | None = None,
    marks: bytes = b"",
) -> Likeness:  # fmt: skip
    """Return the likeness of a revision with these digests and marks; `label` is the space's name, if it has one.

    The one that it builds on is run in all scenarios, every other in a sample.  One that
    equals it there, and one that may be the nearest by what the sample shows (within a
    half more), is run in all scenarios, too.
    """
    order = _order(which, todo)
    if not todo:
        return Likeness(0, (), order[0], 0, None, 0)
    sought = _Sought(own, todo, label, executor, marks)
    if EVERY.get(which.name) is which:
        sought.remember(which.name, own)
    sought.places(order[0], len(todo))  # most equal the one that they build on, or are nearest to it
    sample, size = sought.in_sample(order)
    found: dict[str, list[int]] = {}
    most, left = len(todo), 0
    for name in sorted(order, key=sample.__getitem__):
        if sample[name] > OPEN * min(sample.values()):
            left += 1
        else:
            places = sought.places(name, most)
            if len(places) <= most:
                found[name], most = places, len(places)
    nearest = min(found, key=lambda name: (len(found[name]), order.index(name)))
    return _result(which, nearest, found, todo, size if left and found[nearest] and size < len(todo) else 0)


def _order(which: type[Revision], todo: Sequence[Scenario]) -> list[str]:
    """Return the names of the project's revisions, the one that this one builds on first, then as they came to be.

    What comes after those of the patch is among them only where its own machine is: with Dynamic PAMT.
    """
    base = which
    while base.base is not None:
        base = base.base
    known = EVERY if base.dynamic_pamt or any(one.region != "off" for one in todo) else REVISIONS
    return sorted(known, key=lambda name: name != base.name)


class _Sought:
    """What is to be found again in the project's revisions: the digests of a revision over a space."""

    def __init__(
        self, own: bytes, todo: Sequence[Scenario], label: str, executor: Executor | None, marks: bytes
    ) -> None:
        self._own, self._todo, self._label, self._executor = own, todo, label, executor
        self._marks = marks or bytes(len(own))
        self._known = {name: digests for (space, name), digests in _KNOWN.items() if label and space == label}

    def remember(self, name: str, digests: bytes) -> None:
        """Keep what a revision does in all of the scenarios; for the next question too, if the space has a name."""
        self._known[name] = digests
        if self._label:
            if len(_KNOWN) >= MOST_KEPT:
                _KNOWN.clear()
            _KNOWN[self._label, name] = digests

    def in_sample(self, names: Sequence[str]) -> tuple[dict[str, int], int]:
        """Return in how many scenarios of a sample of whole setups each revision does something else, and its size.

        Beside a first one that does nothing else, none of the others is nearer: of them it
        is only found out whether they do, 1 or 0.
        """
        stride = SETUP * max(1, len(self._todo) // (SETUP * SETUPS))
        setups = [range(at, min(at + SETUP, len(self._todo))) for at in range(0, len(self._todo), stride)]
        places = [place for setup in setups for place in setup]
        found = self._in_places(names[:1], places)
        if found[names[0]]:
            return found | self._in_places(names[1:], places), len(places)
        parts = {name: (self._in_places([name], setup)[name] for setup in setups) for name in names[1:]}
        return found | {name: int(any(counts)) for name, counts in parts.items()}, len(places)

    def _in_places(self, names: Sequence[str], places: Sequence[int]) -> dict[str, int]:
        """Return in how many of these scenarios each revision does something else."""
        found = {name: b"".join([_one(self._known[name], n) for n in places]) for name in names if name in self._known}
        unknown = [name for name in names if name not in found]
        lines = [self._todo[place] for place in places]
        own, marks = (b"".join([_one(kept, place) for place in places]) for kept in (self._own, self._marks))
        jobs = ((name, lines, own, marks) for name in unknown)
        executor = self._executor if len(places) > SETUP else None
        found |= zip(unknown, each(executor, trails_beside, jobs), strict=True)
        if len(places) == len(self._todo):
            for name in unknown:
                self.remember(name, found[name])
        return {
            name: sum(_one(self._own, place) != _one(theirs, n) for n, place in enumerate(places))
            for name, theirs in found.items()
        }

    def places(self, name: str, most: int) -> list[int]:
        """Return the numbers of the scenarios in which this revision does something else; stop at more than `most`."""
        kept = self._known.get(name)
        own = (_batches(digests, BATCH * SIZE) for digests in (self._own, self._marks))
        jobs = ((name, *parts) for parts in zip(_batches(self._todo), *own, strict=True))
        parts = iter([kept]) if kept else each(self._executor, trails_beside, jobs, ahead=AHEAD)
        theirs, places = bytearray(), list[int]()
        for part in parts:
            start = len(theirs) // SIZE
            theirs += part
            places += [n for n in range(start, len(theirs) // SIZE) if _one(self._own, n) != _one(theirs, n)]
            if len(places) > most:
                return places
        self.remember(name, bytes(theirs))
        return places


def _one(digests: bytes | bytearray, number: int) -> bytes:
    return bytes(digests[number * SIZE : (number + 1) * SIZE])


def _result(
    which: type[Revision], nearest: str, found: dict[str, list[int]], todo: Sequence[Scenario], sampled: int
) -> Likeness:
    same = tuple(name for name in EVERY if found.get(name) == [])
    differing = [todo[place] for place in found[nearest]]
    first = min(differing, key=smallness, default=None)
    step = 0 if first is None else where_it_belongs(which, _parting, which, EVERY[nearest], first)
    return Likeness(len(todo), same, nearest, len(differing), None if first is None else str(first), step, sampled)


def _parting(a: type[Revision], b: type[Revision], scenario: Scenario) -> int:
    """Return the number, from 1, of the first step at which the two do not do the same in the same place."""
    runs = [watch(which, scenario)[1] for which in (a, b)]
    one, other = ([*zip(run.entries, run.chains, strict=True)] for run in runs)
    apart = (number for number, pair in enumerate(zip(one, other, strict=False), 1) if pair[0] != pair[1])
    return next(apart, min(len(one), len(other)) + 1)


def label_of(space: Space, *, pamt: bool = False) -> str:
    """Return the name of a space that has one, by which its answers can be kept; empty for scenarios of one's own."""
    return f"{space}{' with Dynamic PAMT' if pamt else ''}" if isinstance(space, str | Tree) else ""


def _batches(todo: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    return (todo[start : start + size] for start in range(0, len(todo), size))
