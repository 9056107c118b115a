"""Questions of the notebook `04-before-and-after`."""

from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import decides, end
from kvmviz.terms.words import many

NUMBER: Final = "04"
BOTH: Final = "hkid=flushvp-not-done fail=L1@0x200"


def nothing_fails() -> Question:
    """In how many steps do the two differ when all goes well?"""
    both = compare("before", "v1", "fail=none")
    return Question(
        "Nothing goes wrong at all. In how many steps do the two kernels do something different?",
        len(both.differences),
        why=f"{many(len(both.rows), 'step')}, each the same on both sides. Whoever never sees a failure never "
        f"sees the patch.",
        kind="prediction",
    )


def all_fail() -> Question:
    """How many traces fewer when every page fails?"""
    before, after = end("before", "fail=all"), end("v1", "fail=all")
    return Question(
        "Every S-EPT page of the small TD fails. How many stack traces fewer does v1 print than before?",
        before.traces - after.traces,
        hints=(
            "before prints one trace from the reclaim helper, and one from handle_removed_pt for each failing page.",
            "Run kvmviz.run('before', 'fail=all').summary.traces in a cell of your own, and the same for v1.",
        ),
        why=f"before prints {before.traces:,}, v1 {after.traces:,}. Both lose {many(after.leaked_count, 'page')}.",
    )


def both_faults() -> Question:
    """The key stays, and a page would fail too."""
    alone, both = end("v1", "hkid=flushvp-not-done"), end("v1", BOTH)
    choices = ("more pages are lost than with the key alone", "the same pages are lost", "fewer pages are lost")
    more = (both.leaked_count > alone.leaked_count) - (both.leaked_count < alone.leaked_count)
    return Question(
        "Both faults at once: the key stays assigned, and L1 at 0x200 would be refused. What is lost, compared "
        "with the key alone?",
        choices[1 - more],
        choices,
        ("Does KVM ask the module for any table page when the key is still there?",),
        f"{many(both.leaked_count, 'page')} in both cases: with the key still assigned, no page is asked for, "
        f"so none can be refused.",
    )


def same_in_all() -> Question:
    """What never changes?"""
    lines = ("fail=L1@0x200", "fail=all", "hkid=flushvp-not-done", "hkid=key-freeid-error", BOTH)
    choices = {
        "how many traces are printed": all(end("before", s).traces == end("v1", s).traces for s in lines),
        "which pages leak": all(end("before", s).leaked == end("v1", s).leaked for s in lines),
        "which function decides to leak a table page": all(decides("before", s) == decides("v1", s) for s in lines),
    }
    return Question(
        "Which of these is the same before and after the patch, whatever goes wrong?",
        next(choice for choice, same in choices.items() if same),
        tuple(choices),
        ("The report that you just printed says in one line which invariant holds in every scenario of the space.",),
        "The patch moves the decision, and with it the warning. It saves no page and loses none.",
    )


QUESTIONS: Final = (nothing_fails, all_fail, both_faults, same_in_all)
