"""What came of running a patch: the only thing that a reply says about it.

A patch is run as `kvmviz.patches` makes a revision of it: its functions from the
mail, what is shown in part completed from the reader's tree or from what comes
before, and everything else as the base has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from kvmviz.check.report import Report
from kvmviz.check.results import Result
from kvmviz.review.behaviour import Shift, shifts
from kvmviz.revisions import Revision

if TYPE_CHECKING:
    from kvmviz.schema import reviews


@dataclass(frozen=True, slots=True)
class Missing:
    """What of a patch did not run: its name, the file and line, and why; `matters` if the model has its own of it."""

    name: str
    file: str
    line: int | None
    why: str
    matters: bool = False


@dataclass(frozen=True)
class Ran:
    """A patch that ran.

    `new` and `old` are its two sides as revisions, `old_shown` whether the mail has
    the old one; `functions` names those of the new side and where each is from:
    `mail`, `kernel` or `base`.  `report` is that of `check`, `same_as`, `nearest`,
    `differs` and `first` say what the new side is like; `old_same_as` what the old
    one is, over the smallest tree.  `not_modelled` did not run; `passed_over` was left out;
    `completed` are functions that the mail shows in part.
    """

    new: type[Revision]
    old: type[Revision]
    old_shown: bool
    functions: Mapping[str, str]
    report: Report
    same_as: tuple[str, ...]
    nearest: str
    differs: int
    first: str | None
    old_same_as: tuple[str, ...]
    not_modelled: tuple[Missing, ...]
    passed_over: tuple[str, ...]
    completed: tuple[str, ...] = ()

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """The figures of both sides in the cases that matter."""
        return shifts(self.old, self.new)

    @property
    def incomplete(self) -> bool:
        """Whether something of the patch that could matter did not run: then nothing is said of the whole."""
        return any(item.matters for item in self.not_modelled)

    @property
    def broken(self) -> tuple[Result, ...]:
        """The invariants that the patch breaks where its base does not."""
        return tuple(result for result in self.report.results if result.beyond)

    @property
    def looked_at(self) -> int:
        """In how many scenarios it was compared with known revisions; besides the space where it parts only there."""
        aside = self.report.aside
        besides = aside is not None and bool(self.report.like.same_as) and self.first is not None
        return aside.like.scenarios if aside and besides else self.report.scenarios

    def scenarios_of(self, result: Result) -> int:
        """In how many scenarios an invariant was looked at where it is broken."""
        aside = self.report.aside
        return aside.outcome.scenarios if aside and result.besides else self.report.scenarios

    def seen_from(self, first: "Ran") -> "Ran":
        """Return the same patch as the end of a series that begins with another."""
        return replace(self, old=first.old, old_shown=first.old_shown, old_same_as=first.old_same_as)

    def to_json(self) -> "reviews.Ran":
        """Return it as the contract has it."""
        return {
            "functions": [{"name": name, "from": place} for name, place in self.functions.items()],
            "scenarios": self.report.scenarios,
            "same_as": list(self.same_as),
            "nearest": self.nearest,
            "differs": self.differs,
            "first": self.first,
            "broken": [self._broken(result) for result in self.broken],
            "not_modelled": [
                {"name": item.name, "file": item.file, "line": item.line, "why": item.why} for item in self.not_modelled
            ],
            "passed_over": list(self.passed_over),
        }

    def _broken(self, result: Result) -> "reviews.Broken":
        assert result.broken is not None  # it is one of `broken`
        return {
            "invariant": result.name, "statement": result.invariant.statement, "scenarios": result.broken.count,
            "of": self.scenarios_of(result), "scenario": result.broken.smallest.scenario,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotRun:
    """Why a patch has no answer: a sentence, and what was in the way; `stopped` says that it ran into a wall."""

    why: str
    not_modelled: tuple[Missing, ...] = ()
    stopped: bool = False
