"""Questions of the notebook `03-giving-a-td-back`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end, pages
from kvmviz.course.reports import order
from kvmviz.course.td import LiveTd
from kvmviz.record.runs import run
from kvmviz.scenario import CAUSES
from kvmviz.scenario.status import STATUS
from kvmviz.terms.events import Warn

NUMBER: Final = "03"
TREE: Final = "tree=1x2x2"
LARGER: Final = "tree=1x1x7"
ANSWERS: Final = ("OPERAND_BUSY", "LIFECYCLE_STATE_INCORRECT", "TD_ASSOCIATED_PAGES_EXIST")
TWO: Final = "fail=TDCX[0][0],TDCX[0][1]"


def upper_first() -> Question:
    """RECLAIM of a table while others hang below it."""
    td = LiveTd(LARGER)
    td.give_key_back()
    answer = td.reclaim("S-EPT L2 gfn=0x0")
    return Question(
        "A TD with the tree 1x1x7 has given its key back, and nothing else. Now the module is asked for the page of "
        "its L2 table, while other tables, and guest pages, hang below it. What does it answer?",
        answer,
        ("SUCCESS", *(name for name in STATUS if name in ANSWERS)),
        why="Without the key no processor finds memory by these tables, so the module does not mind in which order "
        "they go. Only the TDR has to wait for all others.",
        kind="prediction",
        about=(LARGER,),
    )


def guest_late() -> Question:
    """A guest page after the key has gone."""
    td = LiveTd()
    td.give_key_back()
    taken = td.remove_guest_page("guest gfn=0x1") == "SUCCESS"
    choices = ("it is taken out as before", "it is refused, and stays there", "it is refused once, then taken")
    return Question(
        "The key is given back while a guest page is still with the module. What becomes of an attempt to take the "
        "page "
        "out now?",
        choices[0 if taken else 1],
        choices,
        why="That needs the key. So a log of such a refusal says what came too early: the release of the key.",
        kind="prediction",
    )


def fourth_in_order() -> Question:
    """The other order: which table is fourth?"""
    answer = order(f"{TREE} zap=prove-mmu")[3]
    found = tuple(dict.fromkeys(order(TREE)))
    choices = tuple(sorted({answer, *found[3:6]}))
    return Question(
        "The tree is 1x2x2, with PROVE_MMU. Which table is asked for fourth?",
        answer,
        choices,
        ("Which tables hang below the first table of level 2?", "When a whole subtree is gone, what is next?"),
        f"The first L2 table came before it, after its children. In the ordinary order {found[3]} would be fourth.",
        about=(f"{TREE} zap=prove-mmu", TREE),
    )


def two_traces() -> Question:
    """Which cause of a kept key prints more than one trace at once?"""
    loud = [cause for cause in CAUSES if _traces(cause) > 1]
    return Question(
        "In one of the five cases more than one trace is printed while the key should go back. Which one, would you "
        "guess?",
        loud[0],
        tuple(CAUSES),
        why="After the failed write-back KVM goes on, and then the key cannot be freed either. In one of the other "
        "cases it says nothing at all, as the table shows.",
        kind="prediction",
    )


def _traces(cause: str) -> int:
    """Return how many traces are printed while the key should be given back, and is kept for this cause."""
    steps = run("v1", f"hkid={cause}").steps
    return sum(step.phase == "pre_destroy" and isinstance(step.event, Warn) and step.event.printed for step in steps)


def vcpu_pages() -> Question:
    """What do refused vCPU pages cost besides themselves?"""
    leaked = end("v1", TWO).leaked
    return Question(
        "Two pages of a vCPU are refused, everything else works. How many pages are lost in all?",
        len(leaked),
        hints=("Which page is asked for last, and what does the module check for it alone?",),
        why=f"They are {pages(leaked)}. No page table is lost by it.",
        about=(TWO,),
    )


QUESTIONS: Final = (upper_first, guest_late, fourth_in_order, vcpu_pages, two_traces)
