"""Questions of the notebook `10-what-a-leak-costs`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import KEYS, end
from kvmviz.record.runs import run
from kvmviz.scenario.tree import Tree
from kvmviz.terms.words import many

NUMBER: Final = "10"
SIZE: Final = "tree=2GiB"
KEPT: Final = f"{SIZE} hkid=key-freeid-error"
LOG: Final = "tree=1x1x5 hkid=vp-flush-error"
HIGH: Final = "tree=8GiB fail=L3@0x0"


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


def highest_level() -> Question:
    """What a bad table of a high level takes with it."""
    low, high = end("v1", "tree=8GiB fail=L1@0x200"), end("v1", HIGH)
    choices = ("all tables below it as well", "all tables above it as well", "no more than with a lowest one")
    return Question(
        "A guest of 8 GiB, and the bad table page is of the highest level below the root, L3. How much is lost, "
        "compared with a bad page of the lowest level?",
        choices[2] if low.leaked_count == high.leaked_count else choices[0],
        choices,
        ("In which order are tables asked for, and what is still in the tree when the turn comes to this one?",),
        f"{many(high.leaked_count, 'page')} in both cases: the bad one, and the TDR. What hangs below a table is asked "
        "for before it.",
        about=(HIGH,),
    )


def keys() -> Question:
    """What is the memory, where the keys run out?"""
    choices = ("a few MiB", "a few hundred MiB", "a few hundred GiB")
    lost = len(KEYS) * end("v1", KEPT).leaked_bytes / 2**20
    return Question(
        f"A host loses TDs of 2 GiB, each with its key, until the last of its {len(KEYS)} keys is gone. How much "
        "memory is lost by then?",
        choices[0 if lost < 20 else 1 if lost < 2000 else 2],
        choices,
        why=f"About {lost:,.0f} MiB, and a server has far more than that: the keys run out long before the memory.",
        kind="prediction",
    )


def log() -> Question:
    """The key stayed: what did the log say, and what not?"""
    found = end("v1", LOG)
    return Question(
        "Here a call has failed that is made for each vCPU as the key should go back. Nothing else is in the log. "
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


QUESTIONS: Final = (key_pages, highest_level, keys, log)
