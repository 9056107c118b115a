"""Questions of the notebook `09-write-your-own-patch`."""

from typing import Final

from kvmviz.course.marking import Question
from kvmviz.record.runs import run
from kvmviz.scenario.names import PageName
from kvmviz.terms.events import Leak
from kvmviz.terms.words import many

NUMBER: Final = "09"
QUIET: Final = "tree=1x1x2 vcpus=2 hkid=flushvp-not-done"


def lost_by_then() -> Question:
    """What has a TD lost in silence before the op is first called?"""
    lost = [(step.phase, step.event.page) for step in run("v1", QUIET).steps if isinstance(step.event, Leak)]
    early = [page for phase, page in lost if phase in ("pre_destroy", "vcpu_free")]
    kinds = {PageName.parse(page).kind for page in early}
    choices = ("pages of the TDCS", "pages of its vCPUs", "no page at all")
    return Question(
        "Your line is printed by the op. A TD with two vCPUs keeps its key in the quiet way: what has it lost by "
        "the time the line is first printed?",
        choices[1] if kinds == {"TDVPR", "TDCX"} else choices[0] if early else choices[2],
        choices,
        why=f"{many(len(early), 'page')} by then, without a word, and the control pages will follow.",
        kind="prediction",
        about=(QUIET,),
    )


QUESTIONS: Final = (lost_by_then,)
