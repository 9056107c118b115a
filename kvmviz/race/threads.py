"""The threads of a design, seen from outside: where one can stand, and where an answer takes it.

>>> from kvmviz.race.design import DESIGNS
>>> threads = Threads(DESIGNS["naive"], rounds=1)
>>> threads.places[0].op.name, threads.after(0, 2).place
('increment', 1)
>>> threads.places[1].section, threads.places[1].op.said("SUCCESS")
('use', 'give a page: ok')

All threads run the same: `get`, then a page goes to the module and comes back, then
`put`, so many rounds.  A generator cannot be copied, so each place is reached by
running one anew with the answers that led there; there are few of them, and each
answer is tried once.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from kvmviz.race.design import Design, RaceError
from kvmviz.race.region import Answer, Op
from kvmviz.race.walk import Ended, Section, Walk

PLACES: Final = 300
"""Places that one thread may stand at in a round; a design has some dozen."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thread can stand: before the step `op`, None at its end.

    `fresh` says that it has not yet begun its section; `function` and `line` are where
    in the source it stands.
    """

    section: Section
    op: Op | None
    fresh: bool
    function: str
    line: int
    path: tuple[Answer, ...]
    """Answers that lead here from the beginning."""

    @property
    def is_user(self) -> bool:
        """Whether a thread that stands here and at rest has got the region and not put it yet."""
        return self.section in ("use", "put")

    @property
    def is_at_rest(self) -> bool:
        """Whether a thread that stands here is inside neither `get` nor `put`."""
        return self.fresh or self.section in ("use", "")


class Moved(NamedTuple):
    """Where an answer takes a thread, and the sections that end on the way, each with what it returned."""

    place: int
    ended: Ended


class Threads:
    """The places of a design's threads, found as they are asked for; place 0 is the beginning.

    `begun` are sections that ended before the first step of all.
    """

    def __init__(self, design: type[Design], rounds: int) -> None:
        self.design, self.rounds = design, rounds
        self.places: list[Place] = []
        self._known: dict[Any, int] = {}
        self._after: dict[tuple[int, Answer], Moved] = {}
        walk = Walk(design, rounds)
        self.begun = walk.begun
        self._enter(walk, ())

    def after(self, place: int, answer: Answer) -> Moved:
        """Return where a thread goes from a place with this answer; raise RaceError for what a design does wrong."""
        if (place, answer) not in self._after:
            path = self.places[place].path
            walk = Walk(self.design, self.rounds)
            for one in path:
                walk.go(one)
            if walk.op != self.places[place].op:
                raise RaceError(
                    f"{self.design.name}: {walk.section} does something else with the same answers; let it depend on "
                    "nothing but its own variables and what its steps answer."
                )
            ended = walk.go(answer)
            self._after[place, answer] = Moved(self._enter(walk, (*path, answer)), ended)
        return self._after[place, answer]

    def _enter(self, walk: Walk, path: tuple[Answer, ...]) -> int:
        key = walk.key()
        if key not in self._known:
            if len(self.places) == PLACES * self.rounds:
                raise RaceError(
                    f"{self.design.name}: a thread does not end: after {len(self.places):,} different places it is "
                    f"in {walk.section}, line {walk.line}; let no variable grow in a loop."
                )
            self._known[key] = len(self.places)
            self.places.append(Place(walk.section, walk.op, walk.fresh, walk.function, walk.line, path))
        return self._known[key]
