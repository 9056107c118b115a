"""What a message was found to hold, as plain values: each from where it stands in the mail."""

from typing import Any

from kvmviz.mail.patch import Row
from kvmviz.review.behaviour import Shift
from kvmviz.review.case import Case
from kvmviz.review.postings import KNOWN
from kvmviz.review.ran import NotRun
from kvmviz.review.recognition import Reason, Recognised, Shown
from kvmviz.review.report import _recognised, _shift, message_json
from kvmviz.scenario import Scenario
from tests.record.test_text import QUIET
from tests.review import mails, patches
from tests.review.letters import finding_of
from tests.review.test_behaviour import LOUD


def plain(mail: str, ran: NotRun | None = None) -> Any:
    return message_json(Case(finding_of(mail), ran, {}, "mail.eml"), "the draft")


def test_a_message_without_a_patch_has_its_head_and_nothing_else() -> None:
    found = plain(mails.REPLIED + "hello\n")
    head = {key: found[key] for key in ("author", "date", "subject", "message_id", "reply", "modelled")}
    assert head == {
        "author": "Binbin Wu", "date": "2026-04-08", "subject": "Re: a thing", "message_id": "1@example.com",
        "reply": "the draft", "modelled": False,
    }  # fmt: skip
    assert [found[key] for key in ("patch", "recognised", "ran", "not_run")] == [None] * 4
    assert [found[key] for key in ("older", "claims", "behaviour")] == [[]] * 3


def test_a_date_that_is_not_there_is_none() -> None:
    assert plain("From: a@example.com\nSubject: x\n\nhello\n")["date"] is None


def test_a_patch_is_told_with_its_people_its_files_and_what_was_mended() -> None:
    found = plain(mails.replied(patches.LIKE_16_OF_17), NotRun("It cannot."))
    assert found["not_run"] == "It cannot." and found["modelled"]
    patch = found["patch"]
    assert (patch["depth"], patch["author"], patch["posted_by"]) == (1, "Sean Christopherson", "Rick Edgecombe")
    assert patch["files"] == [patches.OPS, patches.HOST, patches.MMU, patches.TDX]
    stat = patches.LIKE_16_OF_17.split("\n")[0]
    assert f"{patch['added']} insertions" in stat and f"{patch['removed']} deletions" in stat and patch["whole"]
    assert patch["functions"] == ["handle_removed_pt", "tdx_sept_free_private_spt"]


def test_a_comment_has_the_line_it_stands_below_and_its_claims() -> None:
    comments = {comment["function"]: comment for comment in plain(mails.replied(patches.LIKE_16_OF_17))["comments"]}
    below = comments["tdx_sept_free_private_spt"]
    assert below["text"] == [mails.GFN] and below["file"] == patches.TDX and below["author"] == "Binbin Wu"
    assert below["below"].startswith("> +static void tdx_sept_free_private_spt(")
    assert below["claims"] == ["B6", "B7"]


def test_a_posting_is_told_with_its_revisions_its_reasons_and_how_many_of_its_lines_are_there() -> None:
    posting = next(one for one in KNOWN if one.lines)
    row = Row(None, "a.c", "f", "+", "x")
    shown = Shown(3, posting.lines[:1], (row, row))
    assert _recognised(Recognised(posting, "high", (Reason(False, "no"),), shown)) == {
        "name": posting.name, "base": posting.base, "revision": posting.revision, "confidence": "high",
        "reasons": [{"agrees": False, "text": "no"}], "lines": {"same": 3, "missing": 1, "other": 2},
    }  # fmt: skip
    own = _recognised(Recognised(None, "none", (), shown))
    assert (own["name"], own["base"], own["revision"], own["lines"]) == (None, None, None, None)


def test_a_case_is_a_pair_of_figures_by_name() -> None:
    shift = Shift(Scenario.parse("tree=1x1x1 fail=all"), QUIET, LOUD)
    assert _shift(shift) == {
        "scenario": "tree=1x1x1 fail=all", "traces": (0, 3), "lines": (0, 5), "leaked": (0, 7), "at_once": (0, 1),
        "bugged": ("no", "yes"), "same_pages": False,
    }  # fmt: skip
