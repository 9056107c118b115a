"""Questions of the notebook `01-who-finds-out`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import ONE, end, pages, sites
from kvmviz.terms.words import many

NUMBER: Final = "01"
KEY_KEPT: Final = "hkid=flushvp-not-done"
THREE: Final = "fail=L1@0x0,L1@0x200,L1@0x400"


def traces_before() -> Question:
    """One page fails: how loud is the old kernel?"""
    found = end("before")
    return Question(
        "One S-EPT page, L1 at 0x200, cannot be reclaimed. How many traces does the kernel before the patch print?",
        found.traces,
        why=f"They come from {sites(found)}: the helper that asked, and the generic code that heard of it.",
        kind="prediction",
        about=(ONE,),
    )


def traces_v1() -> Question:
    """One page fails: how loud is the patched kernel?"""
    found = end("v1")
    return Question(
        "And the kernel with the patch, v1? How many traces now?",
        found.traces,
        why=f"It comes from {sites(found)}, which was there before the patch and still is.",
        kind="prediction",
        about=(ONE,),
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
        about=(ONE,),
    )


def not_silent() -> Question:
    """How far is the reviewer right?"""
    choices = (
        "v1 has no trace about it",
        "v1 has one that the patch brought with it",
        "v1 has one that was printed before the patch, too",
    )
    old, new = end("before"), end("v1")
    answer = 0 if not new.traces else 2 if set(new.splats) <= set(old.splats) else 1
    return Question(
        "The reviewer says that the failure is covered by another warning after the patch. What is the truth of it?",
        choices[answer],
        choices,
        why=f"The trace from {sites(new)} is printed by both kernels. Nothing was added; an old one is gone.",
        kind="prediction",
        about=(ONE,),
    )


def three_pages() -> Question:
    """The rule behind the first row."""
    before, after = end("before", THREE), end("v1", THREE)
    return Question(
        "A neighbouring case: all three lowest S-EPT pages of this TD are refused. How many traces does the kernel "
        "before the patch print?",
        before.traces,
        hints=(
            "Which of the two macros that print a trace hears of each refused page?",
            "The helper prints one trace however many fail, handle_removed_pt one for each.",
        ),
        why=f"v1 prints {many(after.traces, 'trace')}. Both lose {many(after.leaked_count, 'page')}, the TDR among "
        "them.",
        about=(THREE,),
    )


def key_kept() -> Question:
    """The other fault: does the op still warn for every page?"""
    before, after = end("before", KEY_KEPT), end("v1", KEY_KEPT)
    return Question(
        "The other fault: the key stays (choose hkid = flushvp-not-done in the explorer, and no failing page). How "
        "many "
        "traces does v1 print?",
        after.traces,
        hints=(
            "RECLAIM is not even tried: the op looks first whether the key is still there.",
            "Go to the end and look at the log panel.",
        ),
        why=f"before prints {before.traces:,}: the same one, and that of handle_removed_pt for each table. "
        f"Either way {many(after.leaked_count, 'page')} leak.",
        about=(KEY_KEPT,),
    )


QUESTIONS: Final = (traces_before, traces_v1, leaks, not_silent, three_pages, key_kept)
