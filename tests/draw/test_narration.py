"""What the Why panel says, read in every named case: short, never twice the same, computed from the runs."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from kvmviz.check.cases import CASES, Case
from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.narration import event_words, lost_words, printed_words, side_words, texts, verdict
from kvmviz.draw.why import meaning
from kvmviz.record.runs import run
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Seamcall, SetNull
from kvmviz.terms.kinds import kind_of

SMALL = [case for case in CASES.values() if Scenario.parse(case.scenario).tree.count <= 600]


@cache
def told(case: Case) -> tuple[Lockstep, list[str]]:
    lockstep = Lockstep.of(case.revisions, case.scenario)
    return lockstep, texts(lockstep)


def runs_of_words(text: str, length: int) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[\w=\[\]]+", text.lower())
    for at in range(len(words) - length + 1):
        yield tuple(words[at : at + length])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_no_step_says_the_same_thing_twice(case: Case) -> None:
    for said in told(case)[1][1:-1]:
        fours = list(runs_of_words(said, 4))
        assert len(fours) == len(set(fours)), said


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_a_step_is_told_in_two_lines(case: Case) -> None:
    said = told(case)[1]
    assert all(text.endswith(".") for text in said)
    assert max(len(text) for text in said) <= 220


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_a_warning_says_whether_it_comes_again(case: Case) -> None:
    lockstep, whole = told(case)
    for row, said in enumerate(whole[1:-1]):
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


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("fail=none", "Nothing will go wrong."),
        ("fail=L1@0x200,TDR", "The module will refuse to give back: L1@0x200,TDR."),
        ("fail=L1@0x200 hkid=cache-wb-error", "Its key will stay assigned (cache-wb-error), "
                                              "so the module will give none back."),
        ("tree=1x1x100 hkid=vp-flush-error", "Its key will stay assigned (vp-flush-error), "
                                             "so the module will give none back."),
    ],
)  # fmt: skip
def test_before_the_first_step_is_said_what_is_there_and_what_will_go_wrong(line: str, fault: str) -> None:
    both = Lockstep.of(["before", "v1"], line)
    assert texts(both)[0] == (
        f"A VM under TDX is about to be destroyed; the TDX module still has its {both.scenario.tree.count:,} "
        f"page-table pages (S-EPT), and KVM must ask for each. {fault}"
    )


@pytest.mark.parametrize(
    "case", [case for case in SMALL[::3] if "GiB" not in case.scenario], ids=lambda case: case.name
)
def test_each_row_says_its_step_and_whose_it_is(case: Case) -> None:
    """A row that both take alike says what it means; one that a side takes alone names both, the one first."""
    lockstep, said = told(case)
    names = [run.revision for run in lockstep.runs.values()]
    assert len(said) == len(lockstep) + 1 and said[-1] == f"{lockstep.leading[-1].text} {verdict(lockstep)}"
    for (a, b, same), step, text in list(zip(lockstep.rows, lockstep.leading, said[1:], strict=True))[:-1]:
        if len(names) == 1 or same:
            means = meaning(lockstep.runs["a"], a or 0)
            assert text == (f"{step.text} {means}" if means else step.text)
        elif a is None or b is None:
            own, other = names if b is None else reversed(names)
            assert text == f"Only {own}: {step.text} {other} {kind_of(step.event).lacks(step.event)}"
        elif isinstance(step.event, SetNull):
            assert text == (f"Both sides forget the S-EPT page of {step.event.page}, in different functions. "
                            f"{meaning(lockstep.runs['a'], a)}")  # fmt: skip
        else:
            assert text == f"It comes out differently: {step.text}"


def test_a_side_that_waits_says_so_and_one_that_acts_names_its_function() -> None:
    result = run("v1", "fail=L1@0x200 hkid=released")
    assert side_words(None) == ("Waits", "while the other side takes this step.")
    for step in result.steps:
        who, does = side_words(step)
        assert who == (step.where[-1].function.name if step.where else "the kernel")
        assert does == kind_of(step.event).does(step.event)


@pytest.mark.parametrize("line", ["fail=L1@0x200", "hkid=flushvp-not-done", "fail=TDR"])
def test_an_event_in_words_of_those_who_grep_is_a_call_with_its_answer_or_a_kind_with_its_page(line: str) -> None:
    result = run("v1", line)
    answers = set()
    for step in result.steps:
        what, of = event_words(step, "the page")
        if isinstance(step.event, Seamcall):
            answers.add(of.rpartition(" ")[2])
            assert what == step.event.seamcall and of.startswith(
                f"{step.event.page or step.event.object or ''} \u2192 "
            )
            assert (of.rpartition("\u2192 ")[2] == "0") == (step.event.status == 0)
        else:
            assert (what, of) == (step.event.kind, "the page") and event_words(step, None) == (what, "")
    assert len(answers) > 1


@pytest.mark.parametrize(
    "line", ["remove=fails region=scattered fail=L1@0x200", "region=dense fail=L1@0x200", "region=dense"]
)
def test_lost_words_count_pairs_and_phantoms(line: str) -> None:
    result = run("dpamt", f"tree=1x1x3 {line}")
    pamt, count = result.summary.pamt, result.summary.leaked_count
    assert pamt is not None
    lost = f"{count} page{'s' * (count != 1)} ({count * 4:,} KiB) leaked" if count else "nothing leaked"
    pairs = pamt.pairs_pinned
    lost += f", {pairs} PAMT pair{'s' * (pairs != 1)} ({pairs * 8:,} KiB) pinned" if pairs else ""
    if pamt.phantom_references:
        lost += f", {pamt.phantom_references} phantom{'s' * (pamt.phantom_references != 1)}"
    assert lost_words(result) == lost and bool(pamt.phantom_references) == ("remove" in line)
    assert lost_words(run("v1", "panic=on fail=TDR")) == "the host panicked"
