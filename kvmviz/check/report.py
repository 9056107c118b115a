"""What a check found: for each invariant how often it was put to the test, and whether it held.

A `Report` prints as text for a mail, and is a value: the same question gives the
same text, JSON and repr, but for `seconds`, which are measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kvmviz.check.catalogue import Invariant, invariants_of
from kvmviz.check.conditions import conditions, words
from kvmviz.check.known import known_of
from kvmviz.check.likeness import Likeness
from kvmviz.check.outcome import Cell, Example, Outcome
from kvmviz.revisions import Revision
from kvmviz.revisions.ran import is_readers
from kvmviz.version import SCHEMA, __version__


@dataclass(frozen=True, slots=True)
class Broken:
    """Where an invariant is broken: in how many scenarios, the smallest of them, and when exactly.

    `when` are lines of which one applies exactly in those scenarios of the space;
    None if its keys cannot tell them apart.
    """

    count: int
    smallest: Example
    when: tuple[str, ...] | None

    def to_json(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "count": self.count, "counterexample": self.smallest.scenario, "what": self.smallest.what,
            "when": None if self.when is None else list(self.when),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aside:
    """What was looked at besides the space (`kvmviz.check.besides`), and the patch's own numbers among it."""

    outcome: Outcome
    like: Likeness
    constants: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
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

    def to_json(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return {
            "invariant": self.name, "statement": self.invariant.statement, "premise": self.invariant.premise,
            "verdict": self.verdict, "met": self.met, "beyond_known": self.beyond, "why": self.why,
            "besides": self.besides,
            **{key: part and part.to_json() for key, part in
               (("broken", self.broken), ("newly_broken", self.newly), ("mended", self.mended),
                ("quieter", self.quieter))},
        }  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A revision over a space of scenarios.

    `behaviours` counts the scenarios' distinct behaviours (the same events for the
    same pages); `against` names the other revision, if one was given; `seconds` is
    processor time of all runs together and `elapsed` what one waited for it.
    `like` is which of the project's revisions it behaves like; `own` the functions
    that are the reader's, and how often each ran.  `less` and `more` are in how many
    scenarios less or more is put into the log than by `against`; `recorded` whether
    recorded runs of the kernel's own functions stand behind the revision, or its base.
    """

    revision: str
    base: str | None
    space: str
    scenarios: int
    behaviours: int
    results: tuple[Result, ...]
    against: str | None
    seconds: float
    elapsed: float
    like: Likeness
    own: Mapping[str, int]
    less: int = 0
    more: int = 0
    aside: Aside | None = None
    recorded: bool = True

    @staticmethod
    def of(
        which: type[Revision], space: str, outcome: Outcome, against: type[Revision] | None, elapsed: float,
        like: Likeness, aside: Aside | None = None,
    ) -> "Report":
        """Return the report of what a space came to."""
        besides = aside.outcome if aside else Outcome()
        results = tuple(_result(invariant, outcome, which, besides) for invariant in invariants_of(which).values())
        return Report(
            which.name, which.base_name, space, outcome.scenarios, len(outcome.behaviours), results,
            against.name if against else None, outcome.seconds, elapsed, like,
            {name: outcome.ran[name] for name, function in which.functions.items() if is_readers(function)},
            outcome.less, outcome.more, aside, which.identity.recorded,
        )  # fmt: skip

    @property
    def ok(self) -> bool:
        """Whether nothing is broken beyond what is known of the revision, or of the one that it builds on."""
        return not any(result.beyond for result in self.results)

    @property
    def status(self) -> int:
        """The exit status of `kvmviz check`: 0, or 1 for a violation that is not known."""
        return 0 if self.ok else 1

    @property
    def counterexamples(self) -> Mapping[str, str]:
        """The smallest counterexample, as a scenario line, of each invariant that is broken."""
        return {r.name: r.broken.smallest.scenario for r in self.results if r.broken}

    @property
    def cost(self) -> str:
        """What it took, in one line."""
        each = 1000 * self.seconds / max(self.scenarios, 1)
        return f"{self.scenarios:,} runs in {self.elapsed:.1f} s; {each:.2f} ms of a processor for each."

    def __getitem__(self, name: str) -> Result:
        return next(result for result in self.results if result.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {
            "kvmviz": __version__, "schema": SCHEMA, "revision": self.revision, "base": self.base,
            "space": self.space, "against": self.against, "less_reported": self.less, "more_reported": self.more,
            "ok": self.ok, "scenarios": self.scenarios,
            "behaviours": self.behaviours, **self._likeness(),
            "invariants": [result.to_json() for result in self.results],
            "seconds_per_run": round(self.seconds / max(self.scenarios, 1), 6),
        }  # fmt: skip

    def _likeness(self) -> dict[str, Any]:
        found = self.like.to_json()
        del found["scenarios"]
        return {**found, "own": dict(self.own), "besides": self.aside and self.aside.to_json()}

    def text(self, width: int = 72, name: str = "", against: str = "") -> str:
        """Return the report as ASCII text of at most `width` columns; scenario lines are never wrapped.

        `name` and `against` are what the command line calls the revisions, as in `mine.py:MyPatch`.
        """
        from kvmviz.check.report_text import report_text

        return report_text(self, width, name, against)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        answer = "ok" if self.ok else "broken"
        return f"<kvmviz.check {self.revision} in {self.scenarios:,} scenarios: {answer}>"


def _result(invariant: Invariant, outcome: Outcome, which: type[Revision], aside: Outcome) -> Result:
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
