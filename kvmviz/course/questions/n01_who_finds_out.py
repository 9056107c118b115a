"""Questions of the notebook `01-who-finds-out`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import decides, end, pages, sites
from kvmviz.terms.words import many

NUMBER: Final = "01"
KEY_KEPT: Final = "hkid=flushvp-not-done"


def traces_before() -> Question:
    """One page fails: how loud is the old kernel?"""
    found = end("before")
    return Question(
        "One S-EPT page, L1 at 0x200, cannot be reclaimed. "
        "How many stack traces does the kernel before the patch print?",
        found.traces,
        why=f"They come from {sites(found)}: the helper that asked, and the generic code that heard of it.",
        kind="prediction",
    )


def traces_v1() -> Question:
    """One page fails: how loud is the patched kernel?"""
    found = end("v1")
    return Question(
        "And the kernel with the patch, v1? How many stack traces now?",
        found.traces,
        why=f"It comes from {sites(found)}, which was there before the patch and still is.",
        kind="prediction",
    )


def leaks() -> Question:
    """Does the patch change what is lost?"""
    choices = ("v1 leaks fewer pages", "both leak the same pages", "v1 leaks more pages")
    before, after = end("before"), end("v1")
    more = (after.leaked_count > before.leaked_count) - (after.leaked_count < before.leaked_count)
    same = "the same" if before.leaked == after.leaked else "not the same"
    return Question(
        "The patch moves the decision to leak from generic code into TDX code. Which pages are lost at the end?",
        choices[1 + more],
        choices,
        why=f"before loses {pages(before.leaked)}, v1 {pages(after.leaked)}: {same}. "
        "The TDR is lost too, because the module still counts a page of this TD.",
        kind="prediction",
    )


def who_decides() -> Question:
    """Who sets external_spt to NULL in v1?"""
    choices = ("handle_removed_pt", "tdx_sept_free_private_spt", "__tdx_reclaim_page", "tdp_mmu_free_sp")
    return Question(
        "Which function sets external_spt to NULL in v1, and so decides that the page is leaked?",
        decides("v1"),
        choices,
        (
            "In the explorer, press the button for the next difference until the pointer is cut.",
            "The code panel shows two columns. In which of the two functions is the lit line of v1?",
        ),
        f"In before it was {decides('before')}, generic code that knew nothing of TDX but the error number.",
    )


def key_kept() -> Question:
    """The other fault: does the op still warn for every page?"""
    before, after = end("before", KEY_KEPT), end("v1", KEY_KEPT)
    return Question(
        "Now the other fault: the key stays assigned (choose hkid = flushvp-not-done in the explorer, and no failing "
        "page). How many stack traces does v1 print?",
        after.traces,
        hints=(
            "RECLAIM is not even tried: the op looks first whether the key is still there.",
            "That look is a KVM_BUG_ON. It prints once, then the VM is marked bugged, which mutes it.",
        ),
        why=f"before prints {before.traces:,}: the same one, and the WARN_ON in handle_removed_pt once for each table. "
        f"Either way {many(after.leaked_count, 'page')} leak.",
    )


def not_silent() -> Question:
    """How far is the reviewer right?"""
    choices = (
        "Yes: v1 still reports this failure, from deeper in the stack",
        "No: v1 says nothing about this failure",
        "Yes, because v1 adds a new warning in place of the old one",
    )
    spoken = end("v1").traces > 0
    return Question(
        "The reviewer says that a failed reclaim is not handled silently after the patch. For this TD, is that right?",
        choices[0] if spoken else choices[1],
        choices,
        (
            "Look at the log panel at the end of the run: which lines carry the mark of v1?",
            "Look at the left side too. Was the warning of v1 there before the patch?",
        ),
        f"The trace from {sites(end('v1'))} is printed by both. It is older than the patch, so nothing was added; "
        "one of the old kernel's traces is gone.",
    )


QUESTIONS: Final = (traces_before, traces_v1, leaks, who_decides, key_kept, not_silent)
