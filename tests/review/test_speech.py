"""Nobody is misquoted: what is asked, doubted, denied, wished or reported is not said."""

import pytest

from kvmviz.check.propositions import CLAIMS as TABLE
from kvmviz.review.matches import CLAIMS, READ_INTO, heard
from kvmviz.review.speech import sentences

SAID = {
    "Before the change, if tdx_reclaim_page() returns an error, the warning is triggered.": ("B1",),
    "It might be worth to mention in the log that before the change, a failed reclaim warns.": ("B1",),
    "After the change, the warning is covered by TDX_BUG_ON_3(), which is deeper in the stack.": ("B2",),
    "So a failed reclaim is not handled silently.": ("B4",),
    "tdx_reclaim_page() failures are no longer silent.": ("B4",),
    "gfn isn't used here, and sp->gfn has it.": ("B6", "B7"),
    "Nit: gfn is unused.": ("B6",),
    "FWIW, the gfn is never read, so it is not used at all.": ("B6",),
    "Since sp is passed now, the gfn can be got from sp->gfn, should gfn also be dropped?": ("B7",),
    "The level argument was unused.": ("S4",),
    "This op runs with mmu_lock held for write.": ("V5",),
    "No functional change intended.": ("S5",),
    "A failure here stops the VM.": ("V2",),
    "Actually gfn is never used in tdx_sept_free_private_spt().": ("B6",),
    "Before this patch a failing tdx_reclaim_page() triggered the WARN_ON().": ("B1",),
    "A failed reclaim isn't silent: TDX_BUG_ON_3() prints.": ("B4",),
    "mmu_lock is held for write here, so no race.": ("V5",),
    "If tdx_reclaim_page() fails, the failure is no longer silent.": ("B4",),
}

UNCLEAR = {
    "A failed reclaim is silent from the second one on, and that is not what I want.": "B4",
    "Is a failed reclaim not silent then?": "B4",
    "The failure is not silent, right?": "B4",
    "I doubt that a failed reclaim is not silent.": "B4",
    "I don't think that a failure is not silent.": "B4",
    "The changelog says that a failure is not silent.": "B4",
    "Nobody claims that the failure is not silent.": "B4",
    "A failed reclaim should not be silent.": "B4",
    "Maybe a failed reclaim is not silent.": "B4",
    "gfn is not unused.": "B6",
    "gfn is not only used here.": "B6",
    "Why is gfn unused?": "B6",
    "Isn't gfn unused here?": "B6",
    "If gfn is unused, can it go?": "B6",
    "Are you sure that gfn is not used?": "B6",
    "sp->gfn is not the same.": "B7",
    "sp->gfn differs from what is passed.": "B7",
    "I object to the name: a free cannot fail.": "S3",
    "The name is misleading. A free cannot fail.": "S3",
    "Does it stop the VM on a failure?": "V2",
    "It does not stop the VM when it fails.": "V2",
    "mmu_lock is not held for write here.": "V5",
    "Before the change, a failed reclaim did not warn.": "B1",
    "Before this patch, did a failed reclaim warn?": "B1",
}


@pytest.mark.parametrize("text", SAID)
def test_a_claim_is_heard_where_somebody_says_that_it_is_so(text: str) -> None:
    assert heard(text).said == SAID[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_is_asked_doubted_denied_wished_or_reported_is_not_said(text: str) -> None:
    found = heard(text)
    assert (found.said, UNCLEAR[text] in found.near) == ((), True)


NOBODYS = (
    "I thought a failed reclaim is not silent, but it is.",
    "I used to think that gfn is unused; it is not.",
    "As Yan wrote, gfn is not used here.",
    "Sean's reply has it that a failed reclaim is not silent.",
    "Oh great, so a failed reclaim is not silent. What a surprise.",
    "Sure, a failed reclaim is not silent, and pigs fly.",
    "It would be nice if gfn were unused.",
    "Who told you that gfn is unused?",
    "What happens when gfn is unused?",
    "I fail to see how a failed reclaim is not silent.",
    "Had gfn been unused, I would agree.",
    "There is no way a failed reclaim is not silent.",
    "I am not so sure that the level argument was unused.",
    "gfn is used, contrary to what the changelog claims.",
    "Could you explain why gfn is not used?",
    "You claim gfn is unused.",
    "The claim that a failed reclaim is not silent is bogus.",
    "We cannot rely on sp->gfn holding the same value.",
    "Unless I'm mistaken, a failed reclaim is not silent.",
    '"A failed reclaim is not silent" is what Rick told me.',
    "Previously I believed that a failed reclaim warned, before this patch.",
    "Neither gfn nor level is unused.",
    "Whether gfn is unused depends on the config.",
    "Let me check whether gfn is not used.",
    "In which case is gfn not used?",
    "Show me that a failed reclaim is not silent.",
    "Is it that gfn is unused, or that it is only used in tracing?",
    "Not silent? A failed reclaim?",
    "As far as I know gfn is unused",
    "It's a stretch to call that a failure that is not silent.",
    "I'd expect that a failed reclaim is not silent.",
    "gfn is unused only if PROVE_MMU is off.",
    "gfn is anything but unused.",
    "The failure isn't really not silent.",
    "Make sure that a failed reclaim is not silent.",
    "If the key is gone, gfn is unused.",
    "gfn will be unused once 17/17 is applied.",
    "They told me gfn is not used.",
    "This patch pretends a free cannot fail.",
)
"""What somebody thought, heard, doubts, makes fun of, sets a condition for or takes back."""


@pytest.mark.parametrize("text", NOBODYS)
def test_nothing_is_put_into_a_mouth_that_does_not_say_it(text: str) -> None:
    assert heard(text).said == ()


OTHER_WORDS = ["Thanks!", "Please rename this.", "How about tdp_mmu.c?", "operated -> operates ?", ""]


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_other_words_are_near_nothing(text: str) -> None:
    found = heard(text)
    assert (found.said, found.near) == ((), ())


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize(
    "frame", ["I doubt that {}", "Are you saying that {}?", "It is not true that {}", "{}, right?", "Perhaps {}"]
)
def test_no_frame_of_doubt_or_question_leaves_a_claim_said(text: str, frame: str) -> None:
    if "?" not in text:  # a question with its reason is not one sentence to be framed
        assert heard(frame.format(text[0].lower() + text[1:].rstrip("."))).said == ()


def test_a_sentence_is_where_its_claim_is() -> None:
    found = heard("Hello. gfn is not used. Thanks.")
    assert found.where["B6"] == "gfn is not used."


def test_sentences_end_where_they_end() -> None:
    text = "It is in tdx.c, e.g. there. Two\nlines?\n\nNew paragraph\n- an entry\n- another"
    found = [sentence.text for sentence in sentences(text)]
    assert found == ["It is in tdx.c, e.g. there.", "Two lines?", "New paragraph", "- an entry", "- another"]


def test_every_claim_that_can_be_heard_has_a_verdict() -> None:
    assert {*CLAIMS, *READ_INTO.values()} <= set(TABLE)
