"""Predict mode: the answers are those of the runs, and a question gives nothing away."""

import pytest

from kvmviz.draw.lockstep import Lockstep
from kvmviz.explorer.payload import named_cases
from kvmviz.record.runs import run
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Free, Warn
from tests.explorer.views import view

SCENARIOS = ["", "fail=L1@0x200", "hkid=assigned", "fail=all", "boot=second:60s fail=L3@0x0", "leaves=present"]


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("revisions", [["before", "v1"], ["before", "landed"], ["v2"]])
def test_answers_are_the_runs(scenario: str, revisions: list[str]) -> None:
    lockstep = Lockstep.of(revisions, scenario)
    asked = view(revisions, scenario)["questions"]
    assert [q["row"] for q in asked] == sorted(q["row"] for q in asked)
    for question in asked:
        assert len(set(question["options"])) == len(question["options"])
        if question["ask"].endswith("Who prints a trace?"):
            steps = [lockstep.steps(side)[question["row"] - 1] for side in lockstep.sides]
            prints = [bool(one and isinstance(one.event, Warn) and one.event.printed) for one in steps]
            assert question["options"][question["answer"]] == who(revisions, prints)
        if question["ask"].endswith("What becomes of it?"):
            page = question["ask"].removeprefix("KVM is about to ask for ").partition(" back.")[0]
            ends = {fate(name, scenario, page) for name in revisions}
            right = ends.pop() if len(ends) == 1 else "not the same on both sides"
            assert question["options"][question["answer"]] == right


def who(revisions: list[str], prints: list[bool]) -> str:
    """Who prints a trace, as the answers have it."""
    if len(prints) == 1:
        return "yes" if prints[0] else "no"
    printing = [name for name, one in zip(revisions, prints, strict=True) if one]
    return {0: "neither", 1: f"only {''.join(printing)}", 2: "both sides"}[len(printing)]


def fate(revision: str, scenario: str, page: str) -> str:
    """What becomes of a page, as the run's own events tell."""
    freed = {s.event.page: s.event.how for s in run(revision, scenario).steps if isinstance(s.event, Free)}
    if page not in freed:
        return "it leaks"
    return "it is freed at once" if freed[page] == "immediate" else "it is freed from the RCU callback"


def test_a_page_that_leaks_is_not_the_only_one_asked_about() -> None:
    asked = view(["before", "v1"], "fail=L1@0x200")["questions"]
    fates = [q for q in asked if "What becomes of it" in q["ask"]]
    leaks = [q for q in fates if q["options"][q["answer"]] == "it leaks"]
    assert 0 < len(leaks) < len(fates)


def test_the_patch_is_one_question_who_forgets_the_page() -> None:
    asked = [q for q in view(["before", "v1"], "fail=all")["questions"] if q["ask"].startswith("Who forgets")]
    assert len(asked) == 1
    assert asked[0]["truth"] == "before: generic MMU code; v1: KVM's TDX code."


def test_where_the_host_panics_nothing_is_asked() -> None:
    assert view(["before", "v1"], "fail=all panic=on")["questions"] == []


def test_named_cases_can_be_shown() -> None:
    assert len(named_cases()) > 10
    for question, line, revisions in named_cases():
        assert question.endswith("?")
        assert str(Scenario.parse(line)) == line
        assert len(revisions) == 2
