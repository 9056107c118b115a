"""A message is taken apart in whatever form it comes: its patch, its people, its comments, the patch's own words."""

from collections.abc import Iterable

import pytest

from kvmviz.mail.patch import Row
from kvmviz.review.findings import Finding
from tests.review import mails, patches
from tests.review.letters import finding_of


def of_form(form: str, patch: str) -> Finding:
    return finding_of(mails.FORMS[form](getattr(patches, patch)))


def code(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The lines of a patch, blanks aside."""
    return [(row.kind, "".join(row.text.split())) for row in rows if row.text.strip()]


@pytest.mark.parametrize("form", mails.FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "LIKE_V2_14_OF_15", "LIKE_17_OF_17", "OWN_IDEA"])
def test_the_code_of_a_patch_does_not_depend_on_its_form(form: str, patch: str) -> None:
    found, plain = of_form(form, patch).patch, finding_of(mails.posted(getattr(patches, patch))).patch
    assert found is not None
    assert plain is not None
    assert code(found.rows) == code(plain.rows)


def test_what_is_modelled_is_named() -> None:
    found = finding_of(mails.posted(patches.LIKE_16_OF_17))
    assert found.functions == ("handle_removed_pt", "tdx_sept_free_private_spt")
    assert found.ops == ("free_external_spt",)
    assert not finding_of(mails.posted(patches.ELSEWHERE)).modelled
    assert not finding_of(mails.posted(patches.OWN_IDEA.replace(patches.MMU, "tools/testing/tdp_mmu.c"))).modelled


def test_the_author_is_who_wrote_it_and_the_poster_who_sent_it() -> None:
    for mail in (mails.posted(patches.LIKE_16_OF_17), mails.replied(patches.LIKE_16_OF_17)):
        found = finding_of(mail)
        assert (found.author, found.poster) == ("Sean Christopherson", "Rick Edgecombe")
    found = finding_of(mails.posted(patches.OWN_IDEA).replace("From: Sean Christopherson <seanjc@example.com>\n", ""))
    assert (found.author, found.poster) == ("", "Rick Edgecombe")


REPLIES = [form for form in mails.FORMS if form.startswith(("replied", "answered", "saved", "source"))]


@pytest.mark.parametrize("form", REPLIES)
def test_comments_stand_where_they_were_made_and_belong_to_who_made_them(form: str) -> None:
    remarks = of_form(form, "LIKE_16_OF_17").remarks
    said = {remark.function: (remark.comment.author, remark.heard.said) for remark in remarks if remark.heard.said}
    assert said == {
        "handle_removed_pt": ("Binbin Wu", ("B1", "B2", "B4")),
        "tdx_sept_free_private_spt": ("Binbin Wu", ("B6", "B7")),
    }


def test_an_answer_to_a_comment_is_its_own_authors() -> None:
    remarks = finding_of(mails.answered(patches.LIKE_16_OF_17)).remarks
    assert [remark.comment.author for remark in remarks if "drop it" in remark.comment.words] == ["Rick Edgecombe"]


@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "LIKE_V2_14_OF_15", "LIKE_17_OF_17", "OWN_IDEA"])
def test_a_sentence_is_heard_in_every_version_of_the_patch(patch: str) -> None:
    mail = mails.REPLIED + mails.ATTRIBUTION + mails.quote(getattr(patches, patch))
    mail += "\nA failed reclaim is not silent.\n" + mails.quote("more\n")
    (remark,) = finding_of(mail).remarks
    assert remark.heard.said == ("B4",)


def test_a_patch_says_what_its_log_and_comments_say_and_nothing_that_its_code_does() -> None:
    comment = "+\t/* what the new code says, in our words */"
    text = patches.LIKE_16_OF_17.replace(comment, "+\tleak(tdx_reclaim_page);", 1)
    assert "S1" not in [claimed.claim for claimed in finding_of(mails.posted(text)).claimed]
    text = patches.LIKE_16_OF_17.replace("what the new code says,", "TDX code leaks what it cannot reclaim,", 1)
    claimed = {claimed.claim: claimed for claimed in finding_of(mails.posted(text)).claimed}
    assert claimed["S1"].function == "tdx_sept_free_private_spt"
    assert not claimed["S1"].words.startswith(("+", "/", "*"))
    log = {claimed.claim: claimed for claimed in finding_of(mails.posted(patches.LIKE_16_OF_17)).claimed}
    assert log["S4"].words == "The level arg was unused; drop it."
    assert log["S4"].function == ""
    assert len(log["S4"].lines) == 1


def test_the_patch_that_is_modelled_is_the_one_that_is_meant() -> None:
    suggestion = "Untested:\n\n" + "\n".join(patches.ELSEWHERE.split("\n")[2:])
    found = finding_of(mails.replied(patches.LIKE_16_OF_17) + suggestion)
    assert found.others == 1
    assert found.modelled
    found = finding_of(mails.POSTED + mails.quote(patches.ELSEWHERE) + "Rather:\n\n" + patches.OWN_IDEA)
    assert found.modelled


def test_a_hunk_whose_end_was_cut_away_is_read_as_far_as_it_goes() -> None:
    whole = mails.replied(patches.LIKE_16_OF_17)
    found = finding_of(whole[: whole.index(mails.GFN)] + "I stop reading here.\n")
    assert found.patch is not None
    assert found.patch.mended.cut == 1
    assert "handle_removed_pt" in found.functions


def test_a_hunk_without_the_name_of_its_file_is_in_that_of_its_function() -> None:
    lines = patches.OWN_IDEA.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("@@"))
    found = finding_of(mails.REPLIED + mails.ATTRIBUTION + mails.quote("\n".join(lines[start:])) + "why?\n")
    assert found.functions == ("handle_removed_pt",)
