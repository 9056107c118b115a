"""Questions of the notebook `08-write-your-own-patch`: each puzzle has options of its own."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.patches import goals
from kvmviz.course.puzzles import MISSING, PUZZLES
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "08"


def old_kernel() -> Question:
    """Which goal does the kernel before the patch miss?"""
    reached = {goal.words: goal.right for goal in goals("before", "1x1x1")[1:4]}
    return Question(
        "The kernel before the patch: which of these does it miss?",
        next(words for words, right in reached.items() if not right),
        tuple(reached),
        why="It is as loud as one could wish, and decides in the wrong place. v1 is the other way round.",
        kind="prediction",
    )


def puzzle_a() -> Question:
    """The page is freed though the module owns it."""
    found = [found for found in run(PUZZLES["A"], "fail=L1@0x200").summary.violations if "freed" in found[1]]
    return Question(
        "Puzzle A is v1 with one line less. Which one is missing?",
        MISSING["A"],
        ("the line with the KVM_BUG_ON on the key", MISSING["A"], "the line that calls tdx_reclaim_page for it"),
        (
            "The page that could not be reclaimed is freed all the same. By which function? The picture shows who "
            "comes last.",
            "The RCU callback frees whatever the sp still points to. Who should have cleared that?",
        ),
        f"{found[0][0]} is {found[0][1]}: without the line, the RCU callback hands it to the allocator.",
    )


def puzzle_c() -> Question:
    """The same pages leak; what differs?"""
    asked = run(PUZZLES["C"], "hkid=flushvp-not-done").summary
    return Question(
        "Puzzle C leaks what v1 leaks, in every scenario. Still the check has found something. What is missing?",
        MISSING["C"],
        (MISSING["C"], "the KVM_BUG_ON that looks whether tables are left", "the WARN_ON on the value of the op"),
        (
            "The counterexample has the key still assigned. What does the module answer to RECLAIM then?",
            "The op of v1 does not even ask in that case. What keeps it from asking?",
        ),
        f"The module refuses, so the pages leak as they should; the log shows "
        f"{many(asked.lines, 'error line')} that v1 would not have. "
        "The first check is the clearer line of defence, not the only one.",
    )


def puzzle_d() -> Question:
    """Nothing fails, and pages are lost all the same."""
    found = run(PUZZLES["D"], "fail=none").summary.unfreed
    return Question(
        "Puzzle D is what landed with one line less. Nothing fails, yet pages are missing at the end. Which line?",
        MISSING["D"],
        ("call_rcu, where the table is taken down", "tdx_reclaim_page, where the key is gone", MISSING["D"]),
        (
            "The module gave each page back. Who is to hand it on to the allocator, in the landed version?",
            "The callback of landed frees the mirror's page alone, and the pointer is NULL by then anyhow.",
        ),
        f"{many(len(found), 'page')} are the host's and never freed: a loss that nothing forced on anybody.",
    )


def first_word() -> Question:
    """Where does the silence begin?"""
    quiet = run("v1", "hkid=flushvp-not-done").steps
    answer = next(step.chain[-1] for step in quiet if step.event.kind == "hkid_leak")
    choices = ("tdx_vcpu_free", answer, "handle_removed_pt", "tdx_reclaim_td_control_pages")
    return Question(
        "One warning at the right place would end the silence for every page of a TD whose key stays, its vCPU pages "
        "included. In which function?",
        answer,
        choices,
        (
            "Which of them runs first, and knows that the key stays?",
            "03-giving-a-td-back has a table of the ways in which the key can stay. Where is the quiet one met?",
        ),
        "All the others find the key assigned and take it that somebody has said so. The patch of this course does not "
        "touch that function.",
    )


QUESTIONS: Final = (old_kernel, puzzle_a, puzzle_c, puzzle_d, first_word)
