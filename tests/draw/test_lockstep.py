"""Rows of a view: each side's steps in order and complete, the same where both take them, one side alone as its run."""

import pytest

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.looks import subjects
from kvmviz.record.runs import run
from kvmviz.scenario.tree import Tree

LINES = ("fail=none", "fail=L1@0x200", "hkid=assigned", "tree=1x1x1 fail=all boot=second:60s")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("names", [("before", "v1"), ("v1", "landed")])
def test_each_side_takes_its_run_s_steps_in_order_and_leaves_none_out(line: str, names: tuple[str, str]) -> None:
    both = Lockstep.of(names, line)
    for side, name in zip(both.sides, names, strict=True):
        assert [at for at in both.indices(side) if at is not None] == list(range(len(run(name, line).steps)))
        assert [step for step in both.steps(side) if step] == list(run(name, line).steps)
    assert len(both) == len(both.steps("a")) == len(both.steps("b"))


@pytest.mark.parametrize("line", LINES)
def test_rows_that_agree_have_the_same_event_on_both_sides(line: str) -> None:
    both = Lockstep.of(["before", "v1"], line)
    for (_, _, same), a, b in zip(both.rows, both.steps("a"), both.steps("b"), strict=True):
        assert same == (a is not None and b is not None and a.event == b.event)
        assert a or b


def test_a_row_is_spoken_for_by_a_or_by_b_where_a_waits() -> None:
    both = Lockstep.of(["v1", "before"], "fail=L1@0x200")
    waits = [row for row, at in enumerate(both.indices("a")) if at is None]
    assert waits
    for row, step in enumerate(both.leading):
        side, name = ("b", "before") if row in waits else ("a", "v1")
        at = both.indices(side)[row]  # type: ignore[arg-type]
        assert at is not None
        assert step == run(name, "fail=L1@0x200").steps[at]
        assert both.about[row] == subjects(run(name, "fail=L1@0x200").steps)[at]


def test_one_revision_alone_is_its_run() -> None:
    alone, whole = Lockstep.of(["v1"], "fail=all"), run("v1", "fail=all")
    assert alone.sides == ("a",)
    assert alone.leading == list(whole.steps)
    assert alone.about == list(subjects(whole.steps))
    assert all(row == (at, None, True) for at, row in enumerate(alone.rows))
    assert (alone.scenario, alone.tree) == (whole.scenario, Tree.parse("1x1x3"))
