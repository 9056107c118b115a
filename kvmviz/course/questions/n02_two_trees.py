"""Questions of the notebook `02-two-trees`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.td import LiveTd
from kvmviz.scenario.tree import Tree
from kvmviz.terms.words import many

NUMBER: Final = "02"


def freed_mirror() -> Question:
    """The mirror is not what the processor walks."""
    choices = (
        "The guest's next access to its memory goes wrong",
        "Nothing: the processor never looks at the mirror",
        "The TDX module notices and stops the TD",
    )
    return Question(
        "Suppose that KVM lost a table page of the mirror while the TD runs. What would the guest notice of it "
        "at once?",
        choices[1],
        choices,
        why="The mirror is KVM's notebook. Only the S-EPT translates the guest's private addresses.",
        kind="prediction",
    )


def arrows() -> Question:
    """Count the pointers."""
    pointers = LiveTd().pointers
    return Question(
        "How many mirror tables of this small TD have an external_spt that points somewhere?",
        sum(twin is not None for twin in pointers.values()),
        hints=("Count the arrows in the picture.", "Every mirror table has one, but for the one at the top."),
        why=f"There are {len(pointers)} mirror tables; the root has none.",
    )


def root_page() -> Question:
    """Which page is the root's S-EPT page?"""
    choices = ("a TDCS page, one of the TD's control pages", "a page that its external_spt points to", "the TDR")
    return Question(
        "Which page is the root of the S-EPT, the one that the hardware starts from?",
        choices[0],
        choices,
        ("It stands beside the mirror's root in the picture, and only a dotted line joins the two.",),
        "It was added with the TD itself, so no mirror table has a pointer to it, and it is asked back with the "
        "control pages.",
    )


def gigabyte() -> Question:
    """Count the S-EPT pages of a real guest."""
    counts = Tree.parse("1GiB").level_counts()
    parts = ", ".join(f"{number:,} at level {level}" for level, number in counts.items())
    return Question(
        "How many S-EPT pages does KVM have to look after for a guest with one GiB of private memory, all "
        "mapped in pages of 4 KiB?",
        sum(counts.values()),
        hints=(
            "A table has 512 entries, so one level-1 table covers 512 pages of 4 KiB, which is 2 MiB.",
            "Count the level-1 tables of one GiB, then add the tables above them; the root does not count.",
        ),
        why=f"That is {parts}.",
    )


def child_count() -> Question:
    """What does TDH.MEM.SEPT.ADD change in the module's books?"""
    more = LiveTd("tree=1x1x4").children - LiveTd("tree=1x1x3").children
    return Question(
        "A TD whose tree is 1x1x4 has one lowest table more than one with 1x1x3. By how much is its child count "
        "higher?",
        more,
        hints=(
            "The new S-EPT page is one child.",
            "In this model, each lowest table also maps some guest pages. They are children too.",
        ),
        why=f"The S-EPT page, and {many(more - 1, 'guest page')} that the model maps below it.",
    )


QUESTIONS: Final = (freed_mirror, arrows, root_page, gigabyte, child_count)
