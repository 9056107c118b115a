"""Questions of the notebook `08-what-is-missing`: each puzzle has options of its own."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.puzzles import MISSING, PUZZLES
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "08"
ASKED: Final = "ACD"
HEALTHY: Final = "tree=1x2x1 fail=none"


def _goes_wrong(letter: str) -> bool:
    """Say whether anything goes wrong under a puzzle where nothing fails."""
    end = run(PUZZLES[letter], HEALTHY).summary
    return bool(end.violations or end.unfreed or end.leaked)


def healthy() -> Question:
    """How many of the faults does a teardown show in which nothing fails?"""
    wrong = [letter for letter in ASKED if _goes_wrong(letter)]
    return Question(
        f"{len(ASKED)} versions follow, each with one line missing. A tester tears down TDs in which nothing "
        "fails, and looks at every page. In how many of the versions does the tester find anything?",
        len(wrong),
        why=f"In {' and '.join(wrong)}. The lines that the others lack are needed when something fails, and only then.",
        kind="prediction",
        about=(HEALTHY,),
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
        (MISSING["C"], "the TDX_BUG_ON_3 that reports a refused page", "the WARN_ON on the value of the op"),
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
            "The callback of landed frees the mirror's page alone, and the pointer is NULL by then.",
        ),
        f"{many(len(found), 'page')} are the host's and never freed: a loss that nothing forced on anybody.",
    )


QUESTIONS: Final = (healthy, puzzle_a, puzzle_c, puzzle_d)
