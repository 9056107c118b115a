"""The kernel log of a view: one list for both sides, with what was not printed and why not.

>>> from kvmviz.draw.lockstep import Lockstep
>>> entries = log(Lockstep.of(["before", "v1"], "fail=L1@0x200"))
>>> [(entry["head"], entry["a"]["mark"], entry["b"]["mark"]) for entry in entries][2]
('WARNING: tdp_mmu.c handle_removed_pt', 'full', 'absent')
>>> entries[2]["b"]["because"]
'v1 has no such check: WARN_ON does not stand in its handle_removed_pt.'
"""

import re
from typing import Any

from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.explorer.code import slot
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.terms import events as e
from kvmviz.terms.kinds import kind_of
from kvmviz.terms.site import Site


class _Side:
    """What one side's log has used up so far, row by row."""

    def __init__(self, lockstep: Lockstep, side: Side) -> None:
        self.lockstep, self.side = lockstep, side
        self.run: Run = lockstep.runs[side]
        self.steps = lockstep.steps(side)
        self.printed: dict[str, int] = {}
        self.bugged: tuple[int, str] | None = None

    def see(self, row: int) -> None:
        event = step.event if (step := self.steps[row]) else None
        if isinstance(event, e.Warn | e.PrErr) and event.printed:
            self.printed.setdefault(event.site, row)
        if isinstance(event, e.VmBugged):
            self.bugged = (row, event.site)

    def entry(self, row: int, other: Step | None) -> dict[str, Any]:
        """Return this side's mark in the row, and for what was not printed the reason and the row that used it up."""
        step = self.steps[row]
        if step is None:
            return {"mark": "absent", **self.absent(other)}
        return {"mark": mark(step.event), **self.withheld(step.event)}

    def withheld(self, event: e.Event) -> dict[str, Any]:
        if isinstance(event, e.Masked) and self.bugged:
            row, site = self.bugged
            return {"because": masked_because(site, row + 1), "to": row + 1}
        if not isinstance(event, e.Warn | e.PrErr) or event.printed:
            return {}
        row_used = self.printed.get(event.site)
        if row_used is None:
            return {"because": used_before_because(event, str(self.run.scenario.boot))}
        return {"because": used_because(event, row_used + 1), "to": row_used + 1}

    def absent(self, other: Step | None) -> dict[str, Any]:
        site = getattr(other.event, "site", None) if other else None
        if not site:
            return {}
        return {"because": absent_because(self.run.revision, site, self.source_of(Site.parse(site).function))}

    def source_of(self, function: str) -> str | None:
        for source in self.run.sources.values():
            if slot(source.function) == slot(function):
                return source.text
        return None


def masked_because(site: str, step: int | str) -> str:
    """Return why a masked warning says nothing: the VM was bugged by that site at that step."""
    return f"the VM was marked bugged at step {step} by {Site.parse(site).short}"


def used_because(event: e.Warn | e.PrErr, step: int | str) -> str:
    """Return why a warning or line was withheld that this TD printed before, at that step."""
    return f"{_rule(event)}, and step {step} printed it"


def used_before_because(event: e.Warn | e.PrErr, seconds: str) -> str:
    """Return why one was withheld that an earlier TD used up, so many seconds before."""
    return f"{_rule(event)}, and the TD that was torn down {seconds} s before used it up"


def _rule(event: e.Warn | e.PrErr) -> str:
    return "it prints one trace a boot" if isinstance(event, e.Warn) else "ten lines in five seconds are the limit"


def absent_because(revision: str, site: str, text: str | None) -> str:
    """Return why a revision has nothing at a site; `text` is its function there, None if that did not run."""
    function, macro = Site.parse(site).function, Site.parse(site).macro
    if text is not None and not re.search(rf"\b{re.escape(macro.removesuffix('_ratelimited'))}", text):
        return f"{revision} has no such check: {macro} does not stand in its {function}."
    return f"in {revision} the condition of {Site.parse(site).short} is not true here."


def mark(event: e.Event) -> str:
    """Return how a side's share of an entry is shown: the sign of its kind; what a log does not have is no entry."""
    logged = kind_of(event).logged
    assert logged is not None, f"{event.kind} leaves nothing in a log"
    return logged(event)


def head(step: Step) -> tuple[str, str]:
    """Return what the log shows of an event: its first line, and a line on it."""
    event = step.event
    match event:
        case e.Warn(site, _) | e.Masked(site):
            at = Site.parse(site)
            return f"WARNING: {at.file} {at.function}", at.macro
        case e.PrErr(_, _, message) | e.PrWarn(_, message):
            return message, ""
        case _:
            return "Kernel panic: panic_on_warn set", ""


def log(lockstep: Lockstep) -> list[dict[str, Any]]:
    """Return the entries in order: row, what stands there, the chain of a trace, and each side's mark."""
    sides = {side: _Side(lockstep, side) for side in lockstep.sides}
    found: list[dict[str, Any]] = []
    for row, leading in enumerate(lockstep.leading):
        if kind_of(leading.event).logged:
            found.append(_entry(sides, row, leading, lockstep.about[row]))
        for side in sides.values():
            side.see(row)
    return found


def _entry(sides: dict[Side, _Side], row: int, leading: Step, page: str | None) -> dict[str, Any]:
    first, detail = head(leading)
    if leading.times > 1:
        detail = f"{detail} (x {leading.times:,})".strip()
    entry: dict[str, Any] = {"row": row + 1, "kind": leading.event.kind, "head": first, "detail": detail, "page": page}
    if kind_of(leading.event).traced:
        entry["chain"] = list(leading.chain)
    for side, own in sides.items():
        entry[side] = own.entry(row, leading)
    return entry
