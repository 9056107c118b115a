"""Questions of the notebook `04-before-and-after`."""

from typing import Final

from kvmviz.check.cases import FIGURES
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.course.warning_macros import tried
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "04"
CONTROL: Final = "fail=TDVPR[0],L1@0x200"
ALL: Final = "tree=1x2x2 fail=all"
BOTH: Final = "tree=1x1x2 hkid=vpflushdone-error fail=L1@0x200"
FUNCTION: Final = "kvm_tdp_mmu_zap_invalidated_roots"
TIMES: Final = 5

as_tables_go: Final = FIGURES["traces as tables go"]


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
    """What is left to be printed for a table page when a vCPU page has failed before it?"""
    old, new = (as_tables_go(run(name, CONTROL)) for name in ("before", "v1"))
    return Question(
        "Two pages of a TD are refused: one of a vCPU, and later a table page, L1 at 0x200. How many traces does v1 "
        "print as that table is taken down?",
        new,
        why=f"The helper asked for the vCPU's page too, and there it has printed. before prints {many(old, 'trace')}, "
        "of handle_removed_pt.",
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
        f"Which file of the kernel has {FUNCTION}, which begins to take the tables down?",
        answer,
        files,
        (
            "Functions of TDX code begin with tdx_. What does this one begin with, after kvm_?",
            "In the explorer, the call stack and the code panel name the file of a function.",
        ),
        "It is generic code: it would take down the tables of any virtual machine.",
    )


def both_faults() -> Question:
    """The key stays, and a page would fail too: how often does the old kernel warn?"""
    before, after = (as_tables_go(run(name, BOTH)) for name in ("before", "v1"))
    return Question(
        "Both faults at once: the key of a TD with the tree 1x1x2 stays, and KVM has said so; and one page, L1 at "
        "0x200, would be refused. How many traces does the kernel before the patch print as the tables go?",
        before,
        why=f"The op fails for each table, good or bad, and handle_removed_pt warns each time. v1 prints {after}: a "
        "failed release that is reported marks the VM, so the op's check is mute.",
        kind="prediction",
        about=(BOTH,),
    )


QUESTIONS: Final = (value_of_once, other_pages, all_fail, file_of, both_faults)
