"""Questions of the notebook `04-before-and-after`."""

from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.course.warning_macros import tried
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "04"
CONTROL: Final = "fail=TDCX[0][2]"
ALL: Final = "tree=1x2x2 fail=all"
BOTH: Final = "hkid=vpflushdone-error fail=L1@0x200"
FUNCTION: Final = "kvm_tdp_mmu_zap_invalidated_roots"
TIMES: Final = 5


def value_of_once() -> Question:
    """A once-macro's value."""
    row = next(r for r in tried(TIMES) if r[0] == "WARN_ON_ONCE")
    return Question(
        f"WARN_ON_ONCE meets a condition that is true {TIMES} times in a row. How often is its own value true?",
        int(row[3].split(" ")[0]),
        why=f"It prints {many(row[1], 'trace')}, but its value is the condition every time.",
        kind="prediction",
    )


def other_pages() -> Question:
    """In how many steps do the two differ when a page fails that the patch is not about?"""
    both = compare("before", "v1", CONTROL)
    return Question(
        "A page of a vCPU is refused, and no page table. In how many steps do the two kernels do something different?",
        len(both.differences),
        why=f"{many(len(both.rows), 'step')}, each the same on both sides. The patch is about table pages.",
        kind="prediction",
        about=(CONTROL,),
    )


def all_fail() -> Question:
    """How many traces fewer when every page fails?"""
    before, after = end("before", ALL), end("v1", ALL)
    return Question(
        "Every S-EPT page of a TD with the tree 1x2x2 fails. How many traces fewer does v1 print than before?",
        before.traces - after.traces,
        hints=(
            "Which trace is printed under one kernel alone, and how often?",
            "Count the tables below the root: each fails.",
        ),
        why=f"before prints {before.traces:,}, v1 {after.traces:,}. Both lose {many(after.leaked_count, 'page')}.",
        about=(ALL,),
    )


def file_of() -> Question:
    """Find the function's file."""
    locations = [where.function for step in run("v1", "fail=all").steps for where in step.where]
    answer = next(function.path for function in locations if function.name == FUNCTION)
    files = ("virt/kvm/kvm_main.c", "arch/x86/kvm/x86.c", "arch/x86/kvm/mmu/tdp_mmu.c", "arch/x86/kvm/vmx/tdx.c")
    return Question(
        f"In which file of the kernel does {FUNCTION} stand, which begins to take the tables down?",
        answer,
        files,
        (
            "Functions of TDX code begin with tdx_. What does this one begin with, after kvm_?",
            "In the explorer, the call stack and the code panel name the file of a function.",
        ),
        "It is generic code: it would take down the tables of any virtual machine.",
    )


def both_faults() -> Question:
    """The key stays, and a page would fail too."""
    alone, both = end("v1", "hkid=vpflushdone-error"), end("v1", BOTH)
    choices = ("more pages than with the key alone", "the same pages", "fewer pages than with the key alone")
    more = (both.leaked_count > alone.leaked_count) - (both.leaked_count < alone.leaked_count)
    return Question(
        "Both faults at once: the key stays, and L1 at 0x200 would be refused if it were asked for. What is lost?",
        choices[1 - more],
        choices,
        why=f"{many(both.leaked_count, 'page')} in both cases: with the key still there no page is asked for, "
        "so none can be refused.",
        kind="prediction",
        about=(BOTH,),
    )


QUESTIONS: Final = (value_of_once, other_pages, all_fail, file_of, both_faults)
