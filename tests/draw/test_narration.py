"""What the Why panel says, read in every named case: short, never twice the same, computed from the runs."""

import re
from collections.abc import Iterator

import pytest

from kvmviz.check.cases import CASES, Case
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.narration import texts
from kvmviz.scenario import Scenario

SMALL = [case for case in CASES.values() if Scenario.parse(case.scenario).tree.count <= 600]


def runs_of_words(text: str, length: int) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[\w=\[\]]+", text.lower())
    for at in range(len(words) - length + 1):
        yield tuple(words[at : at + length])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_no_step_says_the_same_thing_twice(case: Case) -> None:
    for said in texts(Lockstep.of(case.revisions, case.scenario))[1:-1]:
        fours = list(runs_of_words(said, 4))
        assert len(fours) == len(set(fours)), said


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_a_step_is_told_in_two_lines(case: Case) -> None:
    said = texts(Lockstep.of(case.revisions, case.scenario))
    assert all(text.endswith(".") for text in said)
    assert max(len(text) for text in said) <= 220


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_a_warning_says_whether_it_comes_again(case: Case) -> None:
    lockstep = Lockstep.of(case.revisions, case.scenario)
    for row, said in enumerate(texts(lockstep)[1:-1]):
        event = lockstep.leading[row].event
        if event.kind == "warn" and lockstep.rows[row][2] and event.printed:  # type: ignore[union-attr]
            assert said.endswith("each time.") == event.site.endswith(":WARN_ON"), said  # type: ignore[union-attr]


def test_a_refusal_that_kvm_does_not_speak_of_says_so() -> None:
    quiet = " ".join(texts(Lockstep.of(["v1"], "hkid=flushvp-not-done")))
    loud = " ".join(texts(Lockstep.of(["v1"], "hkid=vpflushdone-error")))
    assert "and KVM prints nothing about it." in quiet
    assert "prints nothing about it" not in loud
