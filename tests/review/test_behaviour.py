"""What a patch does in figures: of summaries made up by hand, and of runs of their own."""

from dataclasses import replace

import pytest

import kvmviz
from kvmviz.review.behaviour import CASES, Shift, figures_about, order_of, shifts
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from tests.record.test_text import QUIET

LOUD = replace(
    QUIET, splats={"a.c:f:WARN_ON": 2, "a.c:g:WARN_ON": 1}, pr_err={"a.c:f:pr_err": 5}, leaked=("TDR",), leaked_count=7,
    vm_bugged=True, double_frees=("TDR",), violations=(("TDR", "x"), ("TDR", "y")),
    freed=(("S-EPT L1 gfn=0x0", "immediate"), ("S-EPT L2 gfn=0x0", "rcu"), ("spt L1 gfn=0x0", "immediate")),
)  # fmt: skip
CASE = Shift(Scenario.parse("tree=1x1x3 fail=all"), QUIET, LOUD)


def test_each_figure_is_that_of_both_sides_in_their_order() -> None:
    assert (CASE.traces, CASE.lines, CASE.leaked) == ((0, 3), (0, 5), (0, 7))
    assert (CASE.at_once, CASE.bugged, CASE.wrong) == ((0, 1), ("no", "yes"), (0, 3))
    assert not CASE.same_pages and replace(CASE, a=LOUD).same_pages


def test_a_case_is_named_by_what_is_not_its_tree() -> None:
    assert CASE.name == "fail=all"
    assert replace(CASE, scenario=Scenario.parse("tree=1x1x3")).name == "nothing fails"


def test_the_cases_are_run_under_both_sides() -> None:
    found = shifts(REVISIONS["before"], REVISIONS["landed"])
    assert [shift.scenario for shift in found] == [Scenario.parse(case) for case in CASES]
    for shift in found:
        both = [kvmviz.run(name, shift.scenario).summary for name in ("before", "landed")]
        assert [shift.a, shift.b] == both


WORDS = {
    "Is there a WARN for that?": "traces printed: fail=all: 0 -> 3",
    "How many splats?": "traces printed: fail=all: 0 -> 3",
    "dmesg is full": "error lines: fail=all: 0 -> 5",
    "it leaks": "pages leaked: fail=all: 0 -> 7",
    "it is freed": "S-EPT pages freed inside the op: fail=all: 0 -> 1",
    "use-after-free!": "violations and double frees: fail=all: 0 -> 3",
    "stops the VM": "the VM marked as bugged: fail=all: no -> yes",
}


@pytest.mark.parametrize("text", WORDS)
def test_a_comment_is_told_the_figures_of_what_it_speaks_of(text: str) -> None:
    before = REVISIONS["before"]
    assert WORDS[text] in [*figures_about(text, before, before, [CASE], {})]
    assert [*figures_about("Thanks.", before, before, [CASE], {"handle_removed_pt": "mail"})] == []


def test_a_figure_that_is_the_same_on_both_sides_stands_once() -> None:
    before = REVISIONS["before"]
    alike = replace(CASE, a=LOUD)
    assert [*figures_about("leaks?", before, before, [alike, CASE], {})] == [
        "pages leaked: fail=all: 7, fail=all: 0 -> 7"
    ]


def test_a_function_that_is_named_is_said_to_have_run_and_no_part_of_another_name() -> None:
    before, ran = REVISIONS["before"], {"tdp_mmu_free_sp": "mail", "handle_removed_pt": "kernel"}
    assert [*figures_about("see handle_removed_pt()", before, before, [], ran)] == [
        "handle_removed_pt: ran, from the kernel"
    ]
    assert [*figures_about("see __tdp_mmu_free_sp()", before, before, [], ran)] == []


def test_the_order_of_one_table_is_told_once_or_of_both_sides() -> None:
    """Recorded: before 17/17 the S-EPT page is freed by the callback, after it at once, in the op."""
    v1, at_once = REVISIONS["v1"], REVISIONS["landed"]
    for which, first in ((v1, False), (at_once, True)):
        said = order_of(which).split(", ")
        assert (said.index("free S-EPT page") < said.index("call_rcu")) == first
        assert said.index("RECLAIM") < said.index("free S-EPT page") and said[-1] == "free table"
    same, other = ([*figures_about("in which order?", v1, b, [], {})] for b in (v1, at_once))
    assert same == [f"order for one table, nothing fails: {order_of(v1)}"]
    assert other == [f"order for one table, nothing fails: {order_of(at_once)} (before: {order_of(v1)})"]
