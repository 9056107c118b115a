"""A patch is told by what it does, in whatever form its mail comes."""

from dataclasses import replace

import pytest

from kvmviz.mail.mailbox import read
from kvmviz.mail.patch import Row
from kvmviz.review.features import Features, digest, modelled_functions
from kvmviz.review.findings import Finding, finding
from kvmviz.revisions import REVISIONS
from tests.review import mails, patches


def found(data: bytes) -> Finding:
    (letter,) = read(data).letters
    return finding(letter)


def features_of(data: bytes) -> Features:
    result = found(data).features
    assert result is not None
    return result


@pytest.mark.parametrize("form", mails.FORMS)
@pytest.mark.parametrize("patch", ["LIKE_16_OF_17", "LIKE_V2_14_OF_15", "LIKE_17_OF_17", "OWN_IDEA"])
def test_features_do_not_depend_on_the_form(form: str, patch: str) -> None:
    text = getattr(patches, patch)
    assert features_of(mails.FORMS[form](text)) == features_of(mails.posted(text).encode())


def test_features_say_who_decides_before_and_after() -> None:
    features = features_of(mails.posted(patches.LIKE_16_OF_17).encode())
    assert features.functions == ("handle_removed_pt", "tdx_sept_free_private_spt")
    assert features.old.signature == "int (kvm, gfn, level, external_spt)"
    assert features.new.signature == "void (kvm, gfn, sp)"
    assert features.old.clears == frozenset({"handle_removed_pt"})
    assert features.new.clears == frozenset({"tdx_sept_free_private_spt"})
    assert (features.old.warns, features.new.warns, features.new.frees) == (True, False, False)
    assert features.new.checks_hkid
    assert features.new.reclaims


@pytest.mark.parametrize(
    ("patch", "revision"), [("LIKE_16_OF_17", "v1"), ("LIKE_17_OF_17", "v1+17"), ("LIKE_V2_14_OF_15", "v2")]
)
def test_known_patches_are_told_by_what_they_do(patch: str, revision: str) -> None:
    recognised = found(mails.posted(getattr(patches, patch)).encode()).recognised
    assert recognised is not None
    assert recognised.known is not None
    assert recognised.known.revision == revision
    assert recognised.known.base in REVISIONS


def test_other_lines_than_those_of_16_of_17_are_likely_it_not_certainly() -> None:
    recognised = found(mails.posted(patches.LIKE_16_OF_17).encode()).recognised
    assert recognised is not None
    assert recognised.confidence == "likely"
    assert "SHA-256" in " ".join(reason.text for reason in recognised.reasons if not reason.agrees)


@pytest.mark.parametrize("patch", [patches.WITHOUT_CHECK, patches.OWN_IDEA, patches.moving(3, 2)])
def test_patches_that_do_something_else_are_none_of_the_known(patch: str) -> None:
    subject = mails.posted(patch).replace("[PATCH 99/99] something else", "[PATCH 16/17] KVM: x86: Move error handling")
    result = found(subject.encode())
    assert result.modelled
    assert result.recognised is not None
    assert result.recognised.known is None


def test_a_quote_of_one_hunk_is_likely_the_patch_it_is_from() -> None:
    whole = mails.replied(patches.LIKE_16_OF_17)
    start, end = whole.index(f"> diff --git a/{patches.MMU}"), whole.index(f"> diff --git a/{patches.TDX}")
    part = mails.REPLIED + mails.ATTRIBUTION + "[...]\n" + whole[start:end]
    recognised = found(part.encode()).recognised
    assert recognised is not None
    assert recognised.known is not None
    assert (recognised.known.revision, recognised.confidence) == ("v1", "likely")


def test_a_hunk_whose_end_was_cut_away_is_read_as_far_as_it_goes() -> None:
    whole = mails.replied(patches.LIKE_16_OF_17)
    result = found((whole[: whole.index(mails.GFN)] + "I stop reading here.\n").encode())
    assert result.patch is not None
    assert result.patch.mended.cut == 1
    assert result.features is not None
    assert "handle_removed_pt" in result.features.functions


def test_a_patch_elsewhere_touches_nothing_modelled() -> None:
    assert not found(mails.posted(patches.ELSEWHERE).encode()).modelled


def test_same_names_in_other_files_are_not_the_models() -> None:
    text = patches.OWN_IDEA.replace(patches.MMU, "tools/testing/tdp_mmu.c")
    assert not found(mails.posted(text).encode()).modelled


def test_every_modelled_function_is_the_models() -> None:
    names = modelled_functions()
    assert {"handle_removed_pt", "__tdx_reclaim_page", "kvm_gmem_release", "tdx_mmu_release_hkid"} <= names
    assert "private_spt" not in names  # a helper of the model's own


@pytest.mark.parametrize("form", ["replied", "replied, base64", "answered", "saved page", "source of a page"])
def test_comments_stand_where_they_were_made_and_belong_to_who_made_them(form: str) -> None:
    remarks = found(mails.FORMS[form](patches.LIKE_16_OF_17)).remarks
    said = {remark.function: (remark.comment.author, remark.claims) for remark in remarks if remark.claims}
    assert said == {
        "handle_removed_pt": ("Binbin Wu", ("B1", "B2", "B3", "B4", "B5")),
        "tdx_sept_free_private_spt": ("Binbin Wu", ("B6", "B7")),
    }


def test_an_answer_to_a_comment_is_its_own_authors() -> None:
    remarks = found(mails.answered(patches.LIKE_16_OF_17).encode()).remarks
    assert [remark.comment.author for remark in remarks if "drop it" in remark.comment.words] == ["Rick Edgecombe"]


def test_the_author_of_a_patch_is_the_one_its_log_names() -> None:
    recognised = found(mails.replied(patches.LIKE_16_OF_17).encode()).recognised
    assert recognised is not None
    assert "its author is Sean Christopherson" in [reason.text for reason in recognised.reasons]


def known_of(text: str) -> str | None:
    recognised = found(text.encode()).recognised
    return recognised.known.name if recognised and recognised.known else None


def test_a_digest_knows_added_lines_from_removed_ones() -> None:
    row = Row(None, "f.c", "", "+", "a b")
    assert digest([row]) == digest([replace(row, text="\ta  b")]) != digest([replace(row, kind="-")])


def test_what_a_comment_says_is_not_what_the_code_does() -> None:
    said = patches.OWN_IDEA.replace("+\ttdp_mmu_free_sp(sp);", "+\t * sp->external_spt = NULL;")
    assert features_of(mails.posted(said).encode()).new.clears == frozenset()


def test_a_part_that_is_no_quote_is_a_patch_of_its_own() -> None:
    whole = mails.posted(patches.LIKE_16_OF_17)
    start, end = whole.index(f"diff --git a/{patches.MMU}"), whole.index(f"diff --git a/{patches.TDX}")
    assert known_of(mails.REPLIED + mails.ATTRIBUTION + mails.quote(whole[start:end])) is not None
    assert known_of(mails.POSTED + whole[start:end]) is None


@pytest.mark.parametrize(
    ("patch", "line", "other"),
    [
        ("LIKE_16_OF_17", "+\tif (is_mirror_sp(sp))", "+\tsp->external_spt = NULL;"),
        ("LIKE_16_OF_17", "+\t\tkvm_x86_call(", "+\t\tWARN_ON(kvm_x86_call("),
        ("LIKE_17_OF_17", " \tsp->external_spt = NULL;", " \tfree_page((unsigned long)sp->external_spt);"),
        ("LIKE_17_OF_17", "+\tfree_page((unsigned long)sp->external_spt);\n+out", "+\tnothing();\n+out"),
    ],
)
def test_one_other_line_makes_another_patch(patch: str, line: str, other: str) -> None:
    text = mails.posted(getattr(patches, patch))
    assert line in text
    assert known_of(text) is not None
    assert known_of(text.replace(line, other)) is None


def test_the_patch_that_is_modelled_is_the_one_that_is_meant() -> None:
    suggestion = "Untested:\n\n" + "\n".join(patches.ELSEWHERE.split("\n")[2:])
    result = found((mails.replied(patches.LIKE_16_OF_17) + suggestion).encode())
    assert result.others == 1
    assert result.modelled
    result = found((mails.POSTED + mails.quote(patches.ELSEWHERE) + "Rather:\n\n" + patches.OWN_IDEA).encode())
    assert result.modelled


def test_code_claims_nothing() -> None:
    comment = "+\t/* what the new code says, in our words */"
    text = patches.LIKE_16_OF_17.replace(comment, "+\tleak(tdx_reclaim_page);", 1)
    assert "S1" not in [claimed.claim for claimed in found(mails.posted(text).encode()).claimed]
    text = patches.LIKE_16_OF_17.replace("what the new code says,", "TDX leaks what it cannot reclaim,", 1)
    assert "S1" in [claimed.claim for claimed in found(mails.posted(text).encode()).claimed]


def test_what_a_patch_is_told_by_is_what_it_does() -> None:
    deeds = {}
    for patch in ("LIKE_16_OF_17", "LIKE_17_OF_17", "LIKE_V2_14_OF_15"):
        recognised = found(mails.posted(getattr(patches, patch)).encode()).recognised
        assert recognised is not None
        deeds[patch] = recognised.reasons[0].text
    assert "becomes void (kvm, gfn, sp)" in deeds["LIKE_16_OF_17"]
    assert "becomes void (kvm, sp)" in deeds["LIKE_V2_14_OF_15"]
    assert "stays void (kvm, gfn, sp), and now frees" in deeds["LIKE_17_OF_17"]
