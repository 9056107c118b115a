"""Why a step matters: a second sentence for the step's own, computed from the event and the state around it.

>>> from kvmviz.record.runs import run
>>> r = run("v1", "fail=L1@0x200")
>>> meaning(r, 62)
'4 KiB are lost until reboot: cheaper than using a page that is not ours.'
"""

from collections.abc import Sequence

from kvmviz.draw.looks import table_of
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario.names import PageName
from kvmviz.scenario.status import STATUS, SUCCESS
from kvmviz.terms import events as e
from kvmviz.terms.calls import CALLS
from kvmviz.terms.kinds import ERROR_PATH, kind_of


def meaning(run: Run, index: int) -> str:
    """Return what the step `index` of a run means for what follows, or nothing."""
    steps = run.steps
    event = steps[index].event
    match event:
        case e.Seamcall(name, _, _, status) if status == SUCCESS:
            return CALLS[name].granted if name in CALLS else ""
        case e.Seamcall():
            return _refused(event, run, index)
        case e.SetNull(page):
            return _cut(_lost(steps, index, f"S-EPT {table_of(page)}"))
        case e.CallRcu():
            both = " and its S-EPT page" if len(steps[index].changes) > 1 else ""
            return f"RCU, which lets readers go without a lock, frees it{both} then."
        case e.RcuCallback(page):
            twin = "" if PageName.parse(page).is_root else ", and the S-EPT page if KVM still points to it"
            return f"It frees the table{twin}."
        case e.Warn() | e.PrErr():
            return _printed(event)
        case _:
            return kind_of(event).follows


def _refused(event: e.Seamcall, run: Run, index: int) -> str:
    if event.status == STATUS["TD_ASSOCIATED_PAGES_EXIST"]:
        return _counted(sum(step.times for step in run.steps[:index] if isinstance(step.event, e.Leak)))
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
        return ERROR_PATH
    if isinstance(event, e.PrErr):
        return "It has no trace and does not count as one."
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
