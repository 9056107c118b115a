"""The frame of a draft: who wrote, which posting, what is left out, and the patch's own names in our lines alone."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from kvmviz.mail.patch import Mended
from kvmviz.review.case import Case
from kvmviz.review.draft import _attribution, _instead, _mended, _people, _renamed, _unknown, reply
from kvmviz.review.findings import Finding
from kvmviz.review.ran import NotRun
from tests.review import mails, patches
from tests.review.letters import finding_of

OWN = finding_of(mails.posted(patches.OWN_IDEA))


def said(lines: Any) -> str:
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize(
    ("head", "attribution"),
    [
        ("From: A B <a@example.com>\nDate: Wed, 8 Apr 2026 22:09:22 -0500\n", "On 8 Apr 2026, A B wrote:"),
        ("From: A B <a@example.com>\n", "A B wrote:"),
        ("Date: Wed, 8 Apr 2026 22:09:22 -0500\n", "On 8 Apr 2026, somebody wrote:"),
    ],
)
def test_a_draft_begins_with_what_the_mail_says_of_its_author(head: str, attribution: str) -> None:
    assert said(_attribution(finding_of(f"{head}Subject: x\n\nhello\n"))) == attribution


@pytest.mark.parametrize(
    ("author", "poster", "people"),
    [
        ("", "", ""),
        ("", "R E", " It was posted by R E."),
        ("S C", "", " It was written by S C."),
        ("S C", "S C", " It was written by S C."),
        ("S C", "R E", " It was written by S C, posted by R E."),
    ],
)
def test_who_wrote_a_patch_and_who_sent_it_are_told_apart(author: str, poster: str, people: str) -> None:
    assert _people(replace(OWN, author=author, poster=poster)) == people


def changed(found: Finding, **fields: Any) -> Finding:
    assert found.patch is not None
    return replace(found, patch=replace(found.patch, **fields))


def test_what_could_not_be_read_is_said() -> None:
    assert list(_mended(OWN)) == list(_mended(replace(OWN, patch=None))) == []
    one, two = (list(_mended(changed(OWN, mended=Mended(cut=cut)))) for cut in (1, 2))
    assert one == ["1 of its hunks is not all there; only what is there was read"]
    assert two == ["2 of its hunks are not all there; only what is there was read"]
    assert list(_mended(changed(OWN, stat=(4, 5)))) == ["its own diffstat says +4 -5"]
    assert OWN.patch is not None
    assert list(_mended(changed(OWN, stat=(OWN.patch.added, OWN.patch.removed)))) == []
    assert list(_mended(replace(OWN, letter=replace(OWN.letter, cut=True)))) == [
        "the message is long; only its beginning was read"
    ]


def test_a_patch_of_somebody_s_own_is_told_by_what_it_touches() -> None:
    assert _unknown(OWN) == "The patch (+1 -1) is no posting that I know; it changes handle_removed_pt."
    both = replace(OWN, functions=("f", "g"), ops=("op",))
    assert _unknown(both).endswith("it changes f and g and the op op.")
    assert _unknown(replace(OWN, functions=(), ops=())).endswith("it changes nothing that I model.")
    assert _unknown(replace(OWN, patch=None)) == "I know no posting that this answers, and no patch is in it."


def test_a_mail_that_holds_nothing_that_is_modelled_is_told_its_files() -> None:
    found = finding_of(mails.posted(patches.ELSEWHERE))
    text = said(reply(Case(found, None, {}, "m")).split("\n"))
    assert "The patch (+1 -1, drivers/net/dummy.c) touches none of the functions" in text
    many = changed(found, files=tuple(f"{n}.c" for n in range(5)))
    assert ", 0.c, 1.c, 2.c, 3.c, ...) touches" in said(reply(Case(many, None, {}, "m")).split("\n"))
    four = changed(found, files=tuple(f"{n}.c" for n in range(4)))
    assert ", 0.c, 1.c, 2.c, 3.c) touches" in said(reply(Case(four, None, {}, "m")).split("\n"))


def test_our_own_lines_call_the_op_as_the_patch_does_and_quoted_ones_stay() -> None:
    other = patches.OWN_IDEA.replace("+\ttdp_mmu_free_sp(sp);", "+\treclaim_external_sp(sp);")
    renaming, op = finding_of(mails.posted(other)), "free_external_spt"
    text = f"> {op}\n-   {op}\n- {op}\n{op}s tdx_sept_free_private_spt"
    assert _renamed(text, Case(renaming, None, {}, "m")).split("\n") == [
        "> free_external_spt", "-   free_external_spt", "- reclaim_external_sp",
        "free_external_spts tdx_sept_reclaim_private_sp",
    ]  # fmt: skip
    assert _renamed(text, Case(OWN, None, {}, "m")) == text


def test_where_nothing_ran_it_is_said_of_what_the_verdicts_are() -> None:
    posting = SimpleNamespace(name="16/17", revision="v1")
    found: Any = SimpleNamespace(recognised=SimpleNamespace(posting=posting))
    assert said(_instead(Case(found, None, {}, "m"))).startswith("No patch is in this mail. What is said below of")
    assert said(_instead(Case(found, NotRun("x"), {}, "m"))) == (
        "Nothing of this mail's patch ran. What is said below of claims is said of v1, which is how kvmviz has 16/17."
    )


def test_a_patch_that_did_not_run_is_told_why_and_nothing_else_of_what_it_does() -> None:
    for stopped, start in ((True, "This patch does not run to its end: It"), (False, "Nothing of this patch ran: It")):
        text = said(reply(Case(OWN, NotRun("It cannot.", stopped=stopped), {}, "m")).split("\n"))
        assert f"{start} cannot." in text and "I say nothing else of what it does." in text
        assert "What it changes in behaviour" not in text
