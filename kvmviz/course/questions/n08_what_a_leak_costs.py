"""Questions of the notebook `08-what-a-leak-costs`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.scenario.tree import Tree
from kvmviz.terms.words import many

NUMBER: Final = "08"
KEPT: Final = "tree=1GiB hkid=key-freeid-error"


def key_bytes() -> Question:
    """Pages lost when the key of 1 GiB is kept."""
    found = end("v1", KEPT)
    tables = Tree.parse("1GiB").count
    return Question(
        "The key of a TD with 1 GiB cannot be given back. How many pages are lost? (Guest pages were taken back "
        "before.)",
        found.leaked_count,
        hints=(
            "All table pages, and all control pages: TDR, TDCS, and those of one vCPU.",
            f"The table pages are {tables:,}.",
        ),
        why=f"{tables:,} table pages and {found.leaked_count - tables} control pages: {found.leaked_bytes:,} "
        f"bytes, and the KeyID.",
        kind="prediction",
    )


def one_page_of_a_terabyte() -> Question:
    """One bad page does not grow with the guest."""
    small, large = end("v1", "tree=1GiB fail=L1@0x200"), end("v1", "tree=16GiB fail=L1@0x200")
    choices = ("as many times more as the guest is larger", "the same", "fewer")
    return Question(
        "One bad table page in a guest of 16 GiB instead of 1 GiB: how much more is lost?",
        choices[1] if small.leaked_count == large.leaked_count else choices[0],
        choices,
        ("Which page is lost besides the bad one?",),
        f"{many(large.leaked_count, 'page')} in both: the bad one, and the TDR.",
    )


def keyids() -> Question:
    """What runs out first?"""
    choices = ("the KeyIDs", "the memory for page tables", "neither: both come back when the VM's process ends")
    return Question(
        "A host keeps losing TDs of 1 GiB with their keys. What runs out first?",
        choices[0],
        choices,
        ("A leaked key is lost until reboot. How many are there to lose? The sentence above says it.",),
        f"The pool of keys is small, and each lost TD takes {end('v1', KEPT).leaked_bytes / 2**20:.1f} MiB with it: "
        "a server has memory for far more of those than it has keys.",
    )


QUESTIONS: Final = (key_bytes, one_page_of_a_terabyte, keyids)
