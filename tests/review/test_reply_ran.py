"""What a reply says of a patch that ran, by results made up by hand: each sentence where it is true and only there."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.review.behaviour import Shift
from kvmviz.review.ran import Missing, NotRun
from kvmviz.review.reply_ran import _table, behaviour, breaks, likeness, not_modelled, what_ran
from kvmviz.scenario import Scenario
from tests.record.test_text import QUIET
from tests.review.test_behaviour import LOUD


def result(name: str, count: int | None, *, besides: bool = False) -> Any:
    broken = None if count is None else SimpleNamespace(
        count=count, smallest=SimpleNamespace(what="a page is lost", scenario="tree=1x1x1 fail=all")
    )  # fmt: skip
    return SimpleNamespace(
        name=name, invariant=SimpleNamespace(statement="Nothing is lost."), broken=broken, besides=besides
    )


def ran(**changed: Any) -> Any:
    plain: dict[str, Any] = {
        "functions": {}, "completed": (), "passed_over": (), "new": SimpleNamespace(base_name="v1", name="patch"),
        "old": SimpleNamespace(name="before"), "old_shown": False, "old_same_as": (), "same_as": (),
        "incomplete": False, "looked_at": 1500, "differs": 12, "first": None, "nearest": "v1", "broken": (),
        "not_modelled": (),
        "report": SimpleNamespace(
            scenarios=1500, like=SimpleNamespace(same_as=("v1",), sampled=0), results=[1, 2, 3]
        ),
        "scenarios_of": lambda one: 40 if one.besides else 1500, "shifts": (),
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **changed})


def said(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())


def case(**changed: Any) -> Any:
    return SimpleNamespace(**{"earlier": 0, "ran": None, "done": None, **changed})


def test_functions_are_named_by_where_they_are_from() -> None:
    done = ran(functions={"a": "mail", "b": "kernel", "c": "base", "d": "mail"}, completed=("d",), passed_over=("x()",))
    lines = list(what_ran(done, case(earlier=1)))
    text = said(lines)
    assert "- from the mail: a, d - from the tree: b - shown in part, and completed" in text and "own: d -" in text
    assert "- everything else as v1 has it, after the patches before it" in text
    assert text.endswith("- passed over, since nothing of it shows: x()")
    bare = said(what_ran(ran(new=SimpleNamespace(base_name=None, name="landed")), case()))
    assert bare.endswith("- everything else as landed has it")


def test_a_patch_is_like_what_it_is_the_same_as_where_all_of_it_ran() -> None:
    same = said(likeness(ran(same_as=("v1", "v2")), "mail.eml"))
    assert same == "It does what v1 and v2 does, event for event, in 1,500 of 1,500 scenarios."
    partly = said(likeness(ran(incomplete=True), "mail.eml"))
    assert partly.startswith("What ran of it does what v1 does,") and "I do not say that of the patch" in partly


@pytest.mark.parametrize("sampled", [0, 2000])
def test_a_patch_like_no_other_is_told_where_it_first_differs(sampled: int) -> None:
    report = SimpleNamespace(scenarios=1500, like=SimpleNamespace(same_as=(), sampled=sampled), results=[])
    lines = list(likeness(ran(first="tree=1x1x1 fail=all", report=report), "mail.eml"))
    assert "  kvmviz compare v1 mail.eml 'tree=1x1x1 fail=all'" in lines
    assert ("nearest by a sample of 2,000:" in said(lines)) == bool(sampled)
    assert "it differs from that in 12 of 1,500 scenarios, first here:" in said(lines)
    besides = said(likeness(ran(first="tree=1x1x1", report=report, looked_at=40), "mail.eml"))
    assert "does what v1 does in all 1,500 scenarios of the space, but it differs from that in 12 of 40" in besides


def test_the_code_before_is_spoken_of_where_the_mail_shows_it() -> None:
    assert "The code before" not in said(likeness(ran(same_as=("v1",)), "m"))
    shown = said(likeness(ran(same_as=("v1",), old_shown=True, old_same_as=("before", "v2")), "m"))
    assert shown.endswith("The code before it does what before and v2 does, on the smallest tree.")
    other = said(likeness(ran(same_as=("v1",), old_shown=True), "m"))
    assert other.endswith("The code before it does what no version does that I know.")


def test_what_breaks_is_told_with_its_count_and_a_command() -> None:
    assert said(breaks(ran(), "m")) == "Of 3 invariants it breaks none that v1 keeps."
    assert said(breaks(ran(incomplete=True), "m")).startswith("Of 3 invariants what ran of it breaks none")
    lines = list(breaks(ran(broken=[result("kept", None), result("lost", 7), result("far", 3, besides=True)]), "m"))
    text = said(lines)
    assert text.startswith("It breaks what v1 keeps: Nothing is lost. (lost) Broken in 7 of 1,500 scenarios: a page")
    assert "(far) Broken in 3 of 40 scenarios besides the space: a page is lost." in text and "(kept)" not in text
    assert lines.count("  kvmviz run --revision m 'tree=1x1x1 fail=all'") == 2


CASES = tuple(Shift(Scenario.parse(line), QUIET, QUIET) for line in ("", "fail=all"))


def test_the_table_has_a_column_a_figure_and_a_row_a_case() -> None:
    lines = list(_table(CASES))
    assert lines[0].split() == ["traces", "lines", "leaked", "at", "once", "bugged", "scenario"]
    assert [line.split(None, 5)[5] for line in lines[1:]] == ["nothing fails", "fail=all"]
    loud = list(_table((*CASES, Shift(Scenario.parse("fail=TDR"), QUIET, LOUD))))
    assert "wrong" in loud[0] and loud[-1].split("  ")[-1] == "fail=TDR"
    assert "0 -> 3" in loud[-1] and "no -> yes" in loud[-1]
    ends = {line.index("  ", 2) for line in (loud[0], loud[-1])}
    assert len(ends) == 1, "columns stand below each other"


def test_a_case_whose_name_is_too_long_for_its_row_stands_below_by_a_letter() -> None:
    long = Shift(Scenario.parse("fail=L1@0x200 boot=second:60s leaves=present zap=prove-mmu vcpus=3"), QUIET, QUIET)
    lines = list(_table((CASES[1], long)))
    assert [line.split()[-1] for line in lines[:3]] == ["scenario", "A", "B"]
    assert lines[3:] == ["  A: fail=all", f"  B: {long.name}"]
    assert max(map(len, lines[:3])) <= 72


def test_behaviour_says_which_sides_and_whether_the_same_pages_leak() -> None:
    text = said(behaviour(ran(shifts=CASES), "m"))
    assert text.startswith("What it changes in behaviour, before -> this patch, computed:")
    assert "In every case above the same pages leak." in text and "wrong are" not in text
    other = said(behaviour(ran(shifts=(Shift(CASES[0].scenario, QUIET, LOUD),), old_shown=True, incomplete=True), "m"))
    assert "behaviour, its old side -> what ran of this patch" in other
    assert "In some of them not the same pages leak." in other and "wrong are pages freed twice" in other
    tree = CASES[0].scenario.tree
    assert f"The tree is {tree}, with {tree.count} S-EPT pages below the root." in text


def test_what_did_not_run_is_named_with_its_place() -> None:
    missing = (Missing("f", "a.c", 12, "not modelled"), Missing("g", "", None, "why"), Missing("h", "b.h", None, "no"))
    assert list(not_modelled(case())) == list(not_modelled(case(ran=NotRun("x")))) == []
    lines = list(not_modelled(case(ran=NotRun("x", missing))))
    assert lines == ["Not modelled, so nothing is said of it:", "- f (a.c line 12): not modelled", "- g: why",
                     "- h (b.h): no", ""]  # fmt: skip
