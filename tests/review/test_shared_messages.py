"""Real mails, where they are at hand: in `shared/messages` beside the repository; their text is not kept in it."""

from pathlib import Path

import pytest

from kvmviz.check.claims import claims
from kvmviz.review import Review, review
from kvmviz.review.findings import Finding

_ABOVE = Path(__file__).resolve().parents
MESSAGES = next((place for above in _ABOVE if (place := above / "shared" / "messages").is_dir()), Path("none"))
SEED = MESSAGES / "review-of-16-17.txt"
WARNINGS = ("B1", "B2", "B3", "B4", "B5")

pytestmark = pytest.mark.skipif(not SEED.exists(), reason="no real mails beside the repository (shared/messages)")


@pytest.fixture(scope="module")
def answer() -> Review:
    return review(SEED.read_bytes())


@pytest.fixture(scope="module")
def found(answer: Review) -> Finding:
    return answer.findings[0]


def test_every_real_mail_ends_in_an_answer() -> None:
    for path in MESSAGES.iterdir():
        assert review(path.read_bytes()).exit_status in (0, 1)


def test_the_seed_is_16_of_17_for_certain(found: Finding) -> None:
    assert found.patch is not None
    assert found.recognised is not None
    assert found.recognised.known is not None
    assert (found.patch.added, found.patch.removed, found.patch.whole) == (15, 28, True)
    assert len(found.patch.files) == 4
    assert (found.recognised.known.revision, found.recognised.confidence) == ("v1", "certain")
    assert all(reason.agrees for reason in found.recognised.reasons)


def test_the_seed_is_a_review_by_the_right_person_on_the_right_day(answer: Review, found: Finding) -> None:
    assert (found.letter.author, found.letter.day) == ("Binbin Wu", "8 Apr 2026")
    assert answer.to_text().startswith("On 8 Apr 2026, Binbin Wu wrote:\n")
    assert {remark.comment.author for remark in found.remarks} == {"Binbin Wu"}


def test_the_seeds_three_comments_are_found_where_they_stand(found: Finding) -> None:
    assert [(remark.function, remark.claims) for remark in found.remarks] == [
        ("", ()),
        ("handle_removed_pt", WARNINGS),
        ("tdx_sept_free_private_spt", ("B6", "B7")),
    ]


def test_the_reply_says_with_numbers_what_the_comments_get_right_and_leave_out(answer: Review) -> None:
    text = " ".join(answer.to_text().split())
    verdicts = {verdict.id: verdict for verdict in claims()}
    for name in (*WARNINGS, "B6", "B7"):
        verdict = verdicts[name]
        assert f", {verdict.verdict}: {verdict.proposition}" in text
        assert f"{verdict.holds:,} of {verdict.scenarios:,}" in text
    assert {verdicts[name].verdict for name in WARNINGS} > {"holds"}  # right in something, and not in all
    assert verdicts["B6"].verdict == "holds"


def test_the_reply_does_not_judge_what_the_model_does_not_know(answer: Review) -> None:
    text = answer.to_text()
    assert text.index("What I cannot judge") < text.index("operated -> operates ?")
