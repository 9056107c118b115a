"""Why a step matters: a second sentence for the step's own, computed from the event and the state around it.

>>> from kvmviz.run import run
>>> r = run("v1", "fail=L1@0x200")
>>> meaning(r, 62)
'4 KiB are lost until reboot: cheaper than using a page that is not ours.'
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from kvmviz import events as e
from kvmviz.draw.looks import table_of
from kvmviz.run import Run, Step
from kvmviz.status import STATUS, SUCCESS

_MEANS: Final[dict[type[e.Event], str]] = {
    e.Op: "KVM now needs the table's S-EPT page back; only the TDX module can give it.",
    e.VmBugged: "A bugged VM hides later checks of this kind.",
    e.RcuBarrier: "Nothing goes on until every waiting page is free.",
    e.Reset: "It is the host's again, but not free yet.",
    e.HkidFree: "Before this, the module refuses every reclaim.",
    e.HkidLeak: "Every page that is still the module's will be lost.",
    e.Leak: "4 KiB are lost until reboot: cheaper than using a page that is not ours.",
    e.Masked: "Nothing is printed, and no once-flag is used up.",
}


def _reclaim(event: e.Seamcall, run: Run, index: int) -> str:
    if event.status == SUCCESS:
        return "It is the host's again, but not free yet." if event.seamcall == "TDH.PHYMEM.PAGE.RECLAIM" else ""
    leaked = len(run.frames[index].leaked) if event.status == STATUS["TD_ASSOCIATED_PAGES_EXIST"] else 0
    if leaked:
        pages = f"{leaked} leaked page{'s' if leaked > 1 else ''}"
        return f"It still counts {pages} as this TD's: a lost page costs the TDR too."
    if event.seamcall == "TDH.PHYMEM.PAGE.RECLAIM":
        return "The page stays the module's, and the host must not touch it."
    return "So the key cannot be given back."


def meaning(run: Run, index: int) -> str:
    """Return what the step `index` of a run means for what follows, or nothing."""
    steps = run.steps or ()
    event = steps[index].event
    match event:
        case e.Seamcall():
            return _reclaim(event, run, index)
        case e.SetNull(page):
            lost = _lost(steps, index, f"S-EPT {table_of(page)}")
            return (
                "From here nobody can free it by mistake: freeing NULL does nothing." if lost else "It is free already."
            )
        case e.CallRcu():
            both = len(steps[index].changes) > 1
            return "Its S-EPT page waits with it." if both else ""
        case e.Warn(_, True):
            return "A stack trace in the log, and one more warning counted."
        case _:
            return _MEANS.get(type(event), "")


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
