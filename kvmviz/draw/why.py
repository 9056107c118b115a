"""Why a step matters: a second sentence for the step's own, computed from the event and the state around it.

>>> from kvmviz.record.runs import run
>>> r = run("v1", "fail=L1@0x200")
>>> meaning(r, 62)
'4 KiB are lost until reboot: cheaper than using a page that is not ours.'
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from kvmviz.draw.looks import table_of
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.status import STATUS, SUCCESS
from kvmviz.terms import events as e

_MEANS: Final[dict[type[e.Event], str]] = {
    e.Op: "The module owns that page, and only KVM's TDX code knows how to ask for it.",
    e.VmBugged: "Later checks that look at this mark stay silent.",
    e.RcuBarrier: "So none of them is on its way when the control pages are asked for.",
    e.Reset: "There, by a bug of the processor, writing to such a page could raise a machine check later.",
    e.HkidFree: "Key ids are few: another TD can have this one now.",
    e.HkidLeak: "Every page that the module still has will be lost.",
    e.Leak: "4 KiB are lost until reboot: cheaper than using a page that is not ours.",
    e.Masked: "KVM goes the way of the error all the same.",
    e.PrWarn: "It comes late: with the first line after the five seconds.",
}

_HOME: Final = "It is the host's again, but not free yet."

_GRANTED: Final = {
    "TDH.MEM.RANGE.BLOCK": "No processor can learn a new way to the page.",
    "TDH.MEM.TRACK": "Now no old way to the page is left either.",
    "TDH.MEM.PAGE.REMOVE": _HOME,
    "TDH.PHYMEM.PAGE.WBINVD": "So nothing left in a cache can overwrite what the host puts there.",
    "TDH.VP.FLUSH": "The key is in use as long as a processor holds a vCPU.",
    "TDH.MNG.VPFLUSHDONE": "From here on the TD cannot run.",
    "TDH.PHYMEM.CACHE.WB": "What a cache still held under this key is in memory now.",
    "TDH.MNG.KEY.FREEID": "Only now will the module let go of its pages.",
    "TDH.PHYMEM.PAGE.RECLAIM": _HOME,
}
"""What it means that the TDX module did what it was asked for."""


def meaning(run: Run, index: int) -> str:
    """Return what the step `index` of a run means for what follows, or nothing."""
    steps = run.steps
    event = steps[index].event
    match event:
        case e.Seamcall(name, _, _, status):
            return _GRANTED.get(name, "") if status == SUCCESS else _refused(event, run, index)
        case e.SetNull(page):
            return _cut(_lost(steps, index, f"S-EPT {table_of(page)}"))
        case e.CallRcu():
            both = " and its S-EPT page" if len(steps[index].changes) > 1 else ""
            return f"RCU, which lets readers go without a lock, frees it{both} then."
        case e.RcuCallback(page):
            twin = "" if page == "spt root" else ", and the S-EPT page if KVM still points to it"
            return f"It frees the table{twin}."
        case e.Warn() | e.PrErr():
            return _printed(event)
        case _:
            return _MEANS.get(type(event), "")


def _refused(event: e.Seamcall, run: Run, index: int) -> str:
    if event.status == STATUS["TD_ASSOCIATED_PAGES_EXIST"]:
        return _counted(run.frames[index].leaked_count)
    if event.seamcall == "TDH.PHYMEM.PAGE.RECLAIM":
        return "The page stays the module's, and the host must not touch it."
    if event.seamcall == "TDH.MNG.KEY.FREEID":
        return "It stays with this TD."
    after = [step.event for step in run.steps[index + 1 : index + 2]]
    silent = "" if any(isinstance(event, e.Warn | e.Masked) for event in after) else ", and KVM prints nothing about it"
    return f"So the key cannot be given back{silent}."


def _counted(leaked: int) -> str:
    """Say why the module keeps a TDR: it counts the pages that it has of the TD."""
    if not leaked:
        return "It still counts pages as this TD's that were never taken back."
    pages = f"{leaked:,} leaked page{'s' if leaked > 1 else ''}"
    return f"It still counts {pages} as this TD's: a lost page costs the TDR too."


def _cut(lost: bool) -> str:
    if lost:
        return "From here nobody can free it by mistake: freeing NULL does nothing."
    return "It is free already, and cannot be freed a second time."


def _printed(event: e.Warn | e.PrErr) -> str:
    """Say what was printed counts for, or that what was not printed changes nothing."""
    if not event.printed:
        return "KVM goes the way of the error all the same."
    if isinstance(event, e.PrErr):
        return "It has no stack trace and does not count as a warning."
    if event.site.endswith(":WARN_ON"):
        return "It does so each time."
    return "It does so once a boot: later failures here print no trace."


def _lost(steps: Sequence[Step], index: int, page: str) -> bool:
    """Return whether a table's S-EPT page has not come home since KVM turned to it, shortly before."""
    for at in range(index - 1, -1, -1):
        if (page, "reclaimed") in steps[at].changes:
            return False
        if steps[at].event == e.Op(page):
            break
    return True


def rests_on(event: e.Event) -> str:
    """Return what the kind of an event rests on, as its docstring says.

    >>> rests_on(e.Leak("TDR"))
    'a choice of ours: a step to see it by'
    """
    return _ground(type(event).__doc__ or "")


@cache
def _ground(docstring: str) -> str:
    first = docstring.split("\n")[0]
    said = first.partition(".  ")[2].rstrip(".")
    return said[:1].lower() + said[1:]
