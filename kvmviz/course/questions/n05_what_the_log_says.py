"""Questions of the notebook `05-what-the-log-says`."""

from typing import Final

from kvmviz.course.macros import tried
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.terms.words import many

NUMBER: Final = "05"
MANY: Final = "tree=1GiB fail=L1@0x0-0x2600"
QUIET: Final = "hkid=flushvp-not-done"


def many_failures() -> Question:
    """Twenty of 514: traces in v1."""
    before, after = end("before", MANY), end("v1", MANY)
    failed = after.leaked_count - 1
    return Question(
        f"A guest of 1 GiB, and {failed} of its table pages cannot be reclaimed. How many stack traces does v1 print?",
        after.traces,
        why=f"before prints {before.traces:,}. Of the error lines both print {after.lines:,} and withhold "
        f"{sum(after.pr_err_ratelimited.values()):,}.",
        kind="prediction",
    )


def value_of_once() -> Question:
    """A once-macro's value."""
    times = 3
    row = next(r for r in tried(times) if r[0] == "WARN_ON_ONCE")
    return Question(
        f"WARN_ON_ONCE meets a true condition {times} times. How often is the value of the expression true?",
        int(row[3].split(" ")[0]),
        hints=("What is printed and what the expression is worth are two things.",),
        why=f"It prints {many(row[1], 'trace')}, but its value is the condition every time. A leak is decided "
        f"by the value.",
    )


def does_it_stop() -> Question:
    """Does a failed reclaim mark the VM?"""
    found = end("v1", "fail=all")
    choices = (
        "no: the reclaim helper passes NULL instead of the VM",
        "yes, at the first failure",
        "yes, at every failure",
    )
    return Question(
        "All table pages fail, the key was given back. Is the VM marked as bugged, which is what would stop it?",
        choices[1] if found.vm_bugged else choices[0],
        choices,
        (
            "Compare the last two rows of the table of macros.",
            "Look at the summary of the run: kvmviz.run('v1', 'fail=all').summary.vm_bugged",
        ),
        "And if it were, nothing would be left to stop: the vCPUs are freed before the first table page is asked for.",
    )


def second_silent() -> Question:
    """The second TD of the boot whose key stays."""
    found = end("v1", f"{QUIET} boot=second:60s")
    return Question(
        "The same boot, a minute later: a second TD cannot give its key back either, in the same quiet way. "
        "How many lines and traces together does v1 print for it?",
        found.traces + found.lines,
        hints=(
            "The way flushvp-not-done itself prints nothing.",
            "What was left for v1 is the KVM_BUG_ON in the op. How often does it print in a boot?",
        ),
        why=f"And {many(found.leaked_count, 'page')} are lost without a word. "
        f"before prints {many(end('before', f'{QUIET} boot=second:60s').traces, 'trace')} for the same TD.",
    )


def panic() -> Question:
    """Does the patch save a host with panic_on_warn?"""
    saved = end("before", "fail=L1@0x200 panic=on").panicked and not end("v1", "fail=L1@0x200 panic=on").panicked
    choices = ("yes: v1 prints no trace", "no: the first trace is printed by both, and the host stops there")
    return Question(
        "A host runs with panic_on_warn, and one page fails on the first TD of the boot. Does the patch save the host?",
        choices[0] if saved else choices[1],
        choices,
        ("Which of the traces comes first, and does v1 print it?",),
        "The panic comes with the first trace of any kind. Error lines never cause one.",
    )


QUESTIONS: Final = (many_failures, value_of_once, does_it_stop, second_silent, panic)
