"""Two runs of one scenario, aligned step by step: which step of one is which of the other.

A step of one run and a step of the other are the same step if the same kind of
thing happens to the same page in the same phase, for the same time.  The rows are
the longest common sequence of these; a step that only one side takes stands alone.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Event, PrErr, PrWarn, Seamcall, Warn

Key = tuple[str, ...]
Sign = tuple[str, str, str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A lockstep step: index into the steps of each side, None where that side waits.

    `same` is False where only one side takes the step, or both take it and it
    comes out differently.
    """

    a: int | None
    b: int | None
    same: bool


class Aligned:
    """Two recorded runs of the same scenario, `a` and `b`, and their lockstep `rows`."""

    def __init__(self, a: Run, b: Run) -> None:
        if not (a.recorded and b.recorded):
            raise _too_large(a.scenario)
        self.a, self.b = a, b

    @property
    def scenario(self) -> Scenario:
        """What both runs were given."""
        return self.a.scenario

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The lockstep steps, in order."""
        return tuple(_rows(self.a.steps, self.b.steps))

    @property
    def differences(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0, in which the two sides differ."""
        return tuple(number for number, row in enumerate(self.rows) if not row.same)

    @property
    def alike(self) -> bool:
        """Whether the kernel does the same under both revisions."""
        return not self.differences

    def step(self, row: Row) -> Step:
        """Return the step that stands in this row, the first side's where both do."""
        return self.a.steps[row.a] if row.a is not None else self.b.steps[row.b or 0]


def _too_large(scenario: Scenario) -> ScenarioError:
    return ScenarioError(
        f"tree={scenario.tree}: a run that was not recorded cannot be compared step by step; use its `folded`."
    )


def keys(steps: Sequence[Step]) -> list[Key]:
    """Return a name for each step that is unique within its run: phase, kind, page, and which time."""
    return numbered(sign(step.phase, step.event) for step in steps)


def sign(phase: str, event: Event) -> Sign:
    """Return what a step's name is made of: phase, kind, its page if it has one, and what else tells it from others."""
    return phase, event.kind, _page(event), _about(event)


def numbered(signs: Iterable[Sign]) -> list[Key]:
    """Return the names of the steps that these are the signs of; one without a page is about that of the one before."""
    found: list[Key] = []
    seen: dict[Key, int] = {}
    last, page = "", ""
    for phase, kind, own, about in signs:
        if phase != last:
            last, page = phase, ""
        page = own or page
        key = (phase, kind, page, *about)
        seen[key] = times = seen.get(key, 0) + 1
        found.append((*key, str(times)))
    return found


def _page(event: Event) -> str | None:
    """Return the table that an event is about: a mirror page and its S-EPT page count as one."""
    page: str | None = getattr(event, "page", None)
    return (PageName.parse(page).table or page) if page else None


def _about(event: Event) -> tuple[str, ...]:
    match event:
        case Seamcall(name, _, _, _):
            return (name,)
        case Warn(site, _) | PrErr(site, _, _) | PrWarn(site, _):
            return (site,)
        case _:
            return (str(getattr(event, "site", "")), str(getattr(event, "page", "")))


def _rows(a: Sequence[Step], b: Sequence[Step]) -> Iterator[Row]:
    at_a = at_b = 0
    for i, j in [*common(keys(a), keys(b)), (len(a), len(b))]:
        yield from (Row(n, None, False) for n in range(at_a, i))
        yield from (Row(None, n, False) for n in range(at_b, j))
        if i < len(a):
            yield Row(i, j, a[i].event == b[j].event)
        at_a, at_b = i + 1, j + 1


def common(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest common subsequence; with unique keys it is the longest rising run of positions."""
    where = {key: j for j, key in enumerate(b)}
    pairs = [(i, where[key]) for i, key in enumerate(a) if key in where]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        tails[at : at + 1] = [j]
        ends[at : at + 1] = [number]
        before.append(ends[at - 1] if at else None)
    chosen: list[tuple[int, int]] = []
    last = ends[-1] if ends else None
    while last is not None:
        chosen.append(pairs[last])
        last = before[last]
    return chosen[::-1]
