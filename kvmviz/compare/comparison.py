"""Two runs side by side: what happens to which page, aligned step by step.

>>> both = compare("before", "v1", "fail=L1@0x200")
>>> [both.a.steps[row.a].text for row in both.rows if row.b is None]
['WARN_ON in handle_removed_pt prints a trace.']
"""

from kvmviz.compare.align import Aligned
from kvmviz.compare.difference import comparison_text
from kvmviz.record.runs import Run, run_all
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario

Which = str | type[Revision]


class Comparison(Aligned):
    """Two runs of the same scenario, `a` and `b`, and their lockstep `rows`.

    `revisions` are what was run: names, or a reader's own classes, which no name leads back to.
    """

    def __init__(self, a: Run, b: Run, *, revisions: tuple[Which, Which] | None = None) -> None:
        super().__init__(a, b)
        self.revisions = revisions or (a.revision, b.revision)

    def __repr__(self) -> str:
        return f"kvmviz.compare({self.a.revision!r}, {self.b.revision!r}, {str(self.scenario)!r})"

    def __str__(self) -> str:
        return comparison_text(self)


def compare(a: Which, b: Which, scenario: str | Scenario = "") -> Comparison:
    """Run a scenario under two revisions and align the runs; of a large tree, tables that are alike are folded.

    Raises ScenarioError or RevisionError with one sentence.
    """
    wanted = scenario if isinstance(scenario, Scenario) else Scenario.parse(scenario)
    return Comparison(*run_all([revision(a), revision(b)], wanted), revisions=(a, b))
