"""What a reply says under a comment, by comments and verdicts made up by hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.check.propositions import CLAIMS
from kvmviz.check.propositions.verdict import Verdict
from kvmviz.review.matches import Heard
from kvmviz.review.reply_claims import MOST_ASKED, MOST_COMMENTS, _below, _sides, claiming, verdict_lines
from kvmviz.review.verdicts import Judged


def verdict(name: str = "B1", **changed: Any) -> Verdict:
    plain: dict[str, Any] = {
        "who": "", "when": "", "where": "", "verdict": "holds partly", "scenarios": 1200, "holds": 1100,
        "witness_for": "tree=1x1x1", "witness_against": "tree=1x1x1 fail=all", "why": "So it is.",
    }  # fmt: skip
    return Verdict(id=name, proposition=CLAIMS[name].proposition, **{**plain, **changed})


def remark(said: tuple[str, ...] = (), near: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(heard=Heard(said, near, {}))


def case(verdicts: dict[str, Judged], *remarks: Any, done: Any = None, posting: Any = None) -> Any:
    found = SimpleNamespace(remarks=remarks, recognised=SimpleNamespace(posting=posting))
    return SimpleNamespace(verdicts=verdicts, found=found, done=done, ran=done, path="mail.eml")


def said(lines: Any) -> str:
    return " ".join(" ".join(lines).split())


def test_comments_that_claim_or_are_near_what_was_judged_are_answered_in_order() -> None:
    first, second, third = remark(("B1",)), remark(("B2",)), remark((), ("B1",))
    assert claiming(case({"B1": Judged(verdict(), own=False)}, first, second, third)) == [first, third]


def test_a_verdict_is_given_with_its_count_its_reason_and_a_command_for_either_side() -> None:
    lines = list(verdict_lines(case({"B1": Judged(verdict(), own=False)}), "B1", ""))
    proposition = CLAIMS["B1"].proposition
    assert said(lines).startswith(f"B1, holds partly: {proposition} Held in 1,100 of 1,200 cases tried. So it is.")
    assert lines[-2:] == [
        "  kvmviz compare before v1 'tree=1x1x1'  # holds here",
        "  kvmviz compare before v1 'tree=1x1x1 fail=all'  # does not hold here",
    ]


def test_what_is_not_clear_is_asked_and_what_was_not_judged_is_not_told() -> None:
    judged, none = Judged(verdict(), own=False), Judged(None, own=True)
    proposition = CLAIMS["B1"].proposition
    asked = said(verdict_lines(case({"B1": judged}), "B1", "?"))
    assert asked.startswith(f'If you mean "{proposition}" (B1), then: holds partly. Held in')
    assert said(verdict_lines(case({"B1": none}), "B1", "?")).startswith(
        f'If you mean "{proposition}" (B1), then I cannot tell. This claim is about code'
    )
    assert said(verdict_lines(case({"B1": none}), "B1", "")).startswith(f"B1, not asked: {proposition} This claim")


def test_a_verdict_of_the_patch_s_own_leaves_reasons_out_and_one_trial_is_not_counted() -> None:
    own = said(verdict_lines(case({"B1": Judged(verdict(), own=True)}), "B1", ""))
    assert "So it is." not in own and "Held in 1,100" in own
    single = Judged(verdict(scenarios=1, holds=1, witness_against=None), own=True)
    assert "Asked of this patch itself." in said(verdict_lines(case({"B1": single}), "B1", ""))


def test_one_witness_for_both_sides_is_given_as_one_against() -> None:
    both = Judged(verdict(witness_for="tree=1x1x1", witness_against="tree=1x1x1"), own=False)
    lines = [line for line in verdict_lines(case({"B1": both}), "B1", "") if "kvmviz compare" in line]
    assert lines == ["  kvmviz compare before v1 'tree=1x1x1'  # does not hold here"]


def ran(**changed: Any) -> Any:
    plain = {"old_shown": False, "old": SimpleNamespace(name="v2"), "same_as": (), "old_same_as": ()}
    return SimpleNamespace(**{**plain, **changed})


POSTING = SimpleNamespace(base="v2", revision="landed")


@pytest.mark.parametrize(
    ("own", "done", "posting", "sides"),
    [
        (True, ran(), None, "v2 mail.eml"),
        (True, ran(old_shown=True), POSTING, "mail.eml:old mail.eml"),
        (False, ran(same_as=("v1", "v2")), POSTING, "v2 v1"),
        (False, ran(same_as=("v1",), old_same_as=("before",)), None, "before v1"),
        (False, ran(), POSTING, "v2 landed"),
        (False, None, POSTING, "v2 landed"),
        (True, None, None, "before v1"),
    ],
)
def test_a_witness_is_looked_at_with_the_two_sides_that_were_asked(
    own: bool, done: Any, posting: Any, sides: str
) -> None:
    assert _sides(case({}, done=done, posting=posting), Judged(None, own=own)) == sides


def test_below_a_comment_stand_what_it_says_what_is_read_into_it_and_a_few_questions() -> None:
    names = ("B1", "B2", "B3", "B6", "B7", "S1")
    one = case({name: Judged(verdict(name), own=False) for name in names})
    shown = {"B1"}
    text = said(_below(one, remark(("B1", "B2"), ("B6", "B7", "S1", "S2")), shown))
    assert text.startswith("B1: as above. B2, holds partly:")
    assert "B3 (not said, but easily read into it), holds partly:" in text
    assert text.count("If you mean") == MOST_ASKED and "(S1)" not in text
    assert shown == {"B1", "B2", "B3", "B6", "B7"} and MOST_COMMENTS > MOST_ASKED
