"""Predict mode: what the explorer asks before a step, and what the runs answer.

>>> from kvmviz.draw.lockstep import Lockstep
>>> asked = questions(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [(q["options"][q["answer"]], q["row"]) for q in asked if q["ask"].startswith("WARN_ON")]
[('only before', 62)]

Three kinds of question: what becomes of a page, who prints a warning, and who
cuts the pointer.  Of pages the first one is asked about, those that leak, and the
one after each of these, so that a question gives nothing away.
"""

from collections.abc import Iterator
from typing import Any

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.draw.looks import table_of
from kvmviz.record.runs import Run
from kvmviz.terms import events as e
from kvmviz.terms.site import Site

FATES = ("it is freed at once", "it is freed from the RCU callback", "it leaks")
DIFFER = "not the same on both sides"


def fate(run: Run, page: str) -> str:
    """Return what becomes of a page by the end of a run.

    >>> from kvmviz.record.runs import run
    >>> fate(run("v1", "fail=TDR"), "TDR"), fate(run("v1", ""), "TDR")
    ('it leaks', 'it is freed at once')
    """
    return fates(run).get(page, FATES[2])


def fates(run: Run) -> dict[str, str]:
    """Return what becomes of each page that is freed in a run."""
    freed = [step.event for step in run.steps if isinstance(step.event, e.Free)]
    return {event.page: FATES[0] if event.how == "immediate" else FATES[1] for event in freed}


def questions(lockstep: Lockstep) -> list[dict[str, Any]]:
    """Return the questions by row number, in order; none where the host panics."""
    if any(run.summary.panicked for run in lockstep.runs.values()):
        return []
    ends = {side: fates(run) for side, run in lockstep.runs.items()}
    asked = [*_pages(lockstep, ends), *_warnings(lockstep), *_pointers(lockstep, ends)]
    return sorted(asked, key=lambda question: int(question["row"]))


def _question(row: int, ask: str, options: list[str], right: str, truth: str) -> dict[str, Any]:
    return {"row": row, "ask": ask, "options": options, "answer": options.index(right), "truth": truth}


def _pages(lockstep: Lockstep, freed: dict[Side, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Ask what becomes of a table's S-EPT page when its op is called, and of the TDR when it is asked for."""
    before_leaked = True
    for row, step in enumerate(lockstep.leading, 1):
        match step.event:
            case e.Op(page):
                pass
            case e.Seamcall("TDH.PHYMEM.PAGE.RECLAIM", "TDR" as page):
                pass
            case _:
                continue
        ends = {side: freed[side].get(page, FATES[2]) for side in lockstep.sides}
        leaks = FATES[2] in ends.values()
        if before_leaked or leaks:
            yield _fate_question(lockstep, row, page, ends)
        before_leaked = leaks


def _fate_question(lockstep: Lockstep, row: int, page: str, ends: dict[Side, str]) -> dict[str, Any]:
    same = len(set(ends.values())) == 1
    right = ends["a"] if same else DIFFER
    options = [*FATES, *([DIFFER] if len(ends) > 1 else [])]
    said = [f"in {lockstep.runs[side].revision} {found}" for side, found in ends.items()]
    truth = f"{page}: {ends['a']}." if same else f"{page}: {', '.join(said)}."
    return _question(row, f"KVM is about to ask for {page} back. What becomes of it?", options, right, truth)


def _warnings(lockstep: Lockstep) -> Iterator[dict[str, Any]]:
    """Ask who prints a trace where the condition of a warning is true on a side."""
    for row, leading in enumerate(lockstep.leading, 1):
        if not isinstance(leading.event, e.Warn):
            continue
        printed = {side: _prints(lockstep, side, row) for side in lockstep.sides}
        names = {side: lockstep.runs[side].revision for side in lockstep.sides}
        if len(names) == 1:
            options = ["yes", "no"]
            right = options[not printed["a"]]
        else:
            options = ["both sides", f"only {names['a']}", f"only {names['b']}", "neither"]
            right = options[{(True, True): 0, (True, False): 1, (False, True): 2}.get((printed["a"], printed["b"]), 3)]
        ask = f"{Site.parse(leading.event.site).short} is about to see a failure. Who prints a stack trace?"
        yield _question(row, ask, options, right, f"Answer: {right}. {leading.text}")


def _prints(lockstep: Lockstep, side: Side, row: int) -> bool:
    step = lockstep.steps(side)[row - 1]
    return step is not None and isinstance(step.event, e.Warn) and step.event.printed


def _pointers(lockstep: Lockstep, freed: dict[Side, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Ask, once, who cuts the pointer to a page that cannot be reclaimed."""
    for row, leading in enumerate(lockstep.leading, 1):
        if not isinstance(leading.event, e.SetNull):
            continue
        page = f"S-EPT {table_of(leading.event.page)}"
        if all(page in ends for ends in freed.values()):
            continue
        by = [_cutter(lockstep, side, row) for side in lockstep.sides]
        options = ["generic MMU code", "KVM's TDX code", *([DIFFER] if len(by) > 1 else [])]
        right = DIFFER if len(set(by)) > 1 else by[0]
        truth = "; ".join(f"{lockstep.runs[s].revision}: {found}" for s, found in zip(lockstep.sides, by, strict=True))
        yield _question(row, "Who forgets the page, so that nobody frees it by mistake?", options, right, f"{truth}.")
        return


def _cutter(lockstep: Lockstep, side: Side, row: int) -> str:
    """Return which part of KVM clears the pointer on a side, at this row or the nearest before or after."""
    steps = lockstep.steps(side)
    near = sorted(range(len(steps)), key=lambda at: abs(at - row + 1))
    found = next((steps[at] for at in near if (s := steps[at]) and isinstance(s.event, e.SetNull)), None)
    by = found.event.by if found and isinstance(found.event, e.SetNull) else ""
    return "KVM's TDX code" if by.startswith("tdx.c") else "generic MMU code"
