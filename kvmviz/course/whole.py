"""Whole answers to the questions of the cases: sentences, with their numbers from the runs.

>>> print(answer("one-costs-two"))
The module still counts the table page that it kept, so it refuses the TDR too: 2 refusals under both, \
and 2 pages leak.
"""

from typing import Final

from kvmviz.check.cases import CASES, Figure
from kvmviz.course.prose import Prose, table

SENTENCES: Final = {
    "nothing-fails": "Nobody: both kernels do the same, step for step; {traces.b} traces, {pages_leaked.b} pages "
    "leaked.",
    "one-page-fails": "{traces.a} traces before, {traces.b} after: the helper's stays, the one of handle_removed_pt "
    "goes. "
    "The {error_lines.b} error lines and the {pages_leaked.b} leaked pages stay as they were.",
    "every-page-fails": "Before the patch it does: {traces.a}, one for each table page and the helper's. After it "
    "there is "
    "{traces.b}, since the helper prints once in a boot; {pages_leaked.b} pages leak under both.",
    "one-costs-two": "The module still counts the table page that it kept, so it refuses the TDR too: "
    "{reclaims_refused.b} "
    "refusals under both, and {pages_leaked.b} pages leak.",
    "tdr-alone": "None. The TDR is TDX code's affair in both kernels: {traces.b} trace, from the helper.",
    "vcpu-page-first": "The vCPU page has used up the helper's trace. For the table page the old kernel still has the "
    "trace of handle_removed_pt ({traces_as_tables_go.a}); after the patch there is none ({traces_as_tables_go.b}), "
    "only its error line.",
    "hkid-leaked-loudly": "Before the patch handle_removed_pt, for each table: {traces_as_tables_go.a} traces. "
    "After it "
    "nobody ({traces_as_tables_go.b}): the VM is bugged already, so the op's check is mute.",
    "hkid-leaked-quietly": "The trace of the op's check, as the first table goes. Before the patch it is one of "
    "{traces_as_tables_go.a}, after it the only one of the whole teardown; there are {error_lines.b} error lines.",
    "the-silent-leak": "Before the patch {traces.a} traces of handle_removed_pt. After it nothing: the op's check has "
    "printed in this boot already, and {pages_leaked.b} pages go without a word.",
    "vcpu-flush-fails": "Yes: the failed flush marks it while the key should go back, and prints a trace. So as "
    "tables go "
    "the old kernel prints {traces_as_tables_go.a} traces, and the new one {traces_as_tables_go.b}.",
    "caches-not-written-back": "A trace for the write-back and another for the refusal of FREEID that follows from it: "
    "{traces.b} traces, and {error_lines.b} error lines. As tables go the old kernel adds {traces_as_tables_go.a}.",
    "second-td": "The {error_lines.b} error lines, of the page and of the TDR. The helper's trace has been used up; "
    "the "
    "old kernel still has {traces.a} of handle_removed_pt, the new one has {traces.b}.",
    "rate-limit": "{error_lines.b}, the limit, under both; {lines_withheld.b} more is withheld, that of the TDR.",
    "rate-limit-used-up": "Not its own lines: {lines_withheld.b} are withheld, {error_lines.b} printed. The old "
    "kernel has "
    "{traces.a} traces; after the patch the TD is silent.",
    "rate-limit-told-later": "When the same place reports again and its five seconds are over: here with the second "
    "TD's first error line, in front of it. If nothing ever fails again, never.",
    "burst-in-a-gigabyte": "{traces.a} traces before, {traces.b} after; {error_lines.b} error lines printed and "
    "{lines_withheld.b} withheld under both. {pages_leaked.b} pages leak, the TDR among them.",
    "gigabyte-without-its-key-back": "As tables go {traces_as_tables_go.a} before the patch and "
    "{traces_as_tables_go.b} "
    "after it; {pages_leaked.b} pages leak.",
    "panic-on-warn": "No. The helper's trace comes first, under both kernels, and the host stops at it.",
    "guest-pages-still-mapped": "TDX code's function for guest pages, by a KVM_BUG_ON, and the helper, which is "
    "refused the TDR: {traces.b} traces. {guest_pages_lost.b} guest pages are lost, and the TDR, whose children they "
    "are; the patch changes none of it.",
    "other-zap-order": "No: where every table page is refused, the same {pages_leaked.b} pages leak, the "
    "TDR among them, with as many traces and lines as in the ordinary order.",
    "free-at-once": "Nothing. {S_EPT_pages_freed_at_once.b} S-EPT pages are freed earlier; KVM waits for the rest "
    "before it goes on to the control pages.",
    "second-version": "No, step for step: nobody read gfn.",
    "what-landed": "The trace of handle_removed_pt is gone ({traces.a} become {traces.b}), and the "
    "{S_EPT_pages_freed_at_once.b} table pages that come back are freed in the op. The same pages leak.",
}
"""The answer to each case's question; in braces the figures of the first revision, `a`, and of the second, `b`."""


REVISIONS: Final = ("before", "v1", "v1+17", "v2", "landed")
"""The revisions that the course is about."""

ASKED: Final = {name: case for name, case in CASES.items() if set(case.revisions) <= set(REVISIONS)}
"""The cases that the course asks about; those of later patches are not among them."""


def answer(name: str) -> str:
    """Return the answer to a case's question as sentences; raise KeyError for a name that is none."""
    return SENTENCES[name].format(**{_word(figure): figure for figure in CASES[name].figures()})


def _word(figure: Figure) -> str:
    return figure.name.replace(" ", "_").replace("-", "_")


def questions() -> Prose:
    """Return every case as a question, with the line that shows it."""
    return table(["question", "scenario"], [[case.question, f"`{case.link}`"] for case in ASKED.values()])


def whole_answers() -> Prose:
    """Return every case with its answer."""
    return table(["question", "answer"], [[case.question, answer(name)] for name, case in ASKED.items()])
