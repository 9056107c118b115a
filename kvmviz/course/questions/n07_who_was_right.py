"""Questions of the notebook `07-who-was-right`."""

from typing import Final

from kvmviz.check import claims
from kvmviz.check.propositions.verdict import Verdict
from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.scenario import CAUSES

NUMBER: Final = "07"


def verdicts() -> dict[str, Verdict]:
    """Return every claim's verdict by its id."""
    return {verdict.id: verdict for verdict in claims()}


def covered() -> Question:
    """In what share of scenarios is a failure not silent?"""
    found, traces = verdicts()["B4"], verdicts()["B2"]
    choices = ("in each of them", "in nearly all of them", "in about half of them")
    share = found.holds / found.scenarios
    return Question(
        "Small trees with every set of refused table pages, as the first TD of a boot, within seconds of it, or a "
        "minute later: in how many of these scenarios does v1 leave any word in the log, trace or line?",
        choices[0 if share == 1 else 1 if share > 0.9 else 2],
        choices,
        why=f"In {found.holds:,} of {found.scenarios:,}; in {traces.holds:,} each refused page has a trace: those with "
        "one refused page, in the first TD.",
        kind="prediction",
    )


def sample() -> Question:
    """How the numbers of scenarios come about."""
    found = verdicts()
    whole, reclaim, key, leaks = (found[name].scenarios for name in ("S1", "B1", "B5", "S5"))
    return Question(
        f"A table page is refused in {reclaim:,} scenarios of the sample, and the key stays in {key:,}. In how many of "
        f"its {whole:,} scenarios is no table page lost at all?",
        whole - leaks,
        hints=(
            "Can both happen in one scenario? Think of what the op does first.",
            "They exclude each other: take both away from the whole.",
        ),
        why=f"With the key still there every table page leaks, and none is asked for, so none is refused. So a table "
        f"page leaks in {leaks:,} scenarios, one way or the other.",
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
