"""What a scenario is said to come to is what it comes to when it is run by itself."""

import random
from collections.abc import Sequence

import pytest

from kvmviz.explorer.offline.runner import collect
from kvmviz.explorer.offline.space import Family, families
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS


def check(wanted: Sequence[Family], names: Sequence[str]) -> None:
    """Hold every scenario of these families, collected together, against a run of its own."""
    found = collect(wanted, [REVISIONS[name] for name in names])
    scenarios = [scenario for family in wanted for scenario in family.scenarios]
    for name in names:
        for scenario, number in zip(scenarios, found.at[name], strict=True):
            alone = run(name, scenario)
            taken = [found.atoms[n].event for segment in found.runs[number].segments for n in segment]
            assert taken == [step.event for step in alone.steps], (name, str(scenario))
            assert found.runs[number].lost == alone.summary.leaked, (name, str(scenario))


@pytest.mark.parametrize("name", list(REVISIONS))
def test_no_run_is_taken_for_another(name: str) -> None:
    check(random.Random(name).sample(families("1x2x2"), 24), [name])


@pytest.mark.slow
def test_no_run_of_the_smallest_tree_is_taken_for_another() -> None:
    check(families("1x1x1"), list(REVISIONS))
