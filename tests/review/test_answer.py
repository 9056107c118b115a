"""The answer to a mail: its status, its draft, its JSON, and a skeleton that runs."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

import kvmviz
from kvmviz.check.claims import claims
from kvmviz.mail.limits import MAX_PATCH
from kvmviz.review import MailError, review
from kvmviz.review.behaviour import shifts
from kvmviz.review.lineage import KNOWN
from kvmviz.review.matches import CLAIMS
from kvmviz.review.quote import quoted
from kvmviz.review.skeleton import skeleton
from kvmviz.revisions import CHANGEABLE, REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.schema import schema
from tests.review import mails, patches

REPLIED = mails.replied(patches.LIKE_16_OF_17).encode()


def ours(text: str) -> list[str]:
    """The lines of a draft that are not quoted."""
    return [line for line in text.split("\n") if not line.startswith(">")]


@pytest.mark.parametrize("form", mails.FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "LIKE_17_OF_17", "LIKE_V2_14_OF_15", "OWN_IDEA", "ELSEWHERE"])
def test_drafts_are_ascii_of_72_columns_but_for_quoted_lines(form: str, patch: str) -> None:
    text = review(mails.FORMS[form](getattr(patches, patch))).to_text()
    assert [line for line in ours(text) if not line.isascii() or (line and not line.isprintable())] == []
    assert [line for line in ours(text) if len(line) > 72 and "tree=" not in line] == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (REPLIED, 0),
        (mails.posted(patches.OWN_IDEA).encode(), 0),
        (mails.posted(patches.ONLY_THE_HELPER).encode(), 0),
        (mails.posted(patches.ELSEWHERE).encode(), 1),
        (mails.REPLIED.encode() + b"hello\n", 1),
    ],
)
def test_exit_status_says_whether_there_is_something_to_answer(data: bytes, status: int) -> None:
    answer = review(data)
    assert answer.exit_status == status
    assert ("Nothing here that I model" in answer.to_text()) == (status == 1)


def test_the_draft_begins_with_who_wrote_it_and_when() -> None:
    assert review(REPLIED).to_text().split("\n")[0] == "On 8 Apr 2026, Binbin Wu wrote:"


def test_the_draft_quotes_each_comment_below_the_lines_it_is_about() -> None:
    text = review(REPLIED).to_text()
    assert f"> > -\t\t\tsp->external_spt))) {{\n> Nit:\n{mails.quote(mails.NIT)}" in text
    below = re.escape(f"> {mails.GFN}\n\nB6, ")
    assert re.search(rf"^> > \+static void tdx_sept_free_private_spt.*\n{below}", text, re.M)


def test_quoted_lines_keep_their_characters_and_their_length() -> None:
    original = mails.saved_page(mails.replied(patches.LIKE_16_OF_17)).split("\n")
    text = review("\n".join(original).encode()).to_text()
    shown = [line[2:] for line in text.split("\n") if line.startswith("> ") and "[..." not in line]
    assert shown
    assert set(shown) <= set(original)
    assert any("\u2019" in line for line in shown)


def test_quoted_lines_cannot_command_a_terminal() -> None:
    assert quoted("a\x1b[2Jb\u202ec\td") == "> a?[2Jb?c\td"


def test_every_claim_that_a_text_can_make_has_a_verdict() -> None:
    assert set(CLAIMS) <= {verdict.id for verdict in claims()}


def test_the_draft_gives_each_claims_verdict_as_computed() -> None:
    text = " ".join(review(REPLIED).to_text().split())
    for verdict in claims():
        if verdict.id in ("B1", "B2", "B3", "B4", "B5", "B6", "B7"):
            assert " ".join(f", {verdict.verdict}: {verdict.proposition}".split()) in text
            assert f"Held in {verdict.holds:,} of {verdict.scenarios:,} cases tried. {verdict.why}" in text


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_the_figures_of_a_draft_are_those_of_the_runs(known: Any) -> None:
    for shift in shifts(known.base, known.revision):
        assert isinstance(shift.scenario, Scenario)
        for revision, summary in ((known.base, shift.a), (known.revision, shift.b)):
            assert kvmviz.run(revision, shift.scenario).summary == summary


def test_the_draft_shows_the_figures() -> None:
    text = review(REPLIED).to_text()
    row = next(line.split("  ") for line in text.split("\n") if line.endswith("  fail=all"))
    before, after = (kvmviz.run(name, "fail=all").summary for name in ("before", "v1"))
    assert [cell.strip() for cell in row if cell.strip()][:3] == [
        f"{before.traces} -> {after.traces}", str(after.lines), str(after.leaked_count),
    ]  # fmt: skip


def test_the_comparison_in_a_draft_is_the_one_of_its_command() -> None:
    text = review(REPLIED).to_text()
    command = re.search(r"^kvmviz compare (\S+) (\S+) '(.*)'$", text, re.M)
    assert command
    assert str(kvmviz.compare(*command.groups())) in text


@pytest.mark.parametrize("base", REVISIONS)
def test_skeletons_behave_as_their_base(base: str) -> None:
    names: dict[str, Any] = {}
    exec(skeleton(base, CHANGEABLE), names)
    mine = names["MyPatch"]
    assert len(mine.own) == 5
    for scenario in ("", "fail=L1@0x200", "hkid=assigned", "leaves=present zap=prove-mmu"):
        assert kvmviz.compare(base, mine, scenario).alike


def test_unknown_patches_get_a_skeleton_of_what_they_touch() -> None:
    text = review(mails.posted(patches.OWN_IDEA).encode()).to_text()
    names: dict[str, Any] = {}
    exec(text[text.index("import kvmviz") : text.index("What I cannot judge")], names)
    assert names["MyPatch"].own == {"handle_removed_pt"}


def test_a_patch_that_lacks_the_check_is_not_called_the_one_that_has_it() -> None:
    text = review(mails.posted(patches.WITHOUT_CHECK).encode()).to_text()
    assert "is none that I know" in " ".join(text.split())
    assert "class MyPatch(kvmviz.Revision" in text


def test_functions_that_no_revision_can_replace_are_said_to_be_such() -> None:
    text = review(mails.posted(patches.ONLY_THE_HELPER).encode()).to_text()
    assert "tdx_reclaim_page" in text
    assert "cannot replace" in " ".join(text.split())


def test_a_mailbox_gets_a_draft_for_each_message_that_is_modelled() -> None:
    first, second = (mails.posted(patch) for patch in (patches.LIKE_16_OF_17, patches.LIKE_17_OF_17))
    box = mails.mailbox(mails.REPLIED + "hello\n", first, second)
    answer = review(box.encode())
    assert [number for number, _ in answer.drafts] == [2, 3]
    assert "before to v1." in " ".join(answer.drafts[0][1].split())
    assert "from v1 to v1+17" in " ".join(answer.drafts[1][1].split())
    assert answer.to_text().count("Message ") == 2


def test_a_patch_that_is_too_long_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("kvmviz.mail.patch.PatchSet", never)
    lines = "\n".join(["+" + "x" * 50] * (MAX_PATCH // 50))
    long = f"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,{MAX_PATCH // 50} @@\n{lines}\n"
    with pytest.raises(MailError, match="longer than 1,000,000"):
        review((mails.POSTED + long).encode())


def test_nothing_in_a_mail_reaches_the_disk_the_net_or_the_interpreter(forbidden: Callable[[], list[str]]) -> None:
    evil = patches.OWN_IDEA.replace("tdp_mmu_free_sp(sp);", '__import__("os").system("touch x")')
    review(mails.posted(evil).encode()).to_text()
    assert forbidden() == []


def test_json_says_what_the_text_says() -> None:
    answer = review(REPLIED)
    plain = json.loads(json.dumps(answer.to_json()))
    (message,) = plain["messages"]
    assert (plain["exit_status"], message["author"], message["date"]) == (0, "Binbin Wu", "2026-04-08")
    assert message["recognised"]["revision"] == "v1"
    assert (message["patch"]["added"], message["patch"]["removed"]) == (15, 28)
    assert message["reply"] == answer.to_text()
    assert {verdict["id"] for verdict in message["claims"]} >= {"B1", "B4", "B6"}


@pytest.mark.parametrize("form", mails.FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "OWN_IDEA", "ELSEWHERE"])
def test_json_fits_its_schema(form: str, patch: str) -> None:
    answer = json.loads(json.dumps(review(mails.FORMS[form](getattr(patches, patch))).to_json()))
    Draft202012Validator(schema("review")).validate(answer)


@pytest.mark.parametrize("spoil", [{"recognised": {}}, {"date": "today"}, {"more": 1}, {"patch": {"depth": -1}}])
def test_the_schema_can_refuse(spoil: dict[str, Any]) -> None:
    answer = json.loads(json.dumps(review(REPLIED).to_json()))
    answer["messages"][0].update(spoil)
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("review")).validate(answer)


def test_a_draft_quotes_so_many_comments_and_counts_the_rest() -> None:
    many = mails.replied(patches.LIKE_16_OF_17) + "".join(f"> x\n{mails.GFN}\n> y\nhm\n" for _ in range(30))
    text = " ".join(review(many.encode()).to_text().split())
    assert f"{30 + 2 - 12} more comments claim things" in text
    assert f"{30 - 12} more comments, as little" in text
    assert text.count("B6: as above.") == 12 - 2


def test_a_draft_says_what_was_not_read_or_not_there() -> None:
    long = mails.replied(patches.LIKE_16_OF_17) + "> one more line of a log\n" * 100_000
    assert "only its beginning was read" in review(long.encode()).to_text()
    cut = mails.posted(patches.OWN_IDEA).replace("+\ttdp_mmu_free_sp(sp);\n }\n-- \n2.53.0\n", "")
    assert "1 of its hunks is not all there" in review(cut.encode()).to_text()
    other = mails.posted(patches.OWN_IDEA).replace("1 insertions(+)", "5 insertions(+)")
    assert "its own diffstat says +5 -1" in review(other.encode()).to_text()
