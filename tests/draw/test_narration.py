"""What the Why panel says, read in every named case: short, never twice the same, computed from the runs."""

import re
from collections.abc import Iterator

import pytest

from kvmviz.check.cases import CASES, Case
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.narration import lost_words, printed_words, texts, verdict
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


@pytest.mark.parametrize(
    ("revisions", "line", "form"),
    [
        ("before", "fail=all", "one"), ("before before", "fail=all", "alike"), ("before v1", "fail=L1@0x200", "prints"),
        ("v1 dpamt", "region=dense fail=L1@0x200", "loses"), ("before dpamt", "region=dense fail=L1@0x200", "unlike"),
        ("v1 dpamt", "region=dense remove=fails panic=on", "apart"),
    ],
)  # fmt: skip
def test_the_end_tells_apart_what_is_lost_and_what_is_printed(revisions: str, line: str, form: str) -> None:
    both = Lockstep.of(revisions.split(), line).runs
    words = {f"{what}_{side}": of(run) for side, run in both.items() for what, of in
             (("lost", lost_words), ("printed", printed_words))}  # fmt: skip
    names = {side: run.revision for side, run in both.items()}
    came = {side: f"{lost_words(run)} and {run.revision} {printed_words(run)}" for side, run in both.items()}
    said = {
        "one": lambda: f"Done: {came['a']}.",
        "alike": lambda: f"Done: on both sides {words['lost_a']}; each {words['printed_a']}.",
        "prints": lambda: (f"Done: on both sides {words['lost_a']}; {names['a']} {words['printed_a']}, "
                           f"{names['b']} {words['printed_b']}."),
        "loses": lambda: (f"Done: {names['a']}: {words['lost_a']}; {names['b']}: {words['lost_b']}; "
                          f"each {words['printed_a']}."),
        "unlike": lambda: (f"Done: {names['a']}: {words['lost_a']}, {words['printed_a']}; "
                           f"{names['b']}: {words['lost_b']}, {words['printed_b']}."),
        "apart": lambda: f"Done: in {names['a']} {came['a']}; in {names['b']} {came['b']}.",
    }  # fmt: skip
    assert verdict(Lockstep.of(revisions.split(), line)) == said[form]()
