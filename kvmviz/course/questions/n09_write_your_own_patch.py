"""Questions of the notebook `09-write-your-own-patch`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.record.runs import run
from kvmviz.terms.events import Leak

NUMBER: Final = "09"
QUIET: Final = "tree=1x1x2 vcpus=2 hkid=flushvp-not-done"


def lost_by_then() -> Question:
    """What has a TD lost in silence before the op is first called?"""
    lost = [(step.phase, step.event.page) for step in run("v1", QUIET).steps if isinstance(step.event, Leak)]
    early = [page for phase, page in lost if phase in ("pre_destroy", "vcpu_free")]
    return Question(
        "Your line is printed by the op. A TD with two vCPUs keeps its key in the quiet way: how many pages has it "
        "lost by the time the line is first printed?",
        len(early),
        why=f"All pages of both vCPUs, from `{early[0]}` to `{early[-1]}`, without a word. TDCS and TDR will follow.",
        kind="prediction",
        about=(QUIET,),
    )


QUESTIONS: Final = (lost_by_then,)
