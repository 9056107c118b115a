"""Questions of the notebook `06-the-lineage`."""

from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.course.marking import Question
from kvmviz.course.puzzles import PUZZLES
from kvmviz.course.questions.facts import end, peak_waiting
from kvmviz.record.runs import run
from kvmviz.terms.words import many

NUMBER: Final = "06"
WIDE: Final = "tree=1x1x16"


def same_end() -> Question:
    """RCU or at once: is the end another one?"""
    same = sorted(page for page, _ in end("v1", WIDE).freed) == sorted(page for page, _ in end("landed", WIDE).freed)
    choices = ("landed has freed more pages", "the same pages are free", "landed has freed fewer pages")
    return Question(
        "v1 lets the good S-EPT pages wait for RCU, landed frees each at once. Which pages are free when the "
        "teardown is over?",
        choices[1] if same else choices[0],
        choices,
        why="KVM waits for everything that waits for RCU before it goes on to the control pages, so the end is "
        "the same.",
        kind="prediction",
    )


def peak() -> Question:
    """How many fewer pages wait?"""
    v1, landed = peak_waiting("v1", WIDE), peak_waiting("landed", WIDE)
    tables = run("v1", WIDE).scenario.tree.count
    return Question(
        f"The tree {WIDE.partition('=')[2]} has {many(tables, 'S-EPT page')}. How many pages fewer wait for "
        f"RCU at the peak in landed than in v1?",
        v1 - landed,
        hints=(
            "In v1 each mirror table waits together with its S-EPT page.",
            "In landed only the mirror's own tables wait. Which pages are missing from the queue?",
        ),
        why="One for each S-EPT page: they went back to the allocator inside the op.",
    )


def clear_always() -> Question:
    """What if the pointer stays after an early free?"""
    broken = run(PUZZLES["B"], "fail=none").summary
    choices = (
        "Each S-EPT page is freed twice",
        "Each S-EPT page is leaked",
        "Nothing: the module has given the page back",
    )
    return Question(
        "Take v2, which frees a table's S-EPT page in the RCU callback. Somebody makes its op free the page at "
        "once, and forgets "
        "to set external_spt to NULL when that went well. What happens?",
        choices[0] if broken.double_frees else choices[2],
        choices,
        (
            "The RCU callback still runs for every table. What does it find in external_spt?",
            "Freeing NULL does nothing. Freeing anything else frees it.",
        ),
        f"For the small TD that is {many(len(broken.double_frees), 'double free')}. The landed op sets the "
        f"pointer to NULL on every path.",
    )


def v2_alike() -> Question:
    """What does v2 do differently?"""
    both = compare("v1", "v2", "fail=L1@0x200")
    return Question(
        "v2 drops the argument gfn, as the reviewer asked. With one failing page, in how many steps does the "
        "kernel do something different under v2 than under v1?",
        len(both.differences),
        hints=("The op of v1 stands in 04-before-and-after. Is there a line in it that reads gfn?",),
        why="An argument that nobody reads can go without anybody noticing.",
    )


QUESTIONS: Final = (same_end, v2_alike, peak, clear_always)
