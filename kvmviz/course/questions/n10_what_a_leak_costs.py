"""Questions of the notebook `10-what-a-leak-costs`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.record.runs import run
from kvmviz.scenario.tree import Tree
from kvmviz.terms.words import many

NUMBER: Final = "10"
SIZE: Final = "tree=2GiB"
KEPT: Final = f"{SIZE} hkid=key-freeid-error"
LOG: Final = "tree=1x1x5 hkid=vp-flush-error"
TWO: Final = "fail=L1@0x200,L1@0x400"


def key_pages() -> Question:
    """Pages lost when the key of 2 GiB is kept."""
    found = end("v1", KEPT)
    tables = Tree.parse("2GiB").count
    return Question(
        "The key of a TD with 2 GiB and one vCPU cannot be given back. How many pages are lost? (Its guest pages "
        "were taken "
        "back before.)",
        found.leaked_count,
        hints=(
            "Count the lowest tables of one GiB twice, and add the tables above; then the control pages.",
            "The control pages: the TDR, six TDCS pages, and of the vCPU one TDVPR and five TDCX pages.",
        ),
        why=f"{tables:,} table pages and {found.leaked_count - tables} control pages: {found.leaked_bytes:,} "
        "bytes, and the key.",
        kind="prediction",
        about=(KEPT,),
    )


def two_in_a_larger_guest() -> Question:
    """Two bad pages do not grow with the guest."""
    small, large = end("v1", f"tree=4GiB {TWO}"), end("v1", f"tree=8GiB {TWO}")
    choices = ("twice as much", "just as much", "half as much")
    return Question(
        "Two bad table pages in a guest of 8 GiB instead of 4 GiB: how much is lost, compared?",
        choices[1] if small.leaked_count == large.leaked_count else choices[0],
        choices,
        ("Which page is lost besides the bad ones?",),
        f"{many(large.leaked_count, 'page')} in both: the bad ones, and the TDR.",
        about=(f"tree=8GiB {TWO}",),
    )


def keys() -> Question:
    """What runs out first?"""
    choices = ("the pool of keys", "the memory for page tables", "the processors of the host")
    return Question(
        "A host keeps losing TDs of 2 GiB with their keys. What runs out first?",
        choices[0],
        choices,
        why=f"Each lost TD takes {end('v1', KEPT).leaked_bytes / 2**20:.1f} MiB with it, and a server has memory for "
        "far more of those than it has keys.",
        kind="prediction",
    )


def log() -> Question:
    """The key stayed: what did the log say, and what not?"""
    found = end("v1", LOG)
    return Question(
        "Here a call of the release of the key has failed: each vCPU is flushed there. Nothing else is in the log. "
        "How many pages has this TD lost? (Its tree is 1x1x5; count its control pages, too.)",
        found.leaked_count,
        hints=(
            "With the key still there, no page comes back that is asked for after it. Which are those?",
            "All tables below the root, all TDCS pages, the TDR, and the pages of one vCPU.",
        ),
        why=f"All {found.leaked_count}: after this trace the VM is bugged, so the check in the op says nothing, "
        "table after "
        "table.",
        log=run("v1", LOG).kernel_log(None, short=True),
        about=(LOG,),
    )


QUESTIONS: Final = (key_pages, two_in_a_larger_guest, keys, log)
