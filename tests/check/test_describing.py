"""Conditions are found, and are exact: checked against what they say, both ways."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.check.describing import Term, conditions
from kvmviz.check.engine import check
from kvmviz.check.facts import KEYS, signature
from kvmviz.check.outcome import violations
from kvmviz.check.space import scenarios
from kvmviz.machine.printk import BURST
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from tests.spaces import counted

WORDS = [("a", "b", "c"), ("x", "y"), ("1", "2")]
EVERY: list[tuple[str, ...]] = [(a, b, c) for a in WORDS[0] for b in WORDS[1] for c in WORDS[2]]
NAMES = ("first", "second", "third")


def applies(terms: tuple[Term, ...], known: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    word = dict(zip(keys, known, strict=True))
    return any(all(word[key] in chosen for key, chosen in term.items()) for term in terms)


@given(st.sets(st.sampled_from(EVERY)))
def test_any_set_is_described_exactly(chosen: set[tuple[str, ...]]) -> None:
    totals: dict[tuple[str, ...], int] = dict.fromkeys(EVERY, 3)
    terms = conditions(totals, dict.fromkeys(chosen, 3), NAMES)
    assert terms is not None
    assert {known for known in EVERY if applies(terms, known, NAMES)} == chosen


@given(st.sets(st.sampled_from(EVERY), min_size=1))
def test_a_set_that_the_words_cannot_tell_apart_has_no_description(chosen: set[tuple[str, ...]]) -> None:
    assert conditions(dict.fromkeys(EVERY, 3), dict.fromkeys(chosen, 2), NAMES) is None


def test_the_shortest_description_is_found() -> None:
    half: dict[tuple[str, ...], int] = {known: 1 for known in EVERY if known[0] != "a"}
    assert conditions(dict.fromkeys(EVERY, 1), half, NAMES) == ({"first": ("b", "c")},)
    assert conditions(dict.fromkeys(EVERY, 1), dict.fromkeys(EVERY, 1), NAMES) == ({},)
    assert conditions(dict.fromkeys(EVERY, 1), {}, NAMES) == ()


def newly_silent(s: Scenario) -> bool:
    """Silent after the patch and not before, in words.

    The TD is the second of its boot and the host does not panic on warnings; and
    either some processor still held a vCPU when the HKID was to be released, or the
    HKID was released, every S-EPT page failed, and the first TD, within the same
    five seconds, used up all ten lines of the rate limit.
    """
    if s.boot is None or s.panic:
        return False
    if s.hkid == "flushvp-not-done":
        return True
    lines = s.tree.count + 1  # one for each S-EPT page and one for the TDR
    return s.hkid == "released" and s.fail.every and s.boot <= 5 and lines >= BURST


def is_exact(space: str) -> int:
    """Both ways: silent after and not before exactly where the words say; returns how often."""
    count = 0
    for scenario in scenarios(space):
        before, after = (run(name, scenario).summary for name in ("before", "v1"))
        assert not before.silent
        assert after.silent == newly_silent(scenario), scenario
        count += after.silent
    return count


@pytest.mark.slow
def test_check_finds_which_leaks_the_patch_makes_silent() -> None:
    report = check("v1", "quick", against="before", progress=False)
    newly = report["leaks_reach_the_log"].newly
    assert newly is not None and report["leaks_reach_the_log"].mended is None
    assert newly.count == sum(map(newly_silent, scenarios("quick"))) == 344
    assert newly.smallest.scenario == "tree=1x1x1 hkid=flushvp-not-done boot=second:1s"
    assert newly.when == (
        "hkid=flushvp-not-done boot!=first panic=off",
        "hkid=released fail=all boot=second:1s panic=off tables=9 or 10",
    )


@pytest.mark.slow
def test_the_conditions_are_exact_in_the_quick_space_by_the_runs_themselves() -> None:
    assert is_exact("1x1x1") == 40
    assert is_exact("1x2x1") > 0


@pytest.mark.parametrize("fail", ["all", "none"])
def test_the_conditions_are_exact_where_the_rate_limit_runs_out(fail: str) -> None:
    for tree in ("1x1x6", "1x1x7", "1x1x8"):
        for boot in ("first", "second:1s", "second:5s", "second:6s"):
            s = Scenario.parse(f"tree={tree} fail={fail} boot={boot}")
            assert run("v1", s).summary.silent == newly_silent(s)
            assert not run("before", s).summary.silent


@pytest.mark.slow
@pytest.mark.marathon
def test_the_conditions_are_exact_in_the_default_space() -> None:
    report = check("v1", against="before", progress=False)
    newly = report["leaks_reach_the_log"].newly
    assert newly is not None and newly.count == sum(map(newly_silent, scenarios("default")))
    for scenario in scenarios("default"):
        silent = "leaks_reach_the_log" in violations(REVISIONS["v1"], scenario)
        assert silent == newly_silent(scenario), scenario
        assert "leaks_reach_the_log" not in violations(REVISIONS["before"], scenario)


def test_what_the_patch_mends() -> None:
    report = check("v1", "1x1x2", against="before", progress=False)
    mended = report["generic_code_leaves_external_spt_alone"].mended
    assert mended is not None and mended.when == ("hkid!=released panic=off", "fail=all or some panic=off")


def test_signature_has_a_word_for_each_key() -> None:
    words = Counter(len(signature(s)) for s in scenarios("1x1x1"))
    assert words == {len(KEYS): counted("1x1x1")}
