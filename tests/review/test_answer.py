"""The answer to a mail: its status, its draft, its JSON."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

import kvmviz
from kvmviz.check.propositions import CLAIMS, Runs
from kvmviz.mail.limits import MAX_PATCH
from kvmviz.review import MailError, Options, Review, review
from kvmviz.review.quote import quoted
from kvmviz.schema import read_schema
from tests.review import mails, patches

FEW = Options(space=("tree=1x1x1", "tree=1x1x1 fail=L1@0x0", "tree=1x1x1 hkid=cache-wb-error"), parallel=False)
"""A space of three scenarios, so that a draft takes no time; what is said of spaces is held elsewhere."""

REPLIED = mails.replied(patches.LIKE_16_OF_17).encode()


def answer(data: bytes | str) -> Review:
    return review(data.encode() if isinstance(data, str) else data, FEW)


def ours(text: str) -> list[str]:
    """The lines of a draft that are not quoted."""
    return [line for line in text.split("\n") if not line.startswith(">")]


FORMS = ("posted", "replied", "saved page")
"""Forms that differ in what a draft quotes; that all have the same patch is held where mails are read."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "LIKE_17_OF_17", "LIKE_V2_14_OF_15", "OWN_IDEA", "ELSEWHERE"])
def test_drafts_are_ascii_of_72_columns_but_for_quoted_lines(form: str, patch: str) -> None:
    text = answer(mails.FORMS[form](getattr(patches, patch))).to_text()
    assert [line for line in ours(text) if not line.isascii() or (line and not line.isprintable())] == []
    assert [line for line in ours(text) if len(line) > 72 and "tree=" not in line] == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (REPLIED, 0),
        (mails.posted(patches.OWN_IDEA), 0),
        (mails.posted(patches.ONLY_THE_HELPER), 0),
        (mails.posted(patches.ELSEWHERE), 1),
        (mails.REPLIED + "hello\n", 1),
    ],
)
def test_exit_status_says_whether_there_is_something_to_answer(data: bytes | str, status: int) -> None:
    found = answer(data)
    assert found.exit_status == status
    assert ("Nothing here that I model" in found.to_text()) == (status == 1)


def test_the_draft_begins_with_who_wrote_it_and_when() -> None:
    assert answer(REPLIED).to_text().split("\n")[0] == "On 8 Apr 2026, Binbin Wu wrote:"


def test_the_draft_quotes_each_comment_below_the_lines_it_is_about() -> None:
    text = answer(REPLIED).to_text()
    assert f"> > -\t\t\tsp->external_spt))) {{\n> Nit:\n{mails.quote(mails.NIT)}" in text
    below = re.escape(f"> {mails.GFN}\n\nB6, ")
    assert re.search(rf"^> > \+static void tdx_sept_free_private_spt.*\n{below}", text, re.M)


def test_quoted_lines_keep_their_characters_and_their_length() -> None:
    original = mails.saved_page(mails.replied(patches.LIKE_16_OF_17)).split("\n")
    text = answer("\n".join(original)).to_text()
    shown = [line[2:] for line in text.split("\n") if line.startswith("> ") and "[..." not in line]
    assert shown
    assert set(shown) <= set(original)
    assert any("\u2019" in line for line in shown)


def test_quoted_lines_cannot_command_a_terminal() -> None:
    assert quoted("a\x1b[2Jb\u202ec\td") == "> a?[2Jb?c\td"


def test_the_draft_gives_each_claims_verdict_as_computed() -> None:
    text = " ".join(answer(REPLIED).to_text().split())
    for name in ("B1", "B2", "B4", "B6", "B7"):
        verdict = CLAIMS[name].verdict(Runs())
        assert " ".join(f"{verdict.id}, {verdict.verdict}: {verdict.proposition}".split()) in text
        assert f"Held in {verdict.holds:,} of {verdict.scenarios:,} cases tried. {verdict.why}" in text


def test_what_is_read_into_a_comment_is_not_put_into_a_mouth() -> None:
    text = " ".join(answer(REPLIED).to_text().split())
    assert "B3 (not said, but easily read into it), does not hold:" in text
    (message,) = answer(REPLIED).to_json()["messages"]
    assert "B3" not in {claim for comment in message["comments"] for claim in comment["claims"]}


def test_what_is_unclear_is_asked_back() -> None:
    mail = mails.replied(patches.LIKE_16_OF_17) + "> x\nIs a failed reclaim silent then?\n> y\n"
    mail = mail.replace(mails.NIT, "Thanks.")
    text = " ".join(answer(mail).to_text().split())
    assert 'If you mean "So a failed reclaim is not silent after the patch." (B4), then: holds partly.' in text


def test_a_comment_without_a_claim_gets_the_figures_of_what_it_speaks_of() -> None:
    mail = mails.replied(patches.LIKE_16_OF_17).replace(mails.GFN, "How many traces, and what does it leak?")
    found = answer(mail)
    text = " ".join(found.to_text().split())
    assert "I found no claim here that I know" in text
    before, after = (kvmviz.run(name, "fail=all").summary for name in ("before", "v1"))
    assert f"fail=all: {before.traces} -> {after.traces}" in text
    assert f"of this patch, pages leaked: nothing fails: 0, fail=L1@0x200: {2}" in text


def test_the_draft_shows_the_figures() -> None:
    text = answer(REPLIED).to_text()
    row = next(line.split("  ") for line in text.split("\n") if line.endswith("  fail=all"))
    before, after = (kvmviz.run(name, "fail=all").summary for name in ("before", "v1"))
    assert [cell.strip() for cell in row if cell.strip()][:3] == [
        f"{before.traces} -> {after.traces}", str(after.lines), str(after.leaked_count),
    ]  # fmt: skip


def test_a_mailbox_gets_a_draft_for_each_message_that_is_modelled() -> None:
    first, second = (mails.posted(patch) for patch in (patches.LIKE_16_OF_17, patches.LIKE_17_OF_17))
    found = answer(mails.mailbox(mails.REPLIED + "hello\n", first, second))
    assert [number for number, _ in found.drafts] == [2, 3]
    assert found.to_text().count("Message ") == 2


def test_a_patch_that_is_too_long_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("kvmviz.mail.patch.PatchSet", never)
    lines = "\n".join(["+" + "x" * 50] * (MAX_PATCH // 50))
    long = f"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,{MAX_PATCH // 50} @@\n{lines}\n"
    with pytest.raises(MailError, match="longer than 1,000,000"):
        answer(mails.POSTED + long)


def test_nothing_in_a_mail_reaches_the_disk_the_net_or_the_interpreter(forbidden: Callable[[], list[str]]) -> None:
    evil = patches.OWN_IDEA.replace("tdp_mmu_free_sp(sp);", '__import__("os").system("touch x")')
    answer(mails.posted(evil)).to_text()
    assert forbidden() == []


def test_json_says_what_the_text_says() -> None:
    found = answer(REPLIED)
    plain = json.loads(json.dumps(found.to_json()))
    (message,) = plain["messages"]
    assert (plain["exit_status"], message["author"], message["date"]) == (0, "Binbin Wu", "2026-04-08")
    assert (message["patch"]["added"], message["patch"]["removed"]) == (15, 28)
    assert (message["patch"]["author"], message["patch"]["posted_by"]) == ("Sean Christopherson", "Rick Edgecombe")
    assert message["reply"] == found.to_text()
    assert {verdict["id"] for verdict in message["claims"]} >= {"B1", "B4", "B6"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "OWN_IDEA", "ELSEWHERE", "ONLY_THE_HELPER"])
def test_json_fits_its_schema(form: str, patch: str) -> None:
    plain = json.loads(json.dumps(answer(mails.FORMS[form](getattr(patches, patch))).to_json()))
    Draft202012Validator(read_schema("review")).validate(plain)


SPOILT = [{"recognised": {}}, {"date": "today"}, {"more": 1}, {"patch": {"depth": -1}}, {"ran": {}}]


@pytest.mark.parametrize("spoil", SPOILT)
def test_the_schema_can_refuse(spoil: dict[str, Any]) -> None:
    plain = json.loads(json.dumps(answer(REPLIED).to_json()))
    plain["messages"][0].update(spoil)
    with pytest.raises(ValidationError):
        Draft202012Validator(read_schema("review")).validate(plain)


def test_a_draft_quotes_so_many_comments_and_counts_the_rest() -> None:
    many = mails.replied(patches.LIKE_16_OF_17) + "".join(f"> x\n{mails.GFN}\n> y\nhm\n" for _ in range(30))
    text = " ".join(answer(many).to_text().split())
    assert f"{30 + 2 - 12} more comments claim things" in text
    assert f"{30 - 12} more comments, as little" in text
    assert text.count("B6: as above.") == 12 - 2


def test_a_draft_says_what_was_not_read_or_not_there() -> None:
    long = mails.replied(patches.LIKE_16_OF_17) + "> one more line of a log\n" * 100_000
    assert "only its beginning was read" in answer(long).to_text()
    cut = mails.posted(patches.OWN_IDEA).replace("+\ttdp_mmu_free_sp(sp);\n }\n-- \n2.53.0\n", "")
    assert "1 of its hunks is not all there" in answer(cut).to_text()
    other = mails.posted(patches.OWN_IDEA).replace("1 insertions(+)", "5 insertions(+)")
    assert "its own diffstat says +5 -1" in answer(other).to_text()
