"""Questions of the notebook `04-before-and-after`."""

from typing import Final

from kvmviz.check.cases import FIGURES
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end, sites
from kvmviz.course.warning_macros import tried
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "04"
CONTROL: Final = "fail=TDVPR[0],L1@0x200"
ALL: Final = "tree=1x2x2 fail=all"
BOTH: Final = "tree=1x1x2 hkid=vpflushdone-error fail=L1@0x200"
FUNCTION: Final = "kvm_destroy_vcpus"
TIMES: Final = 5

as_tables_go: Final = FIGURES["traces as tables go"]


def value_of_once() -> Question:
    """A once-macro's value."""
    row = next(r for r in tried(TIMES) if r[0] == "KVM_BUG_ON")
    return Question(
        f"KVM_BUG_ON meets a condition that is true {TIMES} times in a row. How often is its own value true?",
        int(row[3].split(" ")[0]),
        why=f"It prints {many(row[1], 'trace')} and is mute after that, but its value is the condition every time.",
        kind="prediction",
    )


def other_pages() -> Question:
    """What do a vCPU page and a table page print, where two table pages print one more?"""
    old, new = end("before", CONTROL), end("v1", CONTROL)
    return Question(
        "Two other pages of such a TD are refused: one of a vCPU, and later a table page, L1 at 0x200. How many traces "
        "does the kernel before the patch print?",
        old.traces,
        why=f"They are of {sites(old)}: a vCPU's page is no affair of generic code's. v1 prints "
        f"{many(new.traces, 'trace')}, for the vCPU's page, as the helper asked for it first.",
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
        f"Which file of the kernel has {FUNCTION}? (In the explorer's call stack, as vCPU pages come back.)",
        answer,
        files,
        (
            "Other architectures destroy their vCPUs with it, too.",
            "In the explorer, the call stack and the code panel name the file of a function.",
        ),
        "It is generic code for every kind of processor, not for x86 alone.",
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
