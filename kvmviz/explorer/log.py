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

from kvmviz import events as e
from kvmviz.draw.lockstep import Lockstep, Side
from kvmviz.explorer.code import slot
from kvmviz.run import Run, Step
from kvmviz.words import short_site

_LOGGED = (e.Warn, e.Masked, e.PrErr, e.PrWarn, e.Panic)


def site_parts(site: str) -> tuple[str, str, str]:
    """Return file, function and macro of a site; the macro without what tells two of them apart."""
    file, function, macro = site.split(":", 2)
    return file, function, macro.split("/")[0]


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
        return {"mark": _mark(step.event), **self.withheld(step.event)}

    def withheld(self, event: e.Event) -> dict[str, Any]:
        match event:
            case e.Warn(site, False):
                return self.used(site, "it prints one trace a boot")
            case e.PrErr(site, False, _):
                return self.used(site, "ten lines in five seconds are the limit")
            case e.Masked(_) if self.bugged:
                row, site = self.bugged
                return {"because": f"the VM was marked bugged at step {row + 1} by {short_site(site)}", "to": row + 1}
            case _:
                return {}

    def used(self, site: str, rule: str) -> dict[str, Any]:
        row = self.printed.get(site)
        if row is not None:
            return {"because": f"{rule}, and step {row + 1} printed it", "to": row + 1}
        before = self.run.scenario.boot
        return {"because": f"{rule}, and the TD that was torn down {before} s before used it up"}

    def absent(self, other: Step | None) -> dict[str, Any]:
        site = getattr(other.event, "site", None) if other else None
        if not site:
            return {}
        _, function, macro = site_parts(site)
        text = self.source_of(function)
        name = self.run.revision
        if text is not None and not re.search(rf"\b{re.escape(macro.removesuffix('_ratelimited'))}", text):
            return {"because": f"{name} has no such check: {macro} does not stand in its {function}."}
        return {"because": f"in {name} the condition of {short_site(site)} is not true here."}

    def source_of(self, function: str) -> str | None:
        for source in self.run.sources.values():
            if slot(source.function) == slot(function):
                return source.text
        return None


def _mark(event: e.Event) -> str:
    match event:
        case e.Warn(_, printed) | e.PrErr(_, printed, _):
            return ("full" if printed else "held") if isinstance(event, e.Warn) else "line" if printed else "held"
        case e.Masked():
            return "masked"
        case e.PrWarn():
            return "line"
        case _:
            return "panic"


def _head(step: Step) -> tuple[str, str]:
    """Return what the log shows of an event: its first line, and a line on it."""
    event = step.event
    match event:
        case e.Warn(site, _) | e.Masked(site):
            file, function, macro = site_parts(site)
            return f"WARNING: {file} {function}", macro
        case e.PrErr(_, _, message) | e.PrWarn(_, message):
            return message, ""
        case _:
            return "Kernel panic: panic_on_warn set", ""


def log(lockstep: Lockstep) -> list[dict[str, Any]]:
    """Return the entries in order: row, what stands there, the chain of a trace, and each side's mark."""
    sides = {side: _Side(lockstep, side) for side in lockstep.sides}
    found: list[dict[str, Any]] = []
    for row, leading in enumerate(lockstep.leading):
        if isinstance(leading.event, _LOGGED):
            found.append(_entry(sides, row, leading, lockstep.about[row]))
        for side in sides.values():
            side.see(row)
    return found


def _entry(sides: dict[Side, _Side], row: int, leading: Step, page: str | None) -> dict[str, Any]:
    head, detail = _head(leading)
    if leading.times > 1:
        detail = f"{detail} (x {leading.times:,})".strip()
    entry: dict[str, Any] = {"row": row + 1, "kind": leading.event.kind, "head": head, "detail": detail, "page": page}
    if isinstance(leading.event, e.Warn | e.Masked):
        entry["chain"] = list(leading.chain)
    for side, own in sides.items():
        entry[side] = own.entry(row, leading)
    return entry
