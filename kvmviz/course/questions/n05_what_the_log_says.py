"""Questions of the notebook `05-what-the-log-says`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.record.runs import run
from kvmviz.scenario import CAUSES
from kvmviz.scenario.names import PageName
from kvmviz.terms.words import many

NUMBER: Final = "05"
MANY: Final = "tree=1GiB fail=L1@0x0-0x2600"
QUIET: Final = "tree=1x1x4 hkid=flushvp-not-done"
VCPU: Final = "tree=1x1x5 fail=TDCX[0][1],TDVPR[0] boot=second:3600s"
PANICS: Final = tuple(
    f"tree=1x1x2 {fault} panic=on"
    for fault in (*(f"hkid={cause}" for cause in CAUSES), "fail=L1@0x0", "fail=TDVPR[0]", "fail=TDCS[0]", "fail=TDR")
)
LOGS: Final = {
    "a": ("before", "tree=1x1x4 fail=L1@0x400,TDVPR[0]"),
    "b": ("v1", "tree=1x1x5 fail=L1@0x200,L1@0x600 boot=second:3600s"),
}
"""What the logs that a question shows come from."""


def log_of(letter: str) -> str:
    """Return the log that the question of this letter shows: the TD's own, its traces cut."""
    return run(*LOGS[letter]).kernel_log(None, short=True, whole_boot=False)


def log_a() -> Question:
    """A vCPU page and a table page under the old kernel."""
    choices = (
        "two table pages were refused, with the patch",
        "a vCPU page and a table page were refused, with the patch",
        "a vCPU page and a table page were refused, before the patch",
        "two table pages were refused, before the patch",
    )
    name, line = LOGS["a"]
    of_vcpu = any(PageName.parse(page).kind == "TDVPR" for page in end(name, line).leaked)
    generic = any("handle_removed_pt" in site for site in end(name, line).splats)
    refused = "a vCPU page and a table page were" if of_vcpu else "two table pages were"
    return Question(
        "This is the log of the first TD of a boot. What happened?",
        f"{refused} refused, {'before' if generic else 'with'} the patch",
        choices,
        (
            "Which of the two kernels can print the second trace at all?",
            "The function that called for the first page is in its trace. The last error line is the TDR's.",
        ),
        "handle_removed_pt warns before the patch alone, and for a table page. The helper had printed before that, for "
        "a page of a vCPU: tdx_vcpu_free called it.",
        log=log_of("a"),
        about=(line,),
    )


def log_b() -> Question:
    """Error lines alone: which pages?"""
    choices = (
        "the TDR and two table pages",
        "the TDR and two pages of a vCPU",
        "the TDR and two pages that could be of either kind",
        "no page that could be named, nor how many",
    )
    of_vcpu = run("v1", VCPU).kernel_log(None, short=True, whole_boot=False)
    return Question(
        "And this one, the whole of what a TD left in the log of a host that runs v1. Which pages has it lost?",
        choices[2 if of_vcpu == log_of("b") else 0],
        choices,
        (
            "Each refused page has an error line, as long as the limit is not reached. One has another status.",
            "Where does a log name the functions that asked? Is that in this one?",
        ),
        "The last line is the TDR's. Only a trace names the functions that asked, and there is none, since it was not "
        "the first TD of the boot to lose a page.",
        log=log_of("b"),
        about=(LOGS["b"][1], VCPU),
    )


def many_failures() -> Question:
    """Twenty of 514: error lines in v1."""
    before, after = end("before", MANY), end("v1", MANY)
    failed = after.leaked_count - 1
    return Question(
        f"A guest of 1 GiB, and {failed} of its table pages are refused at once. How many error lines does v1 print?",
        after.lines,
        why=f"That is the limit: {sum(after.pr_err_ratelimited.values()):,} are withheld. before prints as many lines, "
        f"and {before.traces:,} traces where v1 prints {after.traces:,}.",
        kind="prediction",
        about=(MANY,),
    )


def second_kept() -> Question:
    """The second TD of the boot whose key stays: how loud is the kernel that is not silent?"""
    line = f"{QUIET} boot=second:60s"
    before, after = end("before", line), end("v1", line)
    return Question(
        "A minute after such a TD a second one of the same boot keeps its key in the same quiet way (its tree is "
        "1x1x4). How many traces does the kernel before the patch print for it?",
        before.traces,
        hints=(
            "The release of the key prints nothing, and the KVM_BUG_ON in the op has printed in this boot.",
            "What is left is handle_removed_pt, which hears of each table.",
        ),
        why=f"One for each table, from handle_removed_pt. v1 prints {many(after.traces, 'trace')} and "
        f"{many(after.lines, 'error line')} for the same TD, and {many(after.leaked_count, 'page')} are lost.",
        about=(line,),
    )


def panic_second() -> Question:
    """Does a host that panics ever outlive a loss, so as to have a second one?"""
    lived = [any(not end(name, line).panicked for line in PANICS) for name in ("before", "v1")]
    choices = ("under both kernels", "under v1 alone", "under neither")
    return Question(
        "Such a host has torn a TD down, the first of its boot, and runs on. Under which kernel can pages of that TD "
        "have been lost, one way or another?",
        choices[0] if all(lived) else choices[1] if any(lived) else choices[2],
        choices,
        why="The first TD that loses a page, of whatever kind, or its key, leaves a trace under both. So a second one "
        "that loses any never runs there.",
        kind="prediction",
        about=PANICS,
    )


QUESTIONS: Final = (log_a, many_failures, log_b, second_kept, panic_second)
