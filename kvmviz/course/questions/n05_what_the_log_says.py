"""Questions of the notebook `05-what-the-log-says`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.record.runs import run
from kvmviz.scenario.names import PageName
from kvmviz.terms.words import many

NUMBER: Final = "05"
MANY: Final = "tree=1GiB fail=L1@0x0-0x2600"
QUIET: Final = "tree=1x1x4 hkid=flushvp-not-done"
PANICS: Final = "tree=1x1x2 fail=L1@0x0 boot=second:60s panic=on"
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
    """Error lines alone: how many tables?"""
    found = end(*LOGS["b"])
    return Question(
        "And this one, the whole of what a TD left in the log of a host that runs v1. How many table pages has it "
        "lost?",
        found.leaked_count - 1,
        hints=(
            "Each refused page has an error line, as long as the limit is not reached.",
            "Not all lines have the same status. The one with TD_ASSOCIATED_PAGES_EXIST is no table page's.",
        ),
        why="The last line is the TDR's. There is no trace, so it was not the first TD of the boot to lose a page.",
        log=log_of("b"),
        about=(LOGS["b"][1],),
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
    """Who comes second on a host that panics?"""
    ends = [end(name, PANICS) for name in ("before", "v1")]
    choices = ("under both kernels", "under v1 alone", "under neither")
    second = [found.td == "second" for found in ends]
    return Question(
        "A host with panic_on_warn has lost a table page of a first TD. A minute later a second TD loses one. Under "
        "which "
        "kernel can this second log exist?",
        choices[0] if all(second) else choices[1] if any(second) else choices[2],
        choices,
        why="The helper's trace comes first under both, and the host stops there: the second TD never runs.",
        kind="prediction",
        about=(PANICS,),
    )


QUESTIONS: Final = (log_a, many_failures, log_b, second_kept, panic_second)
