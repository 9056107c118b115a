"""Questions of the notebook `03-giving-a-td-back`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.course.td import LiveTd
from kvmviz.record.runs import run
from kvmviz.scenario import CAUSES
from kvmviz.scenario.status import STATUS
from kvmviz.terms.phases import PHASES

NUMBER: Final = "03"


def too_early() -> Question:
    """RECLAIM before the key is gone."""
    answer = LiveTd().reclaim("S-EPT L1 gfn=0x0")
    return Question(
        "The TD still has its key, and KVM asks for a table page with RECLAIM. What does the module answer?",
        answer,
        ("SUCCESS", *(name for name in STATUS if name in (answer, "OPERAND_BUSY", "TD_ASSOCIATED_PAGES_EXIST"))),
        why="RECLAIM works in one state of a TD's life alone, TEARDOWN, and only giving the key back leads there.",
        kind="prediction",
    )


def guest_first() -> Question:
    """Which phase needs the key?"""
    needs = next(step.phase for step in run("v1").steps if step.phase != "pre_destroy")
    choices = tuple(phase.happens for phase in PHASES.values())
    return Question(
        "Which part of the teardown has to come before the key is given back?",
        PHASES[needs].happens,
        choices,
        ("Look at the picture: what has changed colour at the left of the key's phase?",),
        "A guest page is taken out with block, track and remove, which the module refuses once the TD is in TEARDOWN.",
    )


def tdr_last() -> Question:
    """Why is the TDR last?"""
    td = LiveTd()
    td.give_key_back()
    answer = td.reclaim("TDR")
    reasons = {
        "TD_ASSOCIATED_PAGES_EXIST": "The module still counts other pages as the TD's",
        "LIFECYCLE_STATE_INCORRECT": "The TD is not in TEARDOWN yet",
    }
    choices = (*reasons.values(), "The TDR is never given back")
    return Question(
        "The key is gone. Why can the TDR not be reclaimed right away?",
        reasons[answer],
        choices,
        ("Ask the module: td.reclaim('TDR') in a cell of your own, after td.give_key_back().",),
        f"The answer is {answer}: the TDR is refused as long as the child count is above zero.",
    )


def quiet_cause() -> Question:
    """Which cause of a kept key says nothing?"""
    quiet = [cause for cause in CAUSES if not _spoken(cause)]
    return Question(
        "There are several ways in which the key can stay assigned. In which one does KVM say nothing while it "
        "happens?",
        quiet[0],
        tuple(CAUSES),
        ("The table above has a column for what is printed while the key is given back.",),
        "KVM leaves that function without a word, because some processor still holds a vCPU. "
        "What the log says later depends on the revision.",
    )


def _spoken(cause: str) -> bool:
    """Say whether anything is printed while the key is given back, or kept for this cause."""
    steps = run("v1", f"hkid={cause}").steps
    return any(step.phase == "pre_destroy" and step.event.kind in ("warn", "pr_err") for step in steps)


def cascade() -> Question:
    """What does one refused page cost besides itself?"""
    leaked = end("v1", "fail=L1@0x200").leaked
    return Question(
        "One S-EPT page is refused, everything else works. How many pages are lost in all?",
        len(leaked),
        hints=("Which page is asked for last, and what does the module check for it alone?",),
        why=f"They are {' and '.join(leaked)}: the refused page stays a child, and so the TDR is refused too.",
    )


QUESTIONS: Final = (too_early, guest_first, tdr_last, quiet_cause, cascade)
