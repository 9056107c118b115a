"""The words of a view: what each row says, what each side adds, and the verdict at the end.

>>> from kvmviz.draw.lockstep import Lockstep
>>> said = texts(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> said[62]
'Only before: WARN_ON in handle_removed_pt prints a trace. v1 prints nothing here.'
"""

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.why import meaning
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.status import SUCCESS, status_word
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.words import many

KIB = 4
"""KiB in a page."""


def texts(lockstep: Lockstep) -> list[str]:
    """Return what is said of each row, by its number (0 is before the first step); the last has the verdict."""
    scenario = lockstep.scenario
    start = start_words(scenario.tree.count, scenario.hkid, str(scenario.fail) if scenario.fail else "")
    said = [start, *(_why(lockstep, row, leading) for row, leading in enumerate(lockstep.leading))]
    if len(lockstep):
        said[-1] = f"{lockstep.leading[-1].text} {verdict(lockstep)}"
    return said


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


ROW = {
    "same": "{text} {means}",
    "differs": "It comes out differently: {text}",
    "cuts": "Both sides forget the S-EPT page of {page}, in different functions.",
    "alone": "Only {own}: {text} {other} {lacks}",
}
"""What is said of a row: both take it, it comes out differently, it cuts a pointer elsewhere, one takes it."""


def same_words(step: Step, means: str) -> str:
    """Return what is said of a step that both sides take alike; `means` is what it means for what follows."""
    return _with(step.text, means)


def _with(text: str, means: str) -> str:
    return ROW["same"].format(text=text, means=means) if means else text


def differing_words(step: Step, means: str) -> str:
    """Return what is said of a step that both sides take and that comes out differently."""
    if not isinstance(step.event, e.SetNull):
        return ROW["differs"].format(text=step.text)
    return _with(ROW["cuts"].format(page=step.event.page), means)


def alone_words(step: Step, own: str, other: str) -> str:
    """Return what is said of a step that the revision `own` takes alone."""
    return ROW["alone"].format(own=own, other=other, text=step.text, lacks=kind_of(step.event).lacks(step.event))


def side_words(step: Step | None) -> tuple[str, str]:
    """Return who does what on a side in a row in which the two differ; without a step it waits."""
    if step is None:
        return "Waits", "while the other side takes this step."
    function = step.where[-1].function.name if step.where else "the kernel"
    return function, kind_of(step.event).does(step.event)


def event_words(step: Step, about: str | None) -> tuple[str, str]:
    """Return the event in the words of those who grep: its kind, and page or status."""
    event = step.event
    if isinstance(event, e.Seamcall):
        result = "0" if event.status == SUCCESS else status_word(event.status)
        return event.seamcall, f"{event.page or event.object or ''} \u2192 {result}"
    return event.kind, about or ""


DONE = {
    "one": "Done: {came}.",
    "apart": "Done: in {a} {came}; in {b} {other}.",
    "loses": "Done: {a}: {lost}; {b}: {other}; each {printed}.",
    "unlike": "Done: {a}: {lost}, {printed}; {b}: {other}, {said}.",
    "alike": "Done: on both sides {lost}; each {printed}.",
    "prints": "Done: on both sides {lost}; {a} {printed}, {b} {other}.",
}
"""How a story ends: one side alone; two that come to different ends, lose more than pages, do the same, print apart."""


def verdict(lockstep: Lockstep) -> str:
    """Return the end of the story in a sentence or two."""
    runs = lockstep.runs
    if len(runs) == 1:
        return DONE["one"].format(came=came_to(runs["a"]))
    a, b = runs["a"], runs["b"]
    lost, printed, other = lost_words(a), printed_words(a), printed_words(b)
    names, same = {"a": a.revision, "b": b.revision}, _prints(a) == _prints(b)
    if a.summary.leaked == b.summary.leaked and lost == lost_words(b):
        if same:
            return DONE["alike"].format(lost=lost, printed=printed)
        return DONE["prints"].format(**names, lost=lost, printed=printed, other=other)
    if a.summary.leaked == b.summary.leaked and not (a.summary.panicked or b.summary.panicked):
        how = DONE["loses" if same else "unlike"]
        return how.format(**names, lost=lost, other=lost_words(b), printed=printed, said=other)
    return DONE["apart"].format(**names, came=came_to(a), other=came_to(b))


def _prints(run: Run) -> tuple[int, int]:
    return run.summary.traces, run.summary.lines


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
    pinned = f"{lost}, {many(pamt.pairs_pinned, 'PAMT pair')} ({pamt.pinned_bytes // 1024:,} KiB) pinned"
    phantoms = pamt.phantom_references
    return f"{pinned}, {many(phantoms, 'phantom')}" if phantoms else pinned


def printed_words(run: Run) -> str:
    """Return what a run printed."""
    return f"printed {many(run.summary.traces, 'trace')} and {many(run.summary.lines, 'error line')}"
