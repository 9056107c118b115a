"""The words of a view: what each row says, what each side adds, and the verdict at the end.

>>> from kvmviz.draw.lockstep import Lockstep
>>> said = texts(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> said["why"][62]
'Only before: WARN_ON in handle_removed_pt prints a warning with a stack trace. v1 prints nothing here.'
"""

from typing import Any

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.draw.why import meaning
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.status import SUCCESS, status_word
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.words import many

KIB = 4
"""KiB in a page."""


def texts(lockstep: Lockstep) -> dict[str, Any]:
    """Return by row number (0 is before the first step): why, each side's line, the event's words, its ground."""
    scenario = lockstep.scenario
    start = start_words(scenario.tree.count, scenario.hkid, str(scenario.fail) if scenario.fail else "")
    why, sides = [start], {side: [""] for side in lockstep.sides}
    events, rests = [""], [""]
    for row, leading in enumerate(lockstep.leading):
        why.append(_why(lockstep, row, leading))
        for side in lockstep.sides:
            sides[side].append(_side_line(lockstep, row, side))
        events.append(event_words(leading, lockstep.about[row]))
        rests.append(kind_of(leading.event).rests_on)
    if len(lockstep):
        why[-1] = f"{lockstep.leading[-1].text} {verdict(lockstep)}"
    return {"why": why, "sides": sides, "events": events, "rests": rests, "verdict": verdict(lockstep)}


def start_words(pages: int, hkid: str, fail: str) -> str:
    """Return what is said before the first step; `fail` is empty if nothing fails."""
    if hkid != "released":
        fault = f"Its key will stay assigned ({hkid}), so the module will give none back."
    elif fail:
        fault = f"The module will refuse to give back: {fail}."
    else:
        fault = "Nothing will go wrong."
    story = f"A VM under TDX is about to be destroyed; the TDX module still has its {pages:,} page-table pages (S-EPT)"
    return f"{story}, and KVM must ask for each. {fault}"


def _why(lockstep: Lockstep, row: int, leading: Step) -> str:
    a, b, same = lockstep.rows[row]
    if len(lockstep.sides) == 1 or same:
        return same_words(leading, meaning(lockstep.runs["a"], a or 0))
    if a is not None and b is not None:
        return differing_words(leading, meaning(lockstep.runs["a"], a))
    names = [run.revision for run in lockstep.runs.values()]
    return alone_words(leading, *(names if b is None else reversed(names)))


def same_words(step: Step, means: str) -> str:
    """Return what is said of a step that both sides take alike; `means` is what it means for what follows."""
    return f"{step.text} {means}" if means else step.text


def differing_words(step: Step, means: str) -> str:
    """Return what is said of a step that both sides take and that comes out differently."""
    if not isinstance(step.event, e.SetNull):
        return f"It comes out differently: {step.text}"
    first = f"Both sides forget the S-EPT page of {step.event.page}, in different functions."
    return f"{first} {means}" if means else first


def alone_words(step: Step, own: str, other: str) -> str:
    """Return what is said of a step that the revision `own` takes alone."""
    return f"Only {own}: {step.text} {other} {kind_of(step.event).lacks(step.event)}"


def _side_line(lockstep: Lockstep, row: int, side: Side) -> str:
    """Return what a side adds where the two differ; an empty line where they agree."""
    if len(lockstep.sides) == 1 or lockstep.rows[row][2]:
        return ""
    return side_words(lockstep.steps(side)[row])


def side_words(step: Step | None) -> str:
    """Return what a side does in a row in which the two differ; without a step it waits."""
    if step is None:
        return "Waits: while the other side takes this step."
    function = step.where[-1].function.name if step.where else "the kernel"
    return f"{function}: {kind_of(step.event).does(step.event)}"


def event_words(step: Step, about: str | None) -> str:
    """Return the event in the words of those who grep: kind, page, status."""
    event = step.event
    if isinstance(event, e.Seamcall):
        result = "0" if event.status == SUCCESS else status_word(event.status)
        return f"{event.seamcall} {event.page or event.object or ''} \u2192 {result}"
    return f"{event.kind} {about or ''}".strip()


def verdict(lockstep: Lockstep) -> str:
    """Return the end of the story in a sentence or two."""
    runs = lockstep.runs
    if len(runs) == 1:
        return f"Done: {came_to(runs['a'])}."
    a, b = runs["a"], runs["b"]
    if a.summary.leaked == b.summary.leaked and a.summary.panicked == b.summary.panicked:
        lost = lost_words(a)
        if (a.summary.traces, a.summary.lines) == (b.summary.traces, b.summary.lines):
            return f"Done: on both sides {lost}; each {printed_words(a)}."
        return f"Done: on both sides {lost}; {a.revision} {printed_words(a)}, {b.revision} {printed_words(b)}."
    return f"Done: in {a.revision} {came_to(a)}; in {b.revision} {came_to(b)}."


def came_to(run: Run) -> str:
    """Return what a run came to: pages lost, and what was printed."""
    return f"{lost_words(run)} and {run.revision} {printed_words(run)}"


def lost_words(run: Run) -> str:
    """Return how many pages a run lost, or that it panicked."""
    if run.summary.panicked:
        return "the host panicked"
    count, pamt = run.summary.leaked_count, run.summary.pamt
    lost = f"{many(count, 'page')} ({count * KIB:,} KiB) leaked" if count else "nothing leaked"
    if pamt is None or not pamt.pairs_pinned:
        return lost
    return f"{lost}, {many(pamt.pairs_pinned, 'PAMT pair')} ({pamt.pinned_bytes // 1024:,} KiB) pinned"


def printed_words(run: Run) -> str:
    """Return what a run printed."""
    return f"printed {many(run.summary.traces, 'warning')} and {many(run.summary.lines, 'error line')}"
