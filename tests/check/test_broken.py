"""The proof that the invariants can fail: each revision that is wrong on purpose is found, and rightly named."""

from functools import cache

import pytest

from kvmviz.check.broken import BROKEN
from kvmviz.check.catalogue import INVARIANTS
from kvmviz.check.engine import check
from kvmviz.check.outcome import violations
from kvmviz.check.report import Report
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from tests.trying import sampled


def test_there_are_enough_and_each_invariant_is_broken_by_one() -> None:
    assert len(BROKEN) >= 15
    assert {broken.breaks for broken in BROKEN.values()} == set(INVARIANTS)


@cache
def report_of(name: str) -> Report:
    return check(BROKEN[name].revision, "1x1x2", progress=False)


@pytest.mark.parametrize("name", sampled(BROKEN, 9))
def test_each_is_found_and_the_right_invariant_named(name: str) -> None:
    report = report_of(name)
    assert report.status == 1
    result = report[BROKEN[name].breaks]
    assert result.verdict == "bug" and result.beyond > 0
    assert result.broken is not None
    found = result.broken.smallest.scenario
    assert BROKEN[name].breaks in violations(BROKEN[name].revision, Scenario.parse(found))
    assert BROKEN[name].breaks in str(report) and f"\n    {found}\n" in str(report)


@pytest.mark.parametrize("name", sampled(BROKEN, 9))
def test_its_real_sibling_does_not_break_that_there(name: str) -> None:
    cls = BROKEN[name].revision
    base = cls.base
    assert base is not None
    counterexample = report_of(name).counterexamples[BROKEN[name].breaks]
    while base.base is not None:
        base = base.base
    assert BROKEN[name].breaks not in violations(REVISIONS[base.name], Scenario.parse(counterexample))


def test_each_says_what_is_amiss_in_a_sentence() -> None:
    for broken in BROKEN.values():
        assert broken.what.endswith(".") and "\n\n" not in broken.what
