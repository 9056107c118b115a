"""No sentence of a reply that is not true of the patch: every figure is held against runs of its own."""

import re
from collections.abc import Callable

import pytest

import kvmviz
from kvmviz.compare.comparison import compare
from kvmviz.record.summary import Summary
from kvmviz.review import behaviour, review
from kvmviz.review.behaviour import CASES
from kvmviz.review.ran import Ran
from tests.review import mails
from tests.review.mutants import some
from tests.review.test_ran import FEW, QUICK, SELF_MADE


def check_text(patch: str, what: str, mail: Callable[[str], str] = mails.replied) -> None:
    """Hold every figure of a draft against runs of its own."""
    answer = review(mail(patch).encode(), QUICK)
    (case,) = answer.cases
    done, text = case.done, answer.to_text()
    if done is None:
        assert "I say nothing else of what it does." in text, what
        assert "It does what" not in text, what
        assert "What it changes in behaviour" not in text, what
        return
    flat = " ".join(text.split())
    same = re.search(r"It does what ([\w+ ]+?) does, event for event, in (\d+) of (\d+) scenarios", flat)
    assert bool(same) == bool(done.same_as), what
    if same:
        assert all(compare(name, done.new, line).alike for name in same[1].split(" and ") for line in FEW), what
        assert same[2] == same[3] == str(len(FEW)), what
    differs = re.search(r"it differs from that in (\d+) of (\d+) scenarios", flat)
    if differs:
        apart = [line for line in FEW if not compare(done.nearest, done.new, line).alike]
        assert len(apart) == int(differs[1]), what
    for name, count in re.findall(r"\((\w+)\) Broken in (\d+) of \d+ scenarios", flat):
        report = kvmviz.check(done.new, FEW, progress=False)
        broken = report[name].broken
        assert broken is not None and broken.count == int(count), what
    check_leaks(flat, done, what)
    check_broken(flat, done, what)
    letters = dict(re.findall(r"(?m)^  ([A-F]): (.*)$", text))
    rows = re.findall(r"(?m)^  +((?:\d+ -> \d+|\d+) .*?)  (nothing fails|fail=\S.*|hkid=\S+|[A-F])$", text)
    assert len(rows) == len(CASES), what
    for cells, name in rows:
        scenario = letters.get(name, name)
        check_row(cells, "fail=none" if scenario == "nothing fails" else scenario, done, what)
    for claim, held, tried in re.findall(r"\b([A-Z]\d+)[^:]{0,60}: [^.]+\. Held in ([\d,]+) of ([\d,]+) cases", flat):
        judged = case.verdicts[claim].verdict
        assert judged is not None, what
        assert (f"{judged.holds:,}", f"{judged.scenarios:,}") == (held, tried), what


def check_row(cells: str, scenario: str, done: Ran, what: str) -> None:
    before, after = (kvmviz.run(which, scenario).summary for which in (done.old, done.new))
    shown = [cell for cell in re.split(r"  +", cells.strip()) if cell]
    pairs = [
        (before.traces, after.traces), (before.lines, after.lines), (before.leaked_count, after.leaked_count),
        (at_once(before), at_once(after)), (bugged(before), bugged(after)), (wrong(before), wrong(after)),
    ]  # fmt: skip
    wanted = [str(a) if a == b else f"{a} -> {b}" for a, b in pairs]
    assert shown == wanted[: len(shown)], f"{what}, {scenario}"
    assert len(shown) == 6 or (len(shown) == 5 and wanted[5] == "0"), f"{what}, {scenario}"


def at_once(summary: Summary) -> int:
    return len([page for page, how in summary.freed if page.startswith("S-EPT") and how == "immediate"])


def bugged(summary: Summary) -> str:
    return "yes" if summary.vm_bugged else "no"


def wrong(summary: Summary) -> int:
    return len(summary.violations) + len(summary.double_frees)


def check_leaks(flat: str, done: Ran, what: str) -> None:
    """What is said of leaks is so in every case that the table shows."""
    both = [[kvmviz.run(which, line).summary.leaked for line in CASES] for which in (done.old, done.new)]
    assert ("In every case above the same pages leak" in flat) == (both[0] == both[1]), what
    assert ("In some of them not the same pages leak" in flat) == (both[0] != both[1]), what


def check_broken(flat: str, done: Ran, what: str) -> None:
    """What is said to be broken is broken, with the scenario that is given; and nothing else is."""
    report = kvmviz.check(done.new, FEW, progress=False)
    named = set(re.findall(r"\((\w+)\) Broken in", flat))
    assert named == {result.name for result in report.results if result.beyond}, what
    none = re.search(r"Of (\d+) invariants (?:it|what ran of it) breaks none", flat)
    assert bool(none) == (not named), what
    assert none is None or int(none[1]) == len(report.results), what


def test_every_figure_of_a_reply_is_that_of_the_runs() -> None:
    check_text(SELF_MADE, "the patch", mails.posted)  # without the comments, whose claims take their time
    for mutant in some(SELF_MADE, 2, seed=7):
        check_text(mutant.text, mutant.what, mails.posted)


@pytest.mark.parametrize("figure", ["_at_once", "_yes", "_wrong"])
def test_a_wrong_figure_of_a_reply_is_seen(figure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour, figure, lambda _: 99)
    with pytest.raises(AssertionError):
        check_text(SELF_MADE, "the patch")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_figure_of_many_replies_is_that_of_the_runs(seed: int) -> None:
    for first in some(SELF_MADE, 4, seed):
        for mutant in some(first.text, 2, seed):
            check_text(mutant.text, f"{first.what}, {mutant.what}")
