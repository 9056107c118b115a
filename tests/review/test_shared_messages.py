"""Real mails, where they are at hand: in `shared/messages` beside the repository; their text is not kept in it."""

from pathlib import Path

import pytest

from kvmviz.check.propositions import CLAIMS, Runs
from kvmviz.review import Review, review
from kvmviz.review.findings import Finding
from tests.spaces import counted

_ABOVE = Path(__file__).resolve().parents
MESSAGES = next((place for above in _ABOVE if (place := above / "shared" / "messages").is_dir()), Path("none"))
SEED = MESSAGES / "review-of-16-17.txt"
WARNINGS = ("B1", "B2", "B4")

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="no real mails beside the repository (shared/messages)")


@pytest.fixture(scope="module")
def answer() -> Review:
    return review(SEED.read_bytes())


@pytest.mark.slow
def test_the_seed_ran_on_both_sides_and_is_v1(answer: Review) -> None:
    (message,) = answer.to_json()["messages"]
    ran = message["ran"]
    assert ran is not None
    assert (ran["same_as"], ran["nearest"], ran["differs"], ran["first"]) == (["v1"], "v1", 0, None)
    assert (ran["scenarios"], ran["broken"], ran["not_modelled"]) == (counted("quick"), [], [])
    mail = {item["name"] for item in ran["functions"] if item["from"] == "mail"}
    assert mail == {"handle_removed_pt", "tdx_sept_free_private_spt"}
    assert "The code before it does what before does" in answer.to_text()


@pytest.fixture(scope="module")
def found(answer: Review) -> Finding:
    return answer.findings[0]


def test_every_real_mail_ends_in_an_answer() -> None:
    for path in MESSAGES.iterdir():
        assert review(path.read_bytes()).exit_status in (0, 1)


def test_the_seed_is_16_of_17_for_certain(found: Finding) -> None:
    assert found.patch is not None
    assert (found.author, found.poster) == ("Sean Christopherson", "Rick Edgecombe")
    posting, shown = found.recognised.posting, found.recognised.shown
    assert posting is not None
    assert shown is not None
    assert (found.patch.added, found.patch.removed, found.patch.whole) == (15, 28, True)
    assert len(found.patch.files) == 4
    assert (posting.revision, found.recognised.confidence, shown.whole) == ("v1", "certain", True)
    assert all(reason.agrees for reason in found.recognised.reasons)


def test_the_seed_is_a_review_by_the_right_person_on_the_right_day(answer: Review, found: Finding) -> None:
    assert (found.letter.author, found.letter.day) == ("Binbin Wu", "8 Apr 2026")
    assert answer.to_text().startswith("On 8 Apr 2026, Binbin Wu wrote:\n")
    assert {remark.comment.author for remark in found.remarks} == {"Binbin Wu"}


def test_the_seeds_three_comments_are_found_where_they_stand(found: Finding) -> None:
    assert [(remark.function, remark.heard.said) for remark in found.remarks] == [
        ("", ()),
        ("handle_removed_pt", WARNINGS),
        ("tdx_sept_free_private_spt", ("B6", "B7")),
    ]


def test_the_reply_says_with_numbers_what_the_comments_get_right_and_leave_out(answer: Review) -> None:
    text = " ".join(answer.to_text().split())
    names = (*WARNINGS, "B3", "B5", "B6", "B7")
    verdicts = {name: CLAIMS[name].verdict(Runs()) for name in names}
    for name in names:
        verdict = verdicts[name]
        assert f", {verdict.verdict}: {verdict.proposition}" in text
        assert f"{verdict.holds:,} of {verdict.scenarios:,}" in text
    assert {verdicts[name].verdict for name in WARNINGS} > {"holds"}  # right in something, and not in all
    assert verdicts["B6"].verdict == "holds"


def test_the_reply_does_not_judge_what_the_model_does_not_know(answer: Review) -> None:
    text = answer.to_text()
    assert text.index("What I cannot judge") < text.index("operated -> operates ?")
