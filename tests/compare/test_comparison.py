"""Lockstep: what two runs have in common, and what only one does."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.compare.align import keys
from kvmviz.compare.comparison import Comparison, compare
from kvmviz.compare.many import compare_many
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario, ScenarioError
from tests.record.test_runs import SCENARIOS
from tests.trying import trying

NAMES = st.sampled_from(list(REVISIONS))


@given(NAMES, NAMES, SCENARIOS)
@trying(30, 100)
def test_each_step_of_each_side_stands_once_and_in_order(a: str, b: str, scenario: str) -> None:
    both = compare(a, b, scenario)
    assert [row.a for row in both.rows if row.a is not None] == list(range(len(both.a.steps)))
    assert [row.b for row in both.rows if row.b is not None] == list(range(len(both.b.steps)))


@given(NAMES, SCENARIOS)
@trying(12, 30)
def test_a_run_differs_in_nothing_from_itself(name: str, scenario: str) -> None:
    assert compare(name, name, scenario).alike


@given(NAMES, NAMES, SCENARIOS)
@trying(15, 40)
def test_the_alignment_is_a_longest_one(a: str, b: str, scenario: str) -> None:
    """Against the textbook's quadratic table."""
    both = compare(a, b, scenario)
    left, right = keys(both.a.steps), keys(both.b.steps)
    best = [0] * (len(right) + 1)
    for key in left:
        row = [0]
        for j, other in enumerate(right):
            row.append(best[j] + 1 if key == other else max(row[j], best[j + 1]))
        best = row
    assert sum(row.a is not None and row.b is not None for row in both.rows) == best[-1]


def only(both: Comparison, side: str) -> Counter[str]:
    steps = {"a": both.a.steps, "b": both.b.steps}[side]
    other = {"a": "b", "b": "a"}[side]
    rows = (row for row in both.rows if getattr(row, other) is None)
    return Counter(steps[getattr(row, side)].event.kind for row in rows)


def test_before_and_v1_differ_in_one_warning_a_failing_table() -> None:
    both = compare("before", "v1", "fail=all")
    assert (only(both, "a"), only(both, "b")) == ({"warn": 5}, {})


def test_a_step_that_both_take_and_that_comes_out_differently_is_a_difference() -> None:
    both = compare("before", "v1", "fail=L1@0x200")
    paired = [row for row in both.rows if not row.same and row.a is not None and row.b is not None]
    assert [both.a.steps[row.a or 0].event.kind for row in paired] == ["set_null"]


def test_v1_and_landed_differ_in_when_a_page_is_freed() -> None:
    both = compare("v1", "landed")
    assert (only(both, "a"), only(both, "b")) == ({"free": 5}, {"free": 5, "set_null": 5})


def test_v1_and_v2_behave_the_same() -> None:
    assert compare("v1", "v2", "fail=all").alike


def test_runs_that_were_not_recorded_say_so() -> None:
    with pytest.raises(ScenarioError, match="not recorded"):
        Comparison(run("before", "tree=16GiB"), run("v1", "tree=16GiB"))


def test_a_large_tree_is_compared_folded() -> None:
    both = compare("before", "v1", "tree=1TiB fail=all")
    assert "... 525,313 more hunks alike, for other pages" in str(both)
    assert both.a.summary.traces == both.b.summary.traces + 525_314


def test_text_is_a_diff_within_72_columns() -> None:
    text = str(compare("before", "v1", "tree=1GiB fail=all"))
    assert text.startswith("--- before\n+++ v1\n")
    assert "... 513 more hunks alike, for other pages" in text
    lines = text.split("\n")
    assert max(map(len, lines)) <= 72
    assert text.isascii()
    assert sum(line.startswith("@@ ") for line in lines) == 1


def test_a_comparison_that_finds_nothing_says_so() -> None:
    assert "does the same" in str(compare("before", "v1"))


def test_many_scenarios_are_grouped_and_none_is_lost() -> None:
    lines = ["", "fail=L1@0x0", "fail=all", "hkid=assigned", "hkid=key-freeid-error", "tree=1x1x1"]
    spread = compare_many(REVISIONS["before"], REVISIONS["v1"], map(Scenario.parse, lines))
    assert spread.scenarios == sum(group.count for group in spread.groups) == 6
    assert spread.groups[0].alike
    assert spread.groups[0].count == 2
    assert spread.groups[0].witness == "tree=1x1x1"
    assert "  kvmviz compare before v1 'tree=1x1x1'" in str(spread).splitlines()
    assert all(group.only_a for group in spread.groups[1:])


def test_pairs_of_dynamic_pamt_stand_among_the_figures_only_where_it_is_on() -> None:
    assert "PAMT" not in str(compare("landed", "dpamt", "fail=L1@0x200"))
    text = str(compare("landed", "dpamt", "fail=L1@0x200 region=scattered"))
    assert re.search(r"PAMT pairs back +none to have +22$", text, re.MULTILINE)
    assert re.search(r"PAMT pairs pinned +none to have +2$", text, re.MULTILINE)
