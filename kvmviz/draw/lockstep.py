"""The rows of a view: two runs in lockstep, or one alone; what each side does in each row.

>>> rows = Lockstep.of(["before", "v1"], "fail=L1@0x200")
>>> rows.steps("b")[61] is None, len(rows)
(True, 117)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kvmviz.compare.comparison import Comparison
from kvmviz.draw.looks import subjects
from kvmviz.record.folding import FoldedTree
from kvmviz.record.runs import Run, run_all
from kvmviz.record.step import Step
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.tree import Tree

Side = Literal["a", "b"]
SIDES: tuple[Side, ...] = ("a", "b")


@dataclass(frozen=True)
class Lockstep:
    """Runs by side, and for each row the index of each side's step (None: that side waits) and whether they agree."""

    runs: dict[Side, Run]
    rows: tuple[tuple[int | None, int | None, bool], ...]

    @staticmethod
    def of(revisions: Sequence[str | type[Revision]], scenario: str | Scenario) -> "Lockstep":
        """Run one or two revisions, of a large tree folded; raise ScenarioError or RevisionError with one sentence."""
        wanted = scenario if isinstance(scenario, Scenario) else Scenario.parse(scenario)
        runs = run_all([revision(one) for one in revisions], wanted)
        if len(runs) == 1:
            return Lockstep({"a": runs[0]}, tuple((i, None, True) for i in range(len(runs[0].steps))))
        both = Comparison(*runs)
        return Lockstep({"a": runs[0], "b": runs[1]}, tuple((row.a, row.b, row.same) for row in both.rows))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that there are: a, or a and b."""
        return tuple(self.runs)

    @property
    def scenario(self) -> Scenario:
        """What the runs were given."""
        return self.runs["a"].scenario

    @property
    def tree(self) -> Tree | FoldedTree:
        """The tables that are shown: the scenario's tree, or that one folded."""
        return self.runs["a"].tree

    def indices(self, side: Side) -> list[int | None]:
        """Return for each row the index of the side's step."""
        return [row[0 if side == "a" else 1] for row in self.rows]

    def steps(self, side: Side) -> list[Step | None]:
        """Return for each row the side's step, None where it waits."""
        return self._steps[side]

    @cached_property
    def _steps(self) -> dict[Side, list[Step | None]]:
        found: dict[Side, list[Step | None]] = {}
        for side, one in self.runs.items():
            taken = one.steps
            found[side] = [None if at is None else taken[at] for at in self.indices(side)]
        return found

    @cached_property
    def leading(self) -> list[Step]:
        """For each row the step that speaks for it: A's, or B's where A waits."""
        first = self.steps("a")
        second = self.steps("b") if "b" in self.runs else first
        return [step for a, b in zip(first, second, strict=True) if (step := a or b)]

    @cached_property
    def about(self) -> list[str | None]:
        """For each row the page that it is about."""
        found = {side: subjects(self.runs[side].steps) for side in self.sides}
        return [found["a"][a] if a is not None else found["b"][b or 0] for a, b, _ in self.rows]
