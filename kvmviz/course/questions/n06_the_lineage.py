"""Questions of the notebook `06-the-lineage`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.puzzles import PUZZLES, puzzle
from kvmviz.course.questions.facts import end, peak_waiting
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "06"
WIDE: Final = "tree=1x1x5"
REFUSED: Final = "tree=1x1x5 fail=L2@0x0"


def same_end() -> Question:
    """RCU or at once: is the end another one?"""
    v1, landed = (sorted(page for page, _ in end(name, REFUSED).freed) for name in ("v1", "landed"))
    choices = ("more pages under landed", "the same pages under both", "more pages under v1")
    return Question(
        "v1 lets the good S-EPT pages wait, landed frees each at once. One table, L2 at 0x0, is refused. Which pages "
        "are free when the teardown is over?",
        choices[1] if v1 == landed else choices[0],
        choices,
        why="KVM waits until all of that is freed before it goes on to the control pages, so the end is the same.",
        kind="prediction",
        about=(REFUSED,),
    )


def peak() -> Question:
    """How many fewer pages wait?"""
    v1, landed = peak_waiting("v1", WIDE), peak_waiting("landed", WIDE)
    return Question(
        "A TD has the tree 1x1x5, and nothing fails. How many pages fewer wait at the peak under landed than under v1?",
        v1 - landed,
        hints=(
            "Under v1 each mirror table waits together with its S-EPT page.",
            "Under landed only the mirror's own tables wait. How many S-EPT pages has this TD?",
        ),
        why=f"One for each of its {run('v1', WIDE).scenario.tree.count} S-EPT pages: they were freed inside the op.",
        about=(WIDE,),
    )


def clear_always() -> Question:
    """What if the pointer stays after the free?"""
    kept = run(puzzle("B", base="landed", name="Kept"), "fail=none").summary
    on_v2 = run(PUZZLES["B"], "fail=none").summary
    choices = (
        "each S-EPT page is freed twice",
        "each S-EPT page is lost",
        "each S-EPT page is freed, once",
    )
    return Question(
        "Somebody takes that line out of landed for the pages that came back. What happens when nothing fails?",
        choices[0] if kept.double_frees else choices[1] if kept.unfreed or kept.leaked else choices[2],
        choices,
        (
            "The RCU callback still runs for every table. What does it do with external_spt in landed?",
            "Look at the minus in the second piece of the diff.",
        ),
        "Under landed the callback no longer looks at the pointer. On top of v2 "
        f"{many(len(on_v2.double_frees), 'page')} would be freed twice, by tdp_mmu_free_sp in the callback.",
    )


QUESTIONS: Final = (same_end, peak, clear_always)
