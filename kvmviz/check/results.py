"""What became of each invariant in a space: how often it was put to the test, where it is broken, whose that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kvmviz.check.catalogue import Invariant
from kvmviz.check.describing import conditions, words
from kvmviz.check.known import known_of
from kvmviz.check.nearest import Likeness
from kvmviz.check.outcome import Cell, Example, Outcome
from kvmviz.revisions import Revision

if TYPE_CHECKING:
    from kvmviz.schema import answers


@dataclass(frozen=True, slots=True)
class Broken:
    """Where an invariant is broken: in how many scenarios, the smallest of them, and when exactly.

    `when` are lines of which one applies exactly in those scenarios of the space;
    None if its keys cannot tell them apart.
    """

    count: int
    smallest: Example
    when: tuple[str, ...] | None

    def to_json(self) -> "answers.Broken":
        """Return it for JSON."""
        return {
            "count": self.count, "counterexample": self.smallest.scenario, "what": self.smallest.what,
            "when": None if self.when is None else list(self.when),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aside:
    """What was looked at besides the space (`kvmviz.check.branch_points`), and the patch's own numbers among it."""

    outcome: Outcome
    like: Likeness
    constants: tuple[int, ...]

    def to_json(self) -> "answers.Aside":
        """Return it for JSON."""
        return {**self.like.to_json(), "constants": [hex(number) for number in self.constants]}


@dataclass(frozen=True, slots=True)
class Result:
    """One invariant: `met` scenarios in which its premise was met, and where it was `broken`.

    `nature` is None where it holds, else `design`, `accepted` or `bug`; `why` says
    more where that is known; `beyond` counts scenarios outside of what is known.
    `newly`, `mended` and `quieter` compare with another revision, where one was named:
    broken here alone, there alone, and there alone in scenarios in which this one
    puts less into the log, which mends nothing.  `besides` says that it is broken
    only in what was looked at besides the space.
    """

    invariant: Invariant
    met: int
    broken: Broken | None
    beyond: int
    nature: str | None
    why: str
    newly: Broken | None
    mended: Broken | None
    quieter: Broken | None
    besides: bool = False

    @property
    def name(self) -> str:
        """The invariant's name."""
        return self.invariant.name

    @property
    def verdict(self) -> str:
        """`holds`, `never asked` (the premise was never met), or the nature of the violation."""
        return self.nature or ("holds" if self.met else "never asked")

    def to_json(self) -> "answers.Result":
        """Return the result for JSON."""
        return {
            "invariant": self.name, "statement": self.invariant.statement, "premise": self.invariant.premise,
            "verdict": self.verdict, "met": self.met, "beyond_known": self.beyond, "why": self.why,
            "besides": self.besides,
            "broken": _json(self.broken), "newly_broken": _json(self.newly), "mended": _json(self.mended),
            "quieter": _json(self.quieter),
        }  # fmt: skip


def _json(part: Broken | None) -> "answers.Broken | None":
    return None if part is None else part.to_json()


def result_of(invariant: Invariant, outcome: Outcome, which: type[Revision], aside: Outcome) -> Result:
    """Return what an invariant came to; what is broken besides the space alone counts if it is not known."""
    cell, known = _cell(outcome.cells, invariant), known_of(which).get(invariant.name)
    met, space = cell.met, outcome
    if _cell(aside.cells, invariant).beyond and not cell.beyond:
        space, cell = aside, aside.cells[invariant.name]
    nature = None
    if cell.broken:
        nature = "bug" if cell.beyond or known is None else known.nature
    return Result(
        invariant, met, _broken(cell, space), cell.beyond, nature, known.why if known and cell.broken else "",
        _broken(_cell(outcome.newly, invariant), outcome), _broken(_cell(outcome.mended, invariant), outcome),
        _broken(_cell(outcome.quieter, invariant), outcome), space is not outcome,
    )  # fmt: skip


def _cell(cells: Mapping[str, Cell], invariant: Invariant) -> Cell:
    return cells.get(invariant.name) or Cell()


def _broken(cell: Cell, outcome: Outcome) -> Broken | None:
    if cell.smallest is None:
        return None
    terms = conditions(outcome.totals, cell.broken_in)
    return Broken(cell.broken, cell.smallest, None if terms is None else tuple(words(terms, outcome.totals)))
