"""A schedule is one that can be taken, no shorter one does it, and it switches threads no oftener than it must."""

from itertools import pairwise

import pytest

from kvmviz.race.design import DESIGNS
from kvmviz.race.memory import apply, start
from kvmviz.race.region import REGION, USE
from kvmviz.race.result import Race, race
from kvmviz.race.schedules import LETTERS, schedule
from kvmviz.race.search import explore
from kvmviz.race.walk import Walk

BROKEN = [(design, one.name) for design in DESIGNS for one in race(design, 2, 2).broken]


@pytest.mark.parametrize(("design", "name"), BROKEN)
def test_a_schedule_can_be_taken_step_by_step(design: str, name: str) -> None:
    which = DESIGNS[design]
    walks, hands, memory = [Walk(which, 2) for _ in range(2)], [0, 0], start(which.regions, 0)
    for step in race(design, 2, 2)[name].steps:
        n = LETTERS.index(step.thread)
        op = walks[n].op
        assert op is not None
        assert (op.name, walks[n].section, walks[n].line) == (step.step, step.section, step.line)
        done = apply(memory, op, n, n % which.regions, hands[n])
        assert done is not None
        memory, hands[n] = done.memory, done.hand
        assert memory == step.memory
        if not done.pending:
            assert done.answer == step.answer
            walks[n].go(done.answer)


def switches(found: Race, name: str) -> int:
    return sum(a.thread != b.thread for a, b in pairwise(found[name].steps))


def test_of_all_shortest_schedules_one_with_fewest_switches_is_taken() -> None:
    found = race("old", 2, 1)
    assert switches(found, "removed_once") == 2
    assert found["removed_once"].steps[0].thread == "A"


def test_it_is_shorter_than_any_other_that_the_search_has_seen() -> None:
    found = explore(DESIGNS["old"], 2, 2)
    for name, bad in found.reached.items():
        depths = [found.depths[edge.before] + 1 for edges in found.into for edge in edges if name in edge.broken]
        assert min(depths) == bad.depth == len(schedule(found, name))


def test_a_step_says_what_it_answered() -> None:
    assert REGION.add_pair().said("SUCCESS") == "ADD: ok"
    assert REGION.set(2).said(None) == "set count to 2"
    assert USE.said("MISSING_PAMT_PAGE_PAIR") == "give a page: MISSING_PAMT_PAGE_PAIR"


def test_a_call_between_two_regions_begins_and_ends() -> None:
    steps = race("per-region", 2, 1)["counts_users"].steps
    said = [step.text for step in steps if step.step == "add_pair"]
    assert said[:2] == ["ADD begins", "ADD ends: ok"]
