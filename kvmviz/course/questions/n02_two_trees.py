"""Questions of the notebook `02-two-trees`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.td import LiveTd
from kvmviz.scenario.tree import Tree

NUMBER: Final = "02"
BARE: Final = "tree=1x1x1 vcpus=0"
SIZE: Final = "3GiB"


def refused_add() -> Question:
    """The mirror is what KVM believes."""
    choices = ("it asks the module once more", "it takes its own entry out again", "it finds nothing to do")
    return Question(
        "KVM has written a new entry into the mirror, and the call that should put it into the S-EPT is refused. "
        "Suppose that KVM left its own entry standing. The guest touches that memory, its processor finds nothing and "
        "stops, and KVM walks its tables to mend that. What comes of it?",
        choices[2],
        choices,
        why="The mirror says that the page is there, so the guest is sent back, to stop at once again, and so on. That "
        "is why KVM takes its own entry back at the refusal.",
        kind="prediction",
    )


def owned() -> Question:
    """Count what the module has of a bare TD."""
    td = LiveTd(BARE)
    tables = sum(twin is not None for twin in td.pointers.values())
    guests = 2 * Tree.parse("1x1x1").level_counts()[1]
    found = td.children + 1 - guests
    return Question(
        "A TD without a vCPU has the tree 1x1x1. How many of its pages are with the module, guest pages left aside?",
        found,
        hints=(
            "The table above has every kind of page. Which kinds does this TD not have?",
            "Count the TDR, the TDCS pages, and an S-EPT page for each table but the root.",
        ),
        why=f"The TDR, {found - 1 - tables} TDCS pages and {tables} S-EPT pages. The mirror's pages were never given "
        "away.",
        about=(BARE,),
    )


def gibibytes() -> Question:
    """Count the S-EPT pages of a real guest."""
    counts = Tree.parse(SIZE).level_counts()
    parts = ", ".join(f"{number:,} at level {level}" for level, number in counts.items())
    return Question(
        f"How many S-EPT pages are there below the root for {SIZE.replace('GiB', ' GiB')} of private memory?",
        sum(counts.values()),
        hints=(
            "A lowest table covers 2 MiB, and a table has 512 entries.",
            "Count the lowest tables of one GiB, take them as often as there are GiB, and add the tables above.",
        ),
        why=f"That is {parts}.",
        about=(f"tree={SIZE}",),
    )


QUESTIONS: Final = (refused_add, owned, gibibytes)
