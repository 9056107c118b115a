"""Questions of the notebook `07-who-was-right`."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from kvmviz.check import claims
from kvmviz.check.propositions.verdict import Verdict
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.record.runs import run
from kvmviz.scenario import CAUSES
from kvmviz.terms.events import PrErr, Warn

NUMBER: Final = "07"
TWO: Final = "tree=1x1x6 fail=L1@0x0,L1@0x800"


def verdicts() -> dict[str, Verdict]:
    """Return every claim's verdict by its id."""
    return {verdict.id: verdict for verdict in claims()}


def _refusals(scenario: str) -> Iterator[bool]:
    """Yield for each refused reclaim of a table page in v1 whether it has a trace of its own."""
    steps = [step for step in run("v1", scenario).steps if step.phase == "mmu_uninit"]
    for step, after in pairwise(steps):
        if isinstance(after.event, PrErr) and isinstance(step.event, Warn):
            yield step.event.printed


def covered() -> Question:
    """How many failures have a trace of their own?"""
    own = list(_refusals(TWO))
    return Question(
        "Two table pages of the first TD of a boot are refused. How many of the two have a trace of their own under "
        "v1?",
        sum(own),
        why=f"The warning is met {len(own)} times, and prints once in a boot. So it covers the first failure, "
        "and not each.",
        kind="prediction",
        about=(TWO,),
    )


def sample() -> Question:
    """How the numbers of scenarios come about."""
    found = verdicts()
    reclaim, key, leaks = (found[name].scenarios for name in ("B1", "B5", "S5"))
    return Question(
        f"A table page is refused in {reclaim:,} scenarios of the sample; in {key:,} others the key stays, and no page "
        "is asked for. In how many scenarios does a table page leak, one way or the other?",
        leaks,
        hints=(
            "Can both happen in one scenario? Think of what the op does first.",
            "They exclude each other: add them.",
        ),
        why="With the key still there every table page leaks, and none is refused.",
    )


def muted_cause() -> Question:
    """With which causes does the check of the key print nothing?"""
    mute = [cause for cause in CAUSES if not _check_speaks(cause)]
    return Question(
        "The log of v2 says that on any error one of the two places warns. The key can stay in "
        f"{len(CAUSES)} ways. In how many of them does the op print nothing, even for the first TD of a boot?",
        len(mute),
        hints=(
            "KVM_BUG_ON is mute while the VM is bugged. In which ways was it bugged before?",
            "03-giving-a-td-back has a table of what is printed while the key should go back.",
        ),
        why=f"All but {' and '.join(set(CAUSES) - set(mute))}: whoever reported the failure had marked the VM.",
    )


def _check_speaks(cause: str) -> bool:
    return any("tdx_sept_free_private_spt" in site for site in end("v2", f"hkid={cause}").splats)


QUESTIONS: Final = (covered, sample, muted_cause)
